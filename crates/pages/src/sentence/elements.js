// Creates elements, and formats numbers. Text is always inserted as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

/** Creates an HTML element with attributes and children. A string becomes a text node; null is skipped. */
function make(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** Creates an SVG element with attributes and children. */
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

/** Formats a number with a typographic minus sign, which is as wide as a plus sign. */
function number(value, digits = 2) {
  return value.toFixed(digits).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");
}

/** Formats a number with its sign, also a plus sign. */
function signed(value) {
  const shown = number(value);
  return value > 0 && Number(value.toFixed(2)) !== 0 ? `+${shown}` : shown;
}

/** Formats a share of 1 in percent. */
function percent(share) {
  const hundredths = share * 100;
  return `${hundredths > 0 && hundredths < 9.95 ? number(hundredths, 1) : number(hundredths, 0)} %`;
}

function whole(count) {
  return count.toLocaleString("en");
}

/** Formats a count with its noun: `1 word`, `2 words`. */
function counted(count, noun) {
  return `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** Delays `run` until there was no call for some milliseconds: the user has stopped typing. */
function afterTyping(run, delay) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, delay);
  };
}
