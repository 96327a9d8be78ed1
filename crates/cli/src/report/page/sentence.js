// A sentence: its values, the two lines of each model, and the heat map when it is opened.

/** Lines with an open heat map. They stay open when the list is redrawn. */
const opened = new Set();

/** A word for pointer and keyboard. Tab reaches the first word of a line, the arrow keys the others. */
function wordElement(text, side, index) {
  return make("span", {
    class: "word", role: "button", "aria-pressed": "false",
    tabindex: index === 0 ? 0 : -1, "data-side": side, "data-index": index,
  }, text);
}

function sourceWords(sentence) {
  const words = sentence.source.map((text, index) => wordElement(text, "source", index));
  const end = wordElement(END, "source", sentence.source.length);
  end.classList.add("end");
  end.setAttribute("aria-label", "end of the source");
  return [...words, end];
}

function targetWords(reading, view) {
  return reading.target.map((text, index) => {
    const word = wordElement(text, "target", index);
    for (const [name, share] of Object.entries(shares(reading, view, index))) {
      word.style.setProperty(`--share-${name}`, Math.min(Math.max(share, 0), 1).toFixed(3));
    }
    return word;
  });
}

/** A line of words with spaces between them, in the direction of its text. */
function line(side, name, words) {
  const spaced = words.flatMap((word) => [word, " "]).slice(0, -1);
  const blank = make("span", { class: "quiet" }, "blank");
  return make("div", { class: `line ${side}`, role: "group", "aria-label": name, dir: "auto" },
    ...(spaced.length === 0 ? [blank] : spaced));
}

/** The panel of one model's reading; registers its words for highlighting. */
function readingPanel(sentence, model, kind) {
  const reading = sentence.readings[model];
  const view = viewOf(sentence, reading, kind);
  const words = { source: sourceWords(sentence), target: targetWords(reading, view) };
  const of = `of line ${sentence.line}${isComparison ? `, model ${letter(model)}` : ""}`;
  const panel = make("section", { class: "reading", "aria-label": `Model ${letter(model)}` },
    isComparison ? readingHead(reading, view, model) : null,
    line("source", `Source ${of}`, words.source), line("target", `Target ${of}`, words.target),
    make("div", { class: "details" }));
  panels.set(panel, { sentence, reading, view, words });
  return panel;
}

function readingHead(reading, view, model) {
  return make("p", { class: "reading-head" }, badge(model), make("bdi", {}, report.models[model].name),
    ...measures(reading, view));
}

/** The values of a reading, in a row. */
function measures(reading, view) {
  if (reading.log_prob === null) return [make("span", { class: "flag" }, "not scored")];
  const unaligned = view.unalignedTarget + view.unalignedSource;
  return [
    figure(number(perWord(reading)), "per word"),
    figure(number(view.meanEntropy), "entropy"),
    figure(percent(view.meanEnd), "weight on the end"),
    view.isCrossing ? make("span", { class: "flag" }, "crossing") : null,
    unaligned > 0 ? make("span", { class: "flag" }, `${unaligned} unaligned`) : null,
  ];
}

function figure(value, name) {
  return make("span", { class: "figure" }, make("b", {}, value), ` ${name}`);
}

function differenceFigure(sentence) {
  const value = difference(sentence);
  return value === null ? null : figure(signed(value), "A − B, per word");
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
  const readings = sentence.readings.map((_, model) => readingPanel(sentence, model, kind));
  toggle.addEventListener("click", () => {
    const open = !opened.has(sentence.line);
    if (open) opened.add(sentence.line);
    else opened.delete(sentence.line);
    toggle.setAttribute("aria-expanded", open);
    readings.forEach((panel) => showDetails(panel, open));
  });
  if (opened.has(sentence.line)) readings.forEach((panel) => showDetails(panel, true));
  return make("li", { class: "sentence", "data-line": sentence.line }, head, make("div", { class: "readings" }, ...readings));
}

/** The steps of the search, closed at first, if the report contains them. */
function searchSteps(reading) {
  if (reading.search === undefined) return [];
  const text = make("pre", { tabindex: 0, "aria-label": "Steps of the search" }, reading.search);
  return [make("details", { class: "search" }, make("summary", {}, "Steps of the search"), text)];
}

/** Draws or removes the heat map. It is drawn only when opened, because most are never opened. */
function showDetails(panel, open) {
  const details = panel.querySelector(".details");
  if (shown?.panel === panel) clear();
  const { sentence, reading } = panels.get(panel);
  const isDrawable = sentence.source.length > 0 && reading.target.length > 0;
  const nothing = make("p", { class: "quiet" }, "No weights: the source or the target is blank.");
  const weights = () => (isDrawable ? [heatMap(panel), linkList(panel)] : [nothing]);
  details.replaceChildren(...(open ? [...weights(), ...searchSteps(reading)] : []));
  if (!open) delete panels.get(panel).labels;
}
