// The tables of settings and of runs.

/** The line of a setting as a picture, and its number. */
function settingLabel(setting) {
  const line = draw("path", { class: "line", d: "M1 6h28", "stroke-dasharray": dashOf(setting) });
  return make("span", { class: `label mean ${seriesOf(setting)}` },
    draw("svg", { viewBox: "0 0 30 12", "aria-hidden": "true" }, line), setting === null ? "?" : `${setting}`);
}

/** A table of columns, each with a name, a class and a function from an item to the content of a cell. */
function fillTable(id, columns, items, attributes) {
  const head = make("tr", {}, ...columns.map(([name, kind]) => make("th", { scope: "col", class: kind }, name)));
  const row = (item, index) => make("tr", { tabindex: 0, ...attributes(item, index) },
    ...columns.map(([, kind, cell]) => make("td", { class: kind }, cell(item))));
  document.getElementById(id).replaceChildren(make("thead", {}, head), make("tbody", {}, ...items.map(row)));
}

function showSettings() {
  const isNumber = (name) => comparison.settings.every(({ settings }) => typeof settings[name] === "number");
  const values = comparison.differing.map((name) =>
    [name, isNumber(name) ? "number" : "name", ({ settings }) => make("bdi", {}, valueText(settings[name]))]);
  const columns = [
    ["setting", null, ({ number: setting }) => make("span", {}, settingLabel(setting),
      setting === comparison.best ? make("span", { class: "mark" }, "best mean") : "")],
    [`mean ${comparison.metric}`, "number", ({ mean }) => score(mean)],
    ["sample standard deviation", "number", (setting) => score(setting.sample_standard_deviation)],
    [`best ${comparison.metric}`, "number", ({ best }) => score(best)],
    ["finished runs", "number", ({ finished, runs }) => (finished === runs ? `${runs}` : `${finished} of ${runs}`)],
    ...values,
    ["best run", "name", (setting) => make("bdi", {}, setting.best_run ?? "-")],
  ];
  fillTable("settings", columns, comparison.settings, ({ number: setting }) => ({ "data-setting": setting }));
}

function showRuns() {
  const columns = [
    ["setting", null, ({ setting }) => settingLabel(setting)],
    ["run", "name", ({ directory }) => make("bdi", {}, directory)],
    ["seed", "number", ({ seed }) => valueText(seed)],
    [comparison.metric, "number", (run) => score(run.score)],
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
    + `${comparison.metric} of the validation pairs, ${better}; ${comparison.program}`;
  const sentence = (text) => make("li", {}, `${text[0].toUpperCase()}${text.slice(1)}.`);
  document.getElementById("notes").replaceChildren(...comparison.notes.map(sentence));
  document.getElementById("notes").hidden = comparison.notes.length === 0;
  const leftOut = document.getElementById("left-out");
  leftOut.hidden = comparison.left_out.length === 0;
  leftOut.querySelector("ul").replaceChildren(...comparison.left_out.map(({ reason }) => make("li", {}, reason)));
}
