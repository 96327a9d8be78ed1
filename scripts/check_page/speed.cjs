// The part `speed` of check_page.sh: the size of a page that is one file, the time from opening it to the first translation,
// and the time of each sentence, also on slower processors.
//
//   node scripts/check_page/speed.cjs file:///path/page.html PICTURES
//
// SLOWER="1 4 6" are the factors.
"use strict";
const fs = require("node:fs");
const { fileURLToPath } = require("node:url");
const zlib = require("node:zlib");
const { chromium } = require("playwright-core");
const { address, check, failures, sentences } = require("../check_server_page_tools.cjs");

/** Milliseconds of one turn: the processes of the page work for a part of it, and are stopped for the rest. */
const TURN = 40;

/** Makes all processes that show pages slower by a factor. Chromium's own throttling leaves workers as they are. */
class Slower {
  constructor(browser, factor) {
    this.factor = factor;
    this.processes = [];
    this.isOn = factor > 1;
    this.done = this.isOn ? this.run(browser) : Promise.resolve();
  }

  async run(browser) {
    const session = await browser.newBrowserCDPSession();
    const find = async () => {
      const { processInfo } = await session.send("SystemInfo.getProcessInfo");
      this.processes = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
    };
    const finding = setInterval(() => find().catch(() => {}), 20);
    await find();
    while (this.isOn) {
      this.signal("SIGSTOP");
      await new Promise((resolve) => setTimeout(resolve, TURN * (1 - 1 / this.factor)));
      this.signal("SIGCONT");
      await new Promise((resolve) => setTimeout(resolve, TURN / this.factor));
    }
    clearInterval(finding);
    await session.detach();
  }

  signal(name) {
    for (const id of this.processes) {
      try {
        process.kill(id, name);
      } catch {
        // The process has ended.
      }
    }
  }

  async end() {
    this.isOn = false;
    await this.done;
  }
}

/** In the page: writes a text as soon as there is a field, and notes when things appear, in milliseconds since opening. */
const WATCH = (text) => {
  globalThis.times = {};
  const watcher = new MutationObserver(() => {
    const field = document.getElementById("text");
    if (!field) return;
    if (field.value === "" && globalThis.times.field === undefined) {
      field.value = text;
      globalThis.times.field = performance.now();
    }
    if (globalThis.times.ready === undefined && document.querySelector("#target-language option")) globalThis.times.ready = performance.now();
    if (globalThis.times.first === undefined && document.querySelector(".line.target .word")) globalThis.times.first = performance.now();
  });
  watcher.observe(document, { childList: true, subtree: true });
};

const median = (numbers) => [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)];

/** Opens the page in a new browser; then translates each sentence with 3 other numbers at its end. */
async function measure(factor) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  const page = await browser.newPage();
  await page.addInitScript(WATCH, sentences[0]);
  const slower = new Slower(browser, factor);
  await page.goto(address, { waitUntil: "commit" });
  await page.waitForFunction(() => globalThis.times.first !== undefined, null, { timeout: 120000 });
  const { field, ready, first } = await page.evaluate(() => globalThis.times);
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  const texts = sentences.flatMap((sentence) => [1, 2, 3].map((number) => `${sentence} ${number}`));
  const times = await page.evaluate(`(async (texts) => {
    const times = [];
    for (const text of texts) {
      const start = performance.now();
      await engine.translate({ texts: [text], ...languagePair() });
      times.push(performance.now() - start);
    }
    return times;
  })(${JSON.stringify(texts)})`);
  await slower.end();
  await browser.close();
  return { field, paint, ready, first, sentence: median(times), slowest: Math.max(...times) };
}

/** The sizes of the file and of its parts. */
function showSizes(file) {
  const whole = fs.readFileSync(file);
  const data = JSON.parse(/id="page-data">(.*?)<\/script>/s.exec(whole.toString("latin1"))[1]);
  check(`the page has the size that it names: ${(whole.length / 1e6).toFixed(2)} MB`, whole.length === data.bytes, [whole.length, data.bytes]);
  for (const [name, { size }] of Object.entries(data.blocks)) {
    const from = whole.indexOf(`id="block-${name}">`) + `id="block-${name}">`.length;
    const length = whole.indexOf("</script>", from) - from;
    console.log(`        ${name}: ${(length / 1e6).toFixed(3)} MB in the page, ${(size / 1e6).toFixed(3)} MB unpacked`);
  }
  console.log(`        as gzip sends it: ${(zlib.gzipSync(whole).length / 1e6).toFixed(2)} MB`);
}

async function main() {
  showSizes(fileURLToPath(address));
  for (const factor of (process.env.SLOWER ?? "1 4 6").split(" ").map(Number)) {
    const runs = [];
    for (let run = 0; run < 3; run++) runs.push(await measure(factor));
    const of = (name) => `${Math.round(median(runs.map((run) => run[name] ?? NaN)))} ms`;
    check(`${factor}x slower: first paint ${of("paint")}, ready ${of("ready")}, first translation ${of("first")} after opening; a sentence ${
      of("sentence")} (slowest ${of("slowest")})`, runs.every(({ first }) => Number.isFinite(first)));
  }
  process.exitCode = failures.length === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
