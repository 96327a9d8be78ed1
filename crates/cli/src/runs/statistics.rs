//! Mean and spread of a few values.

use serde::Serialize;

/// Mean and spread of the scores of several runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Statistics {
    /// `None` without a value.
    pub mean: Option<f64>,
    /// Spread around the mean; `None` with fewer than two values.
    pub sample_standard_deviation: Option<f64>,
    /// Number of values.
    #[serde(skip)]
    pub count: usize,
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
            count: values.len(),
        }
    }

    /// Returns the standard error of the difference of two means, whose deviations may differ (Welch): sqrt(s1^2 / n1 +
    /// s2^2 / n2). `None` if one has no deviation.
    pub fn standard_error_of_difference(one: Self, other: Self) -> Option<f64> {
        let squared = |of: Self| Some(of.sample_standard_deviation?.powi(2) / of.count as f64);
        Some((squared(one)? + squared(other)?).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_sample_standard_deviation_are_those_computed_by_hand() {
        // Mean 20; squared differences 4, 0, 4; their sum divided by 2 is 4.
        let three = Statistics::of(&[18.0, 20.0, 22.0]);
        assert_eq!(three, Statistics { mean: Some(20.0), sample_standard_deviation: Some(2.0), count: 3 });
        // Mean 5; squared differences 9, 1, 1, 1, 0, 0, 4, 16; their sum is 32, divided by 7.
        let eight = Statistics::of(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert_eq!(eight.mean, Some(5.0));
        assert!((eight.sample_standard_deviation.expect("a spread") - 2.138_089_935).abs() < 1e-9);
        let equal = Statistics::of(&[7.5, 7.5]);
        assert_eq!(equal, Statistics { mean: Some(7.5), sample_standard_deviation: Some(0.0), count: 2 });
    }

    #[test]
    fn a_single_value_has_no_spread_and_no_value_has_no_mean() {
        let (one, none) = (Statistics::of(&[31.5]), Statistics::of(&[]));
        assert_eq!(one, Statistics { mean: Some(31.5), sample_standard_deviation: None, count: 1 });
        assert_eq!(none, Statistics { mean: None, sample_standard_deviation: None, count: 0 });
        assert_eq!(Statistics::standard_error_of_difference(one, Statistics::of(&[1.0, 2.0])), None);
    }

    #[test]
    fn the_standard_error_of_a_difference_is_that_computed_by_hand() {
        // Deviations 2 with 3 values and 1 with 2 values: sqrt(4 / 3 + 1 / 2), the square root of 11 / 6.
        let (one, other) = (Statistics::of(&[18.0, 20.0, 22.0]), Statistics::of(&[5.0, 5.0 + 2.0_f64.sqrt()]));
        let error = Statistics::standard_error_of_difference(one, other).expect("two deviations");
        assert!((error - (11.0_f64 / 6.0).sqrt()).abs() < 1e-9, "{error}");
    }
}
