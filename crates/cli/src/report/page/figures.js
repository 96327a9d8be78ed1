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

/** For each average its name, what it is an average over, and its computation from the sums. */
const TILES = [
  ["log probability", "per target word", (a) => share(number, a.logProb, a.scoredWords)],
  ["entropy", "per target word, in nats", (a) => share(number, a.entropy, a.scoredWords)],
  ["weight on the end", `mean weight of ${END}`, (a) => share(percent, a.end, a.scoredWords)],
  ["words without a link", "share of the target words", (a) => share(percent, a.unaligned, a.scoredWords)],
  ["crossing links", "share of the sentences", (a) => share(percent, a.crossing, a.scored)],
];

function tile(name, explanation, values) {
  const shown = values.map((value, model) =>
    make("span", { class: "value" }, values.length > 1 ? badge(model) : null, value));
  return make("div", { class: "tile" },
    make("dt", {}, name), make("dd", {}, ...shown), make("dd", { class: "explained" }, explanation));
}

function showFigures(kind) {
  const all = report.models.map((_, model) => averages(model, kind));
  const sourceWords = report.sentences.reduce((sum, sentence) => sum + sentence.source.length, 0);
  const missing = report.sentences.length - Math.min(...all.map((sums) => sums.scored));
  const kept = missing === 0 ? `${whole(sourceWords)} source words` : `${whole(missing)} blank or too long`;
  const tiles = TILES.map(([name, explanation, value]) => tile(name, explanation, all.map(value)));
  document.getElementById("figures").replaceChildren(
    tile("sentences", kept, [whole(report.sentences.length)]), ...tiles);
}

function describeModel(model, index) {
  const trained = `${counted(model.pairs, "pair")} of ${model.corpus}, ${counted(model.step, "step")}, `
    + `${number(model.epochs, 1)} epochs; validation ${model.dev_score}, loss ${number(model.dev_loss, 3)}`;
  return make("li", {}, isComparison ? badge(index) : null, make("strong", {}, make("bdi", {}, model.name)),
    make("span", {}, trained));
}

function showSubject() {
  const corpus = make("bdi", { class: "file" }, report.corpus);
  const what = report.is_translated ? "Sentences of " : "Pairs of ";
  const how = report.is_translated ? ", translated by the model" : ", with the given translations";
  document.getElementById("subject").replaceChildren(what, corpus, `${how}; ${report.program}`);
  document.getElementById("models").replaceChildren(...report.models.map(describeModel));
  document.getElementById("title").textContent =
    isComparison ? "Attention and alignment of two models" : "Attention and alignment";
  document.getElementById("translated-note").hidden = !report.is_translated;
  document.title = `${report.corpus} - glosser report`;
}
