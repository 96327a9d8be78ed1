// The head of the page: models, corpus, and averages over all sentences.

/** Sums over all sentences of one model. */
function averages(model, kind) {
  const sums = { words: 0, scored: 0, scoredWords: 0, logProb: 0, entropy: 0, end: 0, unaligned: 0, crossing: 0 };
  for (const sentence of report.sentences) {
    const reading = sentence.readings[model];
    if (reading.log_prob === null) continue;
    const view = viewOf(sentence, reading, kind);
    const words = reading.target.length;
    sums.scored += 1;
    sums.scoredWords += words;
    sums.logProb += reading.log_prob;
    sums.entropy += view.meanEntropy * words;
    sums.end += view.meanEnd * words;
    sums.unaligned += view.unalignedTarget;
    sums.crossing += view.isCrossing ? 1 : 0;
  }
  return sums;
}

/** Formats a quotient with `show`, or returns a dash if the divisor is 0. */
function share(show, part, all) {
  return all === 0 ? "-" : show(part / all);
}

/** For each average its name, what it is an average over, its explanation, and its computation from the sums. */
const TILES = [
  ["log probability", "per target word", TERMS.surprise, (a) => share(number, a.logProb, a.scoredWords)],
  ["entropy", "per target word, in nats", TERMS.entropy, (a) => share(number, a.entropy, a.scoredWords)],
  ["weight on the end", `mean weight of ${END}`, TERMS.eos, (a) => share(percent, a.end, a.scoredWords)],
  ["words without a link", "share of the target words",
    "Target words that are linked to no source word. The links are computed from the weights of the view that you choose.",
    (a) => share(percent, a.unaligned, a.scoredWords)],
  ["crossing links", "share of the sentences", TERMS.crossing, (a) => share(percent, a.crossing, a.scored)],
];

/** A card with one value per model. */
function tile(name, detail, explanation, values) {
  const shown = values.map((value, model) =>
    make("span", { class: "value" }, values.length > 1 ? badge(model) : null, value));
  return explained(make("div", { class: "tile" },
    make("dt", {}, name), make("dd", {}, ...shown), make("dd", { class: "detail" }, detail)), explanation, true);
}

function showFigures(kind) {
  const all = report.models.map((_, model) => averages(model, kind));
  const sourceWords = report.sentences.reduce((sum, sentence) => sum + sentence.source.length, 0);
  const missing = report.sentences.length - Math.min(...all.map((sums) => sums.scored));
  const kept = missing === 0 ? counted(sourceWords, "source word") : `${whole(missing)} blank or too long`;
  const tiles = TILES.map(([name, detail, explanation, value]) => tile(name, detail, explanation, all.map(value)));
  document.getElementById("figures").replaceChildren(tile("sentences", kept,
    "Lines of the file. A line with a blank side, or too long for the model, has no weights and is in no average.",
    [whole(report.sentences.length)]), ...tiles);
}

function describeModel(model, index) {
  const trained = `${counted(model.pairs, "pair")} of ${model.corpus}, ${counted(model.step, "step")}, `
    + `${number(model.epochs, 1)} epochs; validation ${model.dev_score}, loss ${number(model.dev_loss, 3)}`;
  return make("li", {}, isComparison ? badge(index) : null, make("strong", {}, make("bdi", {}, model.name)),
    make("span", {}, trained));
}

/** Writes the heading of the page and the title of its window, which name what is shown. */
function showTitle(kind) {
  const view = kind === "attention" ? "Attention" : "Word alignment";
  const file = report.corpus.split(/[\\/]/).pop();
  const models = report.models.map(({ name }) => name).join(" and ");
  document.getElementById("title").textContent = isComparison ? `${view} of two models` : view;
  document.title = `${view}: ${file}, ${models} - glosser report`;
}

function showSubject() {
  const corpus = make("bdi", { class: "file" }, report.corpus);
  const what = report.is_translated ? "Sentences of " : "Pairs of ";
  const how = report.is_translated ? ", translated by the model" : ", with the given translations";
  document.getElementById("subject").replaceChildren(what, corpus, `${how}; ${report.program}`);
  document.getElementById("models").replaceChildren(...report.models.map(describeModel));
  document.getElementById("translated-note").hidden = !report.is_translated;
}
