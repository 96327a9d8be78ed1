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
  showSwap(null);
}

/** The language to translate from when the languages are exchanged: the chosen or the detected one. */
let detectedSource = null;

/** Enables the exchange if the engine translates the other way, and shows which language was detected. */
function showSwap(detected) {
  const { source, target } = languagePair();
  detectedSource = source === AUTO ? detected : source;
  document.getElementById("swap").disabled = !offered.get(target)?.targets.includes(detectedSource);
  const isDetected = source === AUTO && detected !== null;
  document.getElementById("detected").textContent = isDetected ? `Detected: ${nameOf(detected)}` : "";
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
  history.replaceState(null, "", addressOf(null));
}
