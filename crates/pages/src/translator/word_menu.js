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

/** Pixels between the menu and its word, and between the menu and the edge of the window. */
const MENU_GAP = 6;
const MENU_EDGE = 8;

/** A menu of this height is below its word if it fits there. */
const MENU_HEIGHT = 384;

/** Less room than this is not enough: the word is moved to the top of the window first. */
const LEAST_MENU_HEIGHT = 192;

/** The word whose menu is open: its element, sentence, the text before it, the choices, and what ends its requests. */
let changing = null;

/** Index of the option that Enter takes, or −1. */
let taken = -1;

/** Whether the last click was a touch: then the field gets no focus, because a keyboard would cover the words. */
let isTouch = false;

/** Opens the menu of a target word. The words that it comes from stay shaded. */
function openMenu(target) {
  closeMenu(false);
  const { panel, index: word } = target;
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
  hold(target);
  placeMenu([panel, element]);
  (isTouch ? menu : field).focus({ preventScroll: true });
  fillChoices(changing);
}

/** The part of the window that is neither below a keyboard nor below the description of the weights. */
function roomOfMenu() {
  const { innerHeight, visualViewport: view } = window;
  const [top, height] = view ? [view.offsetTop, view.height] : [0, innerHeight];
  return { top: top + MENU_EDGE, bottom: Math.min(top + height, innerHeight - readout.offsetHeight) - MENU_EDGE };
}

/** Puts the menu below its word, or above the sentence if there is more room. It is at most as high as the room: its
 * list scrolls. Without enough room, the elements of `scrolled` are moved to the top of the window, until there is. */
function placeMenu(scrolled) {
  const { element } = changing;
  const { top, bottom } = roomOfMenu();
  const panel = element.closest(".reading");
  const [word, sentence] = [element, panel].map((one) => one.getBoundingClientRect());
  const [below, above] = [bottom - word.bottom - MENU_GAP, sentence.top - MENU_GAP - top];
  if (scrolled.length > 0 && Math.max(below, above) < LEAST_MENU_HEIGHT) {
    scrolled[0].scrollIntoView({ block: "start" });
    return placeMenu(scrolled.slice(1));
  }
  const isBelow = below >= MENU_HEIGHT || below >= above;
  menu.style.maxHeight = `${Math.max(isBelow ? below : above, LEAST_MENU_HEIGHT / 2)}px`;
  const left = Math.min(word.left, document.documentElement.clientWidth - menu.offsetWidth - MENU_EDGE);
  menu.style.left = `${Math.max(left, MENU_EDGE) + scrollX}px`;
  menu.style.top = `${(isBelow ? word.bottom + MENU_GAP : sentence.top - MENU_GAP - menu.offsetHeight) + scrollY}px`;
}

/** Places the menu anew after its content or the window has changed. */
function replaceMenu() {
  if (changing !== null && !menu.hidden) placeMenu([]);
}

/** Closes the menu; the focus goes back to the word if `isBack`. */
function closeMenu(isBack) {
  if (changing === null) return;
  const { element, controller } = changing;
  changing = null;
  controller.abort();
  menu.hidden = true;
  clear();
  element.setAttribute("aria-expanded", "false");
  if (isBack) focusWord(element);
}

/** Words of less probability are offered only if they begin with what is typed. */
const LEAST_PROBABILITY = 0.005;

/** The choices that are worth a look; the most probable one in any case. */
function likelyChoices() {
  return changing.choices.filter(({ probability }, at) => at === 0 || probability >= LEAST_PROBABILITY);
}

/** Asks for the words that may stand in the place of a word. */
async function fillChoices(own) {
  try {
    const { line, index, beginning, controller } = own;
    own.choices = await engine.choices(sentenceRequest(line, line.parts[index], beginning), controller.signal);
    if (own !== changing) return;
    const likely = likelyChoices();
    const now = own.line.parts[own.index].record.translation;
    note.textContent = likely.every(({ translation }) => translation === now) ? "The model has no other word here." : "";
    showOptions();
    announce(`${counted(likely.length, "word")} to choose from`);
  } catch (error) {
    if (own === changing) note.textContent = `No words to choose from: ${whyNoChange(error)}`;
    replaceMenu();
  }
}

/** What a record has from character `from` to the end of the word with character `to`, without punctuation. */
function wordsFrom(from, to, { translation, target_offsets: offsets }) {
  const [, end] = offsets.find(([, own]) => own > to) ?? [0, from];
  return [...translation].slice(from, end).join("").replace(/\p{P}+$/u, "");
}

/** Completes the sentence after what was typed: once as a whole word, once as the beginning of a word. */
const completeTyped = afterTyping(async () => {
  const own = changing;
  const typed = field.value.trim();
  if (own === null || typed === "") return;
  try {
    const { line, index, beginning, controller } = own;
    const completed = (text) => engine.complete(sentenceRequest(line, line.parts[index], text), controller.signal);
    const [record, longer] = await Promise.all([completed(`${beginning}${typed} `), completed(beginning + typed)]);
    if (own !== changing || field.value.trim() !== typed) return;
    const from = [...beginning].length;
    const word = wordsFrom(from, from + [...typed].length - 1, longer);
    own.typed = { text: typed, translation: record.translation, longer: { word, translation: longer.translation } };
    note.textContent = "";
    showOptions();
  } catch (error) {
    if (own !== changing || isAbort(error)) return;
    note.textContent = `Not translated: ${whyNoChange(error, "this beginning is too long.")}`;
    replaceMenu();
  }
}, TYPED_DELAY);

/** The options: the typed word as it is, then longer words that begin with it. All choices, if nothing is typed. */
function currentOptions() {
  const typed = field.value.trim();
  if (typed === "") return likelyChoices();
  const fold = (text) => text.normalize("NFC").toLowerCase();
  const known = changing.typed?.text === typed ? changing.typed : { translation: "", longer: { word: "" } };
  const longer = [known.longer, ...changing.choices]
    .filter(({ word }) => word !== typed && fold(word).startsWith(fold(typed)))
    .filter(({ word }, at, all) => all.findIndex((other) => other.word === word) === at);
  const probability = changing.choices.find(({ word }) => word === typed)?.probability;
  return [{ word: typed, probability, translation: known.translation, isTyped: true }, ...longer];
}

function showOptions() {
  const shownOptions = currentOptions();
  options.replaceChildren(...shownOptions.map((option, at) => optionItem(option, at)));
  take(field.value.trim() === "" ? -1 : 0);
  replaceMenu();
}

/** One option: the word, its probability, and the translation that follows from it. */
function optionItem(option, at) {
  const { word, probability, translation, isTyped } = option;
  const { line, index, beginning } = changing;
  const isNow = translation === line.parts[index].record.translation;
  const rest = translation.startsWith(beginning) ? translation.slice(beginning.length) : translation;
  const now = isNow ? make("span", { class: "flag" }, "now") : null;
  const exactly = isTyped ? make("span", { class: "exactly", lang: "en" }, "use exactly:") : null;
  const share = probability === undefined ? null : make("span", { class: "probability" }, percent(probability));
  const dir = RIGHT_TO_LEFT.test(word) ? "rtl" : "ltr";
  const item = make("li", { id: `option-${at}`, role: "option", "aria-selected": "false", dir },
    make("span", { class: "choice" }, exactly, make("bdi", {}, word), now, share),
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

/** Completes the sentence from an option. The space makes its word a whole one. */
function choose({ word }) {
  const { line, index, beginning, word: at } = changing;
  closeMenu(true);
  completeFrom(line, index, `${beginning}${word} `, at);
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
  let width = innerWidth;
  addEventListener("resize", () => {
    // A device that is turned has another page. A keyboard changes the height only.
    if (innerWidth === width) return replaceMenu();
    width = innerWidth;
    closeMenu(true);
  });
  visualViewport?.addEventListener("resize", replaceMenu);
}
