// Compares the engine of a page with the native program, sentence by sentence: texts and links must be equal. Reports
// how far probabilities and weights differ, and the time per sentence of both.
//
//   node scripts/check_page/same.mjs --engine FILE.wasm --model DIRECTORY --glosser PROGRAM --input SENTENCES
//     [--languages de:en] [--limit 100] [--beam 5]

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { load } from "./engine.mjs";

const text = { type: "string" };
const { values: options } = parseArgs({
  options: {
    engine: text,
    model: text,
    glosser: text,
    input: text,
    languages: { type: "string", default: "" },
    limit: { type: "string", default: "Infinity" },
    beam: { type: "string", default: "5" },
  },
});
for (const name of ["engine", "model", "glosser", "input"]) {
  if (options[name] === undefined) {
    console.error(`same.mjs: --${name} is missing`);
    process.exit(2);
  }
}

/** Translates with the native program on one thread; returns its records and the seconds that they took. */
function native(lines) {
  const args = ["translate", "--model", options.model, "--format", "jsonl", "--threads", "1", "--quiet"];
  const run = (input) => {
    const started = performance.now();
    const found = spawnSync(options.glosser, [...args, "--beam-size", options.beam, "--batch-size", "1"], {
      input,
      encoding: "utf8",
      maxBuffer: 2 ** 30,
    });
    if (found.status !== 0) throw new Error(`${options.glosser}: ${found.error ?? found.stderr}`);
    return { output: found.stdout, seconds: (performance.now() - started) / 1000 };
  };
  // The start of the program and the loading of the model are not counted.
  const start = run("").seconds;
  const { output, seconds } = run(lines.map((line) => `${line}\n`).join(""));
  return { records: output.trimEnd().split("\n").map((line) => JSON.parse(line)), seconds: seconds - start };
}

/** Joins the records of the sentences of a line, as the native program joins them. */
function joined(sentences) {
  const [words, targets] = ["source_words", "target_words"].map((key) => sentences.map((record) => record[key].length));
  const before = (counts, at) => counts.slice(0, at).reduce((sum, count) => sum + count, 0);
  const links = sentences.flatMap(({ links }, at) =>
    links.split(" ").filter(Boolean).map((link) => {
      const [source, target] = link.split("-").map(Number);
      return `${source + before(words, at)}-${target + before(targets, at)}`;
    }),
  );
  const zeros = (count) => Array(count).fill(0);
  const padded = (row, at) => [...zeros(before(words, at)), ...row, ...zeros(before(words.slice(at + 1)))];
  return {
    links: links.join(" "),
    log_prob: sentences.reduce((sum, record) => sum + record.log_prob, 0),
    weights: sentences.flatMap(({ weights }, at) => weights.map((row) => padded(row, at))),
  };
}

/** The greatest difference of two lists of lists of numbers; infinite if they have other sizes. */
function difference(one, other) {
  if (one.length !== other.length) return Infinity;
  return one.reduce((most, row, at) => {
    if (row.length !== other[at].length) return Infinity;
    return row.reduce((most, value, column) => Math.max(most, Math.abs(value - other[at][column])), most);
  }, 0);
}

const lines = readFileSync(options.input, "utf8").trimEnd().split("\n").slice(0, Number(options.limit));
const begin = performance.now();
const { engine, loaded } = load(options.engine, [options.model], {
  languages: [options.languages],
  beam: Number(options.beam),
});
const loadSeconds = (performance.now() - begin) / 1000;
const [{ source, target }] = loaded.models;
const translate = (line) =>
  engine.ask({ request: "translate", texts: [line], source, target, alternatives: 0, alignment: true })[0];
// The first translation also compiles the module.
translate(lines[0]);
const started = performance.now();
const found = lines.map(translate);
const seconds = (performance.now() - started) / 1000;
const expected = native(lines);

const counts = { texts: 0, links: 0 };
let logProb = 0;
let weights = 0;
found.forEach(({ text, sentences }, at) => {
  const record = expected.records[at];
  const own = joined(sentences);
  if (text !== record.translation) {
    counts.texts++;
    console.log(`line ${at + 1}: ${text}\n  native: ${record.translation}`);
    return;
  }
  if (own.links !== record.links) {
    counts.links++;
    console.log(`line ${at + 1}: links ${own.links}\n  native: ${record.links}`);
  }
  logProb = Math.max(logProb, Math.abs(own.log_prob - record.log_prob));
  weights = Math.max(weights, difference(own.weights, record.weights));
});
if (expected.records.length !== lines.length) counts.texts += 1;

const perSentence = (seconds) => `${((1000 * seconds) / lines.length).toFixed(1)} ms`;
console.log(`${lines.length} lines, beam ${options.beam}: ${counts.texts} texts and ${counts.links} links differ`);
console.log(`greatest difference: log_prob ${logProb.toExponential(1)}, weights ${weights.toExponential(1)}`);
console.log(`per sentence: engine ${perSentence(seconds)}, native on one thread ${perSentence(expected.seconds)}`);
console.log(`engine: loaded in ${loadSeconds.toFixed(2)} s, memory ${(engine.memory / 2 ** 20).toFixed(0)} MiB`);
process.exitCode = counts.texts + counts.links > 0 || !(weights < 0.01) || !(logProb < 0.01) ? 1 : 0;
