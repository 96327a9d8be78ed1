// The menu of a word of the translation: other words in its place, and a field to type one. The rest of the sentence is
// translated again from there.

/** Milliseconds without a key until a typed word is completed. */
const TYPED_DELAY = 200;

const field = make("input", {
  id: "menu-field", type: "text", role: "combobox",
  "aria-expanded": "true", "aria-controls": "menu-list", "aria-autocomplete": "list",
  autocomplete: "off", autocapitalize: "off", spellcheck: "false", dir: "auto", placeholder: "Type another word",
  "aria-label": "Another word in this place",
});
const options = make("ul", { id: "menu-list", role: "listbox", "aria-label": "Words in this place" });
const note = make("p", { class: "quiet", role: "status" });
const menu = make("div", { id: "menu", role: "dialog", "aria-label": "Change this word", tabindex: "-1", hidden: "" },
  field, options, note);

/** The word whose menu is open: its element, sentence, the text before it, the choices, and what ends its requests. */
let changing = null;

/** Index of the option that Enter takes, or −1. */
let taken = -1;

/** Whether the last click was a touch: then the field gets no focus, because a keyboard would cover the words. */
let isTouch = false;

/** Opens the menu of a target word. */
function openMenu({ panel, index: word }) {
  closeMenu(false);
  const { line, index } = sentenceOf.get(panel);
  const { record } = line.parts[index];
  const element = panels.get(panel).words.target[word];
  const beginning = [...record.translation].slice(0, record.target_offsets[word][0]).join("");
  changing = { element, line, index, word, beginning, choices: [], typed: null, controller: new AbortController() };
  element.setAttribute("aria-expanded", "true");
  field.value = "";
  for (const element of [field, options]) element.lang = languagePair().target;
  note.textContent = "Searching ...";
  showOptions();
  menu.hidden = false;
  placeMenu(element);
  (isTouch ? menu : field).focus({ preventScroll: true });
  fillChoices(changing);
}

/** Puts the menu below its word, within the window. */
function placeMenu(element) {
  const word = element.getBoundingClientRect();
  const left = Math.min(word.left, document.documentElement.clientWidth - menu.offsetWidth - 8);
  menu.style.left = `${Math.max(left, 8) + scrollX}px`;
  menu.style.top = `${word.bottom + 6 + scrollY}px`;
  menu.scrollIntoView({ block: "nearest" });
}

/** Closes the menu; the focus goes back to the word if `isBack`. */
function closeMenu(isBack) {
  if (changing === null) return;
  const { element, controller } = changing;
  changing = null;
  controller.abort();
  menu.hidden = true;
  element.setAttribute("aria-expanded", "false");
  if (isBack) focusWord(element);
}

/** Asks for the words that may stand in the place of a word. */
async function fillChoices(own) {
  try {
    const { line, index, beginning, controller } = own;
    own.choices = await engine.choices(sentenceRequest(line, line.parts[index], beginning), controller.signal);
    if (own !== changing) return;
    note.textContent = own.choices.length === 0 ? "The model has no other word here." : "";
    showOptions();
    announce(`${counted(own.choices.length, "word")} to choose from`);
  } catch (error) {
    if (own === changing) note.textContent = `No words to choose from: ${sentenceOn(error)}`;
  }
}

/** Completes the sentence after what was typed, and shows it as the first option. */
const completeTyped = afterTyping(async () => {
  const own = changing;
  const typed = field.value.trim();
  if (own === null || typed === "") return;
  try {
    const { line, index, beginning, controller } = own;
    const request = sentenceRequest(line, line.parts[index], beginning + typed);
    const record = await engine.complete(request, controller.signal);
    if (own !== changing || field.value.trim() !== typed) return;
    own.typed = { text: typed, translation: record.translation };
    note.textContent = "";
    showOptions();
  } catch (error) {
    if (own === changing) note.textContent = `Not translated: ${sentenceOn(error)}`;
  }
}, TYPED_DELAY);

/** The options for what is typed: the sentence with it, then the choices that begin with it. */
function currentOptions() {
  const typed = field.value.trim();
  const fold = (text) => text.normalize("NFC").toLowerCase();
  const fitting = changing.choices.filter(({ word }) => fold(word).startsWith(fold(typed)));
  if (typed === "") return fitting;
  const translation = changing.typed?.text === typed ? changing.typed.translation : "";
  const own = { word: typed, isTyped: true, translation };
  return [own, ...fitting];
}

function showOptions() {
  const shownOptions = currentOptions();
  options.replaceChildren(...shownOptions.map((option, at) => optionItem(option, at)));
  take(field.value.trim() === "" ? -1 : 0);
}

/** One option: the word, its probability, and the translation that follows from it. */
function optionItem(option, at) {
  const { word, probability, translation } = option;
  const { line, index, beginning } = changing;
  const isNow = translation === line.parts[index].record.translation;
  const rest = translation.startsWith(beginning) ? translation.slice(beginning.length) : translation;
  const now = isNow ? make("span", { class: "flag" }, "now") : null;
  const share = probability === undefined ? null : make("span", { class: "probability" }, percent(probability));
  const item = make("li", { id: `option-${at}`, role: "option", "aria-selected": "false" },
    make("span", { class: "choice" }, make("bdi", {}, word), now, share),
    make("span", { class: "rest", dir: "auto" }, rest));
  item.addEventListener("pointermove", () => take(at));
  item.addEventListener("click", () => choose(option));
  return item;
}

/** Marks the option that Enter takes. */
function take(at) {
  taken = at;
  [...options.children].forEach((item, own) => item.setAttribute("aria-selected", own === at));
  if (at < 0) field.removeAttribute("aria-activedescendant");
  else field.setAttribute("aria-activedescendant", `option-${at}`);
  options.children[at]?.scrollIntoView({ block: "nearest" });
}

/** Completes the sentence from an option. A chosen word is whole; a typed one may be the beginning of a word. */
function choose({ word, isTyped }) {
  const { line, index, beginning, word: at } = changing;
  closeMenu(true);
  completeFrom(line, index, `${beginning}${word}${isTyped ? "" : " "}`, at);
}

function onMenuKey(event) {
  const shownOptions = currentOptions();
  const count = shownOptions.length;
  if (event.key === "ArrowDown" && count > 0) take((taken + 1) % count);
  else if (event.key === "ArrowUp" && count > 0) take((taken + (taken < 0 ? 0 : count - 1)) % count);
  else if (event.key === "Enter") {
    if (shownOptions[taken]) choose(shownOptions[taken]);
    else closeMenu(true);
  } else if (event.key === "Escape") closeMenu(true);
  else if (event.key === "Tab") return closeMenu(true);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function listenForMenu() {
  document.body.append(menu);
  menu.addEventListener("keydown", onMenuKey);
  menu.addEventListener("focusout", (event) => {
    if (changing !== null && event.relatedTarget !== null && !menu.contains(event.relatedTarget)) closeMenu(false);
  });
  field.addEventListener("input", () => {
    showOptions();
    completeTyped();
  });
  document.addEventListener("pointerdown", (event) => {
    isTouch = event.pointerType === "touch";
    if (!menu.contains(event.target)) closeMenu(false);
  });
}
