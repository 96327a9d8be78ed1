// Translates the lines of a file in parts. Each line of the file becomes exactly one line of the result.

/** A request has at most this many lines and characters. An engine that takes line by line has fewer, so that the
 * progress is seen. */
const FILE_PART = { lines: engine.atOnce === null ? 64 : 8, characters: 4000 };

/** A larger file would fill the memory of a phone. */
const MOST_BYTES = 100e6;

/** Reads a file as text: UTF-8, or UTF-16 if it begins with the mark of it. */
async function textOfFile(file) {
  if (!/\.(txt|tsv)$/i.test(file.name)) throw new Error("This is not a text file: choose a .txt or .tsv file.");
  if (file.size > MOST_BYTES) throw new Error("The file has more than 100 MB. Split it.");
  const bytes = new Uint8Array(await file.arrayBuffer());
  const start = bytes[0] * 256 + bytes[1];
  const encoding = { 0xfffe: "utf-16le", 0xfeff: "utf-16be" }[start] ?? "utf-8";
  const text = decoded(bytes, encoding);
  if (text.includes("\0")) throw new Error("This is not a text file: choose a .txt or .tsv file.");
  return text;
}

function decoded(bytes, encoding) {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new Error("The file is not text in UTF-8. Save it as UTF-8 text.");
  }
}

/** The lines of a file, the text of each that is translated, and how a line is written again. */
function fileLines(name, text) {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const rows = text.split(/\r?\n/);
  const isEnded = rows.at(-1) === "";
  if (isEnded) rows.pop();
  const isTable = /\.tsv$/i.test(name);
  const endOf = (at) => (at < rows.length - 1 || isEnded ? end : "");
  return {
    texts: isTable ? rows.map((row) => row.split("\t", 1)[0]) : rows,
    written: (translations) => translations
      .map((translation, at) => `${isTable ? `${rows[at]}\t` : ""}${translation}${endOf(at)}`),
  };
}

/** The next texts to send from `from` on. */
function filePart(texts, from) {
  const most = Math.min(FILE_PART.characters, characterLimit ?? Infinity);
  let [to, characters] = [from, 0];
  while (to < texts.length && to - from < FILE_PART.lines) {
    characters += texts[to].length;
    if (characters > most && to > from) break;
    to += 1;
  }
  return texts.slice(from, to);
}

/** Translates some texts, in smaller requests if one of them fails; null for one that fails alone. */
async function translatePart(texts, pair, signal, onWait) {
  try {
    const found = await patiently(() => engine.translate({ texts, ...pair, isAligned: false }, signal), signal, onWait);
    return found.map(({ text }) => text);
  } catch (error) {
    if (!isOfLine(error)) throw error;
    if (texts.length === 1) return [null];
    const half = Math.ceil(texts.length / 2);
    const first = await translatePart(texts.slice(0, half), pair, signal, onWait);
    return [...first, ...await translatePart(texts.slice(half), pair, signal, onWait)];
  }
}

/** Translates all texts. `onDone` gets the number of texts so far. Blank texts stay blank, and are not sent. */
async function translateAll(texts, pair, signal, { onDone, onWait }) {
  const translations = [];
  while (translations.length < texts.length) {
    const part = filePart(texts, translations.length);
    const sent = part.filter((text) => text.trim() !== "");
    const found = sent.length === 0 ? [] : await translatePart(sent, pair, signal, onWait);
    signal.throwIfAborted();
    let next = 0;
    for (const text of part) translations.push(text.trim() === "" ? "" : found[next++]);
    onDone(translations.length);
  }
  return translations;
}
