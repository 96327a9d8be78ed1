// The lines of the text, and what is known of each. Lines are translated one by one, so only changed lines are sent.

/** Translations by languages and text: text that comes back is shown at once. The oldest are forgotten first. */
const known = new Map();
const MOST_KNOWN = 20000;

/** One line of the text. */
class Line {
  constructor(text, change) {
    this.text = text;
    /** Number of the change that brought the line. */
    this.change = change;
    /** The result of the engine, or null. */
    this.found = null;
    /** The sentences as they are shown, each with what the user made of it. */
    this.parts = [];
    /** Why the line has no translation, or null. */
    this.problem = null;
    /** The code of its language, if the engine does not translate that to the target language, or null. */
    this.unreachable = null;
    /** The sentences of the line in whose place this one came. */
    this.replaced = [];
    /** The line that came in the place of this one, or null. */
    this.successor = null;
    /** Whether the line is still being typed: it is sent later. */
    this.isHeld = false;
    /** Whether an earlier version of the line had no translation, either. */
    this.hadProblem = false;
    /** The sentences that the user changed in earlier versions of the line, the latest first. */
    this.changed = [];
    /** The element that shows the line, and whether it has its words at once. */
    this.element = null;
    this.isEager = true;
  }

  get isBlank() {
    return this.text.trim() === "";
  }

  /** Whether the line still has to be translated. */
  get isWaiting() {
    return !this.isBlank && this.found === null && this.problem === null;
  }

  /** Whether the line is to be sent, and is not yet. */
  get isDue() {
    return this.isWaiting && !this.isHeld && !isRunning(this);
  }

  /** Takes the result of the engine. A sentence that the user changed in an earlier version of the line stays so, and
   * the heat map of an edited sentence stays open. `lost` is what the user changed before the sentence was edited. */
  accept(found) {
    this.found = found;
    this.parts = found.sentences.map((record, at) => {
      const changed = this.changed.find((part) => part.record.source === record.source);
      if (changed) return { ...changed, found: record };
      const before = this.replaced[at];
      const isMapOpen = before !== undefined && before.isMapOpen && isEdited(before.record.source, record.source);
      const isHere = (part) => found.sentences.some(({ source }) => source === part.record.source);
      const lost = this.replaced.map((part) => (part.fixed > 0 ? part : part.lost))
        .find((part) => part && !isHere(part) && isEdited(part.record.source, record.source)) ?? null;
      return { found: record, record, fixed: 0, earlier: [], isMapOpen, lost };
    });
  }

  /** What the user changed in this line and in its earlier versions. */
  get allChanged() {
    const isHere = (part) => this.parts.some(({ record }) => record.source === part.record.source);
    return [...this.parts.filter((part) => part.fixed > 0), ...this.changed.filter((part) => !isHere(part))];
  }

  /** The translation as text, with the sentences as they are shown. */
  get translation() {
    if (this.found === null) return "";
    const characters = [...this.found.text];
    let [text, at] = ["", 0];
    for (const { found, record } of this.parts) {
      text += characters.slice(at, found.target_start).join("") + record.translation;
      at = found.target_start + [...found.translation].length;
    }
    return text + characters.slice(at).join("");
  }
}

/** The lines of the text, in order. */
let lines = [];

/** The number of changes of the text so far. */
let changes = 0;

function keyOf(text) {
  const { source, target } = languagePair();
  return `${source} ${target} ${text}`;
}

/** Remembers a translation for the chosen languages. */
function remember(text, found) {
  if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value);
  known.set(keyOf(text), found);
}

/** The number of equal items at the start of two lists, at most `most`. */
function equalStart(one, other, most) {
  let count = 0;
  while (count < most && one(count) === other(count)) count += 1;
  return count;
}

/** Whether a text is an edited version of another: at least half of it is equal, at its start and its end. */
function isEdited(one, other) {
  const most = Math.min(one.length, other.length);
  const start = equalStart((at) => one[at], (at) => other[at], most);
  const end = equalStart((at) => one.at(-1 - at), (at) => other.at(-1 - at), most - start);
  return 2 * (start + end) >= Math.max(one.length, other.length);
}

/** Compares a new text with the lines: what was and what is new lies between an equal start and an equal end. */
function changedLines(texts) {
  const most = Math.min(texts.length, lines.length);
  const start = equalStart((at) => texts[at], (at) => lines[at].text, most);
  const end = equalStart((at) => texts[texts.length - 1 - at], (at) => lines[lines.length - 1 - at].text, most - start);
  return { start, removed: lines.length - start - end, added: texts.slice(start, texts.length - end) };
}

/** What a new line takes from the one in whose place it came. */
function succeed(line, before) {
  before.successor = line;
  line.replaced = before.found === null ? before.replaced : before.parts;
  line.changed = before.allChanged;
  line.hadProblem = before.problem !== null || before.hadProblem;
  // A line whose turn has come does not lose it because typing goes on.
  if (before.isDue) line.isHeld = false;
}

/** The line of the text that came in the place of a line, after all changes; the line itself if it is in the text, null
 * if nothing came. */
function newest(line) {
  let own = line;
  while (own !== null && !lines.includes(own)) own = own.successor;
  return own;
}

/** Lines that are new at once in a typed text: more were pasted. */
const MOST_TYPED = 2;

/** Takes a new text. Unchanged lines stay as they are; a new line is known already, or waits to be translated. Lines
 * that are being typed are held back until `releaseLines`. Returns the place of the change, the removed lines and the
 * new ones. */
function changeLines(text, isTyping) {
  changes += 1;
  const { start, removed, added } = changedLines(text.split(/\r\n|\r|\n/));
  const fresh = added.map((own) => new Line(own, changes));
  const gone = lines.splice(start, removed, ...fresh);
  fresh.forEach((line, at) => {
    line.isHeld = isTyping && fresh.length <= MOST_TYPED;
    if (gone[at]) succeed(line, gone[at]);
    const found = known.get(keyOf(line.text));
    if (found) line.accept(found);
  });
  return { start, gone, fresh };
}

/** Has lines that are being typed sent as they are now. */
function releaseLines() {
  for (const line of lines) line.isHeld = false;
}

/** Forgets all lines, so that the next text is translated anew, as into another language. */
function forgetLines() {
  lines = [];
}

/** The lines to send next: those of the latest change first, at most `most.lines` and `most.characters`. */
function nextLines(most) {
  const waiting = lines.filter((line) => line.isDue);
  const latest = Math.max(...waiting.map((line) => line.change));
  const part = [];
  let characters = 0;
  for (const line of waiting) {
    if (line.change !== latest) continue;
    characters += line.text.length;
    if (part.length > 0 && (part.length === most.lines || characters > most.characters)) break;
    part.push(line);
  }
  return part;
}

/** The whole translation as text. A line without a translation is blank. */
function wholeTranslation() {
  return lines.map((line) => line.translation).join("\n");
}
