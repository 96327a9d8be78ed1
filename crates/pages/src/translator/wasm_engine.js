// The engine of a page that is one file: a worker of this browser, with WebAssembly and the model from the page itself.
// engine.js documents it.

const engine = (() => {
  /** A line of more characters would keep the worker busy for long. */
  const MOST_CHARACTERS = 5000;

  /** The engine cannot stop in the middle of a request. A new one is ready sooner than a text of so many characters. */
  const LONG = 2000;

  /** What is asked for first: what a person waits for at a word, then the text, then files. */
  const [AT_A_WORD, TEXT, FILE] = [2, 1, 0];

  /** Requests that wait: { request, urgency, order, signal, tries, resolve, reject }. */
  const waiting = [];
  let orders = 0;

  /** The request in the worker, or null; and what ends all requests, or null. */
  let current = null;
  let fatal = null;

  let worker = null;
  let isReady = false;

  const textOf = (id) => document.getElementById(id).textContent;

  /** Resolves when an element and all of its text are there: an element follows, or the page has ended. */
  function arrived(id) {
    const isThere = () => document.readyState !== "loading" || document.getElementById(id)?.nextElementSibling;
    return new Promise((resolve) => {
      const watcher = new MutationObserver(() => {
        if (!isThere()) return;
        watcher.disconnect();
        resolve();
      });
      watcher.observe(document, { childList: true, subtree: true });
      document.addEventListener("DOMContentLoaded", resolve);
      if (isThere()) resolve();
    });
  }

  /** Data of the page: models, blocks, and what was written about them. */
  async function pageData() {
    await arrived("page-data");
    return JSON.parse(textOf("page-data"));
  }

  /** A worker that has its script from the page. */
  function newWorker() {
    const address = URL.createObjectURL(new Blob([textOf("worker")], { type: "text/javascript" }));
    try {
      const created = new Worker(address);
      created.onmessage = ({ data }) => onAnswer(data);
      created.onerror = (event) => {
        event.preventDefault();
        onTrap(event.message ?? "");
      };
      return created;
    } catch {
      return null;
    }
  }

  const FORBIDDEN = "the program that shows it does not let it compute. Open the file in a browser.";

  /** Sends the block of a name to the worker, which unpacks it. */
  function send(name, blocks) {
    const codes = new TextEncoder().encode(textOf(`block-${name}`));
    worker.postMessage({ block: { name, codes, ...blocks[name] } }, [codes.buffer]);
  }

  /** Sends everything that the page contains to the worker. The engine is compiled while the page is still read. */
  async function sendAll() {
    const own = worker;
    const { blocks, models } = await pageData();
    await arrived("block-engine");
    send("engine", blocks);
    await arrived("end");
    // A page that cannot run shows why.
    if (own !== worker || document.documentElement.className === "cannot-run") return;
    const files = models.flatMap((model, at) => model.files.map((file) => `${at}/${file}`));
    for (const name of Object.keys(blocks)) if (name !== "engine") send(name, blocks);
    const languages = models.map(({ source, target }) => (source && target ? { source, target } : null));
    worker.postMessage({ files, request: { request: "load", languages } });
  }

  /** Has the worker load the engine and the models. */
  function load() {
    if (worker === null) fail(FORBIDDEN);
    else sendAll().catch(() => fail("its file is damaged. Get the file again."));
  }

  let loaded;
  const loading = new Promise((resolve, reject) => { loaded = { resolve, reject }; });

  /** Ends all requests, those to come, too. */
  function fail(message) {
    fatal = new EngineError("other", message);
    loaded.reject(fatal);
    worker?.terminate();
    for (const job of [current, ...waiting.splice(0)]) job?.reject(fatal);
    current = null;
  }

  /** The worker has answered; the first answer follows loading. */
  function onAnswer(answer) {
    if (answer.trap !== undefined) return onTrap(answer.trap);
    if (!isReady) {
      if (answer.error) return fail(answer.error.message);
      isReady = true;
      loaded.resolve(answer.result);
    } else {
      const job = current;
      current = null;
      if (answer.error) job.reject(engineError(answer.error.kind, answer.error.message));
      else job.resolve(answer.result);
    }
    next();
  }

  /** Starts a new engine in place of this one. */
  function restart() {
    worker.terminate();
    worker.onmessage = null;
    worker.onerror = null;
    current = null;
    isReady = false;
    worker = newWorker();
    load();
  }

  /** The engine has failed. A new one tries the request once more. */
  function onTrap(message) {
    const job = current;
    if (!isReady) return fail(message || FORBIDDEN);
    if (job === null) return fail(message);
    if (job.tries === 0) waiting.push({ ...job, tries: 1 });
    else job.reject(new EngineError("text", `the engine failed: ${message}`));
    restart();
  }

  /** The request to send next: the most urgent, among these the latest. */
  function takeNext() {
    const isBefore = (one, other) => one.urgency > other.urgency
      || (one.urgency === other.urgency && one.order > other.order);
    const best = waiting.reduce((found, job, at) => (found < 0 || isBefore(job, waiting[found]) ? at : found), -1);
    return waiting.splice(best, 1)[0];
  }

  /** Sends the next request unless one runs. The worker has one at a time, so that the next one can overtake. */
  function next() {
    while (isReady && current === null && waiting.length > 0) {
      const job = takeNext();
      if (job.signal?.aborted) continue;
      current = job;
      worker.postMessage({ request: job.request });
    }
  }

  /** Asks the engine. A request that is cancelled before it begins is dropped; the answer to a running one is
   * ignored, and a new engine replaces one that is busy with a long text. */
  function ask(request, urgency, signal, order = ++orders) {
    return new Promise((resolve, reject) => {
      const cancelled = () => {
        reject(new DOMException("cancelled", "AbortError"));
        const isLong = request.texts?.[0].length > LONG;
        if (isLong && isReady && current?.request === request) restart();
      };
      if (fatal !== null) return reject(fatal);
      if (signal?.aborted) return cancelled();
      signal?.addEventListener("abort", cancelled, { once: true });
      waiting.push({ request, urgency, order, signal, tries: 0, resolve, reject });
      next();
    });
  }

  /** Translates one text of a request. */
  async function translated(request, text, urgency, signal, order) {
    const characters = [...text].length;
    if (characters > MOST_CHARACTERS) throw new EngineError("too-long", `${characters} characters`);
    const [found] = await ask({ ...request, texts: [text] }, urgency, signal, order);
    return found;
  }

  worker = newWorker();
  load();

  return {
    name: "this page",
    remedy: "",
    hasLinks: /^https?:$/.test(location.protocol),
    isLocal: true,
    atOnce: { lines: 1, characters: Infinity },

    languages: async () => (await loading).languages,

    async settings() {
      const [found, { about, blocks, models: listed }] = [await loading, await pageData()];
      const models = found.models.map((model, at) => ({ ...model, note: listed[at]?.note ?? null }));
      const characterLimit = MOST_CHARACTERS;
      const hasLicences = blocks.licences !== undefined;
      return { characterLimit, needsKey: false, source: null, target: null, models, about, hasLicences };
    },

    translate({ texts, source, target, alternatives = 0, isAligned = true }, signal) {
      const request = { request: "translate", source, target, alternatives, alignment: isAligned };
      const urgency = alternatives > 0 ? AT_A_WORD : isAligned ? TEXT : FILE;
      // Fractions keep the texts of a request in their order.
      const order = ++orders;
      const orderOf = (at) => order - at / texts.length / 2;
      return Promise.all(texts.map((text, at) => translated(request, text, urgency, signal, orderOf(at))));
    },

    complete({ sentence, source, target, beginning }, signal) {
      return ask({ request: "complete", sentence, source, target, beginning }, AT_A_WORD, signal);
    },

    async choices({ sentence, source, target, beginning }, signal) {
      const request = { request: "choices", sentence, source, target, beginning, choices: 6 };
      const found = await ask(request, AT_A_WORD, signal);
      // A blank word means that the sentence may end here.
      return found.filter(({ word }) => word !== "");
    },

    licences: () => ask({ request: "text", block: "licences" }, AT_A_WORD),

    useKey() {},
  };
})();
