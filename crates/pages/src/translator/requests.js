// Sends waiting lines to the engine, one request at a time. A newer text cancels a request that it no longer needs.
// What is shown follows from the lines alone, so an answer can never replace a newer one.

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

/** Whether requests have stopped until the user changes something. */
let isHalted = false;

/** Cancels the request. Its lines wait again. */
function stopRequest() {
  running?.controller.abort();
  running = null;
}

/** Cancels the request if none of its lines is in the text any more, or if one of them was changed. */
function dropOutdatedRequest() {
  if (running !== null && running.lines.some((line) => !lines.includes(line))) stopRequest();
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
  try {
    await translateLines(part, own.controller.signal);
    clearProblem();
  } catch (error) {
    if (isAbort(error)) return;
    await failed(part, error, own.controller.signal);
  }
  if (running !== own) return;
  running = null;
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
    showLine(line);
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
    }
  }
}

/** The languages and the beginning of a sentence that a part of a line is translated with. */
function sentenceRequest(line, part, beginning) {
  const { source, target } = languagePair();
  return { sentence: part.record.source, source: source === AUTO ? line.found.detected : source, target, beginning };
}
