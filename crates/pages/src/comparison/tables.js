// The tables of settings and of runs.

/** The line of a setting as a picture, and its number. */
function settingLabel(setting) {
  const line = draw("path", { class: "line", d: "M1 6h28", "stroke-dasharray": dashOf(setting) });
  return make("span", { class: `label mean ${seriesOf(setting)}` },
    draw("svg", { viewBox: "0 0 30 12", "aria-hidden": "true" }, line), setting === null ? "?" : `${setting}`);
}

/**
 * A table of columns, each with a name, a class and a function from an item to the content of a cell. A cell has the
 * name of its column, which a narrow page shows in the place of the header.
 */
function fillTable(id, columns, items, attributes) {
  const head = make("tr", {}, ...columns.map(([name, kind]) => make("th", { scope: "col", class: kind }, name)));
  const row = (item, index) => make("tr", { tabindex: 0, ...attributes(item, index) },
    ...columns.map(([name, kind, cell]) => make("td", { class: kind, "data-name": name }, cell(item))));
  document.getElementById(id).replaceChildren(make("thead", {}, head), make("tbody", {}, ...items.map(row)));
}

/** The mark of the best setting; a single run is no mean. */
function markOf({ number: setting, finished }) {
  if (setting !== comparison.best) return "";
  return make("span", { class: "mark" }, finished === 1 ? "best (n = 1)" : "best mean");
}

function showSettings() {
  const isNumber = (name) => comparison.settings.every(({ settings }) => typeof settings[name] === "number");
  const values = comparison.differing.map((name) =>
    [name, isNumber(name) ? "number" : "name", ({ settings }) => make("bdi", {}, valueText(settings[name]))]);
  const greedy = [`mean ${comparison.metric} (greedy search)`, "number", ({ greedy: { mean } }) => score(mean)];
  const columns = [
    ["setting", null, (setting) => make("span", {}, settingLabel(setting.number), markOf(setting))],
    ...values,
    [`mean ${SCORE}`, "number", ({ mean }) => score(mean)],
    ["sample standard deviation", "number", (setting) => score(setting.sample_standard_deviation)],
    ["best", "number", ({ best }) => score(best)],
    ["best run", "name", (setting) => make("bdi", {}, setting.best_run ?? "-")],
    ["finished runs", "number", ({ finished, runs }) => (finished === runs ? `${runs}` : `${finished} of ${runs}`)],
    ...(comparison.search === "beam" ? [greedy] : []),
  ];
  fillTable("settings", columns, comparison.settings, ({ number: setting }) => ({ "data-setting": setting }));
}

function showRuns() {
  const greedy = [`${comparison.metric} (greedy search)`, "number", (run) => score(run.greedy_score)];
  const columns = [
    ["setting", null, ({ setting }) => settingLabel(setting)],
    ["run", "name", ({ directory }) => make("bdi", {}, directory)],
    ["seed", "number", ({ seed }) => valueText(seed)],
    [SCORE, "number", (run) => score(run.score)],
    ...(comparison.search === "beam" ? [greedy] : []),
    ["loss", "number", (run) => (run.dev_loss === null ? "-" : number(run.dev_loss, DIGITS.loss))],
    ["best step", "number", (run) => (run.best_step === null ? "-" : whole(run.best_step))],
    ["minutes", "number", ({ minutes }) => number(minutes, 1)],
    ["state", null, (run) => make("span", { class: run.status === "finished" ? "quiet" : "state" }, stateText(run))],
  ];
  const attributes = (run, index) => ({ "data-setting": run.setting ?? 0, "data-run": index });
  fillTable("runs", columns, comparison.runs, attributes);
}

/** Writes the head of the page, the notes, and the directories that are left out. */
function showSubject() {
  const finished = comparison.runs.filter(({ status }) => status === "finished").length;
  const runs = finished === comparison.runs.length ? counted(finished, "training")
    : `${counted(comparison.runs.length, "training")}, ${whole(finished)} finished`;
  const better = comparison.higher_is_better ? "higher is better" : "lower is better";
  document.getElementById("subject").textContent = `${runs}, ${counted(comparison.settings.length, "setting")}; `
    + `${SCORE} on the validation pairs, ${better}; ${comparison.program}`;
  const sentence = (text) => make("li", {}, `${text[0].toUpperCase()}${text.slice(1)}.`);
  document.getElementById("notes").replaceChildren(...comparison.notes.map(sentence));
  document.getElementById("notes").hidden = comparison.notes.length === 0;
  const leftOut = document.getElementById("left-out");
  leftOut.hidden = comparison.left_out.length === 0;
  leftOut.querySelector("ul").replaceChildren(...comparison.left_out.map(({ reason }) => make("li", {}, reason)));
}
