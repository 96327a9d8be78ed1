//! Paired bootstrap resampling (Koehn 2004, section 4): is the difference of two systems significant?

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::statistics::Statistics;
use crate::{EvaluationError, Metric, SentenceCounts, Signature};

/// Number of resampled test sets, as in Koehn 2004 and sacreBLEU. Each has the size of the test set; its sentences are drawn
/// with replacement.
pub const RESAMPLES: usize = 1000;

/// The comparison of two systems by one metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// The metric and all settings, with the seed.
    pub signature: Signature,
    /// The system.
    pub system: Estimate,
    /// The baseline that the system is compared with.
    pub baseline: Estimate,
    /// The probability of a difference this large if the systems were equal: sacreBLEU's p-value, in (0, 1].
    pub p_value: f64,
}

/// A score with its confidence interval, in the units of the metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The score of the test set.
    pub score: f64,
    /// The mean over the resamples.
    pub mean: f64,
    /// The 95 % confidence interval: lower and upper end of the middle 95 % of the resamples.
    pub interval: [f64; 2],
}

/// Compares a system with a baseline by each metric: BLEU, chrF2, chrF2++, TER. All metrics and both systems use the same
/// resamples, which depend on `seed` only. The settings must be those of the system.
///
/// # Errors
///
/// [`EvaluationError::Systems`] if the numbers of sentences differ.
pub fn paired_bootstrap(
    system: &SentenceCounts,
    baseline: &SentenceCounts,
    seed: u64,
) -> Result<[Comparison; 4], EvaluationError> {
    let sentences = system.bleu.len();
    if sentences != baseline.bleu.len() {
        return Err(EvaluationError::Systems { system: sentences, baseline: baseline.bleu.len() });
    }
    let draws = draws(sentences, seed);
    let signature = |metric| Signature { seed: Some(seed), ..system.signature(metric) };
    Ok([
        compared(signature(Metric::Bleu), &system.bleu, &baseline.bleu, &draws),
        compared(signature(Metric::Chrf), &system.chrf, &baseline.chrf, &draws),
        compared(signature(Metric::ChrfPlusPlus), &system.chrf_plus_plus, &baseline.chrf_plus_plus, &draws),
        compared(signature(Metric::Ter), &system.ter, &baseline.ter, &draws),
    ])
}

/// Indices of the drawn sentences, `[RESAMPLES][sentences]`.
fn draws(sentences: usize, seed: u64) -> Vec<Vec<u32>> {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut rng = ChaCha8Rng::from_seed(key);
    // The high half of a product is uniform. It uses the raw random stream, which does not change between library versions.
    let mut draw = || ((u128::from(rng.next_u64()) * sentences as u128) >> 64) as u32;
    (0..RESAMPLES).map(|_| (0..sentences).map(|_| draw()).collect()).collect()
}

impl Comparison {
    /// Whether the scores differ significantly at the 5 % level. Equal scores are never significant, although their p-value is
    /// low: it counts differences *above* the observed one.
    pub fn is_significant(&self) -> bool {
        self.p_value < 0.05 && self.system.score != self.baseline.score
    }

    /// Whether the system has a better score than the baseline.
    pub fn is_improvement(&self) -> bool {
        let rises = self.system.score > self.baseline.score;
        let falls = self.system.score < self.baseline.score;
        if self.signature.metric.lower_is_better() { falls } else { rises }
    }
}

impl Estimate {
    /// Half the width of the confidence interval: the number that sacreBLEU prints after ±.
    pub fn half_width(&self) -> f64 {
        0.5 * (self.interval[1] - self.interval[0])
    }
}

/// Compares two systems by one metric: counts, `[sentences]`, and draws, `[RESAMPLES][sentences]`.
fn compared<S: Statistics>(signature: Signature, system: &[S], baseline: &[S], draws: &[Vec<u32>]) -> Comparison {
    let (ours, theirs) = (resampled(system, draws), resampled(baseline, draws));
    let (system, baseline) = (estimate(system, &ours), estimate(baseline, &theirs));
    let differences: Vec<f64> = ours.iter().zip(&theirs).map(|(our, their)| (our - their).abs()).collect();
    let p_value = p_value(&differences, (system.score - baseline.score).abs());
    Comparison { signature, system, baseline, p_value }
}

/// The score of each resample, `[RESAMPLES]`.
fn resampled<S: Statistics>(sentences: &[S], draws: &[Vec<u32>]) -> Vec<f64> {
    draws.iter().map(|draw| S::total(draw.iter().map(|index| &sentences[*index as usize])).score()).collect()
}

/// Score, mean and interval from the counts, `[sentences]`, and the resampled scores, `[RESAMPLES]`.
fn estimate<S: Statistics>(sentences: &[S], resampled: &[f64]) -> Estimate {
    let mut sorted = resampled.to_vec();
    sorted.sort_by(f64::total_cmp);
    // 1 of 40 resamples (2.5 %) is outside the interval at each end.
    let outside = sorted.len() / 40;
    Estimate {
        score: S::total(sentences).score(),
        mean: mean(&sorted),
        interval: [sorted[outside], sorted[sorted.len() - 1 - outside]],
    }
}

/// The share of the resampled differences, `[RESAMPLES]`, that exceed their mean by more than the observed difference. 1 is
/// added to numerator and denominator, so the p-value is never 0.
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
    use crate::Tokenization;

    const REFERENCES: [&str; 6] =
        ["a b c d e f", "the dog runs fast now", "one two three four five", "x y z w", "no no no yes", "k l m n o p q"];
    const SYSTEM: [&str; 6] =
        ["a b c d e g", "the dog runs fast", "one two four three five", "x y z w", "no no yes", "k l m n o p q"];
    const BASELINE: [&str; 6] =
        ["a b c e d f", "dog runs the now", "one two three four five", "x y w", "no no no yes", "k m l n p o q"];

    /// 40 resamples of 6 sentences.
    const DRAWS: &str = "414114345251331114354155440012052411044140204222213421000003453315344545331532113233514521123\
        152000321303301215230414222310151415231324135210531142341542120234303015134405542134141101145553232214500222101342\
        123521302010120220555005540441541";

    /// The expected values come from sacreBLEU 2.6.0, which sums in single precision, with resamples from NumPy:
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
    fn the_same_resamples_give_the_means_intervals_and_p_values_of_sacrebleu() {
        let digits: Vec<u32> = DRAWS.chars().filter_map(|digit| digit.to_digit(10)).collect();
        let draws: Vec<Vec<u32>> = digits.chunks(6).map(<[u32]>::to_vec).collect();
        assert_eq!(draws.len(), 40);
        let system = SentenceCounts::new(&SYSTEM, &[&REFERENCES], Tokenization::V13a).unwrap();
        let baseline = SentenceCounts::new(&BASELINE, &[&REFERENCES], Tokenization::V13a).unwrap();
        // Score, mean and half width of the interval of the system, then of the baseline; p-value.
        let expected = [
            [76.17159317, 73.94028868, 28.98459596, 43.23371878, 44.02177084, 33.95477406, 0.09756098],
            [72.01829744, 73.44069, 12.90711, 69.31608210, 65.53729, 26.404684, 0.34146341],
            [12.90322581, 13.909213, 7.589286, 19.35483871, 20.182705, 11.243385, 0.14634146],
        ];
        let found = [
            compared(system.signature(Metric::Bleu), &system.bleu, &baseline.bleu, &draws),
            compared(system.signature(Metric::Chrf), &system.chrf, &baseline.chrf, &draws),
            compared(system.signature(Metric::Ter), &system.ter, &baseline.ter, &draws),
        ];
        for (found, expected) in found.iter().zip(expected) {
            let values = |estimate: &Estimate| [estimate.score, estimate.mean, estimate.half_width()];
            let numbers = values(&found.system).into_iter().chain(values(&found.baseline)).chain([found.p_value]);
            for (number, expected) in numbers.zip(expected) {
                assert!((number - expected).abs() < 2e-5, "{number}, expected {expected}, in {found:?}");
            }
        }
    }

    #[test]
    fn all_sentences_are_drawn_about_equally_often() {
        let mut times = [0_u32; 7];
        draws(7, 1).iter().flatten().for_each(|index| times[*index as usize] += 1);
        // Expected: 1000 each, with a standard deviation of 29.
        assert!(times.iter().all(|times| times.abs_diff(1000) < 120), "{times:?}");
    }
}
