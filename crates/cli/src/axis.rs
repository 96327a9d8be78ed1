//! An axis of a diagram: round numbers at its ends, marks between them, and their labels.

/// An axis with round numbers at its ends.
pub struct Axis {
    start: f64,
    end: f64,
    /// Distance between two marks.
    step: f64,
    /// Pixel positions of `start` and `end`.
    pub from: f64,
    pub to: f64,
}

impl Axis {
    /// An axis around all values, from one pixel position to another. It begins at zero, unless this would leave half of
    /// it empty.
    pub fn around(values: impl Iterator<Item = f64> + Clone, from: f64, to: f64) -> Self {
        let (low, high) = (values.clone().fold(f64::INFINITY, f64::min), values.fold(f64::NEG_INFINITY, f64::max));
        let low = if low < high / 2.0 { low.min(0.0) } else { low };
        // Values that differ only in their last digits count as equal: no round numbers lie between them.
        let least = 1e-9 * high.abs().max(low.abs());
        let step = if high - low > least { round_up((high - low) / 6.0) } else { round_up(least).max(1.0) };
        // A value on a mark is not moved to the next one by a rounding error.
        let (start, end) = ((low / step + 1e-9).floor() * step, (high / step - 1e-9).ceil() * step);
        Self { start, end: if start < end { end } else { start + step }, step, from, to }
    }

    /// The values of the marks, from end to end.
    pub fn marks(&self) -> impl Iterator<Item = f64> {
        let (start, step) = (self.start, self.step);
        (0..=((self.end - start) / step).round() as usize).map(move |index| start + index as f64 * step)
    }

    /// The pixel position of a value.
    pub fn place(&self, value: f64) -> f64 {
        self.from + (value - self.start) / (self.end - self.start) * (self.to - self.from)
    }

    /// The label of a mark: as many decimals as the marks need, and an exponent where it would be long.
    pub fn label(&self, mark: f64) -> String {
        let largest = self.start.abs().max(self.end.abs());
        if !(1e-3..1e6).contains(&largest) {
            let text = format!("{mark:.3e}");
            let (digits, exponent) = text.split_once('e').expect("`{:e}` writes an exponent");
            let digits = digits.trim_end_matches('0').trim_end_matches('.');
            return if digits == "0" { digits.to_owned() } else { format!("{digits}e{exponent}") };
        }
        let decimals = (-(self.step.log10() + 1e-9).floor()).clamp(0.0, 6.0) as usize;
        format!("{mark:.decimals$}")
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
    fn marks_go_from_end_to_end_and_have_short_labels() {
        let labels = |values: &[f64]| {
            let axis = Axis::around(values.iter().copied(), 100.0, 0.0);
            axis.marks().map(|mark| axis.label(mark)).collect::<Vec<_>>()
        };
        assert_eq!(labels(&[0.0, 1.12]), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0", "1.2"]);
        assert_eq!(labels(&[0.0, 2.9e7]), ["0", "5e6", "1e7", "1.5e7", "2e7", "2.5e7", "3e7"]);
        assert_eq!(labels(&[0.0, 4e-5]), ["0", "1e-5", "2e-5", "3e-5", "4e-5"]);
        let axis = Axis::around([0.0, 1.12].into_iter(), 100.0, 0.0);
        assert_eq!((axis.place(0.0), axis.place(0.6).round(), axis.place(1.2).round()), (100.0, 50.0, 0.0));
    }
}
