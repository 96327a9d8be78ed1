// Faults of requests and models are answers of the engine of a page, a panic is reported, and memory does not grow.
//
//   node scripts/check_page/faults.mjs ENGINE.wasm MODEL_DIRECTORY SOURCE:TARGET

import { EngineError, PageEngine, load, modelFiles } from "./engine.mjs";

const [file, model, languages] = process.argv.slice(2);
if (languages === undefined) {
  console.error("usage: faults.mjs ENGINE.wasm MODEL_DIRECTORY SOURCE:TARGET");
  process.exit(2);
}
const [source, target] = languages.split(":");
let failures = 0;

function check(what, isRight, found) {
  if (isRight) return;
  failures++;
  console.log(`FAILED: ${what}: ${found}`);
}

/** The error of a function; its message is empty if there is none. */
function errorOf(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  return new Error("");
}

function checkFault(what, call, kind, message) {
  const error = errorOf(call);
  check(what, error instanceof EngineError && error.kind === kind && message.test(error.message), error);
}

/** Loads the model with one file changed; `change` returns its new content, or null for none. */
function loadChanged(changed, change) {
  const engine = new PageEngine(file);
  for (const [name, content] of modelFiles(model)) {
    const bytes = name === changed ? change(content) : content;
    if (bytes !== null) engine.addFile(`0/${name}`, bytes);
  }
  engine.ask({ request: "load", languages: [{ source, target }] });
}

for (const name of modelFiles(model).keys()) {
  checkFault(`without ${name}`, () => loadChanged(name, () => null), "other", new RegExp(`\`${name}\` is missing`));
  const half = (content) => content.subarray(0, content.length / 2 - 1);
  checkFault(`half of ${name}`, () => loadChanged(name, half), "other", new RegExp(`0/${name}`));
}
const version = () => new TextEncoder().encode('{"format_version": 99}');
checkFault("another version", () => loadChanged("config.json", version), "other", /format version 99/);

const { engine } = load(file, [model], { languages: [languages] });
const translate = (text) => ({ request: "translate", texts: [text], source, target, alternatives: 0, alignment: true });
checkFault("a long text", () => engine.ask(translate("a".repeat(10_001))), "too-long", /10001 characters/);
checkFault("an unknown request", () => engine.ask({ request: "dance" }), "other", /not a request/);
checkFault("an unknown language", () => engine.ask({ ...translate("a"), target: "xx" }), "other", /xx is not/);
checkFault("a file without a number", () => engine.addFile("config.json", new Uint8Array()), "other", /names no file/);

engine.ask(translate("one two three four five six seven eight nine ten"));
const before = engine.memory;
for (let at = 0; at < 100; at++) engine.ask(translate(`${at} one two three four five`));
check("memory after 100 texts", engine.memory === before, `${before} bytes became ${engine.memory}`);

// A request within a request is a fault of the program, which ends in a panic.
const broken = new PageEngine(file, () => broken.ask({ request: "information" }));
for (const [name, content] of modelFiles(model)) broken.addFile(`0/${name}`, content);
const panic = errorOf(() => {
  broken.ask({ request: "load", languages: [{ source, target }] });
  broken.ask(translate("one"));
});
check("a panic is reported", /panicked at .*mutex/s.test(panic.message), panic);

console.log(failures === 0 ? "all faults are reported" : `${failures} checks failed`);
process.exitCode = failures === 0 ? 0 : 1;
