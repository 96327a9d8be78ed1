// The heat map of a pair: one row per target word, one column per source word, and a column for the end of the source.

/** Side of a cell in pixels; must equal --cell in sentence.css. */
const CELL = 22;

/** Cells of a smaller weight have no number. */
const LEAST_NUMBER = 0.005;

/** Whether the cells of all heat maps have their weights as numbers. */
let hasNumbers = false;

/** One path for all cells of the same level and column type, so that any heat map has at most 510 paths. */
function cells(view) {
  const paths = [new Map(), new Map()];
  view.levels.forEach((level, at) => {
    if (level < 2) return;
    const column = at % view.width;
    const [x, y] = [column * CELL + 1, Math.floor(at / view.width) * CELL + 1];
    const own = paths[column === view.width - 1 ? 1 : 0];
    own.set(level, `${own.get(level) ?? ""}M${x} ${y}h${CELL - 2}v${CELL - 2}h${2 - CELL}z`);
  });
  const drawn = (own) => [...own].map(([level, d]) => draw("path", { d, "fill-opacity": (level / 255).toFixed(3) }));
  const [source, end] = paths.map(drawn);
  return [...source, draw("g", { class: "end-cells" }, ...end)];
}

/** The weights of the cells in percent. */
function numbers(view) {
  const texts = [];
  view.levels.forEach((level, at) => {
    const weight = level / 255;
    if (weight < LEAST_NUMBER) return;
    const [x, y] = [(at % view.width + 0.5) * CELL, (Math.floor(at / view.width) + 0.5) * CELL];
    texts.push(draw("text", { x, y }, number(weight * 100, 0)));
  });
  return draw("g", { class: "numbers" }, ...texts);
}

/** An outline around the cell of each link. */
function rings(view) {
  const ring = ([source, target]) => `M${source * CELL + 1.5} ${target * CELL + 1.5}h${CELL - 3}v${CELL - 3}h${3 - CELL}z`;
  return draw("path", { class: "rings", d: view.links.map(ring).join("") });
}

function picture(of, view) {
  const [width, height] = [view.width * CELL, view.entropy.length * CELL];
  const name = `Heat map ${of}: ${counted(view.entropy.length, "target word")} by `
    + `${counted(view.width - 1, "source word")}. The links are listed below.`;
  const end = draw("rect", { class: "end-column", x: width - CELL, y: 0, width: CELL, height });
  return draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name },
    end, draw("rect", { class: "row-mark", width, height: CELL, y: -CELL }),
    draw("rect", { class: "column-mark", width: CELL, height, x: -CELL }), ...cells(view), rings(view),
    hasNumbers ? numbers(view) : null);
}

/** A number on a bar. */
function measure(kind, text) {
  const bar = make("span", { class: "measure" }, text);
  bar.style.setProperty("--share", `var(--share-${kind})`);
  return bar;
}

function rowHead(reading, view, target) {
  const logProb = reading.word_log_probs[target];
  const row = make("div", { class: "row-head" },
    make("span", { class: "label", "data-side": "target", "data-index": target }, make("bdi", {}, reading.target[target])),
    measure("surprise", logProb === undefined ? "" : number(logProb)),
    measure("entropy", number(view.entropy[target])),
    measure("eos", percent(view.end(target))));
  setShares(row, reading, view, target);
  return row;
}

/** Characters that are upright in vertical text: Chinese, Japanese and Korean. */
const UPRIGHT = new RegExp("[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Bopomofo}\\p{Script=Hangul}"
  + "\\u3000-\\u303F\\uFF00-\\uFFEF]", "u");

const EMOJI = /[\p{Extended_Pictographic}\p{Regional_Indicator}]/u;

/** What the reader sees as one character, as many browsers know it. */
const GRAPHEMES = typeof Intl.Segmenter === "function" ? new Intl.Segmenter() : null;

/** The source word above its column: upright where its script is, emoji below each other, otherwise turned to be read upwards. */
function columnHead(word, isEnd) {
  const name = { upright: UPRIGHT.test(word), stacked: GRAPHEMES !== null && EMOJI.test(word), end: isEnd };
  const graphemes = () => [...GRAPHEMES.segment(word)].map(({ segment }) => make("span", {}, segment));
  const text = make("bdi", {}, ...(name.stacked ? graphemes() : [word]));
  return make("span", { class: ["label", ...Object.keys(name).filter((key) => name[key])].join(" ") }, text);
}

function columnHeads(source) {
  const heads = [...source, END].map((word, index) => columnHead(word, index === source.length));
  heads.forEach((head, index) => Object.assign(head.dataset, { side: "source", index }));
  return make("div", { class: "column-heads" }, ...heads);
}

function corner() {
  const named = (name, term) => explained(make("span", {}, name), TERMS[term]);
  return make("div", { class: "corner row-head" }, make("span", { class: "axis" }, "target words ↓"),
    named("log prob.", "surprise"), named("entropy", "entropy"), named("on the end", "eos"));
}

/** The heat map with its labels. Pointing at a cell shades the words by the weights of its target word, and marks row and
 * column; a click or touch keeps that. */
function heatMap(panel) {
  const { source, reading, view, of } = panels.get(panel);
  const svg = picture(of, view);
  const rows = make("div", { class: "row-heads" }, ...reading.target.map((_, target) => rowHead(reading, view, target)));
  const columns = columnHeads(source);
  const labelled = (side, heads) => [...heads.querySelectorAll(`[data-side=${side}]`)];
  panels.get(panel).labels = { target: labelled("target", rows), source: labelled("source", columns) };
  panels.get(panel).svg = svg;
  svg.addEventListener("pointermove", (event) => {
    const cell = cellAt(panel, svg, event);
    if (cell === null || isKept) return;
    show(cell);
    mark(svg, cell.index, cell.cell);
  });
  svg.addEventListener("click", (event) => {
    const cell = cellAt(panel, svg, event);
    if (cell === null) return;
    toggleKept(cell);
    if (isKept) mark(svg, cell.index, cell.cell);
  });
  const top = make("div", { class: "top-heads" }, make("span", { class: "axis" }, "source words →"), columns);
  const grid = make("div", { class: "heat-grid" }, corner(), top, rows, svg);
  const heat = make("div", { class: "heat", role: "region", tabindex: 0, "aria-label": `Heat map ${of}` }, grid);
  return make("figure", { class: "heat-figure" }, framed(heat), legend(panel));
}

/** What colours and outlines mean, and a switch for numbers in the cells. */
function legend(panel) {
  const box = make("input", { type: "checkbox" });
  box.checked = hasNumbers;
  box.addEventListener("change", () => {
    hasNumbers = box.checked;
    const { view } = panels.get(panel);
    const svg = box.closest(".heat-figure").querySelector("svg");
    svg.querySelector(".numbers")?.remove();
    if (hasNumbers) svg.append(numbers(view));
  });
  return make("figcaption", { class: "heat-legend" },
    make("span", {}, "weight 0 % ", make("span", { class: "ramp" }), " 100 %"),
    make("span", {}, make("span", { class: "ring-key" }), " link"),
    explained(make("span", {}, make("span", { class: "ramp end-ramp" }), make("bdi", {}, END), " end of the source"), TERMS.eos),
    make("label", {}, box, "numbers"));
}

/** The cell below a pointer, or null. */
function cellAt(panel, svg, event) {
  const { view } = panels.get(panel);
  const box = svg.getBoundingClientRect();
  const target = Math.floor((event.clientY - box.top) / CELL);
  const source = Math.floor((event.clientX - box.left) / CELL);
  const isInside = target >= 0 && source >= 0 && target < view.entropy.length && source < view.width;
  return isInside ? { panel, side: "target", index: target, cell: source } : null;
}

/** Marks a row and a column of a heat map; −1 marks none. */
function mark(svg, target, source) {
  svg.querySelector(".row-mark").setAttribute("y", target * CELL);
  svg.querySelector(".column-mark").setAttribute("x", source * CELL);
}

/** The links as a list of words, for readers who cannot see the heat map. */
function linkList(panel) {
  const { source, reading, view, level } = panels.get(panel);
  const item = ([from, to]) => make("li", {},
    make("bdi", {}, source[from]), make("span", { class: "arrow" }, " → "), make("bdi", {}, reading.target[to]),
    make("span", { class: "quiet" }, ` ${percent(view.weight(to, from))}`));
  const rest = [missing(source, view.links.map(([from]) => from), "source"),
    missing(reading.target, view.links.map(([, to]) => to), "target")];
  return make("div", { class: "links" }, make(`h${level}`, {}, counted(view.links.length, "link")),
    make("ul", {}, ...view.links.map(item)), ...rest, endOf(reading));
}

function endOf(reading) {
  if (reading.log_prob === null) return null;
  return make("p", { class: "missing quiet" }, `Log probability of the end of the target: ${number(endLogProb(reading))}`);
}

/** The words of a side without a link, or null if every word has one. */
function missing(words, linked, side) {
  const left = words.filter((_, index) => !linked.includes(index));
  if (left.length === 0) return null;
  const listed = left.flatMap((word) => [make("bdi", {}, word), ", "]).slice(0, -1);
  return make("p", { class: "missing" }, make("span", { class: "quiet" }, `No link in the ${side}: `), ...listed);
}
