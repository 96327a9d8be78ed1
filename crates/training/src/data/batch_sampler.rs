//! The batches of each epoch, in a random order that depends on the seed only.

use crate::data::examples::Examples;
use crate::streams::{Purpose, shuffle, stream};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The pairs of one epoch, sorted by length, and its batches as ranges of them, in random order.
#[derive(Debug, Default, PartialEq, Eq)]
struct Epoch {
    pairs: Vec<u32>,
    batches: Vec<Range<usize>>,
}

/// Makes the batches of one epoch. Pairs of similar length are together, to save padding. A batch of n pairs whose
/// longest side has m tokens has n * m tokens, at most `batch_tokens` unless it is a single pair.
fn epoch(examples: &Examples, batch_tokens: usize, seed: u64, epoch: u64) -> Epoch {
    let mut rng = stream(seed, Purpose::Shuffle, epoch);
    let mut pairs: Vec<u32> = (0..examples.len() as u32).collect();
    // The sorts are stable, so pairs of equal length stay shuffled, and are in other batches in each epoch.
    shuffle(&mut pairs, &mut rng);
    let pairs = sorted_by(&pairs, |pair| examples.lengths(pair).source);
    let pairs = sorted_by(&pairs, |pair| examples.lengths(pair).target);
    let mut batches = Vec::new();
    let (mut start, mut longest) = (0, 0);
    for (at, pair) in pairs.iter().enumerate() {
        let length = examples.lengths(*pair as usize).longest();
        if at > start && longest.max(length) * (at - start + 1) > batch_tokens {
            batches.push(start..at);
            (start, longest) = (at, length);
        } else {
            longest = longest.max(length);
        }
    }
    if start < pairs.len() {
        batches.push(start..pairs.len());
    }
    shuffle(&mut batches, &mut rng);
    Epoch { pairs, batches }
}

/// Sorts pairs by a length, and keeps the order of equals. It is a counting sort, because lengths are small; a sort by
/// comparison would look up each length many times, all over memory.
fn sorted_by(pairs: &[u32], length: impl Fn(usize) -> u32) -> Vec<u32> {
    let mut next: Vec<usize> = Vec::new();
    for pair in pairs {
        let length = length(*pair as usize) as usize;
        if next.len() < length + 2 {
            next.resize(length + 2, 0);
        }
        next[length + 1] += 1;
    }
    for length in 1..next.len() {
        next[length] += next[length - 1];
    }
    let mut sorted = vec![0; pairs.len()];
    for pair in pairs {
        let place = &mut next[length(*pair as usize) as usize];
        sorted[*place] = *pair;
        *place += 1;
    }
    sorted
}

/// The position of the next batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    epoch: u64,
    batch: usize,
}

/// Returns the batches of one epoch after another.
pub(crate) struct BatchSampler<'a> {
    examples: &'a Examples,
    batch_tokens: usize,
    seed: u64,
    epoch: Epoch,
    steps_per_epoch: usize,
    next: Cursor,
}

impl<'a> BatchSampler<'a> {
    pub fn new(examples: &'a Examples, batch_tokens: usize, seed: u64) -> Self {
        let epoch = epoch(examples, batch_tokens, seed, 0);
        let steps_per_epoch = epoch.batches.len();
        Self { examples, batch_tokens, seed, epoch, steps_per_epoch, next: Cursor::default() }
    }

    /// Returns the number of batches of the first epoch. (Later epochs can have one more or one less.)
    pub fn steps_per_epoch(&self) -> usize {
        self.steps_per_epoch
    }

    /// Returns the position of the next batch.
    pub fn cursor(&self) -> Cursor {
        self.next
    }

    /// Continues from a position.
    pub fn resume(&mut self, cursor: Cursor) {
        self.begin(cursor.epoch);
        // The position after the last batch is that of the first batch of the next epoch.
        self.next.batch = cursor.batch.min(self.epoch.batches.len());
    }

    fn begin(&mut self, number: u64) {
        // Two epochs at the same time would need twice the memory.
        self.epoch = Epoch::default();
        self.epoch = epoch(self.examples, self.batch_tokens, self.seed, number);
        self.next = Cursor { epoch: number, batch: 0 };
    }

    /// Returns the numbers of the pairs of the next batch.
    pub fn next_batch(&mut self) -> &[u32] {
        if self.next.batch == self.epoch.batches.len() {
            self.begin(self.next.epoch + 1);
        }
        self.next.batch += 1;
        &self.epoch.pairs[self.epoch.batches[self.next.batch - 1].clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples() -> Examples {
        let sentence = |len: usize| (0..len as u32).collect::<Vec<_>>();
        Examples::from_ids((0..500).map(|i| (sentence(1 + i * 7 % 23), sentence(1 + i * 5 % 19))).collect())
    }

    fn batches(epoch: &Epoch) -> Vec<&[u32]> {
        epoch.batches.iter().map(|batch| &epoch.pairs[batch.clone()]).collect()
    }

    #[test]
    fn every_pair_is_read_once_and_no_batch_is_too_large() {
        let examples = examples();
        let epoch = epoch(&examples, 120, 1, 0);
        let batches = batches(&epoch);
        let mut all: Vec<u32> = batches.concat();
        all.sort_unstable();
        assert_eq!(all, (0..500).collect::<Vec<_>>());
        for batch in &batches {
            let longest = batch.iter().map(|pair| examples.lengths(*pair as usize).longest()).max().unwrap_or(0);
            assert!(!batch.is_empty() && (batch.len() == 1 || longest * batch.len() <= 120));
        }
    }

    #[test]
    fn the_order_depends_on_seed_and_epoch_only() {
        let examples = examples();
        assert_eq!(epoch(&examples, 120, 1, 3), epoch(&examples, 120, 1, 3));
        assert_ne!(epoch(&examples, 120, 1, 3), epoch(&examples, 120, 1, 4));
        assert_ne!(epoch(&examples, 120, 1, 3), epoch(&examples, 120, 2, 3));
    }

    #[test]
    fn batches_continue_from_any_position() {
        let examples = examples();
        let mut whole = BatchSampler::new(&examples, 120, 1);
        for _ in 0..3 * whole.steps_per_epoch() {
            let mut resumed = BatchSampler::new(&examples, 120, 1);
            resumed.resume(whole.cursor());
            assert_eq!(resumed.steps_per_epoch(), whole.steps_per_epoch());
            assert_eq!(resumed.next_batch(), whole.next_batch());
        }
    }

    #[test]
    fn the_counting_sort_is_a_stable_sort_by_comparison() {
        let examples = examples();
        let mut pairs: Vec<u32> = (0..500).collect();
        shuffle(&mut pairs, &mut stream(1, Purpose::Shuffle, 0));
        let by_source = sorted_by(&pairs, |pair| examples.lengths(pair).source);
        let sorted = sorted_by(&by_source, |pair| examples.lengths(pair).target);
        pairs.sort_by_key(|pair| {
            let lengths = examples.lengths(*pair as usize);
            (lengths.target, lengths.source)
        });
        assert_eq!(sorted, pairs);
        assert!(sorted_by(&[], |_| 0).is_empty());
    }
}
