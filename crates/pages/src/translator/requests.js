// Sends waiting lines to the engine, one request at a time. A newer text cancels a request that it no longer needs.
// What is shown follows from the lines alone, so an answer can never replace a newer one. While a line is typed on, the
// answer for its earlier text is shown as such, in its place.

/** A request has at most this many lines and characters: the first translations then appear soon. */
const MOST_PER_REQUEST = { lines: 16, characters: 2000 };

/** The same for a long text, after its first lines: fewer requests are faster. */
const MOST_OF_LONG = { lines: 64, characters: 6000 };

/** The number of requests since the last change of the text. */
let requestsOfText = 0;

/** Characters of one request that the engine accepts, or null. */
let characterLimit = null;

/** The lines that are being translated and the AbortController of their request, or null. */
let running = null;

/** Milliseconds that the last request took, and when it began. */
let lastTook = Infinity;
let lastBegan = -Infinity;

/** An engine of this browser that answers in so many milliseconds translates a text while it is typed, at most so
 * often. */
const QUICK = { took: 150, apart: 200 };

/** Whether requests have stopped until the user changes something. */
let isHalted = false;

/** Cancels the request. Its lines wait again. */
function stopRequest() {
  running?.controller.abort();
  running = null;
}

/** Whether the engine translates a line at this moment. */
function isRunning(line) {
  return running !== null && running.lines.includes(line);
}

/** Whether the engine has nothing to do, and would translate a typed line before the next key. */
function isQuick() {
  const isIdle = running === null && !isHalted;
  return engine.isLocal && isIdle && lastTook < QUICK.took && performance.now() - lastBegan >= QUICK.apart;
}

/** Cancels the request if one of its lines was changed or removed. While the user types, a line that is only typed on
 * is no reason: someone who types without a pause would never see a translation. */
function dropOutdatedRequest(isTyping) {
  const isTypedOn = (line) => isTyping && newest(line) !== null && isEdited(line.text, newest(line).text);
  if (running?.lines.some((line) => !lines.includes(line) && !isTypedOn(line))) stopRequest();
}

/** Resolves when no line waits any more, or requests have stopped. */
async function untilTranslated() {
  const { signal } = new AbortController();
  while (!isHalted && lines.some((line) => line.isWaiting)) await pause(0.05, signal);
}

/** Starts again after a failure. */
function resume() {
  isHalted = false;
  stopRequest();
  sendNext();
}

/** Sends the next lines unless a request is running. */
async function sendNext() {
  if (running !== null || isHalted) return;
  const part = nextLines(engine.atOnce ?? (requestsOfText < 2 ? MOST_PER_REQUEST : MOST_OF_LONG));
  if (part.length === 0) return;
  requestsOfText += 1;
  const own = { lines: part, controller: new AbortController() };
  running = own;
  lastBegan = performance.now();
  try {
    await translateLines(part, own.controller.signal);
    clearProblem();
  } catch (error) {
    if (isAbort(error)) return;
    await failed(part, error, own.controller.signal);
  }
  if (running !== own) return;
  running = null;
  lastTook = performance.now() - lastBegan;
  showProgress();
  sendNext();
}

async function translateLines(part, signal) {
  const texts = part.map((line) => line.text);
  const found = await patiently(() => engine.translate({ texts, ...languagePair() }, signal), signal, showWaiting);
  signal.throwIfAborted();
  part.forEach((line, at) => {
    remember(line.text, found[at]);
    line.accept(found[at]);
    if (lines.includes(line)) showLine(line);
    else showEarlier(line);
  });
}

/** Whether a failure is that of one line: the others can be translated. */
function isOfLine({ kind }) {
  return kind === "too-long" || kind === "text" || kind === "languages";
}

/** Why a line has no translation. */
function problemOfLine({ kind, message, language }, text) {
  if (kind === "languages") return `Not translated: this line seems to be in ${nameOf(language)}.`;
  return kind === "text" ? `This line was not translated: ${message}` : tooLong(text);
}

/** Lines that are too long together are sent one by one. One that fails alone gets its own message. */
async function failed(part, error, signal) {
  if (!isOfLine(error)) {
    isHalted = true;
    showProblem(error);
    return;
  }
  for (const line of part) {
    try {
      if (part.length === 1) throw error;
      await translateLines([line], signal);
    } catch (own) {
      if (isAbort(own)) return;
      if (!isOfLine(own)) return void failed([], own, signal);
      line.problem = problemOfLine(own, line.text);
      line.unreachable = own.language ?? null;
      showLine(line);
      if (lines.includes(line) && !line.hadProblem) announce(line.problem);
    }
  }
}

/** The languages and the beginning of a sentence that a part of a line is translated with. */
function sentenceRequest(line, part, beginning) {
  const { source, target } = languagePair();
  return { sentence: part.record.source, source: source === AUTO ? line.found.detected : source, target, beginning };
}
