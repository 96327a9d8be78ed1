// The part `offline` of check_page.sh: pages that a server sends can be installed, and open without a network after the
// first visit, also if two are in one folder.
//
//   node scripts/check_page/offline.cjs file:///path/page.html PICTURES
//
// The page was made with its service worker beside it (`glosser page --offline`).
"use strict";
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const { fileURLToPath } = require("node:url");
const { chromium } = require("playwright-core");
const { address, check, failures, sentences, translated, directory } = require("../check_server_page_tools.cjs");

const TYPES = { ".html": "text/html", ".js": "text/javascript" };

/** The name of another page of the same folder, which has a service worker of its own. */
const SECOND = "second one.html";

/** A file beside the page. The second page and its service worker are copies of the first ones. */
function contentOf(folder, name, own) {
  const worker = own.replace(/html$/, "js");
  const file = path.join(folder, { [SECOND]: own, "second.js": worker }[name] ?? path.basename(name));
  if (!fs.existsSync(file)) return null;
  const bytes = fs.readFileSync(file);
  return name === SECOND ? Buffer.from(bytes.toString("latin1").replace(`"offline":"${worker}"`, '"offline":"second.js"'), "latin1") : bytes;
}

/** A server of the files beside the page. Returns it, the paths that were asked for, and `now`: what it puts before the
 * heading of the page. */
async function serve(folder, own) {
  const asked = [];
  const now = { heading: "" };
  const server = http.createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url, "http://localhost").pathname.slice(1));
    asked.push(name);
    const bytes = contentOf(folder, name, own);
    if (bytes === null) return response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": TYPES[path.extname(name)] ?? "application/octet-stream" });
    const at = bytes.indexOf("<h1>") + "<h1>".length;
    const isPage = path.extname(name) === ".html";
    return response.end(isPage ? Buffer.concat([bytes.subarray(0, at), Buffer.from(now.heading), bytes.subarray(at)]) : bytes);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, asked, now };
}

async function checkManifest(page, url) {
  const session = await page.context().newCDPSession(page);
  const { data, errors } = await session.send("Page.getAppManifest");
  check("the manifest has no error", data && errors.length === 0, { data, errors });
  check("the manifest begins with the page", data && JSON.parse(data).start_url === url, data);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  // A window without a profile on disk cannot install anything.
  const found = installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito");
  check("Chromium would install it", found.length === 0, found);
}

/** Opens a page, and waits until its service worker keeps it. */
async function visit(page, url) {
  await page.goto(url);
  await page.fill("#text", sentences[0]);
  await page.locator(".line.target .word").first().waitFor();
  await page.waitForFunction(() => /opens without a network/.test(document.querySelector("footer").textContent));
}

/** The footer of a page that a server sends: the link saves the file as the server has it. */
async function checkFooter(page, file) {
  const text = await page.innerText("footer");
  check("the footer says how to keep a page of a server", /save the page as a file/.test(text) && !/copy the file/.test(text), text);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("footer a[download]")]);
  const saved = fs.readFileSync(await download.path());
  check("the link of the footer saves the whole page", saved.equals(fs.readFileSync(file)), saved.length);
}

/** Opens a page that only its service worker has. */
async function checkWithoutServer(page, url, name) {
  await page.goto("about:blank");
  await page.goto(url);
  await page.fill("#text", sentences[1]);
  await translated(page);
  check(`without the server, ${name} opens and translates`, (await page.locator(".line.target .word").count()) > 0);
}

async function main() {
  const file = fileURLToPath(address);
  const { server, asked, now } = await serve(path.dirname(file), path.basename(file));
  const second = () => `http://127.0.0.1:${server.address().port}/${encodeURIComponent(SECOND)}`;
  const url = `http://127.0.0.1:${server.address().port}/${path.basename(file)}`;
  const profile = fs.mkdtempSync(path.join(directory, "profile-"));
  const context = await chromium.launchPersistentContext(profile, { executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && check("no console error", false, message.text()));
  await visit(page, url);
  await checkManifest(page, url);
  await checkFooter(page, file);
  check("nothing is asked for but the page and its service worker", asked.every((name) => /\.(html|js)$/.test(name) || name === "favicon.ico"), asked);
  now.heading = "New: ";
  const [newer] = await Promise.all([page.waitForResponse(url), page.reload()]);
  check("the page that is kept opens", newer.fromServiceWorker() && !(await page.innerText("h1")).startsWith("New"));
  const deadline = Date.now() + 10000;
  while (!(await page.innerText("h1")).startsWith("New") && Date.now() < deadline) await page.reload();
  check("a newer page follows", (await page.innerText("h1")).startsWith("New"));
  const other = second();
  await visit(page, other);
  server.closeAllConnections();
  server.close();
  await checkWithoutServer(page, other, "a second page of the folder");
  await checkWithoutServer(page, url, "the page");
  await page.screenshot({ path: `${directory}/offline.png` });
  await context.close();
  fs.rmSync(profile, { recursive: true });
  process.exitCode = failures.length === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
