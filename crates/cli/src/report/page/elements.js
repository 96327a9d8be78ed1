// Elements and numbers as they are shown. Text becomes text, never markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children; a child that is a string is text, and null is none. */
function make(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** The same of a drawing. */
function draw(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A number with a minus that is as wide as a plus. */
function number(value, digits = 2) {
  return value.toFixed(digits).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");
}

/** The same with its sign, whatever it is. */
function signed(value) {
  const shown = number(value);
  return value > 0 && Number(value.toFixed(2)) !== 0 ? `+${shown}` : shown;
}

/** A share of one. */
function percent(share) {
  const hundredths = share * 100;
  return `${hundredths > 0 && hundredths < 9.95 ? number(hundredths, 1) : number(hundredths, 0)} %`;
}

function whole(count) {
  return count.toLocaleString("en");
}

/** `1 word`, `2 words`. */
function counted(count, noun) {
  return `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A, B: which of the models is meant, where there are two. */
function letter(model) {
  return String.fromCharCode("A".charCodeAt(0) + model);
}

const isComparison = report.models.length > 1;

function badge(model) {
  return make("span", { class: `badge badge-${letter(model)}`, title: report.models[model].name }, letter(model));
}
