// Writes the engine and the model directories that a page contains: `engine`, `0/config.json`, ... Prints the languages of
// the first model: `de:en`.
//
//   node scripts/check_page/unpack.mjs page.html DIRECTORY
//
// The decoding is written anew here, with exact integers, so that it also checks that of the page.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import zlib from "node:zlib";

const [file, directory] = process.argv.slice(2);
if (directory === undefined) {
  console.error("usage: unpack.mjs page.html DIRECTORY");
  process.exit(2);
}

const DIGITS = [...Array(128).keys()].filter((code) => ![0, 13, 60].includes(code));
const digitOf = new Map(DIGITS.map((code, digit) => [code, BigInt(digit)]));

/** Decodes base 125: 7 digits are 6 bytes; the last group may be shorter. */
function decoded(codes) {
  const bytes = [];
  for (let from = 0; from < codes.length; from += 7) {
    const group = [...codes.subarray(from, from + 7)];
    const length = group.length - 1;
    while (group.length < 7) group.push(127);
    const number = group.reduce((sum, code) => sum * 125n + digitOf.get(code), 0n);
    for (let at = 0; at < length; at++) bytes.push(Number((number >> BigInt(8 * (5 - at))) & 255n));
  }
  return Buffer.from(bytes);
}

const page = readFileSync(file);
/** The text of an element with an id, as bytes. */
function textOf(id) {
  const start = `id="${id}">`;
  const from = page.indexOf(start);
  if (from < 0) throw new Error(`the page has no element ${id}`);
  return page.subarray(from + start.length, page.indexOf("</script>", from));
}

const { blocks, models } = JSON.parse(textOf("page-data").toString());
for (const [name, { size, crc32: sum }] of Object.entries(blocks)) {
  const bytes = zlib.gunzipSync(decoded(textOf(`block-${name}`)));
  if (bytes.length !== size) throw new Error(`${name}: ${bytes.length} bytes in place of ${size}`);
  // Node.js has crc32 from version 20.15 on.
  if (zlib.crc32 && zlib.crc32(bytes) !== sum) throw new Error(`${name}: the CRC-32 is wrong`);
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}
console.log(`${models[0].source}:${models[0].target}`);
