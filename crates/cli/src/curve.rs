//! Learning curves as SVG.

use crate::commands::curve::Against;
use crate::history::{History, Validated};
use glosser_alignment::escape_xml;
use glosser_translator::DevMetric;
use std::fmt::Write;

/// A training run. It has at least one validation.
pub struct Curve {
    pub name: String,
    pub history: History,
}

impl Curve {
    /// The validation of the saved model: the last best one, or the first one in a log without a best one.
    fn best(&self) -> Option<&Validated> {
        let validations = &self.history.validations;
        validations.iter().rfind(|validation| validation.is_best).or(validations.first())
    }
}

// All sizes are in pixels.
const WIDTH: f64 = 900.0;
/// Height of a panel.
const HEIGHT: f64 = 480.0;
const MARGIN: f64 = 20.0;
/// Height of a line of the legend.
const LEGEND_LINE: f64 = 26.0;
/// Space for labels below a panel.
const BELOW: f64 = 56.0;
/// Space for labels on the left of a panel.
const BESIDE: f64 = 72.0;
/// Left and right edge of the curves.
const LEFT: f64 = MARGIN + BESIDE;
const RIGHT: f64 = WIDTH - MARGIN;

const INK: &str = "#333333";
const GRID: &str = "#E4E4E4";

/// Colours that colour-blind readers can tell apart (Okabe and Ito 2008).
const COLORS: [&str; 7] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];

/// One diagram.
enum Panel {
    /// The scores of the curves with this metric.
    Score(DevMetric),
    /// The validation losses and the training losses of all curves.
    Loss,
}

/// Draws the metric that chose the model as an SVG document: one point per validation, and a ring around the best one.
/// Each metric has a panel. With `loss`, the losses follow in another panel. The background is white, on light and dark
/// pages.
pub fn draw(curves: &[Curve], against: Against, loss: bool) -> String {
    let mut panels: Vec<Panel> = Vec::new();
    let metrics = curves.iter().map(|curve| curve.history.metric);
    for metric in metrics.clone().filter(|metric| *metric != DevMetric::Loss) {
        if !panels.iter().any(|panel| matches!(panel, Panel::Score(drawn) if *drawn == metric)) {
            panels.push(Panel::Score(metric));
        }
    }
    let loss = loss || metrics.into_iter().any(|metric| metric == DevMetric::Loss);
    if loss {
        panels.push(Panel::Loss);
    }
    let top = MARGIN + LEGEND_LINE * curves.len() as f64;
    let height = top + HEIGHT * panels.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" font-family=\"sans-serif\" font-size=\"15\">\n\
         <title>Learning curves</title>\n<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#FFFFFF\"/>\n"
    );
    svg += &legend(curves, against, loss);
    for (index, panel) in panels.iter().enumerate() {
        svg += &panel.draw(curves, against, top + HEIGHT * index as f64);
    }
    svg + "</svg>\n"
}

impl Panel {
    /// The axes and the curves, below `top`.
    fn draw(&self, curves: &[Curve], against: Against, top: f64) -> String {
        let points = |curve| [self.points(curve, against), self.training(curve, against)].concat();
        let all: Vec<(f64, f64)> = curves.iter().filter(|curve| self.has(curve)).flat_map(points).collect();
        let (bottom, top) = (top + HEIGHT - MARGIN - BELOW, top + MARGIN);
        let end = all.iter().map(|(at, _)| *at).fold(0.0, f64::max);
        let x = Axis::around([0.0, end].into_iter(), LEFT, RIGHT);
        let y = Axis::around(all.iter().map(|(_, value)| *value), bottom, top);
        let mut svg = axes(&x, &y, against.label(), &self.label());
        for (curve, color) in curves.iter().zip(COLORS.iter().cycle()).filter(|(curve, _)| self.has(curve)) {
            let place = |(at, value)| (x.place(at), y.place(value));
            let line = |points: Vec<(f64, f64)>, style: &str| {
                let points: Vec<(f64, f64)> = points.into_iter().map(place).collect();
                polyline(&points, &format!("stroke=\"{color}\" {style}"))
            };
            if matches!(self, Self::Loss) {
                svg += &line(self.training(curve, against), "stroke-opacity=\"0.4\"");
            }
            svg += &line(self.points(curve, against), "stroke-width=\"2\"");
            for point in self.points(curve, against) {
                svg += &circle(place(point), 3, &format!("fill=\"{color}\""));
            }
            if let Some(best) = curve.best() {
                let ring = format!("fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"");
                svg += &circle(place((against.of(&best.position), self.value(best))), 7, &ring);
            }
        }
        svg
    }

    /// The name of the vertical axis.
    fn label(&self) -> String {
        match self {
            Self::Score(metric) => format!("validation {}", metric.name()),
            Self::Loss => "loss per target token, nats".to_owned(),
        }
    }

    /// Whether the panel shows a curve.
    fn has(&self, curve: &Curve) -> bool {
        match self {
            Self::Score(metric) => curve.history.metric == *metric,
            Self::Loss => true,
        }
    }

    fn value(&self, validated: &Validated) -> f64 {
        match self {
            Self::Score(_) => validated.score,
            Self::Loss => validated.loss,
        }
    }

    /// Position on the horizontal axis and value of each validation.
    fn points(&self, curve: &Curve, against: Against) -> Vec<(f64, f64)> {
        let validations = curve.history.validations.iter();
        validations.map(|validated| (against.of(&validated.position), self.value(validated))).collect()
    }

    /// Position on the horizontal axis and value of each training loss, if the panel shows them.
    fn training(&self, curve: &Curve, against: Against) -> Vec<(f64, f64)> {
        let losses = curve.history.training.iter().filter(|_| matches!(self, Self::Loss));
        losses.map(|loss| (against.of(&loss.position), loss.loss)).collect()
    }
}

/// Horizontal grid lines, the marks of both axes, and their names.
fn axes(x: &Axis, y: &Axis, x_name: &str, y_name: &str) -> String {
    let (bottom, top) = (y.from, y.to);
    let mut svg = String::new();
    for mark in y.marks() {
        let at = y.place(mark);
        svg += &polyline(&[(LEFT, at), (RIGHT, at)], &format!("stroke=\"{GRID}\""));
        svg += &text(&number(mark), (LEFT - 8.0, at), "text-anchor=\"end\"");
    }
    for mark in x.marks() {
        let at = x.place(mark);
        svg += &polyline(&[(at, bottom), (at, bottom + 5.0)], &format!("stroke=\"{INK}\""));
        svg += &text(&number(mark), (at, bottom + 18.0), "text-anchor=\"middle\"");
    }
    svg += &polyline(&[(LEFT, top), (LEFT, bottom), (RIGHT, bottom)], &format!("stroke=\"{INK}\""));
    svg += &text(x_name, (f64::midpoint(LEFT, RIGHT), bottom + BELOW - 10.0), "text-anchor=\"middle\"");
    let (left, middle) = (MARGIN + 8.0, f64::midpoint(top, bottom));
    let rotated = format!("text-anchor=\"middle\" transform=\"rotate(-90 {left:.1} {middle:.1})\"");
    svg + &text(y_name, (left, middle), &rotated)
}

/// One line per curve above the panels, where it covers no curve: colour, name, and the scores of the saved model.
fn legend(curves: &[Curve], against: Against, loss: bool) -> String {
    let mut svg = String::new();
    for (index, (curve, color)) in curves.iter().zip(COLORS.iter().cycle()).enumerate() {
        let y = MARGIN + LEGEND_LINE * (index as f64 + 0.5);
        svg += &polyline(&[(LEFT, y), (LEFT + 30.0, y)], &format!("stroke=\"{color}\" stroke-width=\"2\""));
        svg += &circle((LEFT + 15.0, y), 3, &format!("fill=\"{color}\""));
        let scores = curve.best().map_or_else(String::new, |best| {
            let metric = curve.history.metric;
            let is_shown = loss && metric != DevMetric::Loss;
            let loss = if is_shown { format!(", loss {:.3}", best.loss) } else { String::new() };
            format!(": {}{loss} {}", metric.shown(best.score), against.place(against.of(&best.position)))
        });
        svg += &text(&format!("{}{scores}", curve.name), (LEFT + 42.0, y), "");
    }
    svg
}

fn polyline(points: &[(f64, f64)], style: &str) -> String {
    let points = points.iter().fold(String::new(), |mut all, (x, y)| {
        let _ = write!(all, "{}{x:.1},{y:.1}", if all.is_empty() { "" } else { " " });
        all
    });
    format!("<polyline points=\"{points}\" fill=\"none\" {style}/>\n")
}

fn circle((x, y): (f64, f64), radius: u32, style: &str) -> String {
    format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" {style}/>\n")
}

/// A text whose letters are centred vertically at a point.
fn text(text: &str, (x, y): (f64, f64), style: &str) -> String {
    format!("<text x=\"{x:.1}\" y=\"{y:.1}\" dy=\"0.35em\" fill=\"{INK}\" {style}>{}</text>\n", escape_xml(text))
}

impl Against {
    /// The name of the horizontal axis.
    fn label(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::Epochs => "epochs",
            Self::Minutes => "minutes",
        }
    }

    /// A position on the horizontal axis as text.
    fn place(self, at: f64) -> String {
        match self {
            Self::Steps => format!("at step {at}"),
            Self::Epochs => format!("after {at:.1} epochs"),
            Self::Minutes => format!("after {at:.1} minutes"),
        }
    }
}

/// An axis with round numbers at its ends.
struct Axis {
    start: f64,
    end: f64,
    /// Distance between two marks.
    step: f64,
    /// Pixel positions of `start` and `end`.
    from: f64,
    to: f64,
}

impl Axis {
    /// An axis around all values, from one pixel position to another. It begins at zero, unless this would leave half of
    /// it empty.
    fn around(values: impl Iterator<Item = f64> + Clone, from: f64, to: f64) -> Self {
        let (low, high) = (values.clone().fold(f64::INFINITY, f64::min), values.fold(f64::NEG_INFINITY, f64::max));
        let low = if low < high / 2.0 { low.min(0.0) } else { low };
        // Values that differ only in their last digits count as equal: no round numbers lie between them.
        let least = 1e-9 * high.abs().max(low.abs());
        let step = if high - low > least { round_up((high - low) / 6.0) } else { round_up(least).max(1.0) };
        let (start, end) = ((low / step).floor() * step, (high / step).ceil() * step);
        Self { start, end: if start < end { end } else { start + step }, step, from, to }
    }

    fn marks(&self) -> impl Iterator<Item = f64> {
        let (start, step) = (self.start, self.step);
        (0..=((self.end - start) / step).round() as usize).map(move |index| start + index as f64 * step)
    }

    /// The pixel position of a value.
    fn place(&self, value: f64) -> f64 {
        self.from + (value - self.start) / (self.end - self.start) * (self.to - self.from)
    }
}

/// Rounds up to 1, 2 or 5 times a power of ten.
fn round_up(width: f64) -> f64 {
    if width <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(width.log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|digit| digit * power).find(|unit| *unit >= width).unwrap_or(10.0 * power)
}

/// A label with at most three decimals and no trailing zeros.
fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Position;

    #[test]
    fn an_axis_has_round_ends_around_all_values() {
        for (values, expected) in [
            (&[20.9, 93.2][..], 0.0..100.0),
            (&[34.2, 35.1], 34.2..35.2),
            (&[0.0, 1.12], 0.0..1.2),
            (&[7.0], 7.0..8.0),
            (&[0.0], 0.0..1.0),
        ] {
            let found = Axis::around(values.iter().copied(), 0.0, 1.0);
            assert!(
                (found.start - expected.start).abs() < 1e-9 && (found.end - expected.end).abs() < 1e-9,
                "{}..{}",
                found.start,
                found.end
            );
        }
    }

    #[test]
    fn the_model_that_was_saved_is_the_last_best() {
        let best = |are_best: &[bool]| {
            let validated = |(step, is_best): (usize, &bool)| Validated {
                position: Position { step, epochs: 0.0, minutes: 0.0 },
                score: 1.0,
                loss: 1.0,
                is_best: *is_best,
            };
            let validations = are_best.iter().enumerate().map(validated).collect();
            let curve = Curve { name: String::new(), history: History { validations, ..History::default() } };
            curve.best().map(|best| best.position.step)
        };
        assert_eq!(best(&[true, true, false]), Some(1));
        assert_eq!(best(&[false, false]), Some(0));
    }

    #[test]
    fn marks_go_from_end_to_end_and_have_short_labels() {
        let axis = Axis::around([0.0, 1.12].into_iter(), 100.0, 0.0);
        let labels: Vec<String> = axis.marks().map(number).collect();
        assert_eq!(labels, ["0", "0.2", "0.4", "0.6", "0.8", "1", "1.2"]);
        assert_eq!((axis.place(0.0), axis.place(0.6).round(), axis.place(1.2).round()), (100.0, 50.0, 0.0));
    }
}
