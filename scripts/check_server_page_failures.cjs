// What the server's page does when the server refuses, is busy or is gone. The replies are made up in the browser.
"use strict";
const fs = require("node:fs");
const { check, opened, settled, translated, sentences, outputText, directory } = require("./check_server_page_tools.cjs");

const refusal = (status, error, headers = {}) => ({ status, headers, contentType: "application/json", body: JSON.stringify({ error }) });

/** Has the server answer `times` requests with a refusal, then as usual. Returns the times of these requests. */
async function refuse(page, answer, times = Infinity) {
  const refused = [];
  await page.unroute("**/translate");
  await page.route("**/translate", (route) => {
    if (refused.length >= times) return route.continue();
    refused.push(Date.now());
    return answer === null ? route.abort() : route.fulfill(answer);
  });
  return refused;
}

async function checkPassing(page, name, answer) {
  const before = await outputText(page);
  const refused = await refuse(page, answer, 2);
  await page.fill("#text", `${sentences[1]} ${name}`);
  await page.waitForSelector("#problem:not([hidden])");
  const text = await page.innerText("#problem");
  check(`${name}: the page explains it and tries again`, /Trying again in \d+ second/.test(text), text);
  check(`${name}: the last translation stays`, (await outputText(page)) === before);
  await page.screenshot({ path: `${directory}/${name}.png` });
  await translated(page);
  check(`${name}: it goes on by itself`, refused.length === 2 && !(await page.isVisible("#problem")));
}

async function checkKey(page) {
  await refuse(page, refusal(403, "Invalid API key"));
  await page.fill("#text", `${sentences[2]} key`);
  await page.waitForSelector("#key-form:not([hidden])");
  await page.unroute("**/translate");
  const [request] = await Promise.all([
    page.waitForRequest("**/translate"),
    page.fill("#key", "a-key").then(() => page.press("#key", "Enter")),
  ]);
  check("a key that is typed is sent", request.postDataJSON().api_key === "a-key");
}

async function checkTooLong(page) {
  const limit = await page.evaluate(async () => (await (await fetch("frontend/settings")).json()).charLimit);
  await page.unroute("**/translate");
  const long = `${sentences[0]} `.repeat(Math.ceil((limit + 100) / sentences[0].length));
  await page.fill("#text", `${sentences[0]}\n${long}\n${sentences[1]}`);
  await translated(page);
  const texts = await page.locator(".paragraph").allInnerTexts();
  check("a line that is too long is named, and the others are translated", texts.length === 3 && /too long/.test(texts[1])
    && !/too long/.test(texts[0] + texts[2]), texts);
}

async function checkOther(page) {
  await refuse(page, refusal(500, "the translation failed"));
  await page.fill("#text", `${sentences[3]} other`);
  await page.waitForSelector("#retry:not([hidden])");
  await page.unroute("**/translate");
  await page.click("#retry");
  await translated(page);
  check("another failure has a button to try again", !(await page.isVisible("#problem")));
}

/** Files of a hundred thousand lines: a busy server in between, a page that stays responsive, and cancelling. */
async function checkLargeFile(page) {
  const count = 100000;
  const file = `${directory}/large.txt`;
  fs.writeFileSync(file, `${Array.from({ length: count }, (_, at) => `line ${at}`).join("\n")}\n`);
  let requests = 0;
  await page.unroute("**/translate");
  await page.route("**/translate", (route) => {
    requests += 1;
    if (requests === 5) return route.fulfill(refusal(429, "busy", { "Retry-After": "1" }));
    return route.fulfill({ json: { translatedText: route.request().postDataJSON().q.map((text) => text.toUpperCase()) } });
  });
  await page.setInputFiles("#file", file);
  await page.waitForFunction(() => /Trying again/.test(document.getElementById("files").textContent), null, { timeout: 20000 });
  const wait = await page.evaluate(() => new Promise((resolve) => {
    let [last, most, ticks] = [performance.now(), 0, 0];
    const timer = setInterval(() => {
      const now = performance.now();
      most = Math.max(most, now - last);
      [last, ticks] = [now, ticks + 1];
      if (ticks === 60) resolve(Math.round(most), clearInterval(timer));
    }, 20);
  }));
  check(`a large file leaves the page responsive (${wait} ms)`, wait < 500);
  await page.setInputFiles("#file", file);
  await page.getByRole("button", { name: "Cancel large.txt" }).last().click();
  const link = page.locator("a[download]");
  await link.waitFor({ timeout: 120000 });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const saved = fs.readFileSync(await download.path(), "utf8").split("\n");
  check("a large file is whole, also after 429", saved.length === count + 1 && saved.slice(0, -1).every((line, at) => line === `LINE ${at}`));
  await page.waitForFunction(() => /cancelled/.test(document.getElementById("files").textContent));
  check("a file can be cancelled", true);
}

async function checkFailures(browser) {
  const page = await opened(browser, {}, "", true);
  await page.fill("#text", sentences[0]);
  await translated(page);
  await checkPassing(page, "busy", refusal(429, "Slowdown", { "Retry-After": "1" }));
  await checkPassing(page, "gone", null);
  await checkKey(page);
  await checkTooLong(page);
  await checkOther(page);
  await checkLargeFile(page);
  await settled(page);
  await page.context().close();
}

module.exports = { checkFailures };
