// The data of the report, as written into the page.

const report = JSON.parse(document.getElementById("data").textContent);

const VIEWS = ["origin", "attention"];

/** The value of a hexadecimal digit, by character code. */
const DIGITS = new Uint8Array(128);
for (let digit = 0; digit < 16; digit++) DIGITS[digit.toString(16).charCodeAt(0)] = digit;

/** Decodes weights of 0 to 255, two digits each. 00 is followed by the length of a run of zeros. See pack.rs. */
function unpack(packed, count) {
  const levels = new Uint8Array(count);
  const byte = (at) => DIGITS[packed.charCodeAt(at)] * 16 + DIGITS[packed.charCodeAt(at + 1)];
  for (let from = 0, to = 0; from < packed.length; from += 2) {
    const level = byte(from);
    if (level > 0) {
      levels[to] = level;
      to += 1;
    } else {
      from += 2;
      to += byte(from);
    }
  }
  return levels;
}

/** A cache of unpacked views, by their packed data. */
const unpacked = new WeakMap();

/** One of `VIEWS` of a reading. */
function viewOf(sentence, reading, kind) {
  const packed = reading[kind];
  if (!unpacked.has(packed)) {
    const [sources, targets] = [sentence.source.length, reading.target.length];
    const levels = unpack(packed.weights, (sources + 1) * targets);
    unpacked.set(packed, new View({ ...packed, levels }, sources, targets));
  }
  return unpacked.get(packed);
}

/** The log probability per word of the first model minus that of the second, or null if either has none. */
function difference(sentence) {
  const [first, second] = sentence.readings.map(perWord);
  return first === null || second === null || second === undefined ? null : first - second;
}

/** The letter of a model, A or B. */
function letter(model) {
  return String.fromCharCode("A".charCodeAt(0) + model);
}

const isComparison = report.models.length > 1;

function badge(model) {
  return explained(make("span", { class: `badge badge-${letter(model)}` }, letter(model)), report.models[model].name);
}
