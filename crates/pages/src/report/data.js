// The data of the report, as written into the page.

const report = JSON.parse(document.getElementById("data").textContent);

const VIEWS = ["origin", "attention"];

/** A cache of unpacked views, by their packed data. */
const unpacked = new WeakMap();

/** One of `VIEWS` of a reading. */
function viewOf(sentence, reading, kind) {
  const packed = reading[kind];
  if (!unpacked.has(packed)) {
    unpacked.set(packed, new View(packed, sentence.source.length, reading.target.length));
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
