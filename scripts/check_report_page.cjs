// Helpers of check_report.sh: pages, their data, and the list of failures.
"use strict";
const fs = require("node:fs");

const directory = process.argv[2];
const failures = [];

function check(what, holds, found = "") {
  if (!holds) failures.push(`${what}${found === "" ? "" : `: ${JSON.stringify(found)}`}`);
  console.log(holds ? `ok     ${what}` : `FAILED ${failures[failures.length - 1]}`);
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Returns the data of a page. */
function dataOf(name) {
  const html = fs.readFileSync(`${directory}/${name}.html`, "utf8");
  return JSON.parse(html.split('<script type="application/json" id="data">')[1].split("</script>")[0]);
}

/** Decodes the weights of a view: one row per target word. */
function rowsOf(sentence, reading, kind) {
  const weights = [];
  const bytes = reading[kind].weights.match(/../g) ?? [];
  for (let at = 0; at < bytes.length; at++) {
    const level = Number.parseInt(bytes[at], 16);
    if (level > 0) weights.push(level / 255);
    else for (let run = Number.parseInt(bytes[(at += 1)], 16); run > 0; run--) weights.push(0);
  }
  const width = sentence.source.length + 1;
  return reading.target.map((_, target) => weights.slice(target * width, (target + 1) * width));
}

const mean = (numbers) => (numbers.length === 0 ? 0 : numbers.reduce((sum, one) => sum + one, 0) / numbers.length);
const perWord = (reading) => (reading.log_prob === null ? null : reading.log_prob / reading.target.length);
const links = (reading, kind) => reading[kind].links.split(" ").filter(Boolean).map((link) => link.split("-").map(Number));

/** Returns line numbers sorted by a key, lowest first; sentences without a key come last. */
function ordered(data, key) {
  const keyed = data.sentences.map((sentence) => [key(sentence), sentence.line]);
  const rank = ([value]) => (value === null ? Infinity : value);
  return keyed.sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)) || a[1] - b[1]).map(([, line]) => line);
}

const KEYS = {
  "log-prob": (s) => perWord(s.readings[0]),
  entropy: (s) => -mean(s.readings[0].origin.entropy),
  eos: (s) => -mean(rowsOf(s, s.readings[0], "origin").map((row) => row[row.length - 1])),
  length: (s) => -(s.source.length + s.readings[0].target.length),
  line: (s) => s.line,
};

const listed = (page) => page.$$eval(".sentence", (items) => items.map((item) => Number(item.dataset.line)));

async function settled(page) {
  await page.waitForTimeout(200);
}

async function search(page, text) {
  await page.fill("#search", text);
  await settled(page);
}

/** Opens a page. Any request to another address and any error counts as a failure. */
async function opened(browser, name, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true, ...options });
  const page = await context.newPage();
  const url = `file://${directory}/${name}.html`;
  page.on("request", (request) => request.url() === url || check(`${name}: no request to another address`, false, request.url()));
  page.on("console", (message) => message.type() === "error" && check(`${name}: no console error`, false, message.text()));
  page.on("pageerror", (error) => check(`${name}: no error`, false, String(error)));
  await page.goto(url);
  await page.waitForSelector(".sentence .word");
  return page;
}

async function count(page) {
  return Number((await page.textContent("#count")).match(/[\d,]+/)?.[0].replace(/,/g, "") ?? 0);
}

const focused = (page) => page.evaluate(() => {
  const { activeElement: element } = document;
  const [side, index] = [element.dataset.side ?? "", element.dataset.index ?? ""];
  return `${element.closest(".sentence")?.dataset.line ?? element.id} ${side} ${index}`.trim();
});

/** Searches for a text that only one sentence has, and opens the heat map of that sentence. */
async function alone(page, text) {
  await page.selectOption("#sort", "line");
  await search(page, text);
  check(`${text} is found alone`, (await count(page)) === 1, await count(page));
  const toggle = page.locator(".toggle").first();
  if ((await toggle.getAttribute("aria-expanded")) === "false") await toggle.click();
  return page.locator(".sentence").first();
}

module.exports = {
  directory, failures, check, same, dataOf, rowsOf, mean, perWord, links, ordered, KEYS, listed, settled, search, opened, count,
  focused, alone,
};
