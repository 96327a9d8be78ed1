// Learning curves: a thin line for each run, a thick one for the mean of a setting.

/** Size and margins of a panel in pixels; on a narrow page it is less wide. */
const PANEL = { width: 600, height: 340, left: 52, right: 34, top: 14, bottom: 40 };

/** The widths between which a panel follows the width of the page, in pixels. */
const WIDTHS = [300, 600];

/** Distance of two numbers at the ends of lines, in pixels. */
const LABEL_HEIGHT = 13;

/**
 * The mean curve of a setting over its finished runs, as long as all of them have a validation; null for fewer than
 * two.
 */
function meanCurve(setting, against, of) {
  const curves = comparison.runs
    .map((run, index) => [run, comparison.curves[index].validations])
    .filter(([run, validations]) => run.setting === setting && run.status === "finished" && validations.length > 0)
    .map(([, validations]) => validations);
  if (curves.length < 2) return null;
  const rounds = Math.min(...curves.map((curve) => curve.length));
  const mean = (round, key) => curves.reduce((sum, curve) => sum + curve[round][key], 0) / curves.length;
  return Array.from({ length: rounds }, (_, round) => [mean(round, against), mean(round, of)]);
}

/** The line of a run, with a ring at the saved model. Pointing near it is enough. */
function runCurve(run, index, { against, of, x, y, hasMean, training }) {
  const { validations } = comparison.curves[index];
  const points = validations.map((validation) => [validation[against], validation[of]]);
  const best = validations.filter((validation) => validation.is_best).slice(-1);
  const ring = (validation) =>
    draw("circle", { class: "ring", cx: x(validation[against]), cy: y(validation[of]), r: 5 });
  const line = polyline(points, x, y, "line");
  const dash = dashOf(run.setting);
  if (dash !== null) line.setAttribute("stroke-dasharray", dash);
  return draw("g", {
    class: `run ${seriesOf(run.setting)}${hasMean ? " has-mean" : ""}`,
    "data-setting": run.setting ?? 0,
    "data-run": index,
  }, training.length > 0 ? polyline(training.map((loss) => [loss[against], loss.loss]), x, y, "training") : null,
  line, polyline(points, x, y, "touch"),
  ...best.map(ring));
}

/** Numbers of settings at the ends of their lines, moved apart so that they do not overlap. */
function endLabels(ends) {
  const { top, bottom, height } = PANEL;
  const placed = ends.map((end) => ({ ...end, at: end.y })).sort((one, other) => one.y - other.y);
  const room = (height - bottom - top) / Math.max(placed.length - 1, 1);
  const distance = Math.min(LABEL_HEIGHT, room);
  placed.forEach((label, index) => {
    if (index > 0) label.at = Math.max(label.at, placed[index - 1].at + distance);
  });
  let most = height - bottom;
  for (const label of placed.toReversed()) {
    label.at = Math.min(label.at, most);
    most = label.at - distance;
  }
  const right = PANEL.width - PANEL.right + 10;
  const group = (setting) => ({ class: `ends ${seriesOf(setting)}`, "data-setting": setting });
  return placed.map(({ setting, x, y, at }) => draw("g", group(setting),
    draw("line", { class: "leader", x1: x + 2, y1: y, x2: right - 2, y2: at }),
    draw("text", { class: "end", x: right, y: at + 4 }, `${setting}`)));
}

/** The training losses of a run that are drawn: the first ones are much larger, and would flatten all curves. */
function trainingOf(index, of, highest) {
  const isShown = of === "loss" && document.getElementById("training").checked;
  return isShown ? comparison.curves[index].training.filter(({ loss }) => loss <= highest) : [];
}

/** One panel: `of` is `score` or `loss`. */
function curvesPanel(against, of, title) {
  const { width, height, left, right, top, bottom } = PANEL;
  const shown = comparison.runs.map((run, index) => [run, index])
    .filter(([, index]) => comparison.curves[index].validations.length > 0);
  const validations = shown.flatMap(([, index]) => comparison.curves[index].validations);
  const highest = 1.5 * Math.max(...validations.map(({ loss }) => loss));
  const all = [...validations, ...shown.flatMap(([, index]) => trainingOf(index, of, highest))];
  const end = Math.max(...all.map((point) => point[against]));
  const start = document.getElementById("zoom").checked ? end / 2 : 0;
  const values = all.filter((point) => point[against] >= start).map((point) => point[of]);
  const xs = ticks(start, end, width < 420 ? 4 : 6);
  const ys = ticks(Math.min(...values), Math.max(...values), 5);
  const [x, y] = [scale(xs, left, width - right), scale(ys, height - bottom, top)];
  const means = comparison.settings.map(({ number: setting }) => [setting, meanCurve(setting, against, of)]);
  const withMean = new Set(means.filter(([, mean]) => mean !== null).map(([setting]) => setting));
  const lines = shown.map(([run, index]) => runCurve(run, index, {
    against, of, x, y, hasMean: withMean.has(run.setting), training: trainingOf(index, of, highest),
  }));
  const thick = means.filter(([, mean]) => mean !== null).map(([setting, mean]) => {
    const line = polyline(mean, x, y, "line");
    const dash = dashOf(setting);
    if (dash !== null) line.setAttribute("stroke-dasharray", dash);
    return draw("g", { class: `mean ${seriesOf(setting)}`, "data-setting": setting }, line);
  });
  const clip = draw("clipPath", { id: `inside-${of}` },
    draw("rect", { x: left - 6, y: top - 6, width: width - left - right + 12, height: height - top - bottom + 12 }));
  const label = `${title}; the tables have the values.`;
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    clip, ...axes(xs, ys, x, y, against === "step" ? "steps" : against),
    draw("g", { "clip-path": `url(#inside-${of})` }, ...lines, ...thick),
    ...endLabels(ends(means, shown, against, of, x, y)));
  svg.addEventListener("pointermove", (event) => pointAtValidation(event, svg, x, against));
  return make("figure", { class: "curve-panel" }, make("figcaption", {}, title), svg);
}

/** The end of the mean line of each setting, or of its longest run if it has no mean. */
function ends(means, shown, against, of, x, y) {
  return means.flatMap(([setting, mean]) => {
    const own = shown.filter(([run]) => run.setting === setting)
      .map(([, index]) => comparison.curves[index].validations)
      .sort((one, other) => other.length - one.length);
    const points = mean ?? own[0]?.map((point) => [point[against], point[of]]);
    if (!points) return [];
    const [px, py] = points[points.length - 1];
    return [{ setting, x: x(px), y: y(py) }];
  });
}

/** Names the validation of a run that is nearest to the pointer. */
function pointAtValidation(event, svg, x, against) {
  const subject = subjectOf(event.target);
  if (subject === null || subject.run === null) return;
  const box = svg.getBoundingClientRect();
  const at = ((event.clientX - box.left) / box.width) * PANEL.width;
  const { validations } = comparison.curves[subject.run];
  const distance = (validation) => Math.abs(x(validation[against]) - at);
  const nearest = validations.reduce((best, next) => (distance(next) < distance(best) ? next : best));
  point({ ...subject, at: nearest });
}

function showCurves() {
  const panels = document.getElementById("panels");
  const hasValidation = comparison.curves.some(({ validations }) => validations.length > 0);
  document.querySelector(".choices").hidden = !hasValidation;
  if (!hasValidation) {
    panels.replaceChildren(make("p", { class: "quiet" }, "No run has a validation yet."));
    return;
  }
  const column = Number.parseFloat(getComputedStyle(panels).gridTemplateColumns) || panels.clientWidth || WIDTHS[1];
  PANEL.width = Math.min(Math.max(column - 26, WIDTHS[0]), WIDTHS[1]);
  const against = document.getElementById("against").value;
  panels.replaceChildren(
    ...(comparison.metric === "loss" ? [] : [curvesPanel(against, "score", `Validation ${CURVE_SCORE}`)]),
    curvesPanel(against, "loss", "Validation loss per target token, in nats"));
  showHighlight();
}
