// The card of a sentence: its figures, and the panel of each model.

/** Lines with an open heat map. They stay open when the list is redrawn. */
const opened = new Set();

function figure(value, name, explanation) {
  return explained(make("span", { class: "figure" }, make("b", {}, value), ` ${name}`), explanation);
}

function flag(name, explanation) {
  return explained(make("span", { class: "flag" }, name), explanation);
}

/** The values of a reading, in a row. */
function measures(reading, view) {
  if (reading.log_prob === null) return [flag("not scored", "A side is blank, or too long for the model.")];
  const unaligned = view.unalignedTarget + view.unalignedSource;
  return [
    figure(number(perWord(reading)), "per word", `Log probability of the target, per word. ${TERMS.surprise}`),
    figure(number(view.meanEntropy), "entropy", `Mean over the target words. ${TERMS.entropy}`),
    figure(percent(view.meanEnd), "weight on the end", `Mean over the target words. ${TERMS.eos}`),
    view.isCrossing ? flag("crossing", TERMS.crossing) : null,
    unaligned > 0 ? flag(`${unaligned} unaligned`, TERMS.unaligned) : null,
  ];
}

function differenceFigure(sentence) {
  const value = difference(sentence);
  return value === null ? null : figure(signed(value), "A − B, per word",
    "Log probability per word of model A minus that of model B. Above 0: the target is more probable for A.");
}

/** The head of a model's panel; null without a second model. */
function readingHead(reading, view, model) {
  return isComparison ? make("div", { class: "reading-head" }, badge(model),
    make("bdi", { class: "name" }, report.models[model].name),
    make("p", { class: "measures" }, ...measures(reading, view))) : null;
}

function panelOf(sentence, model, kind) {
  const reading = sentence.readings[model];
  const view = viewOf(sentence, reading, kind);
  const of = `of line ${sentence.line}${isComparison ? `, model ${letter(model)}` : ""}`;
  return readingPanel({ source: sentence.source, reading, view, of, head: readingHead(reading, view, model) });
}

function sentenceHead(sentence, kind) {
  const [reading] = sentence.readings;
  const shownMeasures = isComparison ? [differenceFigure(sentence)] : measures(reading, viewOf(sentence, reading, kind));
  const isOpen = opened.has(sentence.line);
  const toggle = make("button", { type: "button", class: "toggle", "aria-expanded": isOpen }, "Heat map");
  return [make("div", { class: "sentence-head" },
    make("h3", {}, make("span", { class: "visually-hidden" }, "Line "), whole(sentence.line)),
    make("p", { class: "measures" }, ...shownMeasures), toggle), toggle];
}

/** The list item of a sentence. */
function sentenceItem(sentence, kind) {
  const [head, toggle] = sentenceHead(sentence, kind);
  const readings = sentence.readings.map((_, model) => panelOf(sentence, model, kind));
  toggle.addEventListener("click", () => {
    const open = !opened.has(sentence.line);
    if (open) opened.add(sentence.line);
    else opened.delete(sentence.line);
    toggle.setAttribute("aria-expanded", open);
    readings.forEach((panel) => showDetails(panel, open));
  });
  if (opened.has(sentence.line)) readings.forEach((panel) => showDetails(panel, true));
  return make("li", { class: "sentence", "data-line": sentence.line }, head,
    make("div", { class: isComparison ? "readings compared" : "readings" }, ...readings));
}
