// The heat map of a pair: one row per target word, one column per source word, and a column for the end of the source.

/** Side of a cell in pixels; must equal --cell in report.css. */
const CELL = 22;

/** The log probability of a full bar. */
const UNLIKELY = -6;

/** One path for all cells of the same level, so that any heat map has at most 255 paths. */
function cells(view) {
  const paths = new Map();
  view.levels.forEach((level, at) => {
    if (level < 2) return;
    const [x, y] = [(at % view.width) * CELL + 1, Math.floor(at / view.width) * CELL + 1];
    paths.set(level, `${paths.get(level) ?? ""}M${x} ${y}h${CELL - 2}v${CELL - 2}h${2 - CELL}z`);
  });
  return [...paths].map(([level, d]) => draw("path", { d, "fill-opacity": (level / 255).toFixed(3) }));
}

/** An outline around the cell of each link. */
function rings(view) {
  const ring = ([source, target]) => `M${source * CELL + 1.5} ${target * CELL + 1.5}h${CELL - 3}v${CELL - 3}h${3 - CELL}z`;
  return draw("path", { class: "rings", d: view.links.map(ring).join("") });
}

function picture(sentence, view) {
  const [width, height] = [view.width * CELL, view.entropy.length * CELL];
  const name = `Heat map of line ${sentence.line}: ${counted(view.entropy.length, "target word")} by `
    + `${counted(view.width - 1, "source word")}. The links are listed below.`;
  const end = draw("rect", { class: "end-column", x: width - CELL, y: 0, width: CELL, height });
  return draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name },
    end, draw("rect", { class: "row-mark", width, height: CELL, y: -CELL }),
    draw("rect", { class: "column-mark", width: CELL, height, x: -CELL }), ...cells(view), rings(view));
}

/** A bar with its value. */
function measure(kind, share, text) {
  const bar = make("span", { class: `measure ${kind}` }, text);
  bar.style.setProperty("--share", Math.min(Math.max(share, 0), 1).toFixed(3));
  return bar;
}

/** The filled parts of a target word's bars, as shares of 1: log probability, entropy, weight on the end of the source. */
function shares(reading, view, target) {
  return {
    surprise: (reading.word_log_probs[target] ?? 0) / UNLIKELY,
    entropy: view.width < 2 ? 0 : view.entropy[target] / Math.log(view.width),
    eos: view.end(target),
  };
}

function rowHead(reading, view, target) {
  const { surprise, entropy, eos } = shares(reading, view, target);
  const logProb = reading.word_log_probs[target];
  return make("div", { class: "row-head" },
    make("span", { class: "label", "data-side": "target", "data-index": target }, make("bdi", {}, reading.target[target])),
    measure("surprise", surprise, logProb === undefined ? "" : number(logProb)),
    measure("entropy", entropy, number(view.entropy[target])),
    measure("eos", eos, percent(eos)));
}

function columnHeads(sentence) {
  const head = (word, source) => make("span",
    { class: source === sentence.source.length ? "label end" : "label", "data-side": "source", "data-index": source },
    make("bdi", {}, word));
  return make("div", { class: "column-heads" }, ...[...sentence.source, END].map(head));
}

function corner() {
  return make("div", { class: "corner row-head" }, make("span"),
    make("span", {}, "log prob."), make("span", {}, "entropy"), make("span", {}, "on the end"));
}

/** The heat map with its labels. Pointing at a cell shades the words by the weights of its target word, and marks row and column. */
function heatMap(panel) {
  const { sentence, reading, view } = panels.get(panel);
  const svg = picture(sentence, view);
  const rows = make("div", { class: "row-heads" }, ...reading.target.map((_, target) => rowHead(reading, view, target)));
  const columns = columnHeads(sentence);
  const labelled = (side, heads) => [...heads.querySelectorAll(`[data-side=${side}]`)];
  panels.get(panel).labels = { target: labelled("target", rows), source: labelled("source", columns) };
  svg.addEventListener("pointermove", (event) => pointAt(panel, svg, event));
  svg.addEventListener("pointerleave", () => mark(svg, -1, -1));
  const grid = make("div", { class: "heat-grid" }, corner(), columns, rows, svg);
  return make("div", { class: "heat", role: "region", tabindex: 0, "aria-label": `Heat map of line ${sentence.line}` }, grid);
}

function pointAt(panel, svg, event) {
  const { view } = panels.get(panel);
  const box = svg.getBoundingClientRect();
  const target = Math.floor((event.clientY - box.top) / CELL);
  const source = Math.floor((event.clientX - box.left) / CELL);
  if (target < 0 || source < 0 || target >= view.entropy.length || source >= view.width) return;
  mark(svg, target, source);
  if (!isKept) show({ panel, side: "target", index: target });
}

function mark(svg, target, source) {
  svg.querySelector(".row-mark").setAttribute("y", target * CELL);
  svg.querySelector(".column-mark").setAttribute("x", source * CELL);
}

/** The links as a list of words, for readers who cannot see the heat map. */
function linkList(panel) {
  const { sentence, reading, view } = panels.get(panel);
  const item = ([source, target]) => make("li", {},
    make("bdi", {}, sentence.source[source]), make("span", { class: "arrow" }, " → "), make("bdi", {}, reading.target[target]),
    make("span", { class: "quiet" }, ` ${percent(view.weight(target, source))}`));
  const rest = [missing(sentence.source, view.links.map(([source]) => source), "source"),
    missing(reading.target, view.links.map(([, target]) => target), "target")];
  return make("div", { class: "links" }, make("h4", {}, counted(view.links.length, "link")),
    make("ul", {}, ...view.links.map(item)), ...rest, endOf(reading));
}

function endOf(reading) {
  const end = reading.log_prob === null ? null : number(endLogProb(reading));
  return end === null ? null : make("p", { class: "missing quiet" }, `Log probability of the end of the target: ${end}`);
}

/** The words of a side without a link, or null if every word has one. */
function missing(words, linked, side) {
  const left = words.filter((_, index) => !linked.includes(index));
  if (left.length === 0) return null;
  const listed = left.flatMap((word) => [make("bdi", {}, word), ", "]).slice(0, -1);
  return make("p", { class: "missing" }, make("span", { class: "quiet" }, `Unaligned ${side}: `), ...listed);
}
