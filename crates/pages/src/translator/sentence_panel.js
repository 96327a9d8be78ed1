// One translated sentence: its words on both sides, and its buttons for heat map, alternatives and undo.

/** Pieces of a text before, between and after its words. Offsets are counted in code points. */
function gapsOf(text, offsets) {
  const characters = [...text];
  const ends = [0, ...offsets.map(([, end]) => end)];
  const starts = [...offsets.map(([start]) => start), characters.length];
  return starts.map((start, at) => characters.slice(ends[at], start).join(""));
}

/** The weights of a record. */
function viewOfRecord({ weights, eos_mass: ends, entropy, links, source_words: source }) {
  const rows = weights.map((row, target) => [...row, ends[target]]);
  const levels = Uint8Array.from(rows.flat(), (weight) => Math.round(weight * 255));
  return new View({ levels, entropy, links }, source.length, rows.length);
}

/** How probable a target word was, for the description of its weights. */
function probabilityOf(reading, view, target) {
  const logProb = reading.word_log_probs[target];
  return logProb === undefined ? "" : ` · probability ${percent(Math.exp(logProb))}`;
}

const UNKNOWN = "Training never had this word, so its translation is a guess.";

/** Whether a word of a line is one of some words, or has one between its punctuation. */
function hasOneOf(text, words) {
  const parts = text.split(/[^\p{L}\p{M}\p{N}]+/u);
  const inner = text.replace(/^\p{P}+|\p{P}+$/gu, "");
  return words.some((one) => one === text || one === inner || parts.includes(one));
}

/** Marks the source words that training never had. */
function markUnknown(panel, unknown) {
  for (const word of panel.querySelectorAll(".line.source .word")) {
    if (!hasOneOf(word.textContent, unknown)) continue;
    explained(word, UNKNOWN).classList.add("unknown");
    word.setAttribute("aria-description", UNKNOWN);
  }
}

/** Prepares the words of the translation: a click opens a menu, and the first words may be fixed. */
function prepareTarget(panel, fixed) {
  panels.get(panel).words.target.forEach((word, at) => {
    word.removeAttribute("aria-pressed");
    word.setAttribute("aria-haspopup", "dialog");
    word.classList.toggle("fixed", at < fixed);
    if (at < fixed) word.setAttribute("aria-description", "fixed by you");
  });
}

/** What is inside a translation and belongs to the page. */
const ENGLISH = { lang: "en", dir: "ltr" };

/** The panel of one sentence of a line. */
function sentencePanel(line, index) {
  const { record, fixed } = line.parts[index];
  const of = `of line ${lines.indexOf(newest(line)) + 1}${line.parts.length > 1 ? `, sentence ${index + 1}` : ""}`;
  const { source, target } = languagePair();
  const panel = readingPanel({
    source: record.source_words,
    reading: { target: record.target_words, word_log_probs: record.word_log_probs ?? [], log_prob: record.log_prob },
    view: viewOfRecord(record),
    of,
    head: null,
    end: "no word (the end of the sentence)",
    level: 3,
    hasEnd: false,
    figures: probabilityOf,
    gaps: {
      source: gapsOf(record.source, record.source_offsets),
      target: gapsOf(record.translation, record.target_offsets),
    },
    languages: { source: source === AUTO ? line.found.detected : source, target },
  });
  panel.dataset.index = index;
  // A page of many sentences would have too many landmarks. A screen reader reads the whole sentence before its words.
  panel.setAttribute("role", "group");
  panel.setAttribute("aria-label", record.translation);
  markUnknown(panel, record.unknown ?? []);
  prepareTarget(panel, fixed);
  const others = make("div", { class: "others", hidden: "", ...ENGLISH });
  const details = panel.querySelector(".details");
  Object.assign(details, ENGLISH);
  details.before(...remarksOn(line, index), toolsOf(line, index, panel, others), others);
  if (line.parts[index].isMapOpen) showDetails(panel, true);
  return panel;
}

/** Whether a translation has less than half as many words as a source of more than 12 words. */
function isMuchShorter({ source_words: source, target_words: target }) {
  return source.length > 12 && target.length * 2 < source.length;
}

/** Whether training had fewer than half of the words of a source. */
function isMostlyUnknown({ source_words: source, unknown }) {
  return source.filter((word) => hasOneOf(word, unknown ?? [])).length * 2 > source.length;
}

/** What the user should know about a sentence, below its words. */
function remarksOn(line, index) {
  const { record, lost } = line.parts[index];
  const remark = (...content) => make("p", { class: "remark", ...ENGLISH }, ...content);
  const remarks = [];
  const guess = "The model does not know most of these words: the translation is a guess.";
  if (isMostlyUnknown(record)) remarks.push(remark(guess));
  if (isMuchShorter(record)) remarks.push(remark("Much shorter than the source: a part may be missing."));
  if (lost) {
    const again = make("button", { type: "button" }, "Use them again");
    again.addEventListener("click", () => useLost(line, index));
    remarks.push(remark("Your changes were made for an earlier text.", again));
  }
  return remarks;
}

/** A button that opens and closes the element of class `opens`. */
function toggleButton(name, opens, of, isOpen, onToggle) {
  const states = { "data-opens": opens, "aria-expanded": isOpen, "aria-label": `${name} ${of}` };
  const button = make("button", { type: "button", class: "toggle", ...states }, name);
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-expanded") === "false";
    button.setAttribute("aria-expanded", open);
    onToggle(open);
  });
  return button;
}

function toolsOf(line, index, panel, others) {
  const { of } = panels.get(panel);
  const heat = toggleButton("Heat map", "details", of, line.parts[index].isMapOpen, (open) => {
    line.parts[index].isMapOpen = open;
    showDetails(panel, open);
  });
  const alternatives = toggleButton("Alternatives", "others", of, false, (open) => {
    showOthers(line, index, others, open);
  });
  const undo = make("button", { type: "button", class: "undo", "aria-label": `Undo ${of}` }, "Undo");
  undo.hidden = line.parts[index].earlier.length === 0;
  undo.addEventListener("click", () => undoChange(line, index));
  return make("p", { class: "tools", ...ENGLISH }, heat, alternatives, undo);
}

/** How many other translations are asked for. */
const ALTERNATIVES = 4;

/** Shows other translations of a sentence as buttons that choose them. */
async function showOthers(line, index, others, open) {
  others.hidden = !open;
  const hasList = others.querySelector("ul") !== null;
  if (!open || hasList) return;
  const part = line.parts[index];
  others.replaceChildren(make("p", { class: "quiet" }, "Searching for other translations ..."));
  try {
    const found = await otherTranslations(line, part);
    const rows = found.map((text) => otherButton(line, index, text));
    const none = make("p", { class: "quiet" }, "The search found no other translation.");
    others.replaceChildren(rows.length > 0 ? make("ul", {}, ...rows) : none);
  } catch (error) {
    others.replaceChildren(make("p", { class: "quiet" }, `No alternatives: ${whyNoChange(error)}`));
  }
  announce(others.textContent);
}

/** The most probable translations of a sentence beside the one that is shown. */
async function otherTranslations(line, part) {
  const { sentence, source, target } = sentenceRequest(line, part, "");
  const asked = { texts: [sentence], source, target, alternatives: ALTERNATIVES };
  const [found] = await engine.translate(asked, new AbortController().signal);
  return [...new Set([found.text, ...found.others])].filter((text) => text !== part.record.translation);
}

function otherButton(line, index, text) {
  const button = make("button", { type: "button", dir: "auto", lang: languagePair().target }, text);
  button.addEventListener("click", () => completeFrom(line, index, text, Infinity));
  return make("li", {}, button);
}
