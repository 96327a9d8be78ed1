// The two languages: their choice, their exchange, and the address of the page, which remembers them.

/** The languages of the engine: code to { code, name, targets }. */
const offered = new Map();

const AUTO = "auto";

/** Language names by code, for a language that was detected. */
function nameOf(code) {
  return offered.get(code)?.name ?? code;
}

function chosen(side) {
  return document.getElementById(`${side}-language`).value;
}

/** The chosen languages. */
function languagePair() {
  return { source: chosen("source"), target: chosen("target") };
}

function fillChoice(side, codes, wanted) {
  const select = document.getElementById(`${side}-language`);
  const name = (code) => (code === AUTO ? "Detect language" : nameOf(code));
  select.replaceChildren(...codes.map((code) => make("option", { value: code }, name(code))));
  select.value = codes.includes(wanted) ? wanted : codes[0];
  select.disabled = codes.length < 2;
}

/** The codes that text in a language can be translated to. */
function targetsOf(source) {
  if (source !== AUTO) return offered.get(source).targets.filter((code) => code !== source);
  return [...new Set([...offered.keys()].flatMap(targetsOf))];
}

/** Offers the source languages, and "auto" if there are several. */
function fillLanguages(wanted) {
  const sources = [...offered.keys()].filter((code) => targetsOf(code).length > 0);
  fillChoice("source", sources.length > 1 ? [AUTO, ...sources] : sources, wanted.source);
  fillTargets(wanted.target);
}

/** Offers the target languages of the chosen source language. */
function fillTargets(wanted) {
  fillChoice("target", targetsOf(chosen("source")), wanted);
  showDetected([]);
}

/** The language to translate from when the languages are exchanged: the chosen or the detected one. */
let detectedSource = null;

/** From this confidence on, a detected language is taken as certain. */
const CERTAIN = 50;

/** Below this confidence, a text of at least this many letters is in no language of the engine. */
const FOREIGN = { confidence: 3, letters: 20 };

/** Whether a line is in no language of the engine. */
function isForeign({ text, found }) {
  return found.confidence < FOREIGN.confidence && (text.match(/\p{L}/gu) ?? []).length >= FOREIGN.letters;
}

/** At most this many detected languages are named. */
const MOST_NAMED = 3;

/** Names the languages that were detected in some lines, and the one to translate from when languages are exchanged. */
function detectedIn(lines) {
  const certain = lines.filter(({ found }) => found.confidence >= CERTAIN);
  const codes = [...new Set(certain.map(({ found }) => found.detected))];
  if (codes.length > 0) {
    const more = codes.length > MOST_NAMED ? ` and ${codes.length - MOST_NAMED} more` : "";
    return { code: codes[0], text: `Detected: ${codes.slice(0, MOST_NAMED).map(nameOf).join(", ")}${more}` };
  }
  const [best] = [...lines].sort((one, other) => other.found.confidence - one.found.confidence);
  if (best === undefined) return { code: null, text: "" };
  if (lines.every(isForeign)) return { code: null, text: `In none of the languages of ${engine.name}` };
  return { code: best.found.detected, text: `Not sure: ${nameOf(best.found.detected)}?` };
}

/** Shows which languages were detected in some lines. */
function showDetected(lines) {
  const { code, text } = detectedIn(lines);
  showSwap(code);
  document.getElementById("detected").textContent = chosen("source") === AUTO ? text : "";
}

/** Whether the engine translates from a language to another one. */
function canTranslate(source, target) {
  return source !== target && (offered.get(source)?.targets.includes(target) ?? false);
}

/** Whether the engine translates any two languages in both directions. */
function hasBothWays() {
  const isBothWays = (code, other) => canTranslate(code, other) && canTranslate(other, code);
  return [...offered].some(([code, { targets }]) => targets.some((other) => isBothWays(code, other)));
}

/** Enables the exchange if the engine translates the other way. */
function showSwap(detected) {
  const { source, target } = languagePair();
  detectedSource = source === AUTO ? detected : source;
  const swap = document.getElementById("swap");
  swap.hidden = !hasBothWays();
  swap.disabled = !canTranslate(target, detectedSource);
  const text = document.getElementById("text");
  if (detectedSource === null) text.removeAttribute("lang");
  else text.lang = detectedSource;
}

/** Exchanges the languages. */
function swapLanguages() {
  const [source, target] = [chosen("target"), detectedSource];
  document.getElementById("source-language").value = source;
  fillTargets(target);
}

/** What the address asks for: `#source=de&target=en&text=...`; each may be missing. */
function fromAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  return { source: asked.get("source"), target: asked.get("target"), text: asked.get("text") };
}

/** An address of this page with the chosen languages, and with a text unless it is null. */
function addressOf(text) {
  const asked = new URLSearchParams(languagePair());
  if (text !== null) asked.set("text", text);
  return `${location.href.split("#")[0]}#${asked}`;
}

/** Writes the languages into the address, so that a bookmark or a reload keeps them. The text stays out of the
 * history. */
function rememberLanguages() {
  try {
    history.replaceState(null, "", addressOf(null));
  } catch {
    // A document without an address, as in a preview, has none to remember them.
  }
}
