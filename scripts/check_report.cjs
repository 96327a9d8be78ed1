// The browser part of check_report.sh. It computes expected figures independently of the page, from the page's data.
"use strict";
const fs = require("node:fs");
const { chromium } = require("playwright-core");
const {
  directory, failures, check, same, dataOf, rowsOf, perWord, links, ordered, KEYS, listed, settled, search, opened, count, focused,
  alone,
} = require("./check_report_page.cjs");
const { checkLooks } = require("./check_report_looks.cjs");

/** Returns milliseconds from the start of navigation to the first frame with the list: the median of three. */
async function timeToList(browser, name) {
  const times = [];
  for (let round = 0; round < 3; round++) {
    const page = await opened(browser, name);
    times.push(await page.evaluate(() => new Promise((resolve) => {
      requestAnimationFrame(() => {
        const paint = performance.getEntriesByName("first-contentful-paint")[0];
        resolve(Math.max(paint?.startTime ?? 0, performance.getEntriesByType("navigation")[0].domComplete));
      });
    })));
    await page.context().close();
  }
  return Math.round(times.sort((a, b) => a - b)[1]);
}

/** Returns the weights by which words are shaded, read from their colours on the screen. */
function shades(page, line, side) {
  return page.$$eval(`.sentence[data-line="${line}"] .line.${side} .word`, (words) => words.map((word) => {
    const parts = getComputedStyle(word).backgroundColor.match(/[\d.]+/g).map(Number);
    return parts.length > 3 ? parts[3] : 1;
  }));
}

async function checkHover(page, data, kind) {
  const [line] = await listed(page);
  const sentence = data.sentences[line - 1];
  const rows = rowsOf(sentence, sentence.readings[0], kind);
  const near = (found, expected) => found.length === expected.length
    && found.every((one, at) => Math.abs(one - expected[at]) < 0.006);
  let right = true;
  for (const [side, other, weights] of [
    ["target", "source", (at) => rows[at]],
    ["source", "target", (at) => rows.map((row) => row[at])],
  ]) {
    const words = page.locator(`.sentence[data-line="${line}"] .line.${side} .word`);
    for (let at = 0; at < (await words.count()); at++) {
      await words.nth(at).hover();
      await page.waitForTimeout(160);
      right &&= near(await shades(page, line, other), weights(at));
    }
  }
  check(`${kind}: each word shades the other line by its weights, both ways`, right);
  await page.mouse.move(5, 5);
  await page.waitForTimeout(200);
  check(`${kind}: without a pointer nothing is shaded`, (await shades(page, line, "source")).every((shade) => shade === 0));
}

async function checkSorting(page, data) {
  for (const [sort, key] of Object.entries(KEYS)) {
    await page.selectOption("#sort", sort);
    const expected = ordered(data, key);
    check(`sorted by ${sort}`, same(await listed(page), expected.slice(0, 50)));
  }
  await page.click("#order");
  check("reversed", same(await listed(page), data.sentences.map((s) => s.line).reverse().slice(0, 50)));
  await page.click("#order");
  await page.click("#pager button:last-child");
  check("the second page", same(await listed(page), data.sentences.slice(50, 100).map((s) => s.line)));
  await page.click("#pager button:first-child");
}

async function checkFilters(page, data) {
  const all = data.sentences.map((s) => ({ s, r: s.readings[0] }));
  const is = async (what, holds) => check(`${what} (${all.filter(holds).length})`, (await count(page)) === all.filter(holds).length, await count(page));
  await page.check("#crossing");
  const crossing = ({ r }) => links(r, "origin").some(([s, t]) => links(r, "origin").some(([u, v]) => s < u && t > v));
  await is("only crossing links", crossing);
  await page.uncheck("#crossing");
  await page.check("#unaligned");
  const unaligned = ({ s, r }) => new Set(links(r, "origin").map(([u]) => u)).size < s.source.length
    || new Set(links(r, "origin").map(([, v]) => v)).size < r.target.length;
  await is("only unaligned words", unaligned);
  await page.uncheck("#unaligned");
  const highest = all.map(({ r }) => Math.max(0, ...r.origin.entropy)).sort((a, b) => a - b);
  const half = highest[Math.floor(highest.length / 2)].toFixed(2);
  await page.fill("#least-entropy", half);
  await settled(page);
  await is(`only entropy above ${half}`, ({ r }) => r.origin.entropy.some((entropy) => entropy > Number(half)));
  await page.fill("#least-entropy", "");
  const word = [...data.sentences[0].readings[0].target].sort((a, b) => b.length - a.length)[0];
  await search(page, word.toUpperCase());
  const holds = ({ s, r }) => `${s.source.join(" ")}\n${r.target.join(" ")}`.toLowerCase().includes(word.toLowerCase());
  await is(`search for \`${word}\` in any case`, holds);
  check("the text of a search is marked", (await page.locator(".word.hit").count()) > 0);
  await search(page, "no such word anywhere");
  check("a search without result says so", (await page.textContent("#count")).startsWith("No sentence"));
  await page.click("#reset");
  check("reset shows all sentences again", (await count(page)) === all.length);
}

async function checkKeyboard(page) {
  const lines = await listed(page);
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("/");
  check("/ goes to the search", (await focused(page)) === "search" && (await page.inputValue("#search")) === "");
  await page.locator(`.sentence[data-line="${lines[0]}"] .line.source .word`).first().focus();
  for (const [key, expected] of [
    ["ArrowRight", `${lines[0]} source 1`], ["ArrowDown", `${lines[0]} target 0`], ["ArrowRight", `${lines[0]} target 1`],
    ["ArrowDown", `${lines[1]} source 0`], ["ArrowUp", `${lines[0]} target 1`], ["Home", `${lines[0]} target 0`],
  ]) {
    await page.keyboard.press(key);
    check(`${key} to ${expected}`, (await focused(page)) === expected, await focused(page));
  }
  await page.keyboard.press("Enter");
  const kept = page.locator('.word[aria-pressed="true"]');
  await page.mouse.move(640, 5);
  check("Enter keeps the shading", (await kept.count()) === 1 && (await page.textContent("#readout")).length > 0);
  await page.keyboard.press("Escape");
  check("Escape ends the shading", (await kept.count()) === 0 && (await page.textContent("#readout")) === "");
  await page.keyboard.press("Tab");
  check("Tab leaves the line", !(await focused(page)).startsWith(`${lines[0]} target`));
}

async function checkOddities(page) {
  const markup = await alone(page, "</script>");
  check("markup is text", (await markup.locator(".line.source").textContent()).startsWith('</script><script>document.title="broken"'));
  check("markup is not executed", (await page.title()).endsWith("glosser report") && (await page.locator("b.bold, .sentence i").count()) === 0);
  const hebrew = await alone(page, "Felix");
  const direction = (side) => hebrew.locator(`.line.${side}`).evaluate((line) => getComputedStyle(line).direction);
  check("lines have the direction of their text", same([await direction("source"), await direction("target")], ["rtl", "ltr"]));
  const box = (at) => hebrew.locator(".line.source .word").nth(at).boundingBox();
  check("the first Hebrew word is to the right of the second", (await box(0)).x > (await box(1)).x);
  await hebrew.locator(".line.source .word").first().focus();
  await page.keyboard.press("ArrowLeft");
  check("in right-to-left text, the left arrow goes to the next word", (await focused(page)).endsWith("source 1"));
  await hebrew.locator(".line.target .word").nth(2).hover();
  await page.screenshot({ path: `${directory}/right-to-left.png` });
  await alone(page, "الكلب");
  await page.screenshot({ path: `${directory}/arabic.png` });
  await alone(page, "ᎣᏏᏲ");
  await page.screenshot({ path: `${directory}/cherokee.png` });
}

async function checkLongSentence(page, data) {
  await page.click("#reset");
  await page.selectOption("#sort", "length");
  const [line] = await listed(page);
  const words = data.sentences[line - 1].source.length;
  const item = page.locator(".sentence").first();
  const begin = Date.now();
  if ((await item.locator(".toggle").getAttribute("aria-expanded")) === "false") await item.locator(".toggle").click();
  const heat = item.locator(".heat");
  await heat.waitFor();
  console.log(`       heat map of ${words} source words: ${Date.now() - begin} ms`);
  const sizes = await heat.evaluate((element) => [element.scrollWidth, element.clientWidth, element.scrollHeight, element.clientHeight]);
  check(`the heat map of ${words} words scrolls both ways`, words >= 200 && sizes[0] > sizes[1] && sizes[2] > sizes[3], sizes);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check("the page itself does not scroll sideways", wide <= 0, wide);
  await heat.evaluate((element) => element.scrollTo(300, 300));
  await heat.scrollIntoViewIfNeeded();
  await heat.locator("svg").hover({ position: { x: 700, y: 600 } });
  await page.screenshot({ path: `${directory}/200-words.png` });
  await page.mouse.move(5, 5);
}

async function checkCompared(browser) {
  const data = dataOf("compared");
  const page = await opened(browser, "compared");
  const [first] = await listed(page);
  check("both models are shown", (await page.locator(`.sentence[data-line="${first}"] .reading`).count()) === 2);
  await page.selectOption("#sort", "difference");
  const key = ({ readings: [a, b] }) => (perWord(a) === null ? null : perWord(a) - perWord(b));
  check("sorted by the difference", same(await listed(page), ordered(data, key).slice(0, 50)));
  await page.locator(".reading .line.target .word").nth(1).hover();
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: `${directory}/compared.png` });
  await page.context().close();
}

async function checkSearch(browser) {
  const [first] = dataOf("translated").sentences;
  const page = await opened(browser, "translated");
  await page.selectOption("#sort", "line");
  const sentence = page.locator(`.sentence[data-line="${first.line}"]`);
  const toggle = sentence.locator(".toggle");
  if ((await toggle.getAttribute("aria-expanded")) === "false") await toggle.click();
  const steps = sentence.locator(".search pre");
  check("the steps of a search are closed at first", !(await steps.isVisible()));
  await sentence.locator(".search summary").focus();
  await page.keyboard.press("Enter");
  check("the steps of a search open by keyboard", (await steps.isVisible()) && (await steps.textContent()) === first.readings[0].search);
  await page.screenshot({ path: `${directory}/search.png` });
  await page.context().close();
}

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  const size = (name) => `${(fs.statSync(`${directory}/${name}.html`).size / 1e6).toFixed(2)} MB`;
  const data = dataOf("report");
  for (const name of ["report", "thousand"]) {
    const time = await timeToList(browser, name);
    console.log(`       ${name}: ${dataOf(name).sentences.length} sentences, ${size(name)}, list after ${time} ms`);
    check(`${name}: the list appears within ${process.env.LIMIT ?? 2000} ms`, time < Number(process.env.LIMIT ?? 2000), time);
  }
  const page = await opened(browser, "report");
  check("the worst sentences come first", same(await listed(page), ordered(data, KEYS["log-prob"]).slice(0, 50)));
  check("every sentence is counted", (await count(page)) === data.sentences.length);
  await page.selectOption("#sort", "line");
  await checkHover(page, data, "origin");
  await page.click("label[for=view-attention]");
  await checkHover(page, data, "attention");
  await page.click("label[for=view-origin]");
  await checkSorting(page, data);
  await checkFilters(page, data);
  await checkKeyboard(page);
  await checkOddities(page);
  await checkLongSentence(page, data);
  await checkCompared(browser);
  await checkSearch(browser);
  await checkLooks(browser);
  await browser.close();
  console.log(`\npictures: ${directory}/*.png`);
  if (failures.length > 0) console.error(`\n${failures.map((failure) => `FAILED: ${failure}`).join("\n")}`);
  process.exit(failures.length > 0 ? 1 : 0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
