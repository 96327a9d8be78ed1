// The browser part of check_comparison.sh. It computes expected values from the data of the page.
"use strict";
const { chromium } = require("playwright-core");
const { directory, failures, check, same, dataOf } = require("./check_report_page.cjs");

const OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

/** Opens the page from file; errors and requests are failures. */
async function opened(browser, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on("pageerror", (error) => check("the page has no error", false, error.message));
  page.on("console", (message) => {
    if (message.type() === "error") check("the page reports no error", false, message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) check("the page sends no request", false, request.url());
  });
  await page.goto(`file://${directory}/runs.html`);
  return page;
}

const reading = (page) => page.textContent("#reading");

/** Whether the line of each run in the first panel is pale. */
const faded = (page) => page.$$eval("#panels figure:first-child .run",
  (runs) => runs.map((run) => run.classList.contains("faded")));

async function checkTables(page, data) {
  const cells = (id, column) => page.$$eval(`#${id} tbody tr td:nth-child(${column})`,
    (all) => all.map((cell) => cell.textContent));
  const digits = data.metric === "loss" ? 3 : 2;
  const shown = (value) => (value === null ? "-" : value.toFixed(digits));
  const text = (value) => (value === null || value === undefined ? "-" : String(value));
  for (const [index, name] of data.differing.entries()) {
    check(`the table begins with what differs: ${name}`,
      same(await cells("settings", 2 + index), data.settings.map(({ settings }) => text(settings[name]))));
  }
  const first = 2 + data.differing.length;
  check("the table has the mean of each setting",
    same(await cells("settings", first), data.settings.map(({ mean }) => shown(mean))));
  check("and its sample standard deviation",
    same(await cells("settings", first + 1), data.settings.map((setting) => shown(setting.sample_standard_deviation))));
  const search = { beam: "(beam search)", greedy: "(greedy search)" }[data.search] ?? data.metric;
  check("the header names the search", (await page.textContent(`#settings th:nth-child(${first})`)).endsWith(search));
  check("the best setting is marked, and no other", await page.locator(".mark").count() === (data.best === null ? 0 : 1));
  check("each run has a row with its directory",
    same(await cells("runs", 2), data.runs.map(({ directory: name }) => name)));
}

async function checkHighlight(page, data) {
  await page.hover("#runs tbody tr:first-child");
  const first = data.runs[0];
  check("pointing at a row names the run", (await reading(page)).startsWith(first.directory), await reading(page));
  const hasCurve = (index) => data.curves[index].validations.length > 0;
  const validated = data.runs.map((run, index) => index).filter(hasCurve);
  check("and only its line stands out", same(await faded(page), validated.map((index) => index !== 0)));
  await page.click("#settings tbody tr:first-child");
  await page.hover("h1");
  check("a click keeps a setting", (await reading(page)).startsWith("Setting 1 ("), await reading(page));
  check("and the lines of its runs", same(await faded(page), validated.map((index) => data.runs[index].setting !== 1)));
  await page.keyboard.press("Escape");
  check("Escape lets it go", !(await faded(page)).includes(true));
  await page.evaluate(() => document.activeElement.blur());
  await page.focus("#settings tbody tr:first-child");
  check("the keyboard reaches a row", (await reading(page)).startsWith("Setting 1 ("));
  await page.evaluate(() => document.activeElement.blur());
}

async function checkAxes(page, data) {
  for (const [value, name] of [["step", "steps"], ["minutes", "minutes"], ["epochs", "epochs"]]) {
    await page.selectOption("#against", value);
    const names = await page.$$eval("#panels svg",
      (all) => all.map((svg) => [...svg.querySelectorAll(".tick")].pop().textContent));
    check(`the axes are ${name}`, names.length > 0 && names.every((found) => found === name), names);
  }
  await page.check("#zoom");
  const zoomed = await page.textContent("#panels figure:first-child svg");
  await page.uncheck("#zoom");
  const whole = await page.textContent("#panels figure:first-child svg");
  check("the second half has axes of its own", zoomed !== whole);
}

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: OPTIONS });
  const data = dataOf("runs");
  const page = await opened(browser, { viewport: { width: 1280, height: 900 } });
  await checkTables(page, data);
  await checkHighlight(page, data);
  await checkAxes(page, data);
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      const shot = await opened(browser, { viewport: { width, height: 900 }, colorScheme });
      const over = await shot.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      check(`${colorScheme}, ${width} px: the page does not scroll sideways`, over <= 0, over);
      const hidden = await shot.$$eval("#settings td", (cells) => cells.filter((cell) =>
        cell.getBoundingClientRect().right > innerWidth).length);
      if (width === 390) check(`${colorScheme}, ${width} px: all of the settings is on the screen`, hidden === 0, hidden);
      await shot.screenshot({ path: `${directory}/${colorScheme}-${width}.png`, fullPage: true });
      await shot.context().close();
    }
  }
  await browser.close();
  console.log(failures.length === 0 ? "all checks passed" : `${failures.length} checks failed`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

main();
