// Keys: arrows move between words, lines and sentences; Escape removes the shading.

/** The words of the line that contains an element. */
function wordsOfLine(element) {
  return [...element.closest(".line").querySelectorAll(".word")];
}

function focusWord(word) {
  for (const other of wordsOfLine(word)) other.tabIndex = other === word ? 0 : -1;
  word.focus();
}

/** Arrow keys follow the direction on the screen: in a right-to-left line the next word is on the left. */
function moveInLine(word, key) {
  const words = wordsOfLine(word);
  const isRightToLeft = getComputedStyle(word.closest(".line")).direction === "rtl";
  const by = (key === "ArrowRight") === isRightToLeft ? -1 : 1;
  const index = { Home: 0, End: words.length - 1 }[key] ?? words.indexOf(word) + by;
  if (words[index]) focusWord(words[index]);
}

/** Moves to the line above or below, in this sentence or the next. */
function moveToLine(word, by) {
  const lines = [...document.querySelectorAll(".line")].filter((line) => line.querySelector(".word"));
  const next = lines[lines.indexOf(word.closest(".line")) + by];
  if (next) focusWord(next.querySelector(".word[tabindex='0']"));
}

function onWordKey(event, activate) {
  const word = event.target.closest(".word");
  if (!word || event.ctrlKey || event.metaKey || event.altKey) return;
  if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) moveInLine(word, event.key);
  else if (event.key === "ArrowUp") moveToLine(word, -1);
  else if (event.key === "ArrowDown") moveToLine(word, 1);
  else if (event.key === "Enter" || event.key === " ") activate(wordAt(word));
  else return;
  event.preventDefault();
}

/** Whether the keys of an event write text. */
function isTyping(event) {
  return Boolean(event.target.closest?.("input, select, textarea"));
}

/** Listens for keys on the words below `list`. Enter and space on a word call `activate`. */
function listenForKeys(list, activate = toggleKept) {
  list.addEventListener("keydown", (event) => onWordKey(event, activate));
  document.addEventListener("keydown", (event) => event.key === "Escape" && !isTyping(event) && clear());
}
