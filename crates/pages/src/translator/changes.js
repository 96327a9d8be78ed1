// Changes that the user makes to the translation of a sentence, and their undoing.

/** Translates the rest of a sentence anew after `beginning`, and shows it. `word` is the index of the word that gets
 * the focus: the chosen one, or the last one. */
async function completeFrom(line, index, beginning, word) {
  const part = line.parts[index];
  const panel = panelOf(line, index);
  panel?.classList.add("waiting");
  try {
    const record = await engine.complete(sentenceRequest(line, part, beginning), new AbortController().signal);
    if (lines.includes(line) && line.parts[index] === part) {
      const fixed = wordsWithin(record, [...beginning.trimEnd()].length);
      change(line, index, { ...part, record, fixed, earlier: [...part.earlier, part], lost: null }, word);
    }
    clearProblem();
  } catch (error) {
    panel?.classList.remove("waiting");
    if (error.kind === "key") showProblem(error);
    else showText(`The sentence was not changed: ${whyNoChange(error)}`);
  }
}

/** The number of target words that begin within the first characters of a translation. */
function wordsWithin(record, characters) {
  return record.target_offsets.filter(([start]) => start < characters).length;
}

/** Takes the last change of a sentence back. The focus goes to the first word that differs. */
function undoChange(line, index) {
  const { earlier, record, isMapOpen } = line.parts[index];
  const before = earlier.at(-1);
  if (before === undefined || !lines.includes(line)) return;
  const [now, then] = [record.target_words, before.record.target_words];
  const same = equalStart((at) => now[at], (at) => then[at], Math.min(now.length, then.length));
  change(line, index, { ...before, isMapOpen }, same);
}

/** Brings the words that the user fixed in an earlier version of a sentence into its new translation. */
function useLost(line, index) {
  const { record, fixed } = line.parts[index].lost;
  const [, end] = record.target_offsets[fixed - 1];
  completeFrom(line, index, `${[...record.translation].slice(0, end).join("")} `, fixed - 1);
}

/** Replaces a sentence and moves the focus to one of its words, since the focused element is no longer there. */
function change(line, index, part, word) {
  line.parts[index] = part;
  const panel = replacePanel(line, index);
  const { target } = panels.get(panel).words;
  const focused = target[Math.min(word, target.length - 1)];
  if (focused) focusWord(focused);
  announce(part.record.translation);
}

/** A sentence on a failure to change a sentence: what the engine says about it is for programmers. */
function whyNoChange(error, long = "this sentence is too long to be changed.") {
  if (error.kind === "too-long") return long;
  if (error.kind === "key") return "the server needs an API key.";
  const isOther = ["failed", "languages", "other", "text"].includes(error.kind);
  return isOther ? `${engine.name} could not do it. Try another word.` : sentenceOn(error);
}

/** A sentence on a failure of an engine. */
function sentenceOn(error) {
  if (error.kind === "busy") return "the server has too many requests at the moment. Try again in a few seconds.";
  if (error.kind === "gone") return "the server does not answer.";
  return error.message;
}
