// What the checks of the page of a server and of the page that is one file share: the page, its waiting, and the report of a check.
"use strict";
const fs = require("node:fs");

const [base, directory] = process.argv.slice(2);
if (base === undefined || directory === undefined) {
  console.error("usage: node SCRIPT URL DIRECTORY   (the pictures are written to the directory)");
  process.exit(2);
}

/** The address of the page: that of a server, or of a file. */
const address = base.startsWith("file:") ? base : `${base}/`;

const failures = [];

function check(what, isRight, found) {
  console.log(`${isRight ? "ok    " : "FAILED"} ${what}${isRight || found === undefined ? "" : `: ${JSON.stringify(found)}`}`);
  if (!isRight) failures.push(what);
}

const sentences = process.env.SENTENCES === undefined
  ? ["The old cat sleeps near the lawyer.", "The young engineer buys a red car.", "The sock is black.",
    "My grandmother doesn't see the owl.", "The lazy student comes from Spain."]
  : fs.readFileSync(process.env.SENTENCES, "utf8").split("\n").filter((line) => line.trim() !== "").slice(0, 5);

/** Opens the page. A request to another server, an error of a script or of the content policy is a failure. */
async function opened(browser, options = {}, hash = "", mayFail = false) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 850 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  page.on("request", (request) => {
    const isOwn = request.url().startsWith(base) || request.url().startsWith("data:") || request.url().startsWith("blob:");
    if (!isOwn) check("no request to another server", false, request.url());
  });
  page.on("console", (message) => {
    const isExpected = mayFail && message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isExpected) check("no console error", false, message.text());
  });
  page.on("pageerror", (error) => check("no error of a script", false, error.stack));
  await page.goto(`${address}${hash}`);
  await page.waitForFunction(() => document.querySelector("#target-language option") !== null);
  return page;
}

/** Waits until the delay after typing is over. */
async function settled(page) {
  await page.waitForTimeout(350);
}

/** Waits until every line is translated. */
async function translated(page, timeout = 30000) {
  await settled(page);
  await page.waitForFunction(() => document.getElementById("output").getAttribute("aria-busy") === "false", null, { timeout });
}

const outputText = (page) => page.innerText("#output");

module.exports = { base, address, directory, failures, check, sentences, opened, settled, translated, outputText };
