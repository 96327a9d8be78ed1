//! Learning curves as SVG.

use crate::axis::Axis;
use crate::commands::curve::Against;
use crate::history::{History, Validated};
use glosser_alignment::palette::Theme;
use glosser_alignment::{Role, SvgColors, escape_xml, text_width, wrapped};
use glosser_translator::DevMetric;
use std::fmt::Write;

/// A training run. It has at least one validation.
pub struct Curve {
    pub name: String,
    pub history: History,
}

impl Curve {
    /// The scores of the saved model, after the name of the curve in the legend.
    fn scores(&self, against: Against, loss: bool) -> String {
        self.history.best().map_or_else(String::new, |best| {
            let metric = self.history.metric;
            let is_shown = loss && metric != DevMetric::Loss;
            let loss = if is_shown { format!(", loss {:.3}", best.loss) } else { String::new() };
            format!(": {}{loss} {}", metric.shown(best.score), against.place(against.of(&best.position)))
        })
    }
}

/// How curves are drawn.
pub struct Form<'a> {
    /// Unit of the horizontal axis.
    pub against: Against,
    /// Whether the losses are drawn too.
    pub loss: bool,
    /// Text above the picture.
    pub title: Option<&'a str>,
    /// The theme; `None` follows the page on which the picture is shown.
    pub theme: Option<Theme>,
}

// All sizes are in pixels.
const WIDTH: f64 = 900.0;
/// Height of a panel.
const HEIGHT: f64 = 480.0;
const MARGIN: f64 = 20.0;
/// Height of a line of the title or the legend.
const LINE: f64 = 26.0;
/// Space for labels below a panel.
const BELOW: f64 = 56.0;
/// Space for labels on the left of a panel.
const BESIDE: f64 = 72.0;
/// Left and right edge of the curves; half of the last label of the axis is right of that.
const LEFT: f64 = MARGIN + BESIDE;
const RIGHT: f64 = WIDTH - 2.0 * MARGIN;
const FONT_SIZE: f64 = 15.0;
/// Position of a text of the legend, right of its line.
const LEGEND_TEXT: f64 = LEFT + 42.0;
/// The greatest training loss that is drawn, as a multiple of the greatest validation loss: the losses of the first steps are
/// much larger and would flatten all curves.
const HIGHEST_TRAINING: f64 = 1.5;

/// One diagram.
enum Panel {
    /// The scores of the curves with this metric.
    Score(DevMetric),
    /// The validation losses and the training losses of all curves.
    Loss,
}

/// Draws the metric that chose the model as an SVG document: one point per validation, and a ring around the best one.
/// Each metric has a panel. With `loss`, the losses follow in another panel. The document has no `id`, so a page may contain
/// several.
pub fn draw(curves: &[Curve], form: &Form) -> String {
    let panels = panels(curves, form.loss);
    let loss = panels.iter().any(|panel| matches!(panel, Panel::Loss));
    let title = wrapped(form.title.unwrap_or(""), FONT_SIZE, RIGHT - MARGIN);
    let legend = MARGIN + LINE * title.len() as f64;
    let top = legend + LINE * (curves.len() + 1) as f64;
    let height = top + HEIGHT * panels.len() as f64;
    let svg = Svg { colors: SvgColors { theme: form.theme } };
    let mut document = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" font-family=\"sans-serif\" font-size=\"{FONT_SIZE}\">\n\
         <title>{}</title>\n{}<rect width=\"{WIDTH}\" height=\"{height}\" {}/>\n",
        escaped(form.title.unwrap_or("Learning curves")),
        svg.colors.style(),
        svg.colors.fill(Role::Card)
    );
    for (index, line) in title.iter().enumerate() {
        let place = (MARGIN, MARGIN + LINE * (index as f64 + 0.5));
        document += &svg.text(line, place, Role::Text, "font-weight=\"bold\"");
    }
    document += &svg.legend(curves, form.against, loss, legend);
    for (index, panel) in panels.iter().enumerate() {
        document += &panel.draw(&svg, curves, form.against, top + HEIGHT * index as f64);
    }
    document + "</svg>\n"
}

/// A panel for each metric, in the order of the curves, then the losses.
fn panels(curves: &[Curve], loss: bool) -> Vec<Panel> {
    let mut panels: Vec<Panel> = Vec::new();
    let metrics = curves.iter().map(|curve| curve.history.metric);
    for metric in metrics.clone().filter(|metric| *metric != DevMetric::Loss) {
        if !panels.iter().any(|panel| matches!(panel, Panel::Score(drawn) if *drawn == metric)) {
            panels.push(Panel::Score(metric));
        }
    }
    if loss || metrics.into_iter().any(|metric| metric == DevMetric::Loss) {
        panels.push(Panel::Loss);
    }
    panels
}

impl Panel {
    /// The axes and the curves, below `top`.
    fn draw(&self, svg: &Svg, curves: &[Curve], against: Against, top: f64) -> String {
        let highest = highest_training(curves);
        let training = |curve| self.training(curve, against, highest);
        let points = |curve| [self.points(curve, against), training(curve)].concat();
        let all: Vec<(f64, f64)> = curves.iter().filter(|curve| self.has(curve)).flat_map(points).collect();
        let (bottom, top) = (top + HEIGHT - MARGIN - BELOW, top + MARGIN);
        let end = all.iter().map(|(at, _)| *at).fold(0.0, f64::max);
        let x = Axis::around([0.0, end].into_iter(), LEFT, RIGHT);
        let y = Axis::around(all.iter().map(|(_, value)| *value), bottom, top);
        let mut drawn = svg.axes(&x, &y, against.label(), &self.label());
        let place = |(at, value)| (x.place(at), y.place(value));
        let placed = |points: Vec<(f64, f64)>| points.into_iter().map(place).collect::<Vec<_>>();
        for (index, curve) in curves.iter().enumerate().filter(|(_, curve)| self.has(curve)) {
            let line = svg.colors.stroke(Role::Series(index));
            let faint = format!("{} stroke-width=\"1.5\"", svg.colors.stroke(Role::Training(index)));
            drawn += &polyline(&placed(training(curve)), &faint);
            drawn += &polyline(&placed(self.points(curve, against)), &format!("{line} stroke-width=\"2\""));
            for point in placed(self.points(curve, against)) {
                drawn += &circle(point, 3, &svg.colors.fill(Role::Series(index)));
            }
            if let Some(best) = curve.history.best() {
                let ring = format!("fill=\"none\" {line} stroke-width=\"2\"");
                drawn += &circle(place((against.of(&best.position), self.value(best))), 7, &ring);
            }
        }
        drawn
    }

    /// The name of the vertical axis.
    fn label(&self) -> String {
        match self {
            Self::Score(metric) => format!("validation {} (higher is better)", metric.name()),
            Self::Loss => "loss per target token, nats (lower is better)".to_owned(),
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

    /// Position on the horizontal axis and value of each training loss up to `highest`, if the panel shows them.
    fn training(&self, curve: &Curve, against: Against, highest: f64) -> Vec<(f64, f64)> {
        let is_shown = matches!(self, Self::Loss);
        let losses = curve.history.training.iter().filter(|loss| is_shown && loss.loss <= highest);
        losses.map(|loss| (against.of(&loss.position), loss.loss)).collect()
    }
}

/// The greatest training loss that is drawn.
fn highest_training(curves: &[Curve]) -> f64 {
    let validations = curves.iter().flat_map(|curve| &curve.history.validations);
    HIGHEST_TRAINING * validations.map(|validated| validated.loss).fold(0.0, f64::max)
}

/// Draws with the colours of the picture.
struct Svg {
    colors: SvgColors,
}

impl Svg {
    /// Horizontal grid lines, the marks of both axes, and their names.
    fn axes(&self, x: &Axis, y: &Axis, x_name: &str, y_name: &str) -> String {
        let (bottom, top) = (y.from, y.to);
        let (grid, line) = (self.colors.stroke(Role::Grid), self.colors.stroke(Role::Muted));
        let mut svg = String::new();
        for mark in y.marks() {
            let at = y.place(mark);
            svg += &polyline(&[(LEFT, at), (RIGHT, at)], &grid);
            svg += &self.text(&y.label(mark), (LEFT - 8.0, at), Role::Muted, "text-anchor=\"end\"");
        }
        for mark in x.marks() {
            let at = x.place(mark);
            svg += &polyline(&[(at, bottom), (at, bottom + 5.0)], &line);
            svg += &self.text(&x.label(mark), (at, bottom + 18.0), Role::Muted, "text-anchor=\"middle\"");
        }
        svg += &polyline(&[(LEFT, top), (LEFT, bottom), (RIGHT, bottom)], &line);
        let below = (f64::midpoint(LEFT, RIGHT), bottom + BELOW - 10.0);
        svg += &self.text(x_name, below, Role::Text, "text-anchor=\"middle\"");
        let (left, middle) = (MARGIN + 8.0, f64::midpoint(top, bottom));
        let rotated = format!("text-anchor=\"middle\" transform=\"rotate(-90 {left:.1} {middle:.1})\"");
        svg + &self.text(y_name, (left, middle), Role::Text, &rotated)
    }

    /// Above the panels, where it covers no curve: one line per curve with its colour, name, and the scores of the saved
    /// model; then what point, ring and thin line mean.
    fn legend(&self, curves: &[Curve], against: Against, loss: bool, top: f64) -> String {
        let mut svg = String::new();
        let line = |x: f64, y: f64| [(x, y), (x + 30.0, y)];
        for (index, curve) in curves.iter().enumerate() {
            let y = top + LINE * (index as f64 + 0.5);
            let stroke = self.colors.stroke(Role::Series(index));
            svg += &polyline(&line(LEFT, y), &format!("{stroke} stroke-width=\"2\""));
            svg += &circle((LEFT + 15.0, y), 3, &self.colors.fill(Role::Series(index)));
            let scores = curve.scores(against, loss);
            let room = WIDTH - MARGIN - LEGEND_TEXT - text_width(&scores, FONT_SIZE);
            let name = shortened(&curve.name, room);
            svg += &self.text(&format!("{name}{scores}"), (LEGEND_TEXT, y), Role::Text, "");
        }
        let y = top + LINE * (curves.len() as f64 + 0.5);
        let muted = |text: &str, x: f64| self.text(text, (x, y), Role::Muted, "");
        svg += &circle((LEFT + 15.0, y), 3, &self.colors.fill(Role::Muted));
        svg += &muted("a validation", LEGEND_TEXT);
        let ring = format!("fill=\"none\" {} stroke-width=\"2\"", self.colors.stroke(Role::Muted));
        svg += &circle((LEFT + 170.0, y), 7, &ring);
        svg += &muted("the saved model", LEFT + 186.0);
        if loss {
            let faint = format!("{} stroke-width=\"1.5\"", self.colors.stroke(Role::Training(0)));
            svg += &polyline(&line(LEFT + 330.0, y), &faint);
            svg += &muted("training loss, with dropout", LEFT + 370.0);
        }
        svg
    }

    /// A text whose letters are centred vertically at a point.
    fn text(&self, text: &str, (x, y): (f64, f64), role: Role, style: &str) -> String {
        let fill = self.colors.fill(role);
        format!("<text x=\"{x:.1}\" y=\"{y:.1}\" dy=\"0.35em\" {fill} {style}>{}</text>\n", escaped(text))
    }
}

/// A text for XML, which allows no control characters.
fn escaped(text: &str) -> String {
    escape_xml(&text.replace(char::is_control, "\u{FFFD}"))
}

/// The end of a path, which says most, if the whole takes more than `room` pixels.
fn shortened(path: &str, room: f64) -> String {
    if text_width(path, FONT_SIZE) <= room {
        return path.to_owned();
    }
    let ends = path.char_indices().map(|(at, _)| format!("…{}", &path[at..]));
    ends.into_iter().find(|end| text_width(end, FONT_SIZE) <= room).unwrap_or_else(|| "…".to_owned())
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

impl Against {
    /// The name of the horizontal axis.
    fn label(self) -> &'static str {
        match self {
            Self::Steps => "training steps",
            Self::Epochs => "epochs (passes over the training pairs)",
            Self::Minutes => "training time, minutes",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Position;

    #[test]
    fn the_model_that_was_saved_is_the_last_best() {
        let best = |are_best: &[bool]| {
            let validated = |(step, is_best): (usize, &bool)| Validated {
                position: Position { step, epochs: 0.0, minutes: 0.0 },
                score: 1.0,
                bleu: 1.0,
                chrf: None,
                loss: 1.0,
                is_best: *is_best,
            };
            let validations = are_best.iter().enumerate().map(validated).collect();
            let curve = Curve { name: String::new(), history: History { validations, ..History::default() } };
            curve.history.best().map(|best| best.position.step)
        };
        assert_eq!(best(&[true, true, false]), Some(1));
        assert_eq!(best(&[false, false]), Some(0));
    }

    #[test]
    fn a_long_path_keeps_its_end() {
        assert_eq!(shortened("models/de-en", 300.0), "models/de-en");
        let short = shortened("/home/someone/models/de-en", 100.0);
        assert!(
            short.starts_with('…') && short.ends_with("de-en") && text_width(&short, FONT_SIZE) <= 100.0,
            "{short}"
        );
        assert_eq!(shortened("models/de-en", 0.0), "…");
    }
}
