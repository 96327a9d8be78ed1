// What the page asks of an engine. Nothing else in the page knows whether a server or this browser translates.
//
// An engine is an object `engine` with these properties:
//
//   name: the engine in a sentence: "the server", "this page".
//   remedy: what the user can do if the page cannot begin, or "".
//   hasLinks: whether an address of the page means something to others.
//   isLocal: whether this browser translates, so that a request is no burden for others.
//   atOnce: the most lines and characters of a request, { lines, characters }, or null for the page's own.
//
// and with these functions; all but `useKey` return a promise. `source` and `target` are
// language codes; `source` may be "auto". An AbortSignal cancels; the promise then rejects with an AbortError. All
// other failures reject with an EngineError.
//
//   languages() -> [{ code, name, targets: [code] }]
//   settings() -> { characterLimit, needsKey, source, target, models, about, hasLicences }
//     characterLimit: the most characters of a text, or null. source, target: the languages to begin with.
//     models: where the models come from, [{ source, target, corpus, pairs, score, note }]. The note may be missing.
//     about: a text about them, or null.
//     hasLicences: whether `licences` has a text.
//   translate({ texts, source, target, alternatives, isAligned }, signal)
//     -> [{ text, detected, confidence, sentences, others }]
//     One result per text. detected: the code of the language, or null. confidence: of that, 0 to 100.
//     sentences: records, or [] unless isAligned.
//     others: other translations as text, the most probable first, at most `alternatives`.
//   complete({ sentence, source, target, beginning }, signal) -> record
//     The most probable translation of one sentence that begins with a text. Its last word may be incomplete, unless
//     white space follows it.
//   choices({ sentence, source, target, beginning }, signal) -> [{ word, probability, translation }]
//     The most probable next words after a beginning, each with the translation that follows from it.
//   licences() -> text
//     The licences of the programs inside the page.
//   useKey(key)
//     Sends an API key from now on.
//
// A record is a translated sentence: { source, translation, log_prob, source_words, source_offsets, target_words,
// target_offsets, word_log_probs, links, weights, eos_mass, entropy, unknown, source_start, target_start }.
// Offsets are counted in characters (code points), those of words within the sentence.

/** A failure of an engine, with the code of a language at `languages`. Its kind is one of
 *    too-long  a text has more characters than the engine accepts;
 *    busy      try again after `retryAfter` seconds;
 *    key       an API key is needed, or the one that was sent is wrong;
 *    gone      the engine does not answer;
 *    text      the engine fails at this text, again and again; it may translate others;
 *    languages the engine does not translate the detected language, whose code is `language`, to the target language;
 *    failed    the engine failed; another try may help;
 *    other     anything else; the message explains it. */
class EngineError extends Error {
  constructor(kind, message, retryAfter = null) {
    super(message);
    this.name = "EngineError";
    this.kind = kind;
    this.retryAfter = retryAfter;
  }
}

/** A failure with the message of the program. It names the detected language of a text for which it has no model. */
function engineError(kind, message) {
  const language = /is not available as a target language from .*\(([\w-]+)\)$/.exec(message)?.[1];
  return language === undefined ? new EngineError(kind, message)
    : Object.assign(new EngineError("languages", message), { language });
}

/** Whether a failure only means that nobody waits for the answer any more. */
function isAbort(error) {
  return error.name === "AbortError";
}

/** Resolves after some seconds, or rejects when the signal aborts. */
function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("cancelled", "AbortError"));
    }, { once: true });
  });
}

/** Seconds until the next try of an engine that does not answer: 1, 2, 4, 8, then always 15. */
function untilRetry(tries) {
  return tries > 3 ? 15 : 2 ** tries;
}

/** Runs `ask` until it does not fail with `busy` or `gone`. `onWait` gets the failure and the seconds until the next
 * try. */
async function patiently(ask, signal, onWait) {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (error.kind !== "busy" && error.kind !== "gone") throw error;
      signal.throwIfAborted();
      const seconds = error.retryAfter ?? untilRetry(tries);
      onWait(error, seconds);
      await pause(seconds, signal);
    }
  }
}
