//! Mean and spread of a few values.

use serde::Serialize;

/// Mean and spread of the scores of several runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Statistics {
    /// `None` without a value.
    pub mean: Option<f64>,
    /// Spread around the mean; `None` with fewer than two values.
    pub sample_standard_deviation: Option<f64>,
}

impl Statistics {
    /// Computes the statistics.
    ///
    /// The sample standard deviation divides by one less than the number of values, because the mean was computed from
    /// the same values: sqrt(sum((x - mean)^2) / (n - 1)).
    pub fn of(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Self {
            mean: (!values.is_empty()).then_some(mean),
            sample_standard_deviation: (values.len() > 1).then(|| (squares / (count - 1.0)).sqrt()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_sample_standard_deviation_are_those_computed_by_hand() {
        // Mean 20; squared differences 4, 0, 4; their sum divided by 2 is 4.
        let three = Statistics::of(&[18.0, 20.0, 22.0]);
        assert_eq!(three, Statistics { mean: Some(20.0), sample_standard_deviation: Some(2.0) });
        // Mean 5; squared differences 9, 1, 1, 1, 0, 0, 4, 16; their sum is 32, divided by 7.
        let eight = Statistics::of(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert_eq!(eight.mean, Some(5.0));
        assert!((eight.sample_standard_deviation.expect("a spread") - 2.138_089_935).abs() < 1e-9);
        let equal = Statistics::of(&[7.5, 7.5]);
        assert_eq!(equal, Statistics { mean: Some(7.5), sample_standard_deviation: Some(0.0) });
    }

    #[test]
    fn a_single_value_has_no_spread_and_no_value_has_no_mean() {
        assert_eq!(Statistics::of(&[31.5]), Statistics { mean: Some(31.5), sample_standard_deviation: None });
        assert_eq!(Statistics::of(&[]), Statistics { mean: None, sample_standard_deviation: None });
    }
}
