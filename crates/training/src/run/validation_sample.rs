//! The sample of a large validation part that a run validates on, so that validation takes little of its time.

use crate::Examples;
use crate::error::Result;
use crate::run::validation::ValidationSet;

/// Most target tokens of a validation, as a share of those of an epoch. Held-out pairs are a twentieth of them.
const SHARE_OF_EPOCH: f64 = 1.0 / 16.0;

/// Most target tokens of a validation, as a share of those of the whole run.
const SHARE_OF_RUN: f64 = 1.0 / 50.0;

/// Target tokens on which a run validates in any case, if there are as many.
pub(crate) const ALWAYS_VALIDATED: usize = 8000;

/// Share of the pairs on which a validation is timed.
const TRIAL_SHARE: usize = 8;

/// Fewest pairs on which a validation is timed: a batch for each of a few threads.
const FEWEST_TRIED: usize = 32;

/// Returns the most target tokens of a validation of a run that trains on `examples` for so many epochs. It does not
/// depend on the clock, so the same number of steps validates on the same pairs. The share of the run is rounded down
/// to 8,000 tokens, 16,000, 32,000 and so on: runs of similar lengths then validate on the same pairs.
pub(crate) fn most_tokens(examples: &Examples, epochs: f64) -> usize {
    let (tokens, always) = (examples.target_tokens() as f64, ALWAYS_VALIDATED as f64);
    let run_limit = always * (SHARE_OF_RUN * epochs * tokens / always).log2().floor().exp2();
    (SHARE_OF_EPOCH * tokens).min(run_limit).max(always) as usize
}

impl ValidationSet {
    /// Returns pairs spread evenly over this set, of at most about so many target tokens. `None` if it is not larger.
    ///
    /// # Errors
    /// If token ids cannot be read.
    pub fn sample(&self, most_tokens: usize) -> Result<Option<Self>> {
        let tokens = self.examples.target_tokens();
        if tokens <= most_tokens {
            return Ok(None);
        }
        self.spread(|all| (all as u128 * most_tokens as u128 / tokens as u128) as usize).map(Some)
    }

    /// Returns the part of this set on which a validation is timed.
    ///
    /// # Errors
    /// If token ids cannot be read.
    pub fn trial(&self) -> Result<Self> {
        self.spread(|all| (all / TRIAL_SHARE).max(FEWEST_TRIED))
    }

    /// Returns `count(all)` of all pairs, spread evenly, and as many of those with token ids.
    fn spread(&self, count: impl Fn(usize) -> usize) -> Result<Self> {
        let pairs = evenly(self.pairs.len(), count(self.pairs.len())).map(|at| self.pairs[at].clone()).collect();
        let examples = evenly(self.examples.len(), count(self.examples.len())).map(|at| self.examples.ids(at));
        let examples = Examples::from_ids(examples.collect::<candle_core::Result<_>>()?);
        Ok(Self { pairs, examples, tokenization: self.tokenization })
    }
}

/// Returns `count` of the indices below `all`, spread evenly; at least one, and at most all.
fn evenly(all: usize, count: usize) -> impl Iterator<Item = usize> {
    let count = count.clamp(1, all.max(1));
    (0..count).map(move |at| (at as u128 * all as u128 / count as u128) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use glosser_text::Pair;

    fn set(pairs: usize, tokens: usize) -> ValidationSet {
        let pair = |at: usize| Pair { source: at.to_string(), target: at.to_string() };
        let examples = Examples::from_ids((0..pairs).map(|at| (vec![at as u32], vec![at as u32; tokens])).collect());
        ValidationSet::new((0..pairs).map(pair).collect(), examples)
    }

    #[test]
    fn a_sample_is_spread_evenly_and_has_no_more_tokens_than_it_may() -> Result<()> {
        let all = set(3000, 35);
        for (most, expected) in [(8000, 228), (35_000, 1000), (104_999, 2999)] {
            let sample = all.sample(most)?.expect("a sample");
            assert_eq!((sample.pairs.len(), sample.examples.len()), (expected, expected));
            assert!(sample.examples.target_tokens() <= most);
            let numbers: Vec<usize> = sample.pairs.iter().filter_map(|pair| pair.source.parse().ok()).collect();
            let ids = (0..expected).map(|at| Ok(sample.examples.ids(at)?.0[0] as usize)).collect::<Result<Vec<_>>>()?;
            assert_eq!(numbers, ids);
            let gap = 3000 / expected;
            assert!(numbers.windows(2).all(|two| (gap..=gap + 1).contains(&(two[1] - two[0]))), "{numbers:?}");
            assert!(numbers[0] <= gap && numbers[expected - 1] + gap + 1 >= 3000, "{numbers:?}");
        }
        assert!(all.sample(105_000)?.is_none());
        Ok(())
    }

    #[test]
    fn long_pairs_leave_at_least_one() -> Result<()> {
        assert_eq!(set(2, 100_000).sample(8000)?.expect("a sample").pairs.len(), 1);
        assert_eq!(set(5, 3).trial()?.pairs.len(), 5);
        assert_eq!(set(800, 3).trial()?.pairs.len(), 100);
        Ok(())
    }

    #[test]
    fn a_validation_is_a_small_part_of_an_epoch_and_of_the_run() {
        let examples = Examples::from_ids(vec![(vec![1; 10], vec![1; 40]); 40_000]);
        assert_eq!(most_tokens(&examples, 30.0), 100_000);
        assert_eq!(most_tokens(&examples, f64::INFINITY), 100_000);
        for (epochs, expected) in [(0.6, 16_000), (0.99, 16_000), (1.0, 32_000), (1.9, 32_000), (2.0, 64_000)] {
            assert_eq!(most_tokens(&examples, epochs), expected, "{epochs}");
        }
        assert_eq!(most_tokens(&examples, 0.01), ALWAYS_VALIDATED);
    }
}
