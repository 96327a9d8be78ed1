// Learning curves: score and loss of the validations, and the loss of training behind them.

/** Size and margins of a panel in pixels; on a narrow page it is less wide. */
const PANEL = { width: 560, height: 300, left: 52, right: 16, top: 16, bottom: 40 };

/** A line with one point per validation, and a ring around the validation of the saved model. */
function validated(history, model, against, of, x, y) {
  const at = (validation) => [validation[against], validation[of]];
  const best = history.validations.filter((validation) => validation.is_best).slice(-1);
  const circle = (validation, r, name) => draw("circle", {
    class: `${name} model-${letter(model)}`, cx: x(validation[against]), cy: y(validation[of]), r,
  }, draw("title", {}, `${letter(model)}: ${of === "score" ? history.metric : of} ${number(validation[of], 3)} after ${number(validation.epochs, 1)} epochs`));
  return draw("g", {}, polyline(history.validations.map(at), x, y, `curve model-${letter(model)}`),
    ...history.validations.map((validation) => circle(validation, 3, "point")),
    ...best.map((validation) => circle(validation, 7, "ring")));
}

/** The largest loss that is drawn. The first training losses are much larger, and would flatten all other curves. */
function highestDrawn(histories) {
  return 1.5 * Math.max(...histories.flatMap(([history]) => history.validations.map(({ loss }) => loss)));
}

/** One panel: `of` is `score` or `loss`. */
function curvesPanel(histories, against, of, title) {
  const { width, height, left, right, top, bottom } = PANEL;
  const validations = histories.flatMap(([history]) => history.validations);
  const highest = highestDrawn(histories);
  const training = (history) => (of === "loss" ? history.training.filter(({ loss }) => loss <= highest) : []);
  const drawn = [...validations, ...histories.flatMap(([history]) => training(history))];
  const values = drawn.map((point) => point[of]);
  const xs = ticks(0, Math.max(...drawn.map((point) => point[against])), width < 420 ? 4 : 6);
  const ys = ticks(Math.min(...values), Math.max(...values), 5);
  const [x, y] = [scale(xs, left, width - right), scale(ys, height - bottom, top)];
  const lines = histories.map(([history, model]) => draw("g", {},
    polyline(training(history).map((loss) => [loss[against], loss.loss]), x, y, `training model-${letter(model)}`),
    validated(history, model, against, of, x, y)));
  const unit = against === "step" ? "steps" : against;
  return make("figure", { class: "curve-panel" }, make("figcaption", {}, title, curveKey(histories, of)),
    draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": described(histories, of, title) },
      ...axes(xs, ys, x, y, unit), ...lines));
}

/** A description of the curves for screen readers. */
function described(histories, of, title) {
  const models = histories.map(([history, model]) => {
    const last = history.validations[history.validations.length - 1];
    return `model ${letter(model)}: from ${number(history.validations[0][of])} to ${number(last[of])} `
      + `in ${number(last.epochs, 1)} epochs, ${counted(history.validations.length, "validation")}`;
  });
  return `${title}; ${models.join("; ")}.`;
}

/** The widths between which a panel follows the width of the page, in pixels. */
const WIDTHS = [300, 560];

/** The lines of a panel, with what they mean. */
function curveKey(histories, of) {
  const key = (name, model, text) => make("span", { class: "curve-key" },
    draw("svg", { width: 28, height: 12, "aria-hidden": "true" },
      name === "ring" ? draw("circle", { class: `ring model-${letter(model)}`, cx: 14, cy: 6, r: 5 })
        : draw("path", { class: `${name} model-${letter(model)}`, d: "M1 6h26" })), ` ${text}`);
  const [[, first]] = histories;
  const lines = histories.map(([, model]) =>
    key("curve", model, isComparison ? `${letter(model)}, validation` : "validation"));
  return make("p", { class: "curve-keys" }, ...lines,
    of === "loss" ? key("training", first, "training") : null, key("ring", first, "saved model"));
}

function showCurves() {
  const wide = document.getElementById("panels").clientWidth || WIDTHS[1];
  PANEL.width = Math.min(Math.max(wide, WIDTHS[0]), WIDTHS[1]);
  const histories = report.models.map((model, index) => [model.history, index])
    .filter(([history]) => history !== null && history.validations.length > 0);
  const without = report.models.filter((_, index) => !histories.some(([, model]) => model === index))
    .map((model) => make("p", { class: "quiet" }, make("bdi", {}, model.name), ": no training log with a validation."));
  const against = document.getElementById("against").value;
  const metrics = [...new Set(histories.map(([history]) => history.metric))].filter((metric) => metric !== "loss");
  document.getElementById("curves-against").hidden = histories.length === 0;
  document.getElementById("panels").replaceChildren(...(histories.length === 0 ? [] : [
    ...metrics.map((metric) => curvesPanel(histories.filter(([history]) => history.metric === metric), against, "score",
      `Validation ${metric}`)),
    curvesPanel(histories, against, "loss", "Loss per target token, in nats"),
  ]), ...without);
}
