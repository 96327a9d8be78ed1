// Starts the page: connects the text, the languages and the buttons.

/** Milliseconds without a key until a text is translated. */
const DELAY = 250;

/** Milliseconds after which a typed text is translated even if there was no such pause. */
const LONGEST_WAIT = 800;

/** When the first key came that no request has followed, or null. */
let typedSince = null;

const textField = document.getElementById("text");

/** Takes the text as it is now: shows what is known. Changed lines wait. */
function takeText(isTyping) {
  showChange(changeLines(textField.value, isTyping));
  dropOutdatedRequest(isTyping);
  keepText();
  showProgress();
}

/** Sends the lines that wait, as they are now. */
function sendTyped() {
  releaseLines();
  typedSince = null;
  sendNext();
}

/** Takes the text as it is now, and sends what is not known. */
function translateText() {
  takeText(false);
  isHalted = false;
  requestsOfText = 0;
  sendTyped();
}

const translateSoon = afterTyping(translateText, DELAY);

/** A key in the text: its line is old at once. It is translated after a pause, or when typing goes on for long; at once
 * if that is quick. */
function onType() {
  showCount();
  takeText(true);
  typedSince ??= performance.now();
  if (isQuick() || performance.now() - typedSince >= LONGEST_WAIT) sendTyped();
  else sendNext();
  translateSoon();
}

/** The number of characters of the longest line, at least roughly. */
function longestLine(text) {
  const longest = text.split("\n").reduce((most, line) => (line.length > most.length ? line : most), "");
  return [...longest].length;
}

/** Says which line is too long, or null. */
function tooLongLine(text) {
  if (characterLimit === null || longestLine(text) <= characterLimit) return null;
  const long = text.split("\n").map((line, at) => ({ characters: [...line].length, number: at + 1 }))
    .filter(({ characters }) => characters > characterLimit);
  const [{ characters, number }] = long;
  const others = long.length > 1 ? `, and ${counted(long.length - 1, "more line")}` : "";
  return `Line ${whole(number)} is too long: ${whole(characters)} of ${counted(characterLimit, "character")}${others}`;
}

/** Describes the length of the text. The limit is that of a line. */
function lengthOf(text) {
  const characters = [...text].length;
  const count = counted(characters, "character");
  if (characterLimit === null) return count;
  if (!text.includes("\n")) return `${whole(characters)} of ${counted(characterLimit, "character")}`;
  const longest = longestLine(text);
  return longest < characterLimit / 2 ? count : `${count}; longest line ${whole(longest)} of ${whole(characterLimit)}`;
}

function showCount() {
  const count = document.getElementById("count");
  const problem = tooLongLine(textField.value);
  count.textContent = textField.value === "" ? "" : problem ?? lengthOf(textField.value);
  count.classList.toggle("over", problem !== null);
}

function onLanguage(side) {
  if (side === "source") fillTargets(chosen("target"));
  rememberLanguages();
  translateAnew();
}

/** Whether a touch is the only pointer. The focus of a text field then opens a keyboard over the page. */
const hasTouchOnly = matchMedia("(hover: none)").matches;

/** Replaces the text so that Ctrl+Z in the field brings it back: only the commands of the browser's editor do that. */
function replaceText(text) {
  textField.focus({ preventScroll: true });
  textField.select();
  document.execCommand(text === "" ? "delete" : "insertText", false, text);
  if (textField.value !== text) textField.value = text;
}

/** Exchanges the languages; the translation becomes the text. A line without a translation stays. */
async function onSwap({ currentTarget: button }) {
  if (lines.some((line) => line.isWaiting)) translateText();
  await untilTranslated();
  if (button.disabled) return;
  const translation = lines.map((line) => (line.found === null ? line.text : line.translation)).join("\n");
  swapLanguages();
  rememberLanguages();
  if (hasTouchOnly) textField.value = translation;
  else replaceText(translation);
  button.focus({ preventScroll: true });
  showCount();
  translateAnew();
}

function clearText() {
  replaceText("");
  showCount();
  translateText();
  clearProblem();
}

/** Says beside a word of an old translation why no menu opens. */
function explainWaiting({ panel, index }) {
  const isFailed = !document.getElementById("problem").hidden;
  const word = panels.get(panel).words.target[index];
  explained(word, isFailed ? "This word cannot be changed now: the text is not translated, see the message above it."
    : "This word can be changed when the text is translated.");
  showBubble(word);
  announce(word.dataset.tip);
}

/** A click or Enter on a target word opens its menu; on a source word it keeps the shading. */
function activateWord(word) {
  const isStale = word.panel.closest(".waiting") !== null;
  const isMenu = word.side === "target" && word.cell === undefined;
  if (isMenu && isStale) explainWaiting(word);
  else if (isMenu) openMenu(word);
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

/** Esc in a heat map or a list of alternatives closes it. */
function onEscape(event) {
  const opened = event.target.closest(".details, .others");
  if (event.key !== "Escape" || opened === null) return;
  const button = opened.closest(".reading").querySelector(`[data-opens="${opened.classList[0]}"]`);
  button.click();
  button.focus();
}

/** A text about the models is open from the beginning if it has at most so many lines of so many characters. */
const SHORT_TEXT = { lines: 6, characters: 100 };

function isShort(text) {
  const rowsOf = (line) => Math.max(Math.ceil(line.length / SHORT_TEXT.characters), 1);
  return text.split("\n").reduce((sum, line) => sum + rowsOf(line), 0) <= SHORT_TEXT.lines;
}

/** The parts of a text, its addresses of web pages as links. Punctuation that follows an address is not of it. */
function withLinks(text) {
  const parts = text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?'()[\]{}«»“”‘’…])/i);
  return parts.map((part, at) => (at % 2 === 0 ? part
    : make("a", { href: part, rel: "noopener noreferrer", target: "_blank", dir: "ltr" }, part)));
}

/** A text of whoever made the models, as it was written. */
function aboutText(text) {
  const written = make("p", { class: "as-written" }, ...withLinks(text));
  if (isShort(text)) return written;
  written.tabIndex = 0;
  return make("details", {}, make("summary", {}, "About the model"), written);
}

/** The licences of the programs inside the page; they are long, and unpacked when they are opened. */
function licences() {
  const written = make("p", { class: "as-written", tabindex: "0" });
  const opened = make("details", {}, make("summary", {}, "Licences of the programs in this page"), written);
  opened.addEventListener("toggle", async () => {
    if (opened.open && written.textContent === "") written.textContent = await engine.licences().catch(sentenceOn);
  });
  return opened;
}

/** Where a model comes from. Its score means something to those who know the measure. */
function modelLine({ source, target, corpus, pairs, score, note }) {
  return make("p", {}, `${nameOf(source)} to ${nameOf(target)}: learnt from ${counted(pairs, "pair")} of sentences (`,
    make("bdi", {}, corpus), `); score on other pairs of this kind: ${score}`, note ? "; " : null,
    note ? make("bdi", {}, note) : null, ".");
}

/** Where the models come from, one line for each, what they can do, and what was written about them. */
function showModels({ models, about, hasLicences }) {
  const limit = make("p", {}, "A model translates text like its sentences best. Other text may come out wrong, even if it "
    + "reads well.");
  const text = about === null ? [] : [aboutText(about.trim())];
  const ofModels = models.length === 0 ? [] : [...models.map(modelLine), limit];
  document.getElementById("about").replaceChildren(...ofModels, ...text, ...(hasLicences ? [licences()] : []));
}

function listen() {
  const on = (id, event, run) => document.getElementById(id).addEventListener(event, run);
  on("text", "input", onType);
  for (const side of ["source", "target"]) on(`${side}-language`, "change", () => onLanguage(side));
  on("swap", "click", onSwap);
  on("clear", "click", clearText);
  on("copy", "click", (event) => copyTranslation(event.currentTarget));
  on("link", "click", (event) => copy(event.currentTarget, addressOf(textField.value)));
  on("retry", "click", resume);
  on("show-source", "change", (event) => output.classList.toggle("without-source", !event.target.checked));
  on("key-form", "submit", (event) => {
    event.preventDefault();
    engine.useKey(document.getElementById("key").value);
    resume();
  });
  output.addEventListener("keydown", onUndoKey);
  output.addEventListener("keydown", onEscape);
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

/** Puts the focus into the text, unless that opens a keyboard over the page or the user is elsewhere. */
function focusText() {
  if (!hasTouchOnly && document.activeElement === document.body) textField.focus({ preventScroll: true });
}

/** Asks the engine for its languages until it answers. Until then there is nothing to translate. */
async function begin() {
  const { signal } = new AbortController();
  const loading = document.getElementById("loading");
  loading.hidden = false;
  focusText();
  try {
    const languages = await patiently(() => engine.languages(), signal, showWaiting);
    const settings = await patiently(() => engine.settings(), signal, showWaiting);
    clearProblem();
    loading.hidden = true;
    characterLimit = settings.characterLimit;
    first = settings;
    for (const language of languages) offered.set(language.code, language);
    showModels(settings);
    listen();
    if (textField.value === "") textField.value = keptText();
    useAddress();
    if (settings.needsKey) askForKey();
  } catch (error) {
    loading.hidden = true;
    document.body.classList.add("unusable");
    textField.readOnly = true;
    showText(`This page cannot begin: ${sentenceOn(error)} ${engine.remedy}`);
  }
}

// Nothing can be dropped without a pointer.
if (hasTouchOnly) textField.placeholder = "Type or paste text";
listenForExplanations();
listenForWords(output, activateWord, true);
listenForKeys(output, activateWord);
listenForMenu();
listenForFiles();
begin();
