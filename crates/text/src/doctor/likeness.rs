//! How much two lines look like each other's translation, by their prints alone.

use super::prints::{ENDINGS, NUMBERS, Print, STEPS, difference};

/// Share of pairs that are no translation of each other, word for word: bounds what a single line can say.
const STRAY: f64 = 0.1;

/// Correlation of the lengths of translations before anything is known of the corpus.
const FIRST_CORRELATION: f64 = 0.7;

/// Pairs that a co-occurrence is smoothed with.
const SMOOTHING: f64 = 4.0;

/// Differences reach from -255 to 255.
const OFFSET: i32 = 255;

/// Logarithm of how much likelier a pair of prints is for translations than for any two lines.
#[derive(Debug, Clone)]
pub(super) struct Likeness {
    lengths: Vec<f32>,
    endings: [[f32; ENDINGS]; ENDINGS],
    /// None, equal, different, on one side only.
    numbers: [f32; 4],
}

/// Prints of the two sides by themselves, whatever belongs together.
#[derive(Debug, Clone)]
pub(super) struct Marginals {
    mean: f64,
    variance: f64,
    endings: [[f64; ENDINGS]; 2],
    numbers: [[f64; NUMBERS]; 2],
}

impl Marginals {
    pub(super) fn of(source: &[Print], target: &[Print]) -> Self {
        let moments = [source, target].map(|side| {
            let count = side.len().max(1) as f64;
            let mean = side.iter().map(|print| f64::from(print.length())).sum::<f64>() / count;
            let variance = side.iter().map(|print| (f64::from(print.length()) - mean).powi(2)).sum::<f64>() / count;
            (mean, variance)
        });
        Self {
            mean: moments[1].0 - moments[0].0,
            variance: (moments[0].1 + moments[1].1).max(1.0),
            endings: [source, target].map(|side| shares(side, Print::ending)),
            numbers: [source, target].map(|side| shares(side, Print::numbers)),
        }
    }

    /// Shares of the four classes of numbers among any two lines.
    fn numbers(&self) -> [f64; 4] {
        let [source, target] = &self.numbers;
        let none = source[0] * target[0];
        let equal: f64 = source.iter().zip(target).skip(1).map(|(s, t)| s * t).sum();
        let both = (1.0 - source[0]) * (1.0 - target[0]);
        [none, equal, (both - equal).max(0.0), (1.0 - none - both).max(0.0)]
    }

    /// Before anything is known of what belongs together.
    pub(super) fn first_likeness(&self) -> Likeness {
        Likeness {
            lengths: self.lengths((1.0 - FIRST_CORRELATION) * self.variance),
            endings: [[0.0; ENDINGS]; ENDINGS],
            numbers: [0.0; 4],
        }
    }

    fn lengths(&self, variance: f64) -> Vec<f32> {
        // Lengths are rounded to steps, and nothing is as regular as a small sample looks.
        let variance = variance.max(STEPS / 20.0);
        let each = -OFFSET..=OFFSET;
        let log_ratio = |difference: i32| {
            let square = (f64::from(difference) - self.mean).powi(2);
            0.5 * (self.variance / variance).ln() - 0.5 * square * (1.0 / variance - 1.0 / self.variance)
        };
        each.map(|difference| with_strays(log_ratio(difference).exp())).collect()
    }
}

fn shares<const N: usize>(side: &[Print], class: impl Fn(Print) -> usize) -> [f64; N] {
    let mut shares = [0.0; N];
    side.iter().for_each(|print| shares[class(*print)] += 1.0 / side.len() as f64);
    shares
}

fn with_strays(ratio: f64) -> f32 {
    ((1.0 - STRAY) * ratio + STRAY).ln() as f32
}

impl Likeness {
    pub(super) fn of(&self, source: Print, target: Print) -> f32 {
        self.lengths[(difference(source, target) + OFFSET) as usize]
            + self.endings[source.ending()][target.ending()]
            + self.numbers[numbers_class(source, target)]
    }
}

fn numbers_class(source: Print, target: Print) -> usize {
    match (source.numbers(), target.numbers()) {
        (0, 0) => 0,
        (0, _) | (_, 0) => 3,
        (s, t) if s == t => 1,
        _ => 2,
    }
}

/// Pairs that belong together, as far as is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Observed {
    count: f64,
    square: f64,
    endings: [[f64; ENDINGS]; ENDINGS],
    numbers: [f64; 4],
}

impl Observed {
    pub(super) fn add(&mut self, source: Print, target: Print, marginals: &Marginals) {
        self.count += 1.0;
        // A stray pair counts as one at the edge of what is usual, or a few of them would decide.
        let square = (f64::from(difference(source, target)) - marginals.mean).powi(2);
        self.square += square.min(2.0 * marginals.variance);
        self.endings[source.ending()][target.ending()] += 1.0;
        self.numbers[numbers_class(source, target)] += 1.0;
    }

    /// What was learnt from them.
    pub(super) fn likeness(&self, marginals: &Marginals) -> Likeness {
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
        Likeness {
            lengths: marginals.lengths(variance),
            endings: std::array::from_fn(endings),
            numbers: std::array::from_fn(|class| ratio(self.numbers[class], expected[class])),
        }
    }
}
