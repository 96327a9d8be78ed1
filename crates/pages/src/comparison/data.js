// The data of the comparison, as written into the page.

const comparison = JSON.parse(document.getElementById("data").textContent);

/** Decimals of a score and of a loss. */
const DIGITS = { score: comparison.metric === "loss" ? 3 : 2, loss: 3 };

/** The name of the score that ranks the settings, and of that of the curves, whose validations use greedy search. */
const SEARCHES = { beam: " (beam search)", greedy: " (greedy search)" };
const SCORE = `${comparison.metric}${SEARCHES[comparison.search] ?? ""}`;
const CURVE_SCORE = comparison.search === null ? comparison.metric : `${comparison.metric}${SEARCHES.greedy}`;

/** The dash patterns of lines, so that settings differ without their colours. */
const DASHES = [null, "7 4", "2 3", "11 3 2 3", "14 4", "4 2 1 2"];

/** Number of colours of the palette. */
const COLORS = 6;

/** The class with the colour of a setting; runs without a setting are grey. */
function seriesOf(setting) {
  return setting === null ? "unknown" : `series-${((setting - 1) % COLORS) + 1}`;
}

/** The dash pattern of a setting. Settings with the same colour have different ones. */
function dashOf(setting) {
  return setting === null ? "1 3" : DASHES[(setting - 1 + Math.floor((setting - 1) / COLORS)) % DASHES.length];
}

/** The value of a setting as text. */
function valueText(value) {
  return value === null || value === undefined ? "-" : String(value);
}

/** A value of the metric, or a dash. */
function score(value) {
  return value === null || value === undefined ? "-" : number(value, DIGITS.score);
}

/** The values that make a setting, as text. */
function settingText(setting) {
  const values = comparison.differing.map((name) => `${name} ${valueText(setting.settings[name])}`);
  return values.length > 0 ? values.join(", ") : "all runs have the same settings";
}

/** How far a run is, as text. */
function stateText(run) {
  const of = run.steps === null ? "" : ` of ${whole(run.steps)}`;
  const state = { finished: "finished", running: "running", unfinished: "not finished" }[run.status];
  if (run.status === "unfinished" && run.step === 0) return "interrupted before its first step";
  return run.status === "finished" ? state : `${state}: step ${whole(run.step)}${of}`;
}
