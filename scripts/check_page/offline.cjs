// The part `offline` of check_page.sh: a page that a server sends can be installed, and opens without a network after the
// first visit.
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

/** A server of the files beside the page. Returns it, the paths that were asked for, and `now`: what it puts before the
 * heading of the page. */
async function serve(folder) {
  const asked = [];
  const now = { heading: "" };
  const server = http.createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url, "http://localhost").pathname.slice(1));
    const file = path.join(folder, path.basename(name));
    asked.push(name);
    if (!fs.existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": TYPES[path.extname(file)] ?? "application/octet-stream" });
    const bytes = fs.readFileSync(file);
    const at = bytes.indexOf("<h1>") + "<h1>".length;
    const isPage = path.extname(file) === ".html";
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

async function main() {
  const file = fileURLToPath(address);
  const { server, asked, now } = await serve(path.dirname(file));
  const url = `http://127.0.0.1:${server.address().port}/${path.basename(file)}`;
  const profile = fs.mkdtempSync(path.join(directory, "profile-"));
  const context = await chromium.launchPersistentContext(profile, { executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && check("no console error", false, message.text()));
  await page.goto(url);
  await page.fill("#text", sentences[0]);
  await page.locator(".line.target .word").first().waitFor();
  await checkManifest(page, url);
  await page.evaluate(() => navigator.serviceWorker.ready);
  check("nothing is asked for but the page and its service worker", asked.every((name) => /\.(html|js)$/.test(name) || name === "favicon.ico"), asked);
  now.heading = "New: ";
  const [newer] = await Promise.all([page.waitForResponse(url), page.reload()]);
  check("the page that is kept opens", newer.fromServiceWorker() && !(await page.innerText("h1")).startsWith("New"));
  const deadline = Date.now() + 10000;
  while (!(await page.innerText("h1")).startsWith("New") && Date.now() < deadline) await page.reload();
  check("a newer page follows", (await page.innerText("h1")).startsWith("New"));
  server.closeAllConnections();
  server.close();
  await page.goto("about:blank");
  await page.goto(url);
  await page.fill("#text", sentences[1]);
  await translated(page);
  check("without the server, the page opens and translates", (await page.locator(".line.target .word").count()) > 0);
  await page.screenshot({ path: `${directory}/offline.png` });
  await context.close();
  fs.rmSync(profile, { recursive: true });
  process.exitCode = failures.length === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
