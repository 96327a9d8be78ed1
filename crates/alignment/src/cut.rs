//! Where to cut between pairs that belong together and others.

/// Fewer scores than this say too little of how they are spread.
const FEWEST: usize = 10;

/// Least distance of the two means, in standard deviations, for which a cut is given: from here on a mixture of two groups
/// has two peaks.
const LEAST_SEPARATION: f64 = 2.0;

/// Rounds after which an estimate hardly changes any more.
const MOST_ROUNDS: usize = 500;

/// A threshold between two groups of scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// As many scores are below it as are of the wrong group, by estimate: about as many right ones as wrong ones are on the
    /// other side.
    pub threshold: f64,
    /// How many of the scores are of the wrong group, by estimate, wherever they lie.
    pub wrong: f64,
}

/// A group of scores, as a normal distribution.
#[derive(Debug, Clone, Copy)]
struct Group {
    mean: f64,
    deviation: f64,
}

impl Cut {
    /// Between scores of which some are spread like `wrong` ones, which are known to be wrong. All others are taken for one
    /// group; its mean, its variance and its share are estimated by expectation and maximisation (Dempster, Laird and Rubin
    /// 1977), while the wrong group keeps the variance that is known. Its mean may lie up to a standard deviation above the
    /// one that is known: a model that was trained on wrong pairs has learnt something of them.
    ///
    /// `None` if there are fewer than ten scores of a kind, the groups are not apart, or there is hardly a wrong one.
    ///
    /// ```
    /// use glosser_alignment::Cut;
    ///
    /// let wrong: Vec<f64> = (-50..50).map(|number| f64::from(number) / 50.0).collect();
    /// let right: Vec<f64> = wrong.iter().map(|score| 8.0 + score).collect();
    /// let some_wrong: Vec<f64> = right.iter().chain(wrong.iter().step_by(10)).copied().collect();
    /// let cut = Cut::between(&some_wrong, &wrong).expect("two groups");
    /// assert!((1.0..7.0).contains(&cut.threshold) && (9.9..10.1).contains(&cut.wrong));
    /// assert_eq!(Cut::between(&right, &wrong), None);
    /// ```
    pub fn between(scores: &[f64], wrong: &[f64]) -> Option<Self> {
        let [scores, wrong] = [scores, wrong].map(|all| all.iter().copied().filter(|score| score.is_finite()));
        let mut scores: Vec<f64> = scores.collect();
        let wrong: Vec<(f64, f64)> = wrong.map(|score| (score, 1.0)).collect();
        if scores.len().min(wrong.len()) < FEWEST {
            return None;
        }
        let known = Group::of(&wrong)?;
        let mut wrong = known;
        let mut right = Group::of(&scores.iter().map(|score| (*score, 1.0)).collect::<Vec<_>>())?;
        let (mut share, count) = (0.02, scores.len() as f64);
        for _ in 0..MOST_ROUNDS {
            let is_right = |score: &f64| 1.0 / (1.0 + ratio(share, &wrong, &right, *score).exp());
            let weighted: Vec<(f64, f64)> = scores.iter().map(|score| (*score, is_right(score))).collect();
            let now = 1.0 - weighted.iter().map(|(_, weight)| weight).sum::<f64>() / count;
            right = Group::of(&weighted)?;
            let mean = weighted.iter().map(|(score, weight)| score * (1.0 - weight)).sum::<f64>() / (now * count);
            if mean.is_finite() {
                wrong.mean = mean.clamp(known.mean, known.mean + known.deviation);
            }
            let change = (now - share).abs();
            share = now;
            if change * count < 1e-6 {
                break;
            }
        }
        let separation = (right.mean - wrong.mean) / f64::midpoint(right.variance(), wrong.variance()).sqrt();
        if separation < LEAST_SEPARATION || share * count < 0.5 {
            return None;
        }
        let below = (share * count).round() as usize;
        scores.sort_by(f64::total_cmp);
        let threshold = f64::midpoint(scores[below - 1], *scores.get(below)?);
        Some(Self { threshold, wrong: share * count })
    }
}

impl Group {
    /// Of scores with their weights. `None` where they are all the same.
    fn of(weighted: &[(f64, f64)]) -> Option<Self> {
        let total: f64 = weighted.iter().map(|(_, weight)| weight).sum();
        let mean = weighted.iter().map(|(score, weight)| score * weight).sum::<f64>() / total;
        let squares: f64 = weighted.iter().map(|(score, weight)| weight * (score - mean).powi(2)).sum();
        let deviation = (squares / total).sqrt();
        (deviation > 0.0 && deviation.is_finite()).then_some(Self { mean, deviation })
    }

    fn variance(&self) -> f64 {
        self.deviation.powi(2)
    }

    /// Logarithm of the density, but for a constant.
    fn log_density(&self, score: f64) -> f64 {
        -((score - self.mean) / self.deviation).powi(2) / 2.0 - self.deviation.ln()
    }
}

/// Logarithm of how much likelier a score is wrong than right.
fn ratio(share: f64, wrong: &Group, right: &Group, score: f64) -> f64 {
    (share / (1.0 - share)).ln() + wrong.log_density(score) - right.log_density(score)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Quantiles of a normal distribution, in no order: by the sum of twelve even numbers.
    fn normal(mean: f64, deviation: f64, count: usize, seed: u64) -> Vec<f64> {
        let mut state = seed;
        let mut even = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        (0..count).map(|_| mean + deviation * ((0..12).map(|_| even()).sum::<f64>() - 6.0)).collect()
    }

    #[test]
    fn a_small_group_is_found_by_its_share_and_hardly_any_other_is_cut_off() {
        let known = normal(0.0, 0.5, 1000, 1);
        for (count, tolerance) in [(20, 0.25), (100, 0.1), (1000, 0.05)] {
            let right = normal(2.6, 0.6, 10_000, 2);
            let wrong = normal(0.0, 0.5, count, 3);
            let cut = Cut::between(&[right.clone(), wrong.clone()].concat(), &known).expect("two groups");
            assert!((cut.wrong - count as f64).abs() < tolerance * count as f64, "{cut:?} for {count}");
            let below = |scores: &[f64]| scores.iter().filter(|score| **score < cut.threshold).count() as f64;
            assert!(below(&wrong) >= (0.95 - tolerance) * count as f64, "{cut:?}");
            assert!(below(&right) <= (0.05 + tolerance) * count as f64, "{cut:?}: {}", below(&right));
        }
    }

    #[test]
    fn one_group_is_not_cut_nor_are_two_that_cannot_be_told_apart() {
        let known = normal(0.0, 0.5, 1000, 1);
        assert_eq!(Cut::between(&normal(3.5, 0.6, 10_000, 2), &known), None);
        assert_eq!(Cut::between(&normal(0.4, 0.5, 10_000, 2), &known), None, "a model that has learnt nothing");
        assert_eq!(Cut::between(&[1.0; 100], &known), None);
        assert_eq!(Cut::between(&known[..9], &known), None);
        assert_eq!(Cut::between(&[f64::NAN; 100], &known), None);
        assert_eq!(Cut::between(&[], &[]), None);
    }
}
