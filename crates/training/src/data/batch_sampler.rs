//! Which pairs make which step.

use crate::data::examples::Examples;
use crate::streams::{Purpose, shuffle, stream};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The pairs of one epoch in the order of their batches' lengths, and the batches as ranges of it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Epoch {
    pairs: Vec<u32>,
    batches: Vec<Range<usize>>,
}

/// The batches of one epoch: sentences of like length together, so that little padding is computed, in an order that
/// depends on the seed and the epoch alone. A batch holds as many pairs as fit `batch_tokens` when each counts as long
/// as the longest side of the longest.
fn epoch(examples: &Examples, batch_tokens: usize, seed: u64, epoch: u64) -> Epoch {
    let mut rng = stream(seed, Purpose::Shuffle, epoch);
    let mut pairs: Vec<u32> = (0..examples.len() as u32).collect();
    // First shuffled, so that pairs of one length meet others in every epoch: the sorts are stable.
    shuffle(&mut pairs, &mut rng);
    let pairs = sorted_by(&pairs, |pair| examples.lengths(pair).1);
    let pairs = sorted_by(&pairs, |pair| examples.lengths(pair).0);
    let mut batches = Vec::new();
    let (mut start, mut longest) = (0, 0);
    for (at, pair) in pairs.iter().enumerate() {
        let (target, source) = examples.lengths(*pair as usize);
        let longer = longest.max(target).max(source);
        if at > start && longer * (at - start + 1) > batch_tokens {
            batches.push(start..at);
            (start, longest) = (at, target.max(source));
        } else {
            longest = longer;
        }
    }
    if start < pairs.len() {
        batches.push(start..pairs.len());
    }
    shuffle(&mut batches, &mut rng);
    Epoch { pairs, batches }
}

/// Sorts by a length and keeps the order of equals. Lengths are small, so counting them is enough: a sort by comparison
/// would look up lengths all over memory, many times each.
fn sorted_by(pairs: &[u32], length: impl Fn(usize) -> usize) -> Vec<u32> {
    let mut next: Vec<usize> = Vec::new();
    for pair in pairs {
        let length = length(*pair as usize);
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
        let place = &mut next[length(*pair as usize)];
        sorted[*place] = *pair;
        *place += 1;
    }
    sorted
}

/// A place in the order: the next batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    epoch: u64,
    batch: usize,
}

/// The batches of one epoch after another.
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

    /// Steps that read the corpus once. (Later epochs can have a batch more or less.)
    pub fn steps_per_epoch(&self) -> usize {
        self.steps_per_epoch
    }

    /// Where it stands.
    pub fn place(&self) -> Cursor {
        self.next
    }

    /// Goes on from a place of the same order.
    pub fn resume(&mut self, place: Cursor) {
        self.begin(place.epoch);
        // A place behind the end is that of the next epoch's first batch.
        self.next.batch = place.batch.min(self.epoch.batches.len());
    }

    fn begin(&mut self, number: u64) {
        // Two epochs at once would need twice the memory.
        self.epoch = Epoch::default();
        self.epoch = epoch(self.examples, self.batch_tokens, self.seed, number);
        self.next = Cursor { epoch: number, batch: 0 };
    }

    /// The pairs of the next step.
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
            let lengths = batch.iter().map(|pair| examples.lengths(*pair as usize));
            let longest = lengths.map(|(t, s)| t.max(s)).max().unwrap_or(0);
            assert!(!batch.is_empty() && (batch.len() == 1 || longest * batch.len() <= 120));
        }
    }

    #[test]
    fn order_depends_on_seed_and_epoch_alone() {
        let examples = examples();
        assert_eq!(epoch(&examples, 120, 1, 3), epoch(&examples, 120, 1, 3));
        assert_ne!(epoch(&examples, 120, 1, 3), epoch(&examples, 120, 1, 4));
        assert_ne!(epoch(&examples, 120, 1, 3), epoch(&examples, 120, 2, 3));
    }

    #[test]
    fn an_order_goes_on_from_any_place() {
        let examples = examples();
        let mut whole = BatchSampler::new(&examples, 120, 1);
        for _ in 0..3 * whole.steps_per_epoch() {
            let mut resumed = BatchSampler::new(&examples, 120, 1);
            resumed.resume(whole.place());
            assert_eq!(resumed.steps_per_epoch(), whole.steps_per_epoch());
            assert_eq!(resumed.next_batch(), whole.next_batch());
        }
    }

    #[test]
    fn sorting_by_counts_is_sorting_by_comparison() {
        let examples = examples();
        let mut pairs: Vec<u32> = (0..500).collect();
        shuffle(&mut pairs, &mut stream(1, Purpose::Shuffle, 0));
        let sorted = sorted_by(&sorted_by(&pairs, |pair| examples.lengths(pair).1), |pair| examples.lengths(pair).0);
        pairs.sort_by_key(|pair| examples.lengths(*pair as usize));
        assert_eq!(sorted, pairs);
        assert!(sorted_by(&[], |_| 0).is_empty());
    }
}
