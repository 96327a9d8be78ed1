//! A threshold between the scores of right and wrong pairs, from a mixture of two normal distributions (expectation
//! maximisation: Dempster, Laird and Rubin 1977).

/// The minimum number of scores of each kind; with fewer, mean and variance are not reliable.
const MIN_SCORES: usize = 10;

/// The minimum distance of the two means, in standard deviations: with less, the mixture has one peak, and a threshold would
/// be arbitrary.
const MIN_SEPARATION: f64 = 2.0;

/// The maximum number of iterations.
const MAX_ITERATIONS: usize = 500;

/// A threshold between the scores of wrong pairs (low) and right pairs (high).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MixtureThreshold {
    /// The number of scores below the threshold equals the estimated number of wrong ones. So about as many right scores are
    /// below it as wrong scores are above it.
    pub threshold: f64,
    /// Estimated number of wrong scores, below or above the threshold.
    pub wrong_count: f64,
}

/// A normal distribution.
#[derive(Debug, Clone, Copy)]
struct Normal {
    mean: f64,
    deviation: f64,
}

impl MixtureThreshold {
    /// Estimates the threshold for `scores`, `[pairs]`, some of which are wrong. `known_wrong`, `[wrong pairs]`, are scores
    /// of pairs that are known to be wrong. Larger scores are better; values that are NaN or infinite are ignored.
    ///
    /// `scores` are modelled as a mixture of a right and a wrong normal distribution. Mean and variance of the right one and
    /// the shares of both are estimated by expectation maximisation. The wrong one keeps the variance of `known_wrong`; its
    /// mean may be up to one standard deviation higher, because a model trained on wrong pairs has learnt something from
    /// them.
    ///
    /// Returns `None` if there are fewer than ten scores of either kind, if the two distributions overlap too much, or if
    /// less than half a score is estimated to be wrong.
    ///
    /// ```
    /// use glosser_alignment::MixtureThreshold;
    ///
    /// let wrong: Vec<f64> = (-50..50).map(|number| f64::from(number) / 50.0).collect();
    /// let right: Vec<f64> = wrong.iter().map(|score| 8.0 + score).collect();
    /// let some_wrong: Vec<f64> = right.iter().chain(wrong.iter().step_by(10)).copied().collect();
    /// let estimated = MixtureThreshold::estimate(&some_wrong, &wrong).expect("two groups");
    /// assert!((1.0..7.0).contains(&estimated.threshold) && (9.9..10.1).contains(&estimated.wrong_count));
    /// assert_eq!(MixtureThreshold::estimate(&right, &wrong), None);
    /// ```
    pub fn estimate(scores: &[f64], known_wrong: &[f64]) -> Option<Self> {
        let mut scores = finite(scores);
        let known_wrong = finite(known_wrong);
        if scores.len().min(known_wrong.len()) < MIN_SCORES {
            return None;
        }
        let mixture = Mixture::fit(&scores, Normal::fit(known_wrong.iter().map(|score| (*score, 1.0)))?)?;
        let wrong_count = mixture.wrong_share * scores.len() as f64;
        if mixture.separation() < MIN_SEPARATION || wrong_count < 0.5 {
            return None;
        }
        let below = wrong_count.round() as usize;
        scores.sort_by(f64::total_cmp);
        let threshold = f64::midpoint(scores[below - 1], *scores.get(below)?);
        Some(Self { threshold, wrong_count })
    }
}

fn finite(scores: &[f64]) -> Vec<f64> {
    scores.iter().copied().filter(|score| score.is_finite()).collect()
}

/// Two normal distributions, and the share of the scores that comes from the wrong one.
struct Mixture {
    right: Normal,
    wrong: Normal,
    wrong_share: f64,
}

impl Mixture {
    /// Expectation maximisation on `scores`, `[pairs]`. Returns `None` if all scores are equal.
    fn fit(scores: &[f64], known_wrong: Normal) -> Option<Self> {
        let right = Normal::fit(scores.iter().map(|score| (*score, 1.0)))?;
        let mut mixture = Self { right, wrong: known_wrong, wrong_share: 0.02 };
        let count = scores.len() as f64;
        for _ in 0..MAX_ITERATIONS {
            let weighted: Vec<(f64, f64)> =
                scores.iter().map(|score| (*score, mixture.probability_right(*score))).collect();
            let wrong_share = 1.0 - weighted.iter().map(|(_, right)| right).sum::<f64>() / count;
            mixture.right = Normal::fit(weighted.iter().copied())?;
            let mean = weighted.iter().map(|(score, right)| score * (1.0 - right)).sum::<f64>() / (wrong_share * count);
            if mean.is_finite() {
                mixture.wrong.mean = mean.clamp(known_wrong.mean, known_wrong.mean + known_wrong.deviation);
            }
            let change = (wrong_share - mixture.wrong_share).abs();
            mixture.wrong_share = wrong_share;
            if change * count < 1e-6 {
                break;
            }
        }
        Some(mixture)
    }

    /// The probability that a score comes from the right distribution.
    fn probability_right(&self, score: f64) -> f64 {
        let prior = (self.wrong_share / (1.0 - self.wrong_share)).ln();
        let log_ratio = prior + self.wrong.log_density(score) - self.right.log_density(score);
        1.0 / (1.0 + log_ratio.exp())
    }

    /// The distance of the two means, in standard deviations.
    fn separation(&self) -> f64 {
        let variance = f64::midpoint(self.right.variance(), self.wrong.variance());
        (self.right.mean - self.wrong.mean) / variance.sqrt()
    }
}

impl Normal {
    /// Mean and standard deviation of scores with their weights. Returns `None` if all scores are equal.
    fn fit(weighted: impl Iterator<Item = (f64, f64)> + Clone) -> Option<Self> {
        let total: f64 = weighted.clone().map(|(_, weight)| weight).sum();
        let mean = weighted.clone().map(|(score, weight)| score * weight).sum::<f64>() / total;
        let squares: f64 = weighted.map(|(score, weight)| weight * (score - mean).powi(2)).sum();
        let deviation = (squares / total).sqrt();
        (deviation > 0.0 && deviation.is_finite()).then_some(Self { mean, deviation })
    }

    fn variance(&self) -> f64 {
        self.deviation.powi(2)
    }

    /// The logarithm of the density without its constant term.
    fn log_density(&self, score: f64) -> f64 {
        -((score - self.mean) / self.deviation).powi(2) / 2.0 - self.deviation.ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Random numbers that are nearly normal: each is a sum of twelve uniform random numbers (Irwin-Hall).
    fn normal(mean: f64, deviation: f64, count: usize, seed: u64) -> Vec<f64> {
        let mut state = seed;
        let mut uniform = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        (0..count).map(|_| mean + deviation * ((0..12).map(|_| uniform()).sum::<f64>() - 6.0)).collect()
    }

    #[test]
    fn the_share_of_wrong_scores_is_found_and_few_right_scores_are_below_the_threshold() {
        let known = normal(0.0, 0.5, 1000, 1);
        for (count, tolerance) in [(20, 0.25), (100, 0.1), (1000, 0.05)] {
            let right = normal(2.6, 0.6, 10_000, 2);
            let wrong = normal(0.0, 0.5, count, 3);
            let found =
                MixtureThreshold::estimate(&[right.clone(), wrong.clone()].concat(), &known).expect("two groups");
            assert!((found.wrong_count - count as f64).abs() < tolerance * count as f64, "{found:?} for {count}");
            let below = |scores: &[f64]| scores.iter().filter(|score| **score < found.threshold).count() as f64;
            assert!(below(&wrong) >= (0.95 - tolerance) * count as f64, "{found:?}");
            assert!(below(&right) <= (0.05 + tolerance) * count as f64, "{found:?}: {}", below(&right));
        }
    }

    #[test]
    fn one_group_of_scores_or_two_that_overlap_have_no_threshold() {
        let known = normal(0.0, 0.5, 1000, 1);
        assert_eq!(MixtureThreshold::estimate(&normal(3.5, 0.6, 10_000, 2), &known), None);
        assert_eq!(
            MixtureThreshold::estimate(&normal(0.4, 0.5, 10_000, 2), &known),
            None,
            "scores of a model that has learnt nothing"
        );
        assert_eq!(MixtureThreshold::estimate(&[1.0; 100], &known), None);
        assert_eq!(MixtureThreshold::estimate(&known[..9], &known), None);
        assert_eq!(MixtureThreshold::estimate(&[f64::NAN; 100], &known), None);
        assert_eq!(MixtureThreshold::estimate(&[], &[]), None);
    }
}
