//! The usual difference of length between the two sides of a corpus.

use std::ops::RangeInclusive;

/// Differences range from -255 to 255.
const OFFSET: i32 = 255;

/// Accepted in any corpus: a side that is less than three times as long as the other (20 ln 3 steps).
const ALWAYS_FINE: f64 = 22.0;

/// Standard deviations from the median beyond which a difference is unusual.
const FAR: f64 = 6.0;

/// The number of pairs with each difference of length, in steps.
#[derive(Debug, Clone)]
pub(crate) struct Differences([u32; 2 * OFFSET as usize + 1]);

impl Differences {
    pub(crate) fn new() -> Self {
        Self([0; 2 * OFFSET as usize + 1])
    }

    pub(crate) fn add(&mut self, difference: i32) {
        if let Some(count) = self.0.get_mut((difference + OFFSET) as usize) {
            *count += 1;
        }
    }

    /// Returns the range of usual differences. Outliers are removed and the range is computed again until there are
    /// none left, so a corpus from which its outliers were removed has no further ones.
    pub(crate) fn usual(mut self) -> RangeInclusive<i32> {
        loop {
            let (median, deviation) = self.spread();
            let most = (FAR * deviation).max(ALWAYS_FINE).floor() as i32;
            let usual = median - most..=median + most;
            let mut is_changed = false;
            for (difference, count) in (-OFFSET..=OFFSET).zip(&mut self.0) {
                is_changed |= !usual.contains(&difference) && std::mem::take(count) > 0;
            }
            if !is_changed {
                return usual;
            }
        }
    }

    /// The median, and a standard deviation that is robust against outliers (1.4826 times the median absolute
    /// deviation).
    fn spread(&self) -> (i32, f64) {
        let each = || (-OFFSET..=OFFSET).zip(self.0);
        let median = weighted_median(each());
        let mut distances = [0; 4 * OFFSET as usize + 1];
        each().for_each(|(difference, count)| distances[difference.abs_diff(median) as usize] += count);
        (median, 1.4826 * f64::from(weighted_median((0..).zip(distances))))
    }
}

fn weighted_median(values: impl Iterator<Item = (i32, u32)> + Clone) -> i32 {
    let total: u64 = values.clone().map(|(_, count)| u64::from(count)).sum();
    let mut below = 0;
    for (value, count) in values {
        below += u64::from(count);
        if 2 * below >= total.max(1) {
            return value;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usual(differences: &[i32]) -> RangeInclusive<i32> {
        let mut all = Differences::new();
        differences.iter().for_each(|difference| all.add(*difference));
        all.usual()
    }

    #[test]
    fn the_usual_range_depends_on_the_corpus() {
        let regular: Vec<i32> = (0..100).map(|i| 10 + i % 3).collect();
        assert_eq!(usual(&regular), 11 - 22..=11 + 22);
        let free: Vec<i32> = (0..100).map(|i| i % 41 - 20).collect();
        assert!(usual(&free).contains(&80), "{:?}", usual(&free));
        assert_eq!(usual(&[]), -22..=22);
    }

    proptest! {
        #[test]
        fn without_its_outliers_a_corpus_has_none(differences in proptest::collection::vec(-255..=255, 0..60)) {
            let before = usual(&differences);
            let kept: Vec<i32> = differences.into_iter().filter(|d| before.contains(d)).collect();
            prop_assert_eq!(usual(&kept), before);
        }
    }
}
