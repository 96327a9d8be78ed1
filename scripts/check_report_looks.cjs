// The looks of the pages that check_report.sh opens: labels, colours, explanations, narrow windows, pictures.
"use strict";
const { directory, check, same, dataOf, rowsOf, listed, settled, opened, alone } = require("./check_report_page.cjs");

/** Returns the contrast of two colours, as defined in WCAG 2. */
function contrast(one, other) {
  const luminance = (color) => color.map((part) => (part / 255 <= 0.04045 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

async function checkContrast(page, scheme) {
  const colors = await page.evaluate(() => {
    const probe = document.body.appendChild(document.createElement("i"));
    const color = (text) => {
      probe.style.color = text;
      return getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
    };
    const found = Object.fromEntries(["ink", "quiet", "card", "paper", "soft", "accent", "on-accent", "series-1", "series-2"].map((name) => [name, color(`var(--${name})`)]));
    found.shade = color("rgb(var(--shade))");
    probe.remove();
    return found;
  });
  const pairs = [["ink", "card"], ["ink", "paper"], ["ink", "shade"], ["quiet", "card"], ["quiet", "paper"], ["quiet", "soft"],
    ["accent", "card"], ["on-accent", "accent"], ["on-accent", "series-1"], ["on-accent", "series-2"], ["paper", "ink"]];
  const worst = Math.min(...pairs.map(([one, other]) => contrast(colors[one], colors[other])));
  check(`${scheme}: text has a contrast of 4.5 at least (${worst.toFixed(2)})`, worst >= 4.5);
}

/** Returns the pairs of texts in the first open heat map that overlap by more than half a pixel in both directions. */
function overlapping(page) {
  return page.evaluate(() => {
    const heat = document.querySelector(".heat");
    const boxOf = (element) => {
      if (getComputedStyle(element).overflow === "hidden") return element.getBoundingClientRect();
      const range = document.createRange();
      range.selectNodeContents(element);
      return range.getBoundingClientRect();
    };
    const texts = [...heat.querySelectorAll(".corner span, .axis, .label, .measure")].filter((text) => text.textContent !== "");
    const seen = heat.getBoundingClientRect();
    const boxes = texts.map((text) => [text.textContent, boxOf(text)])
      .filter(([, box]) => box.width > 0 && box.right <= seen.right + 1 && box.bottom <= seen.bottom + 1);
    const shared = (a, b) => Math.min(Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
    const pairs = boxes.flatMap(([one, a], at) => boxes.slice(at + 1).filter(([, b]) => shared(a, b) > 0.5).map(([other]) => [one, other]));
    return { pairs, count: boxes.length };
  });
}

const ODDITIES = { Hebrew: "Felix", Arabic: "الكلب", Cherokee: "ᎣᏏᏲ", Chinese: "花园" };

async function checkLabels(browser) {
  for (const width of [1160, 390]) {
    const page = await opened(browser, "report", { viewport: { width, height: 900 } });
    for (const [name, text] of Object.entries(ODDITIES)) {
      await alone(page, text);
      const { pairs, count } = await overlapping(page);
      check(`${width} px, ${name}: no label of the heat map overlaps another (${count})`, pairs.length === 0 && count > 10, pairs);
    }
    await page.context().close();
  }
}

async function checkHeads(browser) {
  const page = await opened(browser, "report");
  const chinese = await alone(page, "花园");
  const styles = await chinese.locator(".column-heads .label").evaluateAll((heads) => heads.map((head) => {
    const { writingMode, transform } = getComputedStyle(head);
    return [head.textContent, writingMode, transform === "none"];
  }));
  const is = (text, mode, isUpright) => same(styles.find(([own]) => own === text), [text, mode, isUpright]);
  check("Chinese column heads are upright", is("花园", "vertical-rl", true), styles);
  check("emoji in column heads stay whole", is("👩‍👩‍👧", "horizontal-tb", true), styles);
  check("other column heads are turned", is("iPhone", "vertical-rl", false), styles);
  await chinese.locator(".heat-legend input").check();
  const numbers = await chinese.locator(".numbers text").allTextContents();
  const [line] = await listed(page);
  const sentence = dataOf("report").sentences[line - 1];
  const expected = rowsOf(sentence, sentence.readings[0], "origin").flat().filter((weight) => weight >= 0.005);
  check("numbers on demand", same(numbers, expected.map((weight) => (weight * 100).toFixed(0))), numbers);
  await page.screenshot({ path: `${directory}/chinese.png` });
  const [source, target] = [sentence.source[1], sentence.readings[0].target[2]];
  await chinese.locator(".heat svg").hover({ position: { x: 1.5 * 22, y: 2.5 * 22 } });
  const readout = await page.textContent("#readout");
  check("pointing at a cell reads its weight", readout.startsWith(`${source} → ${target} `), readout);
  await page.context().close();
}

/** Returns the edges beyond which a frame shows that there is more, and the height of its hint. */
function hints(item) {
  return item.locator(".frame").first().evaluate((frame) =>
    [frame.dataset.more, frame.querySelector(".scroll-hint").getBoundingClientRect().height, frame.querySelector(".scroll-hint").textContent]);
}

async function checkHints(browser) {
  const page = await opened(browser, "report", { viewport: { width: 390, height: 844 }, hasTouch: true });
  const wide = await alone(page, "Felix");
  await settled(page);
  const [before, height, text] = await hints(wide);
  check("390 px: a heat map that scrolls shows it", before === "right" && height > 10 && text.includes("sideways"), [before, height, text]);
  const heat = wide.locator(".heat");
  await wide.screenshot({ path: `${directory}/narrow-heat-map.png` });
  await heat.evaluate((element) => element.scrollTo(element.scrollWidth, 0));
  await settled(page);
  check("390 px: at its end only the other edge is shaded", (await hints(wide))[0] === "left", await hints(wide));
  await heat.scrollIntoViewIfNeeded();
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check("390 px: the page itself does not scroll sideways", sideways <= 0, sideways);
  const fits = await alone(page, "الكلب");
  await settled(page);
  check("390 px: a heat map that fits shows no hint", same((await hints(fits)).slice(0, 2), ["", 0]), await hints(fits));
  await page.context().close();
}

async function checkExplanations(browser) {
  const page = await opened(browser, "report");
  const silent = await page.locator(".tile, .figure, .flag").evaluateAll((all) => all.filter((one) => !one.dataset.tip).map((one) => one.textContent));
  check("every figure on a card has an explanation", silent.length === 0, silent);
  const bubble = page.locator("#bubble");
  for (const [name, selector] of [["last tile", ".tile:last-child"], ["first figure", ".sentence .figure"], ["first flag", ".flag"]]) {
    const figure = page.locator(selector).first();
    await figure.hover();
    const [box, tip] = [await bubble.boundingBox(), await figure.getAttribute("data-tip")];
    const isInside = box !== null && box.x >= 0 && box.x + box.width <= 1280 && box.y >= 0 && box.y + box.height <= 900;
    check(`the ${name} is explained beside the pointer`, isInside && (await bubble.textContent()) === tip, [box, tip]);
  }
  await page.mouse.move(5, 5);
  check("without a pointer no explanation is shown", !(await bubble.isVisible()));
  await page.locator(".tile").first().focus();
  check("the keyboard shows an explanation", await bubble.isVisible());
  await page.keyboard.press("Escape");
  check("Escape removes the explanation", !(await bubble.isVisible()));
  await page.context().close();
  const phone = await opened(browser, "report", { viewport: { width: 390, height: 844 }, hasTouch: true });
  await phone.locator(".tile").nth(3).tap();
  check("a touch shows an explanation", await phone.locator("#bubble").isVisible());
  await alone(phone, "الكلب");
  await phone.locator(".heat svg").tap({ position: { x: 11, y: 33 } });
  const readout = await phone.textContent("#readout");
  check("a touch reads the weight of a cell", readout.includes(" → ") && readout.includes(" % ·"), readout);
  await phone.context().close();
}

async function checkTitles(browser) {
  const page = await opened(browser, "compared");
  const { corpus, models } = dataOf("compared");
  const rest = `: ${corpus.split("/").pop()}, ${models[0].name} and ${models[1].name} - glosser report`;
  const found = [await page.title()];
  await page.click("label[for=view-attention]");
  found.push(await page.title());
  check("the title of the window names view, file and models", same(found, [`Word alignment${rest}`, `Attention${rest}`]), found);
  await page.context().close();
}

/** Panels of two models begin each of their parts at the same height. */
async function checkAligned(browser) {
  const page = await opened(browser, "compared");
  await page.locator(".toggle").nth(1).click();
  const uneven = await page.locator(".sentence").evaluateAll((sentences) => {
    const tops = (sentence, part) => [...sentence.querySelectorAll(part)].map((element) => Math.round(element.getBoundingClientRect().top));
    return sentences.slice(0, 5).flatMap((sentence) => [".reading-head", ".line.source", ".line.target", ".heat", ".links"]
      .filter((part) => new Set(tops(sentence, part)).size > 1).map((part) => `line ${sentence.dataset.line}: ${part}`));
  });
  check("two models: lines, heat maps and links begin at the same height", uneven.length === 0, uneven);
  await page.context().close();
}

/** The filled part of the bar below each target word, read from its style. */
const bars = (page, line) => page.$$eval(`.sentence[data-line="${line}"] .line.target .word`, (words) => words.map((word) => {
  const style = getComputedStyle(word, "::after");
  return style.display === "none" ? null : Number.parseFloat(style.backgroundSize) / 100;
}));

async function checkBars(browser) {
  const page = await opened(browser, "report");
  const [line] = await listed(page);
  const sentence = dataOf("report").sentences[line - 1];
  const [reading] = sentence.readings;
  const width = sentence.source.length + 1;
  const expected = {
    surprise: reading.word_log_probs.map((logProb) => logProb / -6),
    entropy: reading.origin.entropy.map((entropy) => entropy / Math.log(width)),
    eos: rowsOf(sentence, reading, "origin").map((row) => row[width - 1]),
  };
  const near = (found, shares) => found.length === shares.length
    && found.every((bar, at) => Math.abs(bar - (shares[at] < 0.04 ? 0 : Math.min(shares[at], 1))) < 0.006);
  for (const [name, shares] of Object.entries(expected)) {
    await page.selectOption("#bars", name);
    check(`the bar below a word shows ${name}`, near(await bars(page, line), shares), [await bars(page, line), shares]);
  }
  await page.selectOption("#bars", "none");
  check("no bar on demand", (await bars(page, line)).every((bar) => bar === null));
  await page.context().close();
}

/** The page of `glosser gloss`. */
async function checkGlosses(browser) {
  for (const [width, scheme] of [[1160, "light"], [390, "dark"]]) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, offline: true });
    const page = await context.newPage();
    await page.goto(`file://${directory}/glosses.html`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check(`glosses, ${width} px: the page does not scroll sideways`, wide <= 0, wide);
    const apart = await page.$$eval("ul.words > li", (columns) => columns.filter((column) => {
      const side = getComputedStyle(column.parentElement).direction === "rtl" ? "right" : "left";
      const edge = (name) => {
        const range = document.createRange();
        range.selectNodeContents(column.querySelector(name));
        return range.getBoundingClientRect()[side];
      };
      return Math.abs(edge(".word") - edge(".gloss")) > 1;
    }).map((column) => column.textContent));
    check(`glosses, ${width} px: each gloss begins where its word begins`, apart.length === 0, apart);
    await checkContrast(page, `glosses, ${scheme}`);
    await page.screenshot({ path: `${directory}/glosses-${scheme}.png` });
    await context.close();
  }
}

async function pictures(browser) {
  for (const scheme of ["light", "dark"]) {
    const page = await opened(browser, "translated", { colorScheme: scheme });
    await checkContrast(page, scheme);
    await page.locator(".line.target .word").nth(2).hover();
    await page.screenshot({ path: `${directory}/${scheme}.png` });
    await page.click("#curves summary");
    await page.click("#guide summary");
    await page.waitForTimeout(200);
    await page.screenshot({ path: `${directory}/${scheme}-opened.png` });
    await page.context().close();
  }
  const narrow = await opened(browser, "translated", { viewport: { width: 390, height: 844 }, hasTouch: true });
  const word = narrow.locator(".line.target .word").nth(1);
  await word.tap();
  check("a touch keeps the shading", (await word.getAttribute("aria-pressed")) === "true");
  check("a narrow page does not scroll sideways", (await narrow.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
  await narrow.screenshot({ path: `${directory}/narrow.png` });
  await narrow.click("#curves summary");
  const tick = narrow.locator(".tick").first();
  if ((await tick.count()) > 0) check("the labels of a curve are readable in a narrow window", (await tick.boundingBox()).height >= 11);
  await narrow.pdf({ path: `${directory}/printed.pdf`, format: "A4", margin: { top: "1.5cm", bottom: "1.5cm", left: "1.5cm", right: "1.5cm" } });
  await narrow.context().close();
}

async function checkLooks(browser) {
  await checkLabels(browser);
  await checkHeads(browser);
  await checkHints(browser);
  await checkExplanations(browser);
  await checkTitles(browser);
  await checkAligned(browser);
  await checkBars(browser);
  await checkGlosses(browser);
  await pictures(browser);
}

module.exports = { checkLooks };
