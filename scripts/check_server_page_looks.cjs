// The looks of the server's page: widths, themes, right-to-left text, zoom, accessibility; pictures to look at.
"use strict";
const fs = require("node:fs");
const { check, opened, translated, sentences, directory } = require("./check_server_page_tools.cjs");

const AXE = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** Names what axe-core finds serious or critical. */
async function checkAccessibility(page, name) {
  // Evaluated, not added as an element: the content policy forbids that.
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
      .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 120)} ${failureSummary}`).join("; ")}`);
  });
  check(`${name}: axe-core finds nothing serious`, found.length === 0, found);
}

async function checkWidth(page, name) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(`${name}: the page does not scroll sideways`, wide <= 0, wide);
}

/** One window: from the empty page to an open heat map, alternatives and the menu of a word. */
async function checkWindow(browser, width, colorScheme) {
  const name = `${width}-${colorScheme}`;
  const page = await opened(browser, { viewport: { width, height: 850 }, colorScheme, hasTouch: width < 500, reducedMotion: "reduce" });
  await page.screenshot({ path: `${directory}/empty-${name}.png` });
  await checkAccessibility(page, `${name}, empty`);
  await page.fill("#text", `${sentences[0]} ${sentences[1]}\nXyzzyx ${sentences[2]}`);
  await translated(page);
  await page.locator(".line.target .word").nth(2).hover();
  await page.screenshot({ path: `${directory}/hover-${name}.png` });
  await checkAccessibility(page, `${name}, translated`);
  await page.getByRole("button", { name: /^Heat map/ }).first().click();
  await page.getByRole("button", { name: /^Alternatives/ }).first().click();
  await page.waitForSelector(".others li");
  await page.screenshot({ path: `${directory}/open-${name}.png`, fullPage: true });
  await checkWidth(page, `${name}, heat map`);
  await checkAccessibility(page, `${name}, heat map`);
  await page.locator(".line.target .word").nth(3).click();
  await page.waitForSelector("#menu-list li");
  await page.screenshot({ path: `${directory}/menu-${name}.png` });
  await checkWidth(page, `${name}, menu`);
  await checkAccessibility(page, `${name}, menu`);
  await page.context().close();
}

/** A translation into Hebrew, as an engine would return it. */
async function checkRightToLeft(browser) {
  const words = ["הכלב", "הגדול", "רץ", "הביתה."];
  const translation = words.join(" ");
  let at = 0;
  const target_offsets = words.map((word) => [at, (at += word.length + 1) - 1]);
  const source_words = ["The", "big", "dog", "runs", "home."];
  const record = {
    source: source_words.join(" "), translation, log_prob: -1, source_words, source_offsets: [[0, 3], [4, 7], [8, 11], [12, 16], [17, 22]],
    target_words: words, target_offsets, word_log_probs: [-0.1, -2, -0.2, -4], links: "2-0 1-1 3-2 4-3", unknown: ["home"],
    weights: [[0.1, 0, 0.9, 0, 0], [0, 1, 0, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0.3, 0.6]], eos_mass: [0, 0, 0, 0.1], entropy: [0.3, 0, 0, 0.9],
    source_start: 0, target_start: 0,
  };
  const page = await opened(browser);
  // `engine` is declared by the scripts of the page.
  await page.evaluate(`engine.translate = async () => [${JSON.stringify({ text: translation, detected: null, confidence: 100, sentences: [record], others: [] })}]`);
  await page.fill("#text", record.source);
  await translated(page);
  const box = (index) => page.locator(".line.target .word").nth(index).boundingBox();
  check("right-to-left text begins on the right", (await box(0)).x > (await box(1)).x);
  await page.locator(".line.target .word").first().focus();
  await page.keyboard.press("ArrowLeft");
  check("in right-to-left text, the left arrow goes to the next word", (await page.evaluate(() => document.activeElement.dataset.index)) === "1");
  check("a word that training never had is marked and explained", (await page.locator(".word.unknown").getAttribute("aria-description")) !== null);
  await page.screenshot({ path: `${directory}/right-to-left.png` });
  await page.uncheck("#show-source");
  const [first, output] = [await box(0), await page.locator("#output").boundingBox()];
  check("without source words, right-to-left text begins on the right, too", first.x + first.width > output.x + output.width - 40, first);
  await page.context().close();
}

/** The user's own colours: the picture shows shading and marks. */
async function checkForcedColors(browser) {
  const page = await opened(browser, { forcedColors: "active", reducedMotion: "reduce" });
  await page.fill("#text", sentences[0]);
  await translated(page);
  await page.locator(".line.target .word").nth(1).hover();
  const colors = await page.$$eval(".line.source .word", (words) => words.map((word) => getComputedStyle(word).backgroundColor));
  check("forced colours keep the shading", new Set(colors).size > 1, colors);
  await page.screenshot({ path: `${directory}/forced-colors.png` });
  await page.context().close();
}

/** On a small window, the menu of a word is within it. */
async function checkMenuFits(browser) {
  for (const height of [844, 500, 400]) {
    const page = await opened(browser, { viewport: { width: 390, height }, hasTouch: true, isMobile: true });
    await page.fill("#text", sentences.join("\n"));
    await translated(page);
    for (const at of [0, 2, 4]) {
      await page.locator(".line.target").nth(at).locator(".word").nth(1).tap();
      await page.waitForSelector("#menu-list li");
      const [menu, readout] = [await page.locator("#menu").boundingBox(), await page.locator("#readout").boundingBox()];
      check(`${height} pixels, line ${at + 1}: the menu is above the description`, menu.y >= 0 && menu.y + menu.height <= readout.y, menu);
      const word = await page.locator(".word[aria-expanded=true]").boundingBox();
      const isBeside = menu.y + 1 >= word.y + word.height || menu.y + menu.height <= word.y + 1;
      check(`${height} pixels, line ${at + 1}: the menu does not cover its word`, isBeside, [menu, word]);
      check("a tap shows where the word comes from", (await page.textContent("#readout")).includes("from"));
      await page.keyboard.press("Escape");
    }
    await page.context().close();
  }
}

async function checkPrint(browser) {
  const page = await opened(browser);
  await page.fill("#text", sentences.join("\n"));
  await translated(page);
  await page.emulateMedia({ media: "print" });
  check("controls are not printed", !(await page.isVisible("#copy")) && !(await page.isVisible("#text")) && (await page.isVisible("#output")));
  await page.screenshot({ path: `${directory}/print.png` });
  await page.context().close();
}

async function checkLooks(browser) {
  for (const width of [1280, 390]) {
    for (const scheme of ["light", "dark"]) await checkWindow(browser, width, scheme);
  }
  // 200 % zoom of a window of 1280 pixels.
  await checkWindow(browser, 640, "light");
  await checkRightToLeft(browser);
  await checkPrint(browser);
  await checkForcedColors(browser);
  await checkMenuFits(browser);
}

module.exports = { checkLooks };
