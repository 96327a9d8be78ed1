//! Whether the difference of two systems is more than chance: paired bootstrap resampling (Koehn 2004).

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::sums::Sums;
use crate::{EvaluationError, Metric, SentenceCounts};

/// Test sets that are drawn, Koehn's and sacreBLEU's thousand: each has as many sentences as there are, some of them
/// several times and others never.
pub const RESAMPLES: usize = 1000;

/// Two systems by one metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// The metric.
    pub metric: Metric,
    /// The system in question.
    pub system: Estimate,
    /// The one it is held against.
    pub baseline: Estimate,
    /// How likely a difference as large would be by chance if there were none: sacreBLEU's p-value, in (0, 1].
    pub p_value: f64,
}

/// A score and how far it may be relied on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Of the sentences as they are.
    pub score: f64,
    /// Mean over the resamples.
    pub mean: f64,
    /// Lower and upper end of the middle 95 % of the resamples.
    pub interval: [f64; 2],
}

/// Holds a system against a baseline by each metric, on test sets that are drawn from the sentences. Every metric, and both
/// systems, see the same draws, and the same seed makes the same ones.
///
/// # Errors
///
/// If they are not of the same number of sentences.
pub fn paired_bootstrap(
    system: &SentenceCounts,
    baseline: &SentenceCounts,
    seed: u64,
) -> Result<[Comparison; 3], EvaluationError> {
    let (sentences, others) = (system.bleu.len(), baseline.bleu.len());
    if sentences != others {
        return Err(EvaluationError::Systems { system: sentences, baseline: others });
    }
    let draws = draws(sentences, seed);
    Ok([
        compared(Metric::Bleu, &system.bleu, &baseline.bleu, &draws),
        compared(Metric::Chrf, &system.chrf, &baseline.chrf, &draws),
        compared(Metric::Ter, &system.ter, &baseline.ter, &draws),
    ])
}

/// Indices of sentences, one list a resample.
fn draws(sentences: usize, seed: u64) -> Vec<Vec<u32>> {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut rng = ChaCha8Rng::from_seed(key);
    // The high half of a product: even, and from the raw stream, which no version of a library changes.
    let mut draw = || ((u128::from(rng.next_u64()) * sentences as u128) >> 64) as u32;
    (0..RESAMPLES).map(|_| (0..sentences).map(|_| draw()).collect()).collect()
}

impl Comparison {
    /// Whether there is a difference, and chance is ruled out at the 5 % level. Equal scores have a low p-value, too: what
    /// is compared with is a difference that is *above* the observed one.
    pub fn is_significant(&self) -> bool {
        self.p_value < 0.05 && self.system.score != self.baseline.score
    }

    /// Whether the system has the better score.
    pub fn is_improvement(&self) -> bool {
        let rises = self.system.score > self.baseline.score;
        let falls = self.system.score < self.baseline.score;
        if self.metric.lower_is_better() { falls } else { rises }
    }
}

impl Estimate {
    /// Half the width of the interval: what sacreBLEU prints behind ±.
    pub fn half_width(&self) -> f64 {
        0.5 * (self.interval[1] - self.interval[0])
    }
}

fn compared<S: Sums>(metric: Metric, system: &[S], baseline: &[S], draws: &[Vec<u32>]) -> Comparison {
    let (ours, theirs) = (resampled(system, draws), resampled(baseline, draws));
    let (system, baseline) = (estimate(system, &ours), estimate(baseline, &theirs));
    let differences: Vec<f64> = ours.iter().zip(&theirs).map(|(our, their)| (our - their).abs()).collect();
    let p_value = p_value(&differences, (system.score - baseline.score).abs());
    Comparison { metric, system, baseline, p_value }
}

/// The score of each resample.
fn resampled<S: Sums>(sentences: &[S], draws: &[Vec<u32>]) -> Vec<f64> {
    draws.iter().map(|draw| S::total(draw.iter().map(|index| &sentences[*index as usize])).score()).collect()
}

fn estimate<S: Sums>(sentences: &[S], resampled: &[f64]) -> Estimate {
    let mut sorted = resampled.to_vec();
    sorted.sort_by(f64::total_cmp);
    // One in forty at either end is outside.
    let outside = sorted.len() / 40;
    Estimate {
        score: S::total(sentences).score(),
        mean: mean(&sorted),
        interval: [sorted[outside], sorted[sorted.len() - 1 - outside]],
    }
}

/// The share of resamples whose difference is farther above the mean difference than the observed one is above zero. One
/// is added on both sides of the division, so that no finite number of resamples makes anything certain.
fn p_value(differences: &[f64], observed: f64) -> f64 {
    let mean = mean(differences);
    let beyond = differences.iter().filter(|difference| *difference - mean > observed).count();
    (beyond + 1) as f64 / (differences.len() + 1) as f64
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFERENCES: [&str; 6] =
        ["a b c d e f", "the dog runs fast now", "one two three four five", "x y z w", "no no no yes", "k l m n o p q"];
    const SYSTEM: [&str; 6] =
        ["a b c d e g", "the dog runs fast", "one two four three five", "x y z w", "no no yes", "k l m n o p q"];
    const BASELINE: [&str; 6] =
        ["a b c e d f", "dog runs the now", "one two three four five", "x y w", "no no no yes", "k m l n p o q"];

    /// Forty draws of six sentences.
    const DRAWS: &str = "414114345251331114354155440012052411044140204222213421000003453315344545331532113233514521123\
        152000321303301215230414222310151415231324135210531142341542120234303015134405542134141101145553232214500222101342\
        123521302010120220555005540441541";

    /// sacreBLEU 2.6.0, which sums in single precision, on the draws of NumPy's generator:
    ///
    /// ```python
    /// import numpy
    /// from sacrebleu.metrics import BLEU, CHRF, TER
    /// from sacrebleu.significance import PairedTest
    ///
    /// draws = numpy.random.default_rng(12345).choice(6, size=(40, 6), replace=True)
    /// print("".join(map(str, draws.flatten())))
    /// systems = [("baseline", BASELINE), ("system", SYSTEM)]
    /// metrics = {"b": BLEU(), "c": CHRF(), "t": TER()}
    /// print(PairedTest(systems, metrics, [REFERENCES], "bs", 40)()[1])
    /// ```
    #[test]
    fn the_same_draws_give_the_means_intervals_and_p_values_of_sacrebleu() {
        let digits: Vec<u32> = DRAWS.chars().filter_map(|digit| digit.to_digit(10)).collect();
        let draws: Vec<Vec<u32>> = digits.chunks(6).map(<[u32]>::to_vec).collect();
        assert_eq!(draws.len(), 40);
        let system = SentenceCounts::new(&SYSTEM, &REFERENCES).unwrap();
        let baseline = SentenceCounts::new(&BASELINE, &REFERENCES).unwrap();
        // Score, mean, half the interval of the system and of the baseline; p.
        let wanted = [
            [76.17159317, 73.94028868, 28.98459596, 43.23371878, 44.02177084, 33.95477406, 0.09756098],
            [72.01829744, 73.44069, 12.90711, 69.31608210, 65.53729, 26.404684, 0.34146341],
            [12.90322581, 13.909213, 7.589286, 19.35483871, 20.182705, 11.243385, 0.14634146],
        ];
        let found = [
            compared(Metric::Bleu, &system.bleu, &baseline.bleu, &draws),
            compared(Metric::Chrf, &system.chrf, &baseline.chrf, &draws),
            compared(Metric::Ter, &system.ter, &baseline.ter, &draws),
        ];
        for (found, wanted) in found.iter().zip(wanted) {
            let of = |estimate: &Estimate| [estimate.score, estimate.mean, estimate.half_width()];
            let numbers = of(&found.system).into_iter().chain(of(&found.baseline)).chain([found.p_value]);
            for (number, wanted) in numbers.zip(wanted) {
                assert!((number - wanted).abs() < 2e-5, "{number} is not {wanted} in {found:?}");
            }
        }
    }

    #[test]
    fn every_sentence_is_drawn_about_as_often() {
        let mut times = [0_u32; 7];
        draws(7, 1).iter().flatten().for_each(|index| times[*index as usize] += 1);
        // A thousand each, with a standard deviation of 29.
        assert!(times.iter().all(|times| times.abs_diff(1000) < 120), "{times:?}");
    }
}
