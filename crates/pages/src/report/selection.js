// Filters, sorts and pages the list of sentences.

const PER_PAGE = 50;

const first = (sentence) => sentence.readings[0];

/** Sort orders: name and key; the lowest key comes first. */
const SORTS = new Map([
  ["log-prob", ["log probability, lowest first", (sentence) => perWord(first(sentence))]],
  ["entropy", ["entropy, highest first", (sentence, kind) => -viewOf(sentence, first(sentence), kind).meanEntropy]],
  ["eos", ["weight on the end, highest first", (sentence, kind) => -viewOf(sentence, first(sentence), kind).meanEnd]],
  ["length", ["length, longest first", (sentence) => -(sentence.source.length + first(sentence).target.length)]],
  ["line", ["line number", (sentence) => sentence.line]],
]);
if (isComparison) SORTS.set("difference", ["difference A − B, lowest first", difference]);

/** The filters and the order that the controls show. */
function wanted() {
  const value = (id) => document.getElementById(id).value;
  const isChecked = (id) => document.getElementById(id).checked;
  const least = (id) => (value(id) === "" ? null : Number(value(id)));
  return {
    terms: value("search").toLowerCase().normalize("NFC").split(/\s+/).filter((term) => term !== ""),
    sort: value("sort"),
    isReversed: document.getElementById("order").getAttribute("aria-pressed") === "true",
    kind: document.querySelector("input[name=view]:checked").value,
    leastEntropy: least("least-entropy"),
    leastEnd: least("least-eos"),
    crossing: isChecked("crossing"),
    unaligned: isChecked("unaligned"),
  };
}

function isFiltered(want) {
  return want.terms.length > 0 || want.leastEntropy !== null || want.leastEnd !== null || want.crossing || want.unaligned;
}

/** A cache of the text of each sentence for the search. */
const searchable = new WeakMap();

function textOf(sentence) {
  if (!searchable.has(sentence)) {
    const targets = sentence.readings.map((reading) => reading.target.join(" "));
    searchable.set(sentence, [sentence.source.join(" "), ...targets].join("\n").toLowerCase().normalize("NFC"));
  }
  return searchable.get(sentence);
}

function matchesView(view, want) {
  return (want.leastEntropy === null || view.highestEntropy > want.leastEntropy)
    && (want.leastEnd === null || view.highestEnd * 100 > want.leastEnd)
    && (!want.crossing || view.isCrossing)
    && (!want.unaligned || view.unalignedSource + view.unalignedTarget > 0);
}

/** Whether every search term is in the sentence, and one model's reading passes all filters. */
function matches(sentence, want) {
  return want.terms.every((term) => textOf(sentence).includes(term))
    && sentence.readings.some((reading) => matchesView(viewOf(sentence, reading, want.kind), want));
}

/** The selected sentences in order. Sentences without a key come last in both directions; equal keys are ordered by line. */
function select(want) {
  const [, key] = SORTS.get(want.sort);
  const sign = want.isReversed ? -1 : 1;
  const keyed = report.sentences.filter((sentence) => matches(sentence, want))
    .map((sentence) => [key(sentence, want.kind), sentence]);
  keyed.sort(([one, a], [other, b]) => {
    if (one === null || other === null) return (one === null) - (other === null) || a.line - b.line;
    return sign * (one - other) || a.line - b.line;
  });
  return keyed.map(([, sentence]) => sentence);
}

/** Index of the current page, from 0. */
let page = 0;
let selected = [];

/** Lists the selected sentences from the first page. */
function refresh() {
  selected = select(wanted());
  page = 0;
  list();
}

/** Lists the sentences of the current page. */
function list() {
  clear();
  const want = wanted();
  const from = page * PER_PAGE;
  const part = selected.slice(from, from + PER_PAGE);
  const items = part.map((sentence) => sentenceItem(sentence, want.kind));
  document.getElementById("sentences").replaceChildren(...items);
  items.forEach((item) => markHits(item, want.terms));
  document.getElementById("reset").hidden = !isFiltered(want);
  document.getElementById("count").textContent = countText(from, part.length, want);
  showPager();
}

function countText(from, count, want) {
  if (count === 0) return "No sentence matches the search and the filters.";
  const all = isFiltered(want) ? ` of ${whole(report.sentences.length)}` : "";
  return `${counted(selected.length, "sentence")}${all}, ${whole(from + 1)} to ${whole(from + count)} shown`;
}

/** Marks the words that match a search term. */
function markHits(item, terms) {
  if (terms.length === 0) return;
  for (const word of item.querySelectorAll(".word")) {
    const text = word.textContent.toLowerCase().normalize("NFC");
    word.classList.toggle("hit", terms.some((term) => text.includes(term)));
  }
}

function showPager() {
  const pages = Math.ceil(selected.length / PER_PAGE);
  const step = (name, by) => {
    const button = make("button", { type: "button" }, name);
    button.disabled = page + by < 0 || page + by >= pages;
    button.addEventListener("click", () => turn(by));
    return button;
  };
  const pager = document.getElementById("pager");
  pager.hidden = pages < 2;
  pager.replaceChildren(step("Previous", -1), make("span", {}, `Page ${page + 1} of ${pages}`), step("Next", 1));
}

/** Moves by some pages, and scrolls to the top of the list. */
function turn(by) {
  page += by;
  list();
  document.getElementById("controls").scrollIntoView();
}
