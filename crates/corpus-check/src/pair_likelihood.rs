//! The likelihood that two lines translate each other, from their features alone.

use crate::line_features::{ENDINGS, LineFeatures, NUMBERS, STEPS, difference};

/// The assumed share of pairs that do not translate each other: it bounds the influence of a single line.
const STRAY: f64 = 0.1;

/// The assumed correlation of the lengths of translations before the corpus is known.
const FIRST_CORRELATION: f64 = 0.7;

/// The number of pairs added to smooth a co-occurrence.
const SMOOTHING: f64 = 4.0;

/// Differences reach from -255 to 255.
const OFFSET: i32 = 255;

/// The log-likelihood ratio of a pair of features: translations against two arbitrary lines.
#[derive(Debug, Clone)]
pub(crate) struct PairLikelihood {
    lengths: Vec<f32>,
    endings: [[f32; ENDINGS]; ENDINGS],
    /// Four classes: no numbers, equal ones, different ones, numbers on one side only.
    numbers: [f32; 4],
}

/// The distribution of features on each side, independent of the alignment.
#[derive(Debug, Clone)]
pub(crate) struct Marginals {
    mean: f64,
    variance: f64,
    endings: [[f64; ENDINGS]; 2],
    numbers: [[f64; NUMBERS]; 2],
}

impl Marginals {
    pub(crate) fn of(source: &[LineFeatures], target: &[LineFeatures]) -> Self {
        let moments = [source, target].map(|side| {
            let count = side.len().max(1) as f64;
            let mean = side.iter().map(|features| f64::from(features.length())).sum::<f64>() / count;
            let variance =
                side.iter().map(|features| (f64::from(features.length()) - mean).powi(2)).sum::<f64>() / count;
            (mean, variance)
        });
        Self {
            mean: moments[1].0 - moments[0].0,
            variance: (moments[0].1 + moments[1].1).max(1.0),
            endings: [source, target].map(|side| shares(side, LineFeatures::ending)),
            numbers: [source, target].map(|side| shares(side, LineFeatures::numbers)),
        }
    }

    /// The shares of the four classes of numbers among arbitrary pairs of lines.
    fn numbers(&self) -> [f64; 4] {
        let [source, target] = &self.numbers;
        let none = source[0] * target[0];
        let equal: f64 = source.iter().zip(target).skip(1).map(|(s, t)| s * t).sum();
        let both = (1.0 - source[0]) * (1.0 - target[0]);
        [none, equal, (both - equal).max(0.0), (1.0 - none - both).max(0.0)]
    }

    /// The likelihood before any alignment is known: lengths only.
    pub(crate) fn first_likelihood(&self) -> PairLikelihood {
        PairLikelihood {
            lengths: self.lengths((1.0 - FIRST_CORRELATION) * self.variance),
            endings: [[0.0; ENDINGS]; ENDINGS],
            numbers: [0.0; 4],
        }
    }

    /// Returns the log-likelihood ratio of every difference of length, `[2·OFFSET + 1]`, if the differences of
    /// translations have this variance.
    fn lengths(&self, variance: f64) -> Vec<f32> {
        // Lengths are rounded to steps, and a small sample looks more regular than the corpus is.
        let variance = variance.max(STEPS / 20.0);
        let each = -OFFSET..=OFFSET;
        let log_ratio = |difference: i32| {
            let square = (f64::from(difference) - self.mean).powi(2);
            0.5 * (self.variance / variance).ln() - 0.5 * square * (1.0 / variance - 1.0 / self.variance)
        };
        each.map(|difference| with_strays(log_ratio(difference).exp())).collect()
    }
}

fn shares<const N: usize>(side: &[LineFeatures], class: impl Fn(LineFeatures) -> usize) -> [f64; N] {
    let mut shares = [0.0; N];
    side.iter().for_each(|features| shares[class(*features)] += 1.0 / side.len() as f64);
    shares
}

fn with_strays(ratio: f64) -> f32 {
    ((1.0 - STRAY) * ratio + STRAY).ln() as f32
}

impl PairLikelihood {
    /// Returns the log-likelihood ratio of two lines.
    pub(crate) fn of(&self, source: LineFeatures, target: LineFeatures) -> f32 {
        self.lengths[(difference(source, target) + OFFSET) as usize]
            + self.endings[source.ending()][target.ending()]
            + self.numbers[numbers_class(source, target)]
    }
}

fn numbers_class(source: LineFeatures, target: LineFeatures) -> usize {
    match (source.numbers(), target.numbers()) {
        (0, 0) => 0,
        (0, _) | (_, 0) => 3,
        (s, t) if s == t => 1,
        _ => 2,
    }
}

/// Statistics of pairs that match, according to the current alignment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Observed {
    count: f64,
    square: f64,
    endings: [[f64; ENDINGS]; ENDINGS],
    numbers: [f64; 4],
}

impl Observed {
    pub(crate) fn add(&mut self, source: LineFeatures, target: LineFeatures, marginals: &Marginals) {
        self.count += 1.0;
        // The difference is bounded, or a few wrong pairs would dominate.
        let square = (f64::from(difference(source, target)) - marginals.mean).powi(2);
        self.square += square.min(2.0 * marginals.variance);
        self.endings[source.ending()][target.ending()] += 1.0;
        self.numbers[numbers_class(source, target)] += 1.0;
    }

    /// Estimates the likelihood from the observed pairs.
    pub(crate) fn likelihood(&self, marginals: &Marginals) -> PairLikelihood {
        let ratio = |count: f64, expected: f64| {
            if expected == 0.0 {
                return 0.0;
            }
            let share = (count + SMOOTHING * expected) / (self.count + SMOOTHING);
            with_strays(share / expected).min(3.0)
        };
        let [source, target] = &marginals.endings;
        let endings = |s: usize| std::array::from_fn(|t| ratio(self.endings[s][t], source[s] * target[t]));
        let expected = marginals.numbers();
        let variance = (self.square / self.count.max(1.0)).min(marginals.variance);
        PairLikelihood {
            lengths: marginals.lengths(variance),
            endings: std::array::from_fn(endings),
            numbers: std::array::from_fn(|class| ratio(self.numbers[class], expected[class])),
        }
    }
}
