// Shows the lines of the translation. In a long text, words and buttons of a line are made when it comes near the
// window.

/** Up to this many new lines have their words at once. */
const EAGER = 40;

const output = document.getElementById("output");

/** The line of each element, and the line and the sentence of each panel. */
const lineOf = new WeakMap();
const sentenceOf = new WeakMap();

const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    const line = lineOf.get(target);
    if (line.found !== null) showWords(line);
  }
}, { rootMargin: "800px" });

/** Text whose first letter is of a script that is written from right to left. */
const RIGHT_TO_LEFT = new RegExp("^\\P{L}*[\\p{Script=Hebrew}\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Thaana}"
  + "\\p{Script=Nko}\\p{Script=Adlam}]", "u");

/** Shows a change of the lines. Where a new line waits in the place of an old one, the old translation stays until
 * then. */
function showChange({ start, gone, fresh }) {
  clear();
  fresh.forEach((line, at) => {
    line.isEager = fresh.length <= EAGER;
    line.element = make("div", { class: "paragraph", lang: languagePair().target });
    lineOf.set(line.element, line);
    if (line.isWaiting && gone[at]) line.element.append(...gone[at].element.childNodes);
  });
  const elements = fresh.map((line) => line.element);
  const next = lines[start + fresh.length]?.element;
  if (next) next.before(...elements);
  else output.append(...elements);
  for (const line of gone) line.element.remove();
  fresh.forEach(showLine);
  if (shown !== null && !shown.panel.isConnected) clear();
}

/** Shows a line as it is now. */
function showLine(line) {
  const { element } = line;
  element.classList.toggle("waiting", line.isWaiting);
  element.setAttribute("aria-busy", line.isWaiting);
  if (line.found !== null) element.dir = RIGHT_TO_LEFT.test(line.found.text) ? "rtl" : "ltr";
  if (line.isWaiting) {
    if (element.childNodes.length === 0) element.append("…");
  } else if (line.isBlank) {
    element.replaceChildren(make("br"));
  } else if (line.problem !== null) {
    element.replaceChildren(make("span", { class: "problem", lang: "en" }, line.problem));
  } else if (line.isEager) {
    showWords(line);
  } else {
    element.replaceChildren(line.translation);
    near.observe(element);
  }
  if (shown !== null && !shown.panel.isConnected) clear();
}

/** Shows the translation of a line that was typed on since, in the place of the line that is there now. */
function showEarlier(line) {
  const now = newest(line);
  if (now === null || !now.isWaiting) return;
  line.isEager = true;
  showLine(line);
  now.replaced = line.parts;
  now.changed = line.allChanged;
  now.element.dir = line.element.dir;
  now.element.replaceChildren(...line.element.childNodes);
  if (shown !== null && !shown.panel.isConnected) clear();
}

/** Shows the sentences of a line with their words. A line with nothing to translate has no sentence. */
function showWords(line) {
  if (shown !== null && line.element.contains(shown.panel)) clear();
  const made = line.parts.flatMap((_, index) => [newPanel(line, index), " "]);
  line.element.replaceChildren(...(made.length > 0 ? made : [line.translation]));
}

function newPanel(line, index) {
  const panel = sentencePanel(line, index);
  sentenceOf.set(panel, { line, index });
  return panel;
}

/** The panel that shows a sentence, or null. */
function panelOf(line, index) {
  return line.element.querySelector(`.reading[data-index="${index}"]`);
}

/** Shows a sentence anew, after a change. */
function replacePanel(line, index) {
  clear();
  const panel = newPanel(line, index);
  panelOf(line, index).replaceWith(panel);
  return panel;
}

/** A line with its detected language, which is known of a line that cannot be translated, too. */
function withLanguage({ text, found, unreachable: code }) {
  return { text, found: code === null ? found : { detected: code, confidence: CERTAIN } };
}

/** Shows how much of a long text is translated, and the buttons for a text that is there. */
function showProgress() {
  const all = lines.filter((line) => !line.isBlank);
  const waiting = all.filter((line) => line.isWaiting).length;
  // A single line is soon translated: someone who types in a long text needs no progress.
  const isLong = waiting > 1 && all.length > MOST_PER_REQUEST.lines;
  document.getElementById("progress").hidden = !isLong;
  Object.assign(document.getElementById("progress-bar"), { max: all.length || 1, value: all.length - waiting });
  const done = whole(all.length - waiting);
  document.getElementById("progress-text").textContent = `${done} of ${counted(all.length, "line")}`;
  for (const id of ["copy", "with-source"]) document.getElementById(id).hidden = all.length === 0;
  document.getElementById("copy").disabled = waiting === 0 && all.every((line) => line.found === null);
  document.getElementById("clear").hidden = textField.value === "";
  document.getElementById("link").hidden = all.length === 0 || !engine.hasLinks;
  output.classList.toggle("empty", all.length === 0);
  output.setAttribute("aria-busy", waiting > 0);
  showDetected(lines.map(withLanguage).filter(({ found }) => found?.detected));
  showHint();
  if (all.length === 0) announce("");
  if (waiting === 0 && all.length > 0 && !isHalted) announceLater();
}

/** Has a screen reader read the translation when the user has stopped typing. */
const announceLater = afterTyping(() => {
  const text = wholeTranslation();
  if (text.trim() === "" || lines.some((line) => line.isWaiting)) return;
  const isLost = lines.some((line) => line.parts.some((part) => part.lost));
  const lost = isLost ? " Your changes in an edited sentence are gone." : "";
  const all = lines.length > 1 ? counted(lines.length, "line") : counted(lines[0].parts.length, "sentence");
  announce((text.length <= 300 ? text : `${all} translated.`) + lost);
}, 1000);
