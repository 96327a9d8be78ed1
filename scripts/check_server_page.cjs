// The browser part of check_server.sh: uses the page of a running server as a person does.
//
//   node scripts/check_server_page.cjs http://127.0.0.1:5000 PICTURES
//
// SENTENCES=FILE has other sentences than those of the bundled corpus.
"use strict";
const { chromium } = require("playwright-core");
const { check, opened, translated, sentences, failures, outputText } = require("./check_server_page_tools.cjs");
const { useThePage, checkAddress } = require("./check_server_page_use.cjs");
const { checkLooks } = require("./check_server_page_looks.cjs");
const { checkTypedText } = require("./check_server_page_typing.cjs");
const { checkFailures } = require("./check_server_page_failures.cjs");

async function checkTyping(page) {
  const requests = [];
  page.on("request", (request) => request.url().endsWith("/translate") && requests.push(request.postDataJSON().q));
  await page.click("#text");
  await page.keyboard.type(sentences[0], { delay: 5 });
  await translated(page);
  check("typing shows a translation", (await outputText(page)).length > 0);
  check("typing does not send each letter", requests.length < sentences[0].length / 4, requests.length);
  const before = requests.length;
  await page.keyboard.press("Enter");
  await page.keyboard.type(sentences[1]);
  await translated(page);
  check("only the new line is sent", requests.slice(before).flat().every((text) => !text.includes(sentences[0])), requests.slice(before));
  check("each line has its translation", (await page.locator(".paragraph .reading").count()) >= 2);
  await page.fill("#text", sentences[0]);
  await translated(page);
  const sent = requests.length;
  await page.fill("#text", `${sentences[0]}\n${sentences[1]}`);
  await translated(page);
  check("a line that comes back is not sent again", requests.length === sent, requests.slice(sent));
  check("a text is not in the address", !page.url().includes("text="));
}

/** Answers overtake each other on the network; the page must show that of the newest text. */
async function checkOvertaking(page) {
  let first = true;
  await page.route("**/translate", async (route) => {
    if (first) {
      first = false;
      await new Promise((resolve) => setTimeout(resolve, 1200));
    }
    await route.continue().catch(() => {});
  });
  await page.fill("#text", sentences[2]);
  await page.waitForTimeout(400);
  await page.fill("#text", sentences[3]);
  await translated(page);
  const shown = await outputText(page);
  await page.waitForTimeout(1200);
  check("a late answer does not replace a newer one", (await outputText(page)) === shown && shown.includes(sentences[3].split(" ")[1]), shown);
  await page.unroute("**/translate");
}

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  const page = await opened(browser);
  for (const part of [checkTyping, checkOvertaking, useThePage]) await part(page);
  await page.context().close();
  await checkAddress(browser);
  await checkTypedText(browser);
  await checkFailures(browser);
  await checkLooks(browser);
  await browser.close();
  console.log(failures.length === 0 ? "all checks of the page passed" : `${failures.length} checks of the page failed`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
