// The engine of a page that a server sends: it asks that server. engine.js documents it.

const engine = (() => {
  let key = null;

  /** Asks the server. Paths are relative, so that the server may be behind a proxy under any path. */
  async function reply(path, body, signal) {
    const headers = body === null ? {} : { "Content-Type": "application/json" };
    const text = body === null ? undefined : JSON.stringify(key === null ? body : { ...body, api_key: key });
    let answer;
    try {
      answer = await fetch(path, { method: body === null ? "GET" : "POST", headers, body: text, signal });
      if (answer.ok) return await answer.json();
    } catch (error) {
      if (isAbort(error)) throw error;
      throw new EngineError("gone", String(error.message));
    }
    throw failure(answer, await messageOf(answer));
  }

  async function messageOf(answer) {
    try {
      return String((await answer.json()).error);
    } catch {
      return `${answer.status} ${answer.statusText}`;
    }
  }

  /** The seconds that the server asks to wait, or null. The header may have a date in place of seconds. */
  function retryAfter(headers) {
    const value = headers.get("Retry-After");
    const seconds = /^\d+$/.test(value ?? "") ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
    return Number.isFinite(seconds) ? Math.max(seconds, 1) : null;
  }

  function failure({ status, headers }, message) {
    if (status === 401 || status === 403 || /API key/i.test(message)) return new EngineError("key", message);
    const isTooLong = status === 413 || (status === 400 && /limit|too long|sub-words/i.test(message));
    if (isTooLong) return new EngineError("too-long", message);
    if ([408, 429, 503].includes(status)) return new EngineError("busy", message, retryAfter(headers));
    if (status === 502 || status === 504) return new EngineError("gone", message);
    return engineError(status >= 500 ? "failed" : "other", message);
  }

  return {
    name: "the server",
    remedy: "Load it again.",
    hasLinks: true,
    isLocal: false,
    atOnce: null,

    languages: () => reply("languages", null),

    async settings() {
      const found = await reply("frontend/settings", null);
      return {
        characterLimit: found.charLimit > 0 ? found.charLimit : null,
        needsKey: Boolean(found.keyRequired),
        source: found.language.source.code,
        target: found.language.target.code,
        models: found.models ?? [],
        about: null,
        hasLicences: false,
      };
    },

    async translate({ texts, source, target, alternatives = 0, isAligned = true }, signal) {
      const body = { q: texts, source, target, format: "text", alternatives, alignment: isAligned };
      const found = await reply("translate", body, signal);
      return found.translatedText.map((text, at) => ({
        text,
        detected: found.detectedLanguage?.[at]?.language ?? null,
        confidence: found.detectedLanguage?.[at]?.confidence ?? 100,
        sentences: found.alignment?.[at].sentences ?? [],
        others: found.alternatives?.[at] ?? [],
      }));
    },

    async complete({ sentence, source, target, beginning }, signal) {
      return (await reply("complete", { q: sentence, source, target, beginning }, signal)).sentence;
    },

    async choices({ sentence, source, target, beginning }, signal) {
      const { choices } = await reply("choices", { q: sentence, source, target, beginning }, signal);
      // A blank word means that the sentence may end here.
      return choices.filter(({ word }) => word !== "");
    },

    licences: async () => "",

    useKey(text) {
      key = text;
    },
  };
})();
