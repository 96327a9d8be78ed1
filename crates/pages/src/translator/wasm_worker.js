// The worker of a page that is one file: it unpacks the model and its WebAssembly engine, and runs the engine. It
// answers each request with the engine's answer, { result } or { error }, or with { trap: message }: then the engine is
// unusable.
"use strict";

/** Digits by their characters: the ASCII codes without NUL, carriage return and "<". */
const DIGITS = new Uint8Array(128);
[...DIGITS.keys()].filter((code) => ![0, 13, 60].includes(code)).forEach((code, digit) => { DIGITS[code] = digit; });

const BASE = 125;

/** A group of 7 digits is 6 bytes. Their numbers of 48 bits are exact in a double. */
const [GROUP_DIGITS, GROUP_BYTES] = [7, 6];

/** The character of the greatest digit: the last group is filled with it. */
const GREATEST = 127;

/** Decodes one group of digits. */
function decodeGroup(codes, from, bytes, to) {
  const high = (DIGITS[codes[from]] * BASE + DIGITS[codes[from + 1]]) * BASE + DIGITS[codes[from + 2]];
  const low = ((DIGITS[codes[from + 3]] * BASE + DIGITS[codes[from + 4]]) * BASE + DIGITS[codes[from + 5]]) * BASE
    + DIGITS[codes[from + 6]];
  const number = high * BASE ** 4 + low;
  const first = Math.floor(number / 2 ** 24);
  const last = number - first * 2 ** 24;
  bytes[to] = first >>> 16;
  bytes[to + 1] = first >>> 8;
  bytes[to + 2] = first;
  bytes[to + 3] = last >>> 16;
  bytes[to + 4] = last >>> 8;
  bytes[to + 5] = last;
}

/** Decodes text in base 125, given as its ASCII codes. */
function decoded(codes) {
  const groups = Math.floor(codes.length / GROUP_DIGITS);
  const left = codes.length % GROUP_DIGITS;
  const bytes = new Uint8Array((groups + 1) * GROUP_BYTES);
  for (let at = 0; at < groups; at++) decodeGroup(codes, at * GROUP_DIGITS, bytes, at * GROUP_BYTES);
  if (left === 0) return bytes.subarray(0, groups * GROUP_BYTES);
  const last = new Uint8Array(GROUP_DIGITS).fill(GREATEST);
  last.set(codes.subarray(groups * GROUP_DIGITS));
  decodeGroup(last, 0, bytes, groups * GROUP_BYTES);
  return bytes.subarray(0, groups * GROUP_BYTES + left - 1);
}

/** Whether a gzip stream ends with this checksum and size. Its decompression compares them with its content. */
function endsWith(packed, crc32, size) {
  if (packed.length < 18) return false;
  const end = new DataView(packed.buffer, packed.byteOffset + packed.length - 8);
  return end.getUint32(0, true) === crc32 && end.getUint32(4, true) === size;
}

/** Unpacks a gzip stream of a known size. */
async function decompressed(packed, size) {
  const { readable, writable } = new DecompressionStream("gzip");
  const writer = writable.getWriter();
  // A failure to write is a failure to read, too.
  writer.write(packed).catch(() => {});
  writer.close().catch(() => {});
  const reader = readable.getReader();
  const bytes = new Uint8Array(size);
  let at = 0;
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    bytes.set(chunk.value, at);
    at += chunk.value.length;
  }
  if (at !== size) throw new RangeError("the size is wrong");
  return bytes;
}

/** Unpacks a block of the page. */
async function unpacked({ name, codes, size, crc32 }) {
  const packed = decoded(codes);
  try {
    if (!endsWith(packed, crc32, size)) throw new RangeError("the end is wrong");
    return await decompressed(packed, size);
  } catch {
    throw new Error(`its file is damaged (part "${name}"). Get the file again.`);
  }
}

let engine = null;

/** The memory of the engine from an address on. It moves when it grows. */
const memory = (address, size) => new Uint8Array(engine.memory.buffer, address, size);

/** The functions that a module imports: random numbers, and others that must not be called. */
function importsOf(module) {
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = name.includes("getRandomValues")
      ? (address, size) => crypto.getRandomValues(memory(address, size))
      : () => { throw new Error(`the engine called ${name}`); };
  }
  return imports;
}

async function start(bytes) {
  const module = await WebAssembly.compile(bytes);
  engine = (await WebAssembly.instantiate(module, importsOf(module))).exports;
}

/** The answer of the engine as text. */
const answerText = (size) => new TextDecoder().decode(memory(engine.output(), size));

/** Writes an input of the engine, part after part. */
function write(...parts) {
  let at = engine.input(parts.reduce((sum, part) => sum + part.length, 0));
  if (at === 0) throw new Error("this device has too little memory");
  for (const part of parts) {
    memory(at, part.length).set(part);
    at += part.length;
  }
}

function addFile(name, bytes) {
  const encoded = new TextEncoder().encode(name);
  write(encoded, bytes);
  return JSON.parse(answerText(engine.add_file(encoded.length)));
}

function ask(request) {
  write(new TextEncoder().encode(JSON.stringify(request)));
  return JSON.parse(answerText(engine.ask()));
}

/** The blocks by name, as promises of their bytes. */
const blocks = new Map();

/** Unpacks a block. That of the engine is compiled at once. */
function take(block) {
  const taken = block.name === "engine" ? unpacked(block).then(start) : unpacked(block);
  // Loading reports a failure.
  taken.catch(() => {});
  blocks.set(block.name, taken);
}

/** Gives the files to the engine and loads the models. */
async function load(files, request) {
  await Promise.all(blocks.values());
  for (const name of files) {
    const answer = addFile(name, await blocks.get(name));
    if (answer.error) return answer;
    blocks.delete(name);
  }
  return ask(request);
}

/** The answer to a request: a text of the page, or what the engine says. */
async function answer(request) {
  if (request.request !== "text") return ask(request);
  return { result: new TextDecoder().decode(await blocks.get(request.block)) };
}

/** What a failed engine says of its failure. */
function trapMessage(error) {
  try {
    return answerText(engine.panic_message()) || String(error.message);
  } catch {
    return String(error.message);
  }
}

addEventListener("message", async ({ data }) => {
  if (data.block) return take(data.block);
  try {
    postMessage(data.files ? await load(data.files, data.request) : await answer(data.request));
  } catch (error) {
    postMessage({ trap: engine === null ? String(error.message) : trapMessage(error) });
  }
});
