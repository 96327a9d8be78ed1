// What a person does on the page that translates, whichever engine is behind it: points at words, changes them, copies,
// pastes many lines, translates files.
"use strict";
const fs = require("node:fs");
const { base, check, opened, settled, translated, sentences, directory } = require("./check_server_page_tools.cjs");

/** The weights by which the words of a line are shaded. */
const shades = (page, side) => page.$$eval(`.line.${side} .word`, (words) => words.map((word) =>
  Number(word.style.getPropertyValue("--weight") || 0)));

const targetWord = (page, at) => page.locator(".reading").first().locator(".line.target .word").nth(at);

async function checkLinks(page) {
  await page.fill("#text", sentences[0]);
  await translated(page);
  await targetWord(page, 1).hover();
  check("a target word shades source words", (await shades(page, "source")).some((weight) => weight > 0.2));
  check("the weights are described", (await page.textContent("#readout")).includes("probability"));
  const live = () => page.getAttribute("#readout", "aria-live");
  check("a screen reader does not read what is pointed at", (await live()) === "off", await live());
  await page.locator(".line.source .word").nth(1).hover();
  check("a source word shades target words", (await shades(page, "target")).some((weight) => weight > 0.2));
  await page.mouse.move(3, 3);
  check("without a pointer nothing is shaded", (await shades(page, "source")).every((weight) => weight === 0));
  await page.locator(".line.source .word").first().focus();
  await page.keyboard.press("ArrowRight");
  check("a screen reader reads what the keyboard reaches", (await live()) === "polite", await live());
  check("the keyboard shades, too", (await shades(page, "target")).some((weight) => weight > 0));
  await page.keyboard.press("ArrowDown");
  check("the arrow down goes to the translation", (await page.evaluate(() => document.activeElement.dataset.side)) === "target");
  const heat = page.getByRole("button", { name: /^Heat map/ }).first();
  await heat.click();
  check("the heat map opens", await page.locator(".heat svg").isVisible());
  await heat.click();
  check("the heat map closes", (await page.locator(".heat svg").count()) === 0);
}

async function checkChoices(page) {
  const line = page.locator(".line.target").first();
  const before = await line.textContent();
  await targetWord(page, 1).focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector("#menu-list li");
  const words = await page.$$eval("#menu-list .choice bdi", (all) => all.map((one) => one.textContent));
  check("the menu has different words", words.length > 1 && new Set(words).size === words.length, words);
  await page.screenshot({ path: `${directory}/menu.png` });
  await page.keyboard.press("Escape");
  check("Escape closes the menu and changes nothing", !(await page.locator("#menu").isVisible()) && (await line.textContent()) === before);
  check("the focus goes back to the word", (await page.evaluate(() => document.activeElement.dataset.index)) === "1");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#menu-list li");
  const current = await targetWord(page, 1).textContent();
  const other = words.findIndex((word) => word !== current);
  for (let at = 0; at <= other; at++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".word.fixed");
  const changed = await page.$$eval(".line.target .word", (all) => all.slice(0, 2).map((one) => one.textContent.replace(/\p{P}+$/u, "")));
  check("the chosen word is in its place", changed[1] === words[other].replace(/\p{P}+$/u, ""), [changed, words[other]]);
  check("the words up to the choice are fixed", (await page.locator(".word.fixed").count()) === 2);
  check("the focus is on the chosen word", (await page.evaluate(() => document.activeElement.dataset.index)) === "1");
  await page.screenshot({ path: `${directory}/chosen.png` });
  await page.keyboard.press("Control+z");
  check("Ctrl+Z takes the choice back", (await line.textContent()) === before, await line.textContent());
  await checkTypedWord(page, words[other]);
}

/** Types a text in the menu of the word, and returns the words of the options. */
async function typedOptions(page, text) {
  await targetWord(page, 1).click();
  await page.waitForSelector("#menu-list li");
  check("the shading stays while the menu is open", (await shades(page, "source")).some((weight) => weight > 0.2));
  await page.keyboard.type(text);
  await page.waitForFunction(() => document.querySelector("#menu-list .rest")?.textContent !== "");
  return page.$$eval("#menu-list .choice bdi", (all) => all.map((one) => one.textContent));
}

/** A word is typed, then the beginning of a word. */
async function checkTypedWord(page, word) {
  const whole = `${word.replace(/\p{P}+$/u, "")}s`;
  await typedOptions(page, whole);
  await page.keyboard.press("Enter");
  await page.waitForSelector(".word.fixed");
  check("a typed word stays as it is", (await targetWord(page, 1).textContent()).replace(/\p{P}+$/u, "") === whole, whole);
  await page.keyboard.press("Control+z");
  const start = word.slice(0, 2);
  const options = await typedOptions(page, start);
  check("the typed word is the first option, then longer words", options[0] === start && options.length > 1
    && options.every((option) => option.startsWith(start)), options);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".word.fixed");
  const typed = await targetWord(page, 1).textContent();
  check("a typed beginning is completed", typed.replace(/\p{P}+$/u, "") === options[1], [typed, options]);
  const target = await page.locator(".line.target").first().textContent();
  await page.fill("#text", `${sentences[0]}\n${sentences[1]}`);
  await translated(page);
  check("a change stays when other text is added", (await page.locator(".line.target").first().textContent()) === target);
  await page.getByRole("button", { name: /^Undo/ }).first().click();
  check("Undo takes it back", (await page.locator(".word.fixed").count()) === 0);
}

/** What the user made is not lost: an edited sentence offers its changes again, and a cleared text comes back. */
async function checkRecovery(page) {
  const line = page.locator(".line.target").first();
  await page.fill("#text", sentences[0]);
  await translated(page);
  const before = await line.textContent();
  await typedOptions(page, "Glosser");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".word.fixed");
  await page.fill("#text", sentences[0].replace(/\.$/, "!"));
  await translated(page);
  check("an edited sentence says that its changes are gone", /earlier text/.test(await page.textContent(".remark")));
  await page.getByRole("button", { name: "Use them again" }).click();
  await page.waitForSelector(".word.fixed");
  check("they can be used again", (await targetWord(page, 1).textContent()).startsWith("Glosser"));
  await page.fill("#text", sentences[0]);
  await translated(page);
  check("they come back with the text", (await targetWord(page, 1).textContent()).startsWith("Glosser"));
  await page.getByRole("button", { name: /^Undo/ }).first().click();
  check("Undo takes them back", (await line.textContent()) === before);
  check("after Undo the focus is on the changed word", (await page.evaluate(() => document.activeElement.dataset.index)) === "1");
  await page.click("#clear");
  check("Clear empties the text", (await page.inputValue("#text")) === "");
  await page.keyboard.press("Control+z");
  check("Ctrl+Z brings a cleared text back", (await page.inputValue("#text")) === sentences[0], await page.inputValue("#text"));
  await translated(page);
}

/** A kept shading ends where the user goes on. */
async function checkKept(page) {
  await page.fill("#text", `${sentences[0]}\n${sentences[1]}`);
  await translated(page);
  const source = (line, at) => page.locator(".line.source").nth(line).locator(".word").nth(at);
  const [kept, other] = [await source(0, 2).textContent(), await source(1, 1).textContent()];
  await source(0, 2).click();
  await source(0, 1).hover();
  check("a clicked source word keeps its shading in its sentence", (await page.textContent("#readout")).startsWith(kept));
  await source(1, 1).hover();
  check("another sentence has its own shading", (await page.textContent("#readout")).startsWith(other));
  await page.getByRole("button", { name: /^Heat map/ }).first().click();
  await page.locator(".heat").focus();
  await page.keyboard.press("Escape");
  check("Escape in a heat map closes it", (await page.locator(".heat").count()) === 0);
}

async function checkAlternatives(page) {
  await page.getByRole("button", { name: /^Alternatives/ }).first().click();
  await page.waitForSelector(".others li button");
  const [other] = await page.locator(".others li button").allTextContents();
  await page.locator(".others li button").first().click();
  await page.waitForSelector(".undo:not([hidden])");
  check("an alternative can be chosen", (await page.locator(".line.target").first().textContent()) === other, other);
}

/** Copying, also without the clipboard of a page with https. */
async function checkCopying(page) {
  await page.fill("#text", `${sentences[0]}\n\n${sentences[1]}`);
  await translated(page);
  const expected = (await page.$$eval(".paragraph", (all) => all.map((one) => [...one.querySelectorAll(".line.target")]
    .map((line) => line.textContent).join(" ")))).join("\n");
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.click("#copy");
  check("the translation is copied line by line", (await copied()) === expected, [await copied(), expected]);
  await page.evaluate(() => navigator.clipboard.writeText(""));
  await page.evaluate(() => Object.defineProperty(navigator.clipboard, "writeText", { value: () => Promise.reject(new Error()), configurable: true }));
  await page.click("#copy");
  check("it is copied without https, too", (await copied()) === expected, await copied());
  if (base.startsWith("file:")) return check("a page from a file offers no link", !(await page.isVisible("#link")));
  await page.click("#link");
  check("a link has languages and text", /#source=.*&target=.*&text=/.test(await copied()), await copied());
}

async function checkManyLines(page) {
  const lines = Array.from({ length: 300 }, (_, at) => `${sentences[at % sentences.length]} ${at}`);
  await page.fill("#text", lines.join("\n"));
  await page.waitForSelector("#progress:not([hidden])");
  check("a long text has a progress bar", await page.locator("#progress-bar").isVisible());
  const longest = page.evaluate(() => new Promise((resolve) => {
    let [last, most] = [performance.now(), 0];
    const tick = () => {
      const now = performance.now();
      most = Math.max(most, now - last);
      last = now;
      if (document.getElementById("output").getAttribute("aria-busy") === "false") resolve(Math.round(most));
      else requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }));
  await translated(page, 120000);
  const wait = await longest;
  check(`300 lines: the page is never busy for a second (${wait} ms)`, wait < 1000);
  check("300 lines: each has a translation", (await page.$$eval(".paragraph", (all) => all.filter((one) => one.textContent.length > 1).length)) === 300);
}

async function checkFiles(page) {
  const rows = [...sentences.slice(0, 3), "", sentences[0]];
  const given = `${directory}/given.tsv`;
  fs.writeFileSync(given, rows.map((row, at) => `${row}\tcolumn ${at}\r\n`).join(""));
  await page.setInputFiles("#file", given);
  const link = page.locator("a[download]");
  await link.waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const saved = fs.readFileSync(await download.path(), "utf8");
  const table = saved.split("\r\n").map((row) => row.split("\t"));
  check("a table has its columns and the translation", table.length === rows.length + 1 && rows.every((row, at) => table[at][0] === row
    && table[at][1] === `column ${at}` && (table[at][2] !== "") === (row !== "")), saved.slice(0, 300));
  check("the same sentence has the same translation", table[0][2] === table[4][2]);
  await page.screenshot({ path: `${directory}/file.png` });
  const refused = { "empty.txt": "", "zero.txt": "a\0b", "picture.png": "text" };
  for (const [name, text] of Object.entries(refused)) {
    fs.writeFileSync(`${directory}/${name}`, text);
    await page.setInputFiles("#file", `${directory}/${name}`);
    await page.getByRole("button", { name: `Remove ${name}` }).waitFor();
  }
  const states = await page.locator(".file .quiet").allTextContents();
  check("files that are no text are refused", /empty/.test(states[1]) && states.slice(2).every((state) => /not a text file/.test(state))
    && (await link.count()) === 1, states);
  for (let left = states.length; left > 0; left--) await page.getByRole("button", { name: /^Remove/ }).first().click();
  check("rows of files can be removed", !(await page.isVisible("#files")));
}

/** A text of the address is text, not markup. */
async function checkAddress(browser) {
  const text = "<img src=x onerror=alert(1)> & </script>";
  const page = await opened(browser, {}, `#text=${encodeURIComponent(text)}`);
  await settled(page);
  check("a text of the address is taken as text", (await page.inputValue("#text")) === text && (await page.locator("#output img").count()) === 0);
  await page.context().close();
}

/** What one page shows, one after the other. */
async function useThePage(page) {
  for (const part of [checkLinks, checkChoices, checkRecovery, checkKept, checkAlternatives, checkCopying, checkManyLines, checkFiles]) {
    await part(page);
  }
}

module.exports = { useThePage, checkAddress };
