//! Learning curves in SVG.

use crate::commands::curve::Against;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::error::Error;
use std::ops::Range;

/// A run of training, as its log tells it. There is at least one validation.
pub struct Curve {
    pub name: String,
    pub validations: Vec<Validated>,
    /// Training loss at some places of the horizontal axis.
    pub training: Vec<(f64, f64)>,
}

/// One validation.
pub struct Validated {
    /// Its place on the horizontal axis.
    pub at: f64,
    pub bleu: f64,
    pub loss: f64,
    /// Whether it was the best until then.
    pub is_best: bool,
}

impl Curve {
    /// The validation of the model that was saved: the last that was the best, or, of a log without one, the first.
    fn best(&self) -> Option<&Validated> {
        self.validations.iter().rfind(|validation| validation.is_best).or(self.validations.first())
    }
}

const WIDTH: u32 = 900;
/// Of one panel.
const HEIGHT: u32 = 480;
const MARGIN: u32 = 20;
/// Of a line of the legend.
const LEGEND: u32 = 26;
/// Room for labels below and beside a panel.
const BELOW: u32 = 56;
const BESIDE: u32 = 72;

/// Plotters divides by 1.24: this comes out as 15 pixels.
const TEXT: f64 = 18.6;

const INK: RGBColor = RGBColor(0x33, 0x33, 0x33);
const GRID: RGBColor = RGBColor(0xE4, 0xE4, 0xE4);

/// Colours that people tell apart who see colours differently (Okabe and Ito 2008).
const COLORS: [RGBColor; 7] = [
    RGBColor(0x00, 0x72, 0xB2),
    RGBColor(0xD5, 0x5E, 0x00),
    RGBColor(0x00, 0x9E, 0x73),
    RGBColor(0xCC, 0x79, 0xA7),
    RGBColor(0xE6, 0x9F, 0x00),
    RGBColor(0x56, 0xB4, 0xE9),
    RGBColor(0x00, 0x00, 0x00),
];

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// What a panel shows.
struct Panel<'a> {
    label: &'a str,
    value: fn(&Validated) -> f64,
    /// Whether the training loss is drawn too.
    with_training: bool,
}

/// Draws validation BLEU, a point a validation and a ring around the best, and, if asked for, the losses below it.
pub fn draw(curves: &[Curve], against: Against, loss: bool) -> anyhow::Result<String> {
    let mut document = String::new();
    picture(&mut document, curves, against, loss).map_err(anyhow::Error::from_boxed)?;
    Ok(document)
}

fn picture(document: &mut String, curves: &[Curve], against: Against, loss: bool) -> Drawn<()> {
    let bleu = Panel { label: "validation BLEU", value: |validated| validated.bleu, with_training: false };
    let losses = Panel { label: "loss per target token, nats", value: |validated| validated.loss, with_training: true };
    let panels = if loss { vec![bleu, losses] } else { vec![bleu] };
    let top = MARGIN + LEGEND * curves.len() as u32;
    let root = SVGBackend::with_string(document, (WIDTH, top + HEIGHT * panels.len() as u32)).into_drawing_area();
    root.fill(&WHITE)?;
    let (above, below) = root.split_vertically(top);
    legend(&above, curves, against, loss)?;
    for (area, panel) in below.split_evenly((panels.len(), 1)).iter().zip(&panels) {
        panel.draw(area, curves, against)?;
    }
    root.present()?;
    Ok(())
}

impl Panel<'_> {
    fn draw(&self, area: &Area, curves: &[Curve], against: Against) -> Drawn<()> {
        let points = |curve: &Curve| -> Vec<(f64, f64)> {
            curve.validations.iter().map(|validated| (validated.at, (self.value)(validated))).collect()
        };
        let training = |curve: &Curve| if self.with_training { curve.training.clone() } else { Vec::new() };
        let all: Vec<(f64, f64)> = curves.iter().flat_map(|curve| [points(curve), training(curve)].concat()).collect();
        let end = all.iter().map(|(at, _)| *at).fold(0.0, f64::max);
        let mut chart = ChartBuilder::on(area)
            .margin(MARGIN)
            .x_label_area_size(BELOW)
            .y_label_area_size(BESIDE)
            .build_cartesian_2d(
                round_range([0.0, end].into_iter()),
                round_range(all.iter().map(|(_, value)| *value)),
            )?;
        let text = ("sans-serif", TEXT).into_font().color(&INK);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(INK)
            .label_style(text.clone())
            .axis_desc_style(text.clone())
            .x_labels(10)
            .y_labels(8)
            .x_label_formatter(&|value| number(*value))
            .y_label_formatter(&|value| number(*value))
            .x_desc(against.label())
            .y_desc(self.label)
            .draw()?;
        for (curve, color) in curves.iter().zip(COLORS.iter().cycle()) {
            if self.with_training {
                chart.draw_series(LineSeries::new(training(curve), color.mix(0.4).stroke_width(1)))?;
            }
            chart.draw_series(LineSeries::new(points(curve), color.stroke_width(2)))?;
            chart.draw_series(points(curve).into_iter().map(|point| Circle::new(point, 3, color.filled())))?;
            let best = curve.best().map(|best| (best.at, (self.value)(best)));
            chart.draw_series(best.into_iter().map(|point| Circle::new(point, 7, color.stroke_width(2))))?;
        }
        Ok(())
    }
}

/// A line for each curve above the panels, where it hides none: colour, name, and the figures of the saved model.
fn legend(area: &Area, curves: &[Curve], against: Against, loss: bool) -> Drawn<()> {
    let text = ("sans-serif", TEXT).into_font().color(&INK).pos(Pos::new(HPos::Left, VPos::Center));
    for (at, (curve, color)) in curves.iter().zip(COLORS.iter().cycle()).enumerate() {
        let (left, y) = ((MARGIN + BESIDE) as i32, (MARGIN + LEGEND * at as u32 + LEGEND / 2) as i32);
        area.draw(&PathElement::new([(left, y), (left + 30, y)], color.stroke_width(2)))?;
        area.draw(&Circle::new((left + 15, y), 3, color.filled()))?;
        let figures = curve.best().map_or_else(String::new, |best| {
            let loss = if loss { format!(", loss {:.3}", best.loss) } else { String::new() };
            format!(": BLEU {:.2}{loss} {}", best.bleu, against.place(best.at))
        });
        area.draw(&Text::new(format!("{}{figures}", curve.name), (left + 42, y), text.clone()))?;
    }
    Ok(())
}

impl Against {
    /// Below the axis.
    fn label(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::Epochs => "epochs",
            Self::Minutes => "minutes",
        }
    }

    /// A place on the axis, in words.
    fn place(self, at: f64) -> String {
        match self {
            Self::Steps => format!("at step {at}"),
            Self::Epochs => format!("after {at:.1} epochs"),
            Self::Minutes => format!("after {at:.1} minutes"),
        }
    }
}

/// A range that begins and ends with round numbers, around all values; it begins with zero, unless that would leave half
/// of it empty.
fn round_range(values: impl Iterator<Item = f64> + Clone) -> Range<f64> {
    let (low, high) = (values.clone().fold(f64::INFINITY, f64::min), values.fold(f64::NEG_INFINITY, f64::max));
    let low = if low < high / 2.0 { low.min(0.0) } else { low };
    // Values that differ in their last digits alone are the same: between them there are no round numbers.
    let least = 1e-9 * high.abs().max(low.abs());
    let unit = if high - low > least { round_unit((high - low) / 6.0) } else { round_unit(least).max(1.0) };
    let (low, high) = ((low / unit).floor() * unit, (high / unit).ceil() * unit);
    if low < high { low..high } else { low..low + unit }
}

/// The smallest of 1, 2, 5 times a power of ten that is not below a width.
fn round_unit(width: f64) -> f64 {
    if width <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(width.log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|digit| digit * power).find(|unit| *unit >= width).unwrap_or(10.0 * power)
}

/// A label of an axis, without figures behind the point that say nothing.
fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_round_ends_around_all_values() {
        for (values, expected) in [
            (&[20.9, 93.2][..], 0.0..100.0),
            (&[34.2, 35.1], 34.2..35.2),
            (&[0.0, 1.12], 0.0..1.2),
            (&[7.0], 7.0..8.0),
            (&[0.0], 0.0..1.0),
        ] {
            let found = round_range(values.iter().copied());
            assert!(
                (found.start - expected.start).abs() < 1e-9 && (found.end - expected.end).abs() < 1e-9,
                "{found:?}"
            );
        }
    }

    #[test]
    fn the_model_that_was_saved_is_the_last_best() {
        let validated = |at, is_best| Validated { at, bleu: 1.0, loss: 1.0, is_best };
        let best =
            |validations| Curve { name: String::new(), validations, training: Vec::new() }.best().map(|best| best.at);
        assert_eq!(best(vec![validated(1.0, true), validated(2.0, true), validated(3.0, false)]), Some(2.0));
        assert_eq!(best(vec![validated(1.0, false), validated(2.0, false)]), Some(1.0));
    }
}
