// Axes and lines of a diagram. A page defines its size in `PANEL`.

/** A step of 1, 2 or 5 times a power of ten that makes about `count` of a range. */
function niceStep(range, count) {
  const rough = range / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
}

/** The marks of an axis: from the last one not above the minimum to the first one not below the maximum. */
function ticks(least, most, count) {
  const step = niceStep(most - least, count);
  const first = Math.floor(least / step + 1e-9);
  const last = Math.max(Math.ceil(most / step - 1e-9), first + 1);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** A function from values to pixels of the panel. */
function scale(marks, from, to) {
  const [least, most] = [marks[0], marks[marks.length - 1]];
  return (value) => from + ((value - least) / (most - least)) * (to - from);
}

/** Tick labels with as many digits as their step needs. */
function tickLabel(value, marks) {
  const digits = Math.max(0, -Math.floor(Math.log10(marks[1] - marks[0]) + 1e-9));
  return number(value, digits);
}

function axes(xs, ys, x, y, xName) {
  const { width, height, left, right, bottom } = PANEL;
  const rows = ys.flatMap((value) => [
    draw("line", { class: "grid", x1: left, x2: width - right, y1: y(value), y2: y(value) }),
    draw("text", { class: "tick", x: left - 8, y: y(value) + 4, "text-anchor": "end" }, tickLabel(value, ys)),
  ]);
  const columns = xs.map((value) =>
    draw("text", { class: "tick", x: x(value), y: height - bottom + 18, "text-anchor": "middle" }, tickLabel(value, xs)));
  const name = draw("text", { class: "tick", x: (left + width - right) / 2, y: height - 4, "text-anchor": "middle" }, xName);
  return [...rows, ...columns, name];
}

function polyline(points, x, y, name) {
  return draw("polyline", { class: name, points: points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(" ") });
}
