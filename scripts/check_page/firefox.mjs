// The part `firefox` of check_page.sh: opens a page that is one file in Firefox, types, points, and changes a word.
//
//   NODE_PATH=.. FIREFOX=/usr/bin/firefox-esr node scripts/check_page/firefox.mjs file:///path/page.html PICTURES
//
// puppeteer-core drives Debian's Firefox by WebDriver BiDi; playwright-core needs a Firefox of its own.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const puppeteer = require("puppeteer-core");
const { address, check, failures, sentences, directory } = require("../check_server_page_tools.cjs");

const settled = () => new Promise((resolve) => setTimeout(resolve, 400));

async function translated(page) {
  await settled();
  await page.waitForFunction(() => document.getElementById("output").getAttribute("aria-busy") === "false");
}

const shades = (page, side) => page.$$eval(`.line.${side} .word`, (words) => words.map((word) =>
  Number(word.style.getPropertyValue("--weight") || 0)));

/** Opens the page, and reports every error and every request that leaves it. */
async function opened(browser) {
  const page = await browser.newPage();
  page.on("console", (message) => message.type() === "error" && check("no console error", false, message.text()));
  page.on("pageerror", (error) => check("no error of a script", false, error.message));
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && request.url() !== address) check("no request leaves the page", false, request.url());
  });
  await page.goto(address);
  await page.waitForFunction(() => document.querySelector("#target-language option") !== null);
  return page;
}

async function checkTyping(page) {
  await page.type("#text", sentences[0]);
  await translated(page);
  check("typing shows a translation", (await page.$$(".line.target .word")).length > 0);
  await (await page.$$(".line.target .word"))[1].hover();
  check("a target word shades source words", (await shades(page, "source")).some((weight) => weight > 0.2));
  await page.screenshot({ path: `${directory}/firefox-hover.png` });
}

async function checkChoice(page) {
  await (await page.$$(".line.target .word"))[1].click();
  await page.waitForSelector("#menu-list li");
  const words = await page.$$eval("#menu-list .choice bdi", (all) => all.map((one) => one.textContent));
  check("the menu has different words", words.length > 1 && new Set(words).size === words.length, words);
  await page.screenshot({ path: `${directory}/firefox-menu.png` });
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".word.fixed");
  const bare = (text) => text.replace(/\p{P}+$/u, "");
  const chosen = await page.$$eval(".line.target .word", (all) => all[1].textContent);
  check("the chosen word is in its place", words.map(bare).includes(bare(chosen)), [chosen, words]);
}

async function checkHeatMap(page) {
  await page.click('[data-opens="details"]');
  await page.waitForSelector(".heat svg");
  check("the heat map opens", true);
  await page.setViewport({ width: 390, height: 844 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check("on 390 pixels, the page does not scroll sideways", wide <= 0, wide);
  await page.screenshot({ path: `${directory}/firefox-390.png` });
}

const browser = await puppeteer.launch({ browser: "firefox", executablePath: process.env.FIREFOX, headless: true });
try {
  console.log(`        ${await browser.version()}`);
  const page = await opened(browser);
  await page.setViewport({ width: 1280, height: 850 });
  for (const part of [checkTyping, checkChoice, checkHeatMap]) await part(page);
} finally {
  await browser.close();
}
process.exitCode = failures.length === 0 ? 0 : 1;
