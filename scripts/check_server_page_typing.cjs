// What a person sees while typing, whichever engine is behind the page: what is old, when it is translated, what is
// copied, what is kept.
"use strict";
const { check, opened, translated, sentences, directory } = require("./check_server_page_tools.cjs");

const LONG = 5100;

const status = (page) => page.textContent("#status");

/** A line that changes is marked at the first key, and translated while typing goes on without a pause. */
async function checkSteadyTyping(page) {
  await page.fill("#text", sentences[0]);
  await translated(page);
  await page.click("#text");
  await page.keyboard.press("End");
  await page.keyboard.type(" T");
  const old = await page.$eval(".paragraph", (one) => [one.className, one.getAttribute("aria-busy"), Number(getComputedStyle(one).opacity)]);
  check("a changed line is pale at the first key", /waiting/.test(old[0]) && old[1] === "true" && old[2] < 0.7, old);
  await page.evaluate(`{
    globalThis.changed = [performance.now()];
    let before = output.innerText;
    globalThis.watcher = new MutationObserver(() => {
      if (output.innerText === before) return;
      before = output.innerText;
      globalThis.changed.push(performance.now());
    });
    globalThis.watcher.observe(output, { childList: true, subtree: true });
  }`);
  await page.keyboard.type(`he ${sentences[1]} ${sentences[2]}`.slice(0, 45), { delay: 120 });
  const times = await page.evaluate("watcher.disconnect(), changed.push(performance.now()), changed");
  const longest = Math.round(Math.max(...times.slice(1).map((time, at) => time - times[at])));
  check(`typing without a pause is translated about once a second (${longest} ms)`, times.length > 4 && longest < 2000, times);
  await translated(page);
  check("after typing nothing is pale", (await page.locator(".waiting").count()) === 0);
}

/** Lines that are finished are translated while the last one is typed. */
async function checkPastedLines(page) {
  const lines = Array.from({ length: 30 }, (_, at) => `${sentences[at % sentences.length]} ${at} pasted`);
  await page.fill("#text", `${lines.join("\n")}\n`);
  await page.click("#text");
  await page.keyboard.press("Control+End");
  await page.keyboard.type("The old cat sleeps near", { delay: 100 });
  const done = await page.locator(".paragraph:not(.waiting) .line.target").count();
  check(`pasted lines are translated while another one is typed (${done} of 30)`, done >= 20, done);
  await translated(page, 60000);
}

/** A translation that is old is not copied. */
async function checkStaleCopy(page) {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.fill("#text", sentences[0]);
  await translated(page);
  await page.fill("#text", sentences[1]);
  await page.click("#copy");
  await page.waitForFunction(() => document.getElementById("copy").textContent === "Copied");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  const shown = await page.locator(".line.target").first().textContent();
  check("Copy waits for the translation of the new text", copied === shown, [copied, shown]);
}

/** A line that is too long is announced, named, and never copied as nothing. */
async function checkLongLine(page) {
  const limit = await page.evaluate("characterLimit");
  if (limit === null) return;
  const long = "many words ".repeat(Math.ceil((limit + LONG - 5000) / 11));
  await page.fill("#text", long);
  await translated(page);
  check("a line that is too long is announced", /too long/.test(await status(page)), await status(page));
  check("without a translation there is nothing to copy", await page.isDisabled("#copy"));
  await page.fill("#text", `${sentences[0]}\n${long}`);
  await translated(page);
  const count = await page.textContent("#count");
  check("the line that is too long is named", /^Line 2 is too long: [\d,]+ of [\d,]+ characters$/.test(count), count);
  await page.click("#copy");
  await page.waitForFunction(() => /^Copied/.test(document.getElementById("copy").textContent));
  check("Copy says what is missing", (await page.textContent("#copy")) === "Copied without 1 line", await page.textContent("#copy"));
  await page.fill("#text", "  \n ");
  check("white space can be cleared", await page.isVisible("#clear"));
  await page.click("#clear");
}

/** A reload keeps the text; the address and other tabs do not have it. */
async function checkReload(page) {
  await page.fill("#text", sentences[0]);
  await translated(page);
  await page.reload();
  await page.locator(".line.target .word").first().waitFor();
  check("a reload keeps the text", (await page.inputValue("#text")) === sentences[0], await page.inputValue("#text"));
  await page.fill("#text", "");
  await page.reload();
  await page.waitForFunction(() => document.querySelector("#target-language option") !== null);
  check("a cleared text stays away", (await page.inputValue("#text")) === "");
}

/** The options of a word: no word that is next to impossible, and what is typed is named as such. */
async function checkOptions(page) {
  await page.fill("#text", sentences[0]);
  await translated(page);
  await page.locator(".line.target .word").nth(1).click();
  await page.waitForSelector("#menu-list li");
  const shares = await page.$$eval("#menu-list .probability", (all) => all.map((one) => one.textContent));
  check("no word of a menu is next to impossible", shares.slice(1).every((share) => Number.parseFloat(share) >= 0.5), shares);
  await page.keyboard.type("zo");
  const first = await page.textContent("#menu-list .choice");
  check("what is typed is offered as it is", first === "use exactly:zo", first);
  await page.screenshot({ path: `${directory}/typed.png` });
  await page.keyboard.press("Escape");
}

/** On a phone, what appears beside the languages does not move the text. */
async function checkPhone(browser) {
  const page = await opened(browser, { viewport: { width: 390, height: 800 }, hasTouch: true });
  const top = () => page.$eval("#text", (one) => one.getBoundingClientRect().top + scrollY);
  const before = await top();
  await page.fill("#text", Array.from({ length: 300 }, (_, at) => `${sentences[at % sentences.length]} ${at} phone`).join("\n"));
  await page.waitForSelector("#progress:not([hidden])");
  check("the progress does not move the text on a phone", (await top()) === before, [before, await top()]);
  await page.screenshot({ path: `${directory}/phone-progress.png` });
  await page.context().close();
}

async function checkTypedText(browser) {
  const page = await opened(browser, {}, "", true);
  for (const part of [checkSteadyTyping, checkPastedLines, checkStaleCopy, checkLongLine, checkReload, checkOptions]) await part(page);
  await page.context().close();
  await checkPhone(browser);
}

module.exports = { checkTypedText };
