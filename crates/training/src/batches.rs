//! Which pairs make which step.

use crate::data::Examples;
use crate::streams::{Purpose, shuffle, stream};

/// The batches of one epoch, as indices of pairs: sentences of like length together, so that little padding is
/// computed, in an order that depends on the seed and the epoch alone. A batch holds as many pairs as fit
/// `batch_tokens` when each counts as long as the longest side of the longest.
fn epoch_batches(examples: &Examples, batch_tokens: usize, seed: u64, epoch: u64) -> Vec<Vec<usize>> {
    let mut rng = stream(seed, Purpose::Shuffle, epoch);
    let mut order: Vec<usize> = (0..examples.len()).collect();
    // First shuffled, so that pairs of one length meet others in every epoch: the sort is stable.
    shuffle(&mut order, &mut rng);
    order.sort_by_key(|index| examples.lengths(*index));
    let mut batches = Vec::new();
    let mut batch: Vec<usize> = Vec::new();
    let mut longest = 0;
    for index in order {
        let (target, source) = examples.lengths(index);
        let longer = longest.max(target).max(source);
        if !batch.is_empty() && longer * (batch.len() + 1) > batch_tokens {
            batches.push(std::mem::take(&mut batch));
            longest = target.max(source);
        } else {
            longest = longer;
        }
        batch.push(index);
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    shuffle(&mut batches, &mut rng);
    batches
}

/// The batches of one epoch after another.
pub(crate) struct Order<'a> {
    examples: &'a Examples,
    batch_tokens: usize,
    seed: u64,
    epoch: u64,
    batches: Vec<Vec<usize>>,
    next: usize,
}

impl<'a> Order<'a> {
    pub fn new(examples: &'a Examples, batch_tokens: usize, seed: u64) -> Self {
        let batches = epoch_batches(examples, batch_tokens, seed, 0);
        Self { examples, batch_tokens, seed, epoch: 0, batches, next: 0 }
    }

    /// Steps that read the corpus once. (Later epochs can have a batch more or less.)
    pub fn steps_per_epoch(&self) -> usize {
        self.batches.len()
    }

    /// The pairs of the next step.
    pub fn next_batch(&mut self) -> &[usize] {
        if self.next == self.batches.len() {
            self.epoch += 1;
            self.next = 0;
            self.batches = epoch_batches(self.examples, self.batch_tokens, self.seed, self.epoch);
        }
        self.next += 1;
        &self.batches[self.next - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples() -> Examples {
        let sentence = |len: usize| (0..len as u32).collect::<Vec<_>>();
        Examples::from_ids((0..500).map(|i| (sentence(1 + i * 7 % 23), sentence(1 + i * 5 % 19))).collect())
    }

    #[test]
    fn every_pair_is_read_once_and_no_batch_is_too_large() {
        let examples = examples();
        let batches = epoch_batches(&examples, 120, 1, 0);
        let mut all: Vec<usize> = batches.iter().flatten().copied().collect();
        all.sort_unstable();
        assert_eq!(all, (0..500).collect::<Vec<_>>());
        for batch in &batches {
            let longest = batch.iter().map(|i| examples.lengths(*i)).map(|(t, s)| t.max(s)).max().unwrap_or(0);
            assert!(batch.len() == 1 || longest * batch.len() <= 120);
        }
    }

    #[test]
    fn order_depends_on_seed_and_epoch_alone() {
        let examples = examples();
        assert_eq!(epoch_batches(&examples, 120, 1, 3), epoch_batches(&examples, 120, 1, 3));
        assert_ne!(epoch_batches(&examples, 120, 1, 3), epoch_batches(&examples, 120, 1, 4));
        assert_ne!(epoch_batches(&examples, 120, 1, 3), epoch_batches(&examples, 120, 2, 3));
    }
}
