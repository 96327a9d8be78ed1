// Shades the words of one line by their weights for a word of the other line.

/** Of each panel on the page: source words, reading, view, word elements, its name, and the names of figures; see
 * `readingPanel`. */
const panels = new WeakMap();

/** The description of the shaded weights at the bottom of the window. A screen reader reads it only after the keyboard
 * or a click, and not twice. */
const readout = make("p", { id: "readout", role: "status", "aria-live": "off" });

/** What a screen reader has read last. */
let spoken = "";

/** The word whose weights are shown, and whether the shading stays when the pointer leaves. */
let shown = null;
let isKept = false;

/** Whether the shading stays until `clear`, whatever is pointed at or clicked. */
let isHeld = false;

/** The panel, side and index of a word element, or null. */
function wordAt(element) {
  const word = element.closest?.("[data-side]");
  const panel = word?.closest(".reading");
  return word && panel ? { panel, side: word.dataset.side, index: Number(word.dataset.index) } : null;
}

function isSame(one, other) {
  return one !== null && other !== null
    && one.panel === other.panel && one.side === other.side && one.index === other.index && one.cell === other.cell;
}

/** Shades the other line by the weights of a word, and describes them in the readout. `cell` is the index of the source word
 * whose cell of the heat map is pointed at. With `isSpoken`, a screen reader reads it. */
function show(word, isSpoken = false) {
  if (isSame(word, shown)) return;
  clear();
  shown = word;
  const { view, words, labels } = panels.get(word.panel);
  const other = word.side === "target" ? "source" : "target";
  const weights = word.side === "target" ? view.row(word.index) : view.column(word.index);
  weights.forEach((weight, index) => words[other][index].style.setProperty("--weight", weight));
  for (const element of [words[word.side][word.index], labels?.[word.side][word.index]]) element?.classList.add("shown");
  const description = make("span", {}, ...describe(word, weights));
  const isNew = isSpoken && description.textContent !== spoken;
  readout.setAttribute("aria-live", isNew ? "polite" : "off");
  if (isNew) spoken = description.textContent;
  readout.replaceChildren(description);
  document.body.classList.add("has-readout");
}

/** Removes the shading. */
function clear() {
  if (shown === null) return;
  const { words, labels, svg } = panels.get(shown.panel);
  if (svg) mark(svg, -1, -1);
  for (const element of [...words.source, ...words.target]) element.style.removeProperty("--weight");
  for (const element of [words[shown.side][shown.index], labels?.[shown.side][shown.index]]) {
    element?.classList.remove("shown");
  }
  if (isKept && !isHeld) words[shown.side][shown.index].setAttribute("aria-pressed", "false");
  readout.replaceChildren();
  document.body.classList.remove("has-readout");
  [shown, isKept, isHeld] = [null, false, false];
}

/** Holds the shading of a word while something else is about it, such as a menu. */
function hold(word) {
  clear();
  show(word);
  [isKept, isHeld] = [true, true];
}

/** Keeps the shading of a word, or removes it if it was kept. */
function toggleKept(word) {
  const wasKept = isKept && isSame(word, shown);
  clear();
  if (wasKept) return;
  show(word, true);
  isKept = true;
  panels.get(word.panel).words[word.side][word.index].setAttribute("aria-pressed", "true");
}

/** The words of the other side with the largest weights, and the values of the word. */
function describe(word, weights) {
  const { source, reading, view, end, figures } = panels.get(word.panel);
  const columns = [...source, end];
  const quoted = (index) => word.side === "source" || index < source.length;
  const [own, others] = word.side === "target" ? [reading.target, columns] : [columns, reading.target];
  const cell = word.cell === undefined ? []
    : [make("bdi", {}, columns[word.cell]), ` → `, make("bdi", {}, own[word.index]), ` ${percent(weights[word.cell])} · `];
  const largest = weights.map((weight, index) => [others[index], weight, quoted(index)])
    .filter(([, weight]) => weight >= 0.005).sort((one, other) => other[1] - one[1]).slice(0, 5);
  const part = ([text, weight, isQuoted]) => [...nameInText(text, isQuoted), ` ${percent(weight)}`, ", "];
  const parts = largest.flatMap(part).slice(0, -1);
  const direction = word.side === "target" ? " comes from " : " becomes ";
  const rest = word.side === "target" ? figures(reading, view, word.index) : "";
  return [...cell, make("strong", {}, make("bdi", {}, own[word.index])), direction, ...(parts.length ? parts : ["nothing"]), rest];
}

/** A word within a sentence about it. The end of the source is no word, and has no quotation marks. */
function nameInText(text, isQuoted) {
  return isQuoted ? ["“", make("bdi", {}, text), "”"] : [make("bdi", {}, text)];
}

function figuresOf(reading, view, target) {
  const logProb = reading.word_log_probs[target];
  const likely = logProb === undefined ? "" : `log probability ${number(logProb)}, `;
  return ` · ${likely}entropy ${number(view.entropy[target])}, on the end ${percent(view.end(target))}`;
}

/** Listens for pointer, touch and keyboard focus on the words below `list`. A click on a word calls `activate`. With
 * `isPassing`, a kept shading ends when another word has the focus, or the pointer is on a word of another pair. */
function listenForWords(list, activate = toggleKept, isPassing = false) {
  document.body.append(readout);
  list.addEventListener("pointerover", (event) => {
    // The heat map handles its own pointer events.
    if (event.target.closest("svg")) return;
    const word = wordAt(event.target);
    if (isKept && !(isPassing && !isHeld && word && word.panel !== shown.panel)) return;
    if (word) show(word);
    else clear();
  });
  list.addEventListener("pointerleave", () => isKept || clear());
  list.addEventListener("focusin", (event) => {
    const word = wordAt(event.target);
    if (word && (!isKept || (isPassing && !isHeld))) show(word, event.target.matches(":focus-visible"));
  });
  list.addEventListener("focusout", () => isKept || clear());
  document.addEventListener("click", (event) => {
    const word = wordAt(event.target);
    if (word) activate(word);
    else if (!isHeld && !event.target.closest(".heat, #readout, button, input, select, label, summary")) clear();
  });
}
