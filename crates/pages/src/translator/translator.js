// Starts the page: connects the text, the languages and the buttons.

/** Milliseconds without a key until a text is translated. */
const DELAY = 250;

const textField = document.getElementById("text");

/** Takes the text as it is now: shows what is known, and sends the rest. */
function translateText() {
  showChange(changeLines(textField.value));
  dropOutdatedRequest();
  isHalted = false;
  requestsOfText = 0;
  showProgress();
  sendNext();
}

/** Translates the text anew, as into another language. */
function translateAnew() {
  stopRequest();
  closeMenu(false);
  clear();
  forgetLines();
  output.replaceChildren();
  clearProblem();
  translateText();
}

/** Describes the length of the text. The limit is that of a line. */
function lengthOf(text) {
  const characters = [...text].length;
  const count = counted(characters, "character");
  if (characterLimit === null) return count;
  if (!text.includes("\n")) return `${whole(characters)} of ${counted(characterLimit, "character")}`;
  const longest = text.split("\n").reduce((most, line) => Math.max(most, line.length), 0);
  return longest < characterLimit / 2 ? count : `${count}; longest line ${whole(longest)} of ${whole(characterLimit)}`;
}

function showCount() {
  document.getElementById("count").textContent = textField.value === "" ? "" : lengthOf(textField.value);
}

function onLanguage(side) {
  if (side === "source") fillTargets(chosen("target"));
  rememberLanguages();
  translateAnew();
}

/** Exchanges the languages; the translation becomes the text. */
function onSwap() {
  const translation = wholeTranslation();
  swapLanguages();
  rememberLanguages();
  textField.value = translation;
  showCount();
  translateAnew();
}

/** Copies a text on a page without https, which has no `navigator.clipboard`. */
function copyWithoutClipboard(text) {
  const area = make("textarea", { class: "visually-hidden", readonly: "" });
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  return isCopied;
}

/** Copies a text and shows for a moment that it was done. */
async function copy(button, text) {
  const name = button.textContent;
  const written = navigator.clipboard?.writeText(text) ?? Promise.reject();
  const isCopied = await written.then(() => true, () => copyWithoutClipboard(text));
  button.textContent = isCopied ? "Copied" : "Not copied";
  button.focus();
  announce(button.textContent);
  setTimeout(() => { button.textContent = name; }, 2000);
}

function clearText() {
  textField.value = "";
  showCount();
  translateText();
  clearProblem();
  textField.focus();
}

/** A click or Enter on a target word opens its menu; on a source word it keeps the shading. */
function activateWord(word) {
  const isStale = word.panel.closest(".waiting") !== null;
  const isMenu = word.side === "target" && word.cell === undefined;
  if (isMenu && !isStale) openMenu(word);
  else toggleKept(word);
}

/** Ctrl+Z on a sentence takes its last change back. */
function onUndoKey(event) {
  const panel = event.target.closest(".reading");
  if (panel === null || event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
  event.preventDefault();
  const { line, index } = sentenceOf.get(panel);
  undoChange(line, index);
}

/** Where the models come from, one line for each. */
function showModels(models) {
  const line = ({ source, target, corpus, pairs, score }) => make("p", {},
    `${nameOf(source)} to ${nameOf(target)}: trained on `, make("bdi", {}, corpus),
    `, ${counted(pairs, "pair")}; validation ${score}`);
  document.getElementById("about").replaceChildren(...models.map(line));
}

function listen() {
  const on = (id, event, run) => document.getElementById(id).addEventListener(event, run);
  const soon = afterTyping(translateText, DELAY);
  on("text", "input", () => {
    showCount();
    soon();
  });
  for (const side of ["source", "target"]) on(`${side}-language`, "change", () => onLanguage(side));
  on("swap", "click", onSwap);
  on("clear", "click", clearText);
  on("copy", "click", (event) => copy(event.currentTarget, wholeTranslation()));
  on("link", "click", (event) => copy(event.currentTarget, addressOf(textField.value)));
  on("retry", "click", resume);
  on("show-source", "change", (event) => output.classList.toggle("without-source", !event.target.checked));
  on("key-form", "submit", (event) => {
    event.preventDefault();
    engine.useKey(document.getElementById("key").value);
    resume();
  });
  output.addEventListener("keydown", onUndoKey);
  addEventListener("hashchange", useAddress);
}

/** The languages that are taken if the address names none. */
let first = { source: null, target: null };

/** Takes languages and text from the address. */
function useAddress() {
  const { source, target, text } = fromAddress();
  fillLanguages({ source: source ?? first.source, target: target ?? first.target });
  if (text !== null) textField.value = text;
  rememberLanguages();
  showCount();
  translateAnew();
}

/** Asks the engine for its languages until it answers. Until then there is nothing to translate. */
async function begin() {
  const { signal } = new AbortController();
  try {
    const languages = await patiently(() => engine.languages(), signal, showWaiting);
    const settings = await patiently(() => engine.settings(), signal, showWaiting);
    clearProblem();
    characterLimit = settings.characterLimit;
    first = settings;
    for (const language of languages) offered.set(language.code, language);
    showModels(settings.models);
    listen();
    useAddress();
    // A touch would open the keyboard over the page.
    const hasKeyboard = matchMedia("(hover: hover)").matches;
    if (hasKeyboard && document.activeElement === document.body) textField.focus({ preventScroll: true });
    if (settings.needsKey) askForKey();
  } catch (error) {
    showText(`This page cannot begin: ${sentenceOn(error)} Load it again.`);
  }
}

listenForExplanations();
listenForWords(output, activateWord);
listenForKeys(output, activateWord);
listenForMenu();
listenForFiles();
begin();
