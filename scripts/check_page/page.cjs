// The part `page` of check_page.sh: uses a page that is one file as a person does, in Chromium.
//
//   node scripts/check_page/page.cjs file:///path/page.html PICTURES
//
// SENTENCES=FILE has other sentences than those of the bundled corpus.
"use strict";
const { chromium } = require("playwright-core");
const { address, check, opened, translated, sentences, failures, outputText, directory } = require("../check_server_page_tools.cjs");
const { useThePage, checkAddress } = require("../check_server_page_use.cjs");
const { checkLooks } = require("../check_server_page_looks.cjs");
const { checkTypedText } = require("../check_server_page_typing.cjs");

/** Texts that the page has the engine translate, as a list in the page. */
const countTexts = (page) => page.evaluate(`{
  globalThis.asked = [];
  const { translate } = engine;
  engine.translate = (request, signal) => (asked.push(...request.texts), translate(request, signal));
}`);

async function checkTyping(page) {
  await countTexts(page);
  const asked = () => page.evaluate(() => globalThis.asked);
  await page.click("#text");
  await page.keyboard.type(sentences[0], { delay: 5 });
  await translated(page);
  check("typing shows a translation", (await outputText(page)).length > 0);
  check("typing does not translate each letter", (await asked()).length < sentences[0].length / 4, await asked());
  const before = (await asked()).length;
  await page.keyboard.press("Enter");
  await page.keyboard.type(sentences[1]);
  await translated(page);
  check("only the new line is translated", (await asked()).slice(before).every((text) => !text.includes(sentences[0])), await asked());
  check("each line has its translation", (await page.locator(".paragraph .reading").count()) >= 2);
  const all = (await asked()).length;
  await page.fill("#text", sentences[0]);
  await translated(page);
  await page.fill("#text", `${sentences[0]}\n${sentences[1]}`);
  await translated(page);
  check("a line that comes back is not translated again", (await asked()).length === all, (await asked()).slice(all));
  check("a text is not in the address", !page.url().includes("text="));
}

/** A person who pastes many lines and then types something else does not wait for the lines. */
async function checkCancel(page) {
  await page.fill("#text", Array.from({ length: 400 }, (_, at) => `${sentences[at % sentences.length]} ${at} again`).join("\n"));
  await page.waitForSelector("#progress:not([hidden])");
  const started = Date.now();
  await page.fill("#text", `${sentences[2]} !`);
  await translated(page);
  const wait = Date.now() - started;
  check(`a new text does not wait for a long one (${wait} ms)`, wait < 3000);
  check("the progress is gone", !(await page.isVisible("#progress")));
  await page.fill("#text", Array.from({ length: 400 }, (_, at) => `${sentences[at % sentences.length]} ${at} once more`).join("\n"));
  await page.waitForSelector("#progress:not([hidden])");
  await page.locator(".line.target .word").first().waitFor();
  const menu = Date.now();
  await page.locator(".line.target .word").first().click();
  await page.waitForSelector("#menu-list li");
  check(`the words of a menu do not wait for a long text (${Date.now() - menu} ms)`, Date.now() - menu < 3000);
  await page.keyboard.press("Escape");
  await page.fill("#text", "");
}

/** A line of many sentences that is not needed any more does not hold up the next one. */
async function checkLongLine(page) {
  const line = Array.from({ length: 200 }, (_, at) => `${sentences[at % sentences.length]} ${at}.`).join(" ").slice(0, 4900);
  await page.fill("#text", line);
  await page.waitForTimeout(700);
  const started = Date.now();
  await page.fill("#text", `${sentences[1]} ?`);
  await translated(page);
  check(`a long line that is replaced is not waited for (${Date.now() - started} ms)`, (await page.locator(".paragraph").count()) === 1
    && (await page.inputValue("#text")).endsWith("?") && (await page.locator(".line.target .word").count()) > 0);
  await page.fill("#text", "");
}

/** What the page says of itself. */
async function checkAbout(page) {
  const text = await page.innerText("footer");
  check("the footer names the corpus and the score", /learnt from [\d,]+ pairs? of sentences \(.+\); score on other pairs of this kind: \S/.test(text), text);
  check("the footer says that the model is inside", /whoever has the file has the model/.test(text), text);
  check("the notice is gone", !(await page.isVisible("#notice")));
  check("nothing asks for a key", !(await page.isVisible("#key-form")));
  const licences = page.locator("footer summary", { hasText: "Licences" });
  if ((await licences.count()) === 0) return;
  await licences.click();
  await page.waitForFunction(() => /MIT|Apache/.test(document.querySelector("footer details[open] .as-written")?.textContent));
  check("the licences of the programs inside open", true);
  await licences.click();
}

/** What the footer shows of given texts. It is made anew, as if the page had these. */
async function checkGivenTexts(page) {
  const shown = (about) => page.evaluate(`{
    const model = { source: "de", target: "en", corpus: "x.tsv", pairs: 9, score: "BLEU 1.00", note: "smaller copy" };
    showModels({ models: [model], about: ${JSON.stringify(about)}, hasLicences: false });
  }`);
  const before = await page.evaluate("engine.settings()");
  await shown("Licence (see https://example.org/a_(b).html), <b>CC0</b>.\nשלום עולם");
  const text = page.locator("footer .as-written");
  check("a short text is open", await text.isVisible());
  check("markup in a text is text", (await text.locator("b").count()) === 0 && (await text.innerText()).includes("<b>CC0</b>"));
  check("an address becomes a link without the punctuation after it",
    (await text.locator("a").getAttribute("href")) === "https://example.org/a_(b).html");
  check("a note on a model follows its score", (await page.innerText("footer")).includes("BLEU 1.00; smaller copy."));
  const starts = await text.evaluate((own) => [own.firstChild, own.lastChild].map((node, at) => {
    const range = document.createRange();
    range.setStart(node, at === 0 ? 0 : node.textContent.lastIndexOf("\n") + 1);
    range.setEnd(node, range.startOffset + 1);
    return range.getBoundingClientRect().left - own.getBoundingClientRect().left;
  }));
  check("each line of a text has its own direction", starts[0] < 5 && starts[1] > 300, starts);
  await page.screenshot({ path: `${directory}/about.png`, fullPage: true });
  await shown("line\n".repeat(9));
  check("a long text is closed", !(await text.isVisible()) && await page.locator("footer summary").isVisible());
  for (const scheme of ["javascript:alert(1)", "data:text/html,x", "file:///x"]) {
    await shown(scheme);
    check(`no link to ${scheme}`, (await text.locator("a").count()) === 0);
  }
  await page.evaluate(`showModels(${JSON.stringify(before)})`);
}

/** An engine that translates German to English and English to French. It takes a text with "ein" as German. */
const TWO_MODELS = `{
  offered.clear();
  const languages = [["de", "German", ["de", "en"]], ["en", "English", ["en", "fr"]], ["fr", "French", ["fr"]]];
  for (const [code, name, targets] of languages) offered.set(code, { code, name, targets });
  engine.translate = async ({ texts: [text], source, target }) => {
    const detected = source !== "auto" ? source : text.includes("ein") ? "de" : "en";
    if (!offered.get(detected).targets.includes(target)) {
      throw engineError("other", \`French (\${target}) is not available as a target language from German (\${detected})\`);
    }
    return [{ text: detected === target ? text : "translated", detected, confidence: 90, sentences: [], others: [] }];
  };
  fillLanguages({ source: "auto", target: "en" });
}`;

/** A page of models that do not share their languages: each text that cannot be translated has a button with a way. */
async function checkLanguages(browser) {
  const page = await opened(browser);
  await page.evaluate(TWO_MODELS);
  const codes = (side) => page.$$eval(`#${side}-language option`, (all) => all.map(({ value }) => value).join());
  check("with the detection of the language, all targets are offered", (await codes("target")) === "en,fr", await codes("target"));
  await page.fill("#text", "A text.");
  await translated(page);
  const hint = () => page.innerText("#hint");
  check("a text in the target language has a sentence", /already in English/.test(await hint()), await hint());
  await page.getByRole("button", { name: "Translate it to French" }).click();
  await translated(page);
  check("its button translates to another language", (await outputText(page)).includes("translated") && (await hint()) === "");
  await page.fill("#text", "eine Zeile\nA line");
  await translated(page);
  check("a detected language without a way has a sentence", /cannot translate German to French/.test(await hint()), await hint());
  check("the other lines are translated", /Not translated.*German[^]*translated/.test(await outputText(page)), await outputText(page));
  check("nothing offers to try again", !(await page.isVisible("#retry")));
  await page.screenshot({ path: `${directory}/no-way.png` });
  await page.getByRole("button", { name: "Translate German to English" }).click();
  await translated(page);
  check("its button translates it", !/Not translated/.test(await outputText(page)) && (await hint()) === "");
  await page.selectOption("#source-language", "de");
  check("with a chosen language, only its targets are offered", (await codes("target")) === "en", await codes("target"));
  check("nothing can be exchanged without two directions", !(await page.isVisible("#swap")));
  await page.close();
}

/** A sentence of words that the model does not know. */
async function checkUnknownWords(page) {
  await page.fill("#text", "Xyzzyx qwrtzu plomkk vbnght.");
  await translated(page);
  const text = await outputText(page);
  check("a sentence of unknown words has a remark", /does not know most of these words/.test(text), text);
  await page.fill("#text", "");
}

/** Holds the engine back until `letGo` is called in the page. */
const LATE = () => {
  const { Worker } = globalThis;
  let held = [];
  globalThis.letGo = () => {
    held.forEach((send) => send());
    held = null;
  };
  globalThis.Worker = class extends Worker {
    postMessage(message, transfer) {
      const send = () => super.postMessage(message, transfer);
      if (held === null) send();
      else held.push(send);
    }
  };
};

/** A text that is typed while the page begins is translated as soon as the engine is ready. */
async function checkEarlyText(browser) {
  const page = await browser.newPage();
  await page.addInitScript(LATE);
  await page.goto(address, { waitUntil: "commit" });
  await page.click("#text");
  await page.keyboard.type(sentences[0]);
  check("text can be typed while the page begins", (await page.inputValue("#text")) === sentences[0], await page.inputValue("#text"));
  await page.waitForTimeout(500);
  check("the page says that it is loading", await page.locator("#loading").isVisible());
  await page.screenshot({ path: `${directory}/loading.png` });
  await page.evaluate(() => globalThis.letGo());
  await page.locator(".line.target .word").first().waitFor();
  check("a text that was typed before is translated", (await outputText(page)).length > 0);
  check("the page no longer says that it is loading", !(await page.locator("#loading").isVisible()));
  await page.close();
}

/** A failure of the engine, made up between worker and page: at the text "trap" always, at "once" one time. */
const FAILING = () => {
  let left = 1;
  globalThis.started = 0;
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(address) {
      super(address);
      globalThis.started += 1;
    }

    postMessage(message, transfer) {
      const text = message.request?.texts?.[0];
      if (text === "trap" || (text === "once" && left-- > 0)) {
        setTimeout(() => this.onmessage({ data: { trap: "made up" } }));
      } else {
        super.postMessage(message, transfer);
      }
    }
  };
};

/** After a failure, a new engine takes its place, and other texts are translated. */
async function checkRecovery(browser) {
  const page = await browser.newPage();
  await page.addInitScript(FAILING);
  await page.goto(address);
  const started = () => page.evaluate(() => globalThis.started);
  await page.fill("#text", "once");
  await page.locator(".line.target .word").first().waitFor();
  check("a text is tried again after a failure of the engine", (await started()) === 2, await started());
  await page.fill("#text", `${sentences[0]}\ntrap\n${sentences[1]}`);
  await translated(page);
  const texts = await page.locator(".paragraph").allInnerTexts();
  check("a line at which the engine fails twice says so, and the others are translated", texts.length === 3
    && /was not translated: .*made up/.test(texts[1]) && !/not translated/.test(texts[0] + texts[2]), texts);
  await page.screenshot({ path: `${directory}/failed-line.png` });
  await page.close();
}

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  await checkEarlyText(browser);
  const page = await opened(browser);
  for (const part of [checkAbout, checkGivenTexts, checkTyping, checkCancel, checkLongLine, checkUnknownWords, useThePage]) await part(page);
  await page.context().close();
  await checkAddress(browser);
  await checkLanguages(browser);
  await checkTypedText(browser);
  await checkRecovery(browser);
  await checkLooks(browser);
  await browser.close();
  console.log(failures.length === 0 ? "all checks of the page passed" : `${failures.length} checks of the page failed`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
