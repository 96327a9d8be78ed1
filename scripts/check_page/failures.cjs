// The part `failures` of check_page.sh: a page that is incomplete or damaged, and browsers that lack something. A sentence
// must be visible each time.
//
//   node scripts/check_page/failures.cjs file:///path/page.html PICTURES
"use strict";
const fs = require("node:fs");
const { fileURLToPath, pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");
const { address, check, failures, directory } = require("../check_server_page_tools.cjs");

/** The first sentence of a page whose scripts do not run comes after 5 seconds. */
const PATIENCE = 8000;

/** Opens a page and waits until it shows a sentence that matches. Everything that can be seen is one text. */
async function checkSentence(browser, name, url, expected, { options = {}, script = null } = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  if (script) await page.addInitScript(script);
  await page.goto(url);
  const end = Date.now() + PATIENCE;
  let text = "";
  do {
    await new Promise((resolve) => setTimeout(resolve, 100));
    text = await page.locator("body").innerText();
  } while (!expected.test(text) && Date.now() < end);
  const isShown = expected.test(text);
  check(`${name}: a sentence is visible`, isShown, text.slice(0, 300));
  if (isShown) console.log(`         ${text.match(expected).input.trim().split("\n").find((line) => expected.test(line))}`);
  const usable = await page.locator("main").locator("select, button, label.button, textarea:not([readonly])").filter({ visible: true }).count();
  check(`${name}: nothing looks as if it could be used`, usable === 0, usable);
  await page.screenshot({ path: `${directory}/failure-${name.replace(/\W+/g, "-")}.png` });
  await context.close();
}

/** Writes a changed copy of the page and returns its address. */
function copyOf(name, bytes) {
  const file = `${directory}/${name}.html`;
  fs.writeFileSync(file, bytes);
  return pathToFileURL(file).href;
}

/** The file cut at several places: in the style, in each script, in the data. */
async function checkCuts(browser, whole) {
  const at = (part, from = 0) => {
    const found = whole.indexOf(part, from);
    if (found < 0) throw new Error(`the page has no ${part}`);
    return found;
  };
  const [style, worker, data, engine] = ["<style>:root", 'id="worker"', 'id="page-data"', 'id="block-engine"'].map((part) => {
    // The first rule of the style may be on the next line.
    const found = whole.indexOf(part);
    return found < 0 ? at("</p>\n<style>") : found;
  });
  const script = at("<script>\"use strict\"");
  const cuts = {
    "cut in the style": [style + 2000, /its file is incomplete/],
    "cut in the first script": [at("<script>") + 500, /its file is incomplete/],
    "cut in the markup": [at("<main>") + 100, /its file is incomplete/],
    "cut in the worker": [worker + 500, /its file is incomplete/],
    "cut in the main script": [script + 20000, /its file is incomplete/],
    "cut in the list of data": [data + 60, /its file is incomplete/],
    "cut in the engine": [engine + 5000, /only \d+\.\d of \d+\.\d MB are there/],
    "cut in half": [Math.floor(whole.length / 2), /only \d+\.\d of \d+\.\d MB are there/],
    "cut before the end": [at('<script type="application/json" id="end"') - 20, /its file is incomplete/],
  };
  for (const [name, [length, expected]] of Object.entries(cuts)) {
    await checkSentence(browser, name, copyOf(name.replaceAll(" ", "-"), whole.subarray(0, length)), expected);
  }
}

/** One character of the data is another. */
async function checkDamage(browser, whole) {
  for (const block of ["engine", "0/model.safetensors", "0/config.json"]) {
    const damaged = Buffer.from(whole);
    const place = whole.indexOf(`id="block-${block}"`) + `id="block-${block}">`.length + 60;
    damaged[place] = damaged[place] === 65 ? 66 : 65;
    const name = `damaged-${block.replace("/", "-")}`;
    await checkSentence(browser, name, copyOf(name, damaged), new RegExp(`its file is damaged \\(part "${block}"\\)`));
  }
  const damaged = Buffer.from(whole);
  damaged[whole.indexOf('id="page-data">') + 'id="page-data">'.length] = 65;
  await checkSentence(browser, "damaged-list", copyOf("damaged-list", damaged), /its file is damaged/);
}

/** Browsers that lack something, made by taking it away. */
async function checkBrowsers(browser) {
  const old = /too old for this page.*Chrome or Edge \d+, Firefox \d+, Safari \d+/;
  const lacking = {
    "no WebAssembly": () => { delete globalThis.WebAssembly; },
    "no SIMD": () => { WebAssembly.validate = () => false; },
    "no DecompressionStream": () => { delete globalThis.DecompressionStream; },
    "no workers": () => { delete globalThis.Worker; },
    "no color-mix": () => { CSS.supports = () => false; },
  };
  for (const [name, script] of Object.entries(lacking)) await checkSentence(browser, name, address, old, { script });
  const forbidden = () => { globalThis.Worker = function Worker() { throw new DOMException("forbidden", "SecurityError"); }; };
  await checkSentence(browser, "workers are forbidden", address, /does not let it compute. Open the file in a browser/, { script: forbidden });
  await checkSentence(browser, "no JavaScript", address, /needs JavaScript.*open the file in a browser/, { options: { javaScriptEnabled: false } });
}

/** A preview that shows the page in a frame without scripts. */
async function checkPreview(browser) {
  const frame = copyOf("preview", `<!doctype html><title>preview</title><iframe sandbox src="${address}" width="900" height="600"></iframe>`);
  const page = await browser.newPage();
  await page.goto(frame);
  const inside = page.frameLocator("iframe").locator("body");
  await page.waitForTimeout(1000);
  const text = await inside.innerText();
  check("a preview without scripts: a sentence is visible", /open the file in a browser/.test(text), text.slice(0, 200));
  await page.close();
}

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  const whole = fs.readFileSync(fileURLToPath(address));
  await checkBrowsers(browser);
  await checkPreview(browser);
  await checkDamage(browser, whole);
  await checkCuts(browser, whole);
  await browser.close();
  process.exitCode = failures.length === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
