// The engine of a page in Node.js: a WebAssembly module with the models of some directories, which answers requests.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const MODEL_FILE = /^(config\.json|model\.safetensors|tokenizer(\.source|\.target)?\.json|words\.bin|text\.json)$/;

/** A failure that the engine answered. */
export class EngineError extends Error {
  constructor({ kind, message }) {
    super(message);
    this.kind = kind;
  }
}

export class PageEngine {
  #exports;

  /** Starts the WebAssembly module of a file. `random` fills bytes with random values. */
  constructor(file, random = (bytes) => crypto.getRandomValues(bytes)) {
    const module = new WebAssembly.Module(readFileSync(file));
    const imports = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      imports[from] ??= {};
      imports[from][name] = name.includes("getRandomValues")
        ? (address, size) => void random(new Uint8Array(this.#exports.memory.buffer, address, size))
        : () => {
            throw new Error(`the engine called ${name}, which a page does not have`);
          };
    }
    this.#exports = new WebAssembly.Instance(module, imports).exports;
  }

  /** Writes parts one after the other to the memory of the engine. */
  #write(parts) {
    let address = this.#exports.input(parts.reduce((size, part) => size + part.length, 0));
    if (address === 0) throw new Error("the engine has no memory left");
    for (const part of parts) {
      // The memory may have grown, so that an earlier view of it is no longer valid.
      new Uint8Array(this.#exports.memory.buffer).set(part, address);
      address += part.length;
    }
  }

  #read(size) {
    const bytes = new Uint8Array(this.#exports.memory.buffer, this.#exports.output(), size);
    return new TextDecoder().decode(bytes);
  }

  /** Calls the engine; a panic becomes an Error with its message. */
  #answer(call) {
    let size;
    try {
      size = call();
    } catch (error) {
      const message = this.#read(this.#exports.panic_message());
      throw new Error(`the engine panicked: ${message || error.message}`);
    }
    const answer = JSON.parse(this.#read(size));
    if ("error" in answer) throw new EngineError(answer.error);
    return answer.result;
  }

  /** Adds a file of a model. */
  addFile(name, content) {
    const bytes = new TextEncoder().encode(name);
    this.#write([bytes, content]);
    this.#answer(() => this.#exports.add_file(bytes.length));
  }

  /** Answers a request, such as { request: "translate", texts: ["A dog."], source: "en", target: "fr" }. */
  ask(request) {
    this.#write([new TextEncoder().encode(JSON.stringify(request))]);
    return this.#answer(() => this.#exports.ask());
  }

  /** Bytes of memory that the engine has. */
  get memory() {
    return this.#exports.memory.buffer.byteLength;
  }
}

/** The names and contents of the files of a model directory that an engine can use. */
export function modelFiles(directory) {
  const names = readdirSync(directory).filter((name) => MODEL_FILE.test(name));
  return new Map(names.map((name) => [name, readFileSync(join(directory, name))]));
}

/** An engine with the models of some directories. `languages` has a pair of codes, such as "de:en", for each model; ""
 * for those that it was trained with. Other options are those of the request `load`. */
export function load(file, directories, { languages = [], ...options } = {}) {
  const engine = new PageEngine(file);
  directories.forEach((directory, number) => {
    for (const [name, content] of modelFiles(directory)) engine.addFile(`${number}/${name}`, content);
  });
  const pairs = directories.map((_, number) => {
    const [source, target] = (languages[number] ?? "").split(":");
    return source ? { source, target } : null;
  });
  return { engine, loaded: engine.ask({ request: "load", languages: pairs, ...options }) };
}
