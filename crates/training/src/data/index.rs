//! Positions of the pairs in a list of token ids.

use std::ops::Range;

/// Only every 32nd start is in memory; those between are sums of lengths.
const STRIDE: usize = 32;

/// The position of each pair in the list of all ids, source before target, and its lengths, in 8.25 bytes per pair.
#[derive(Default)]
pub(crate) struct Index {
    lengths: Vec<PairLengths>,
    starts: Vec<u64>,
    end: u64,
}

/// Lengths of a pair in tokens, each with EOS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairLengths {
    /// Length of the source.
    pub source: u32,
    /// Length of the target.
    pub target: u32,
}

impl PairLengths {
    /// Returns the length of the longer side.
    pub(crate) fn longest(self) -> usize {
        self.source.max(self.target) as usize
    }

    fn ids(self) -> u64 {
        u64::from(self.source) + u64::from(self.target)
    }
}

impl Index {
    pub fn with_capacity(pairs: usize) -> Self {
        Self { lengths: Vec::with_capacity(pairs), starts: Vec::with_capacity(pairs.div_ceil(STRIDE)), end: 0 }
    }

    pub fn push(&mut self, lengths: PairLengths) {
        if self.lengths.len().is_multiple_of(STRIDE) {
            self.starts.push(self.end);
        }
        self.end += lengths.ids();
        self.lengths.push(lengths);
    }

    /// Returns the number of pairs.
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    pub fn lengths(&self, pair: usize) -> PairLengths {
        self.lengths[pair]
    }

    pub fn iter(&self) -> impl Iterator<Item = PairLengths> {
        self.lengths.iter().copied()
    }

    /// Returns the position of a pair in the list of all ids.
    pub fn range(&self, pair: usize) -> Range<u64> {
        let before = &self.lengths[pair / STRIDE * STRIDE..pair];
        let start = self.starts[pair / STRIDE] + before.iter().map(|lengths| lengths.ids()).sum::<u64>();
        start..start + self.lengths[pair].ids()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_pair_begins_at_the_end_of_the_one_before(sides in proptest::collection::vec((1..300_u32, 1..300_u32), 0..200)) {
            let mut index = Index::default();
            for &(source, target) in &sides {
                index.push(PairLengths { source, target });
            }
            prop_assert_eq!(index.len(), sides.len());
            let mut end = 0;
            for (pair, &(source, target)) in sides.iter().enumerate() {
                prop_assert_eq!(index.lengths(pair), PairLengths { source, target });
                let range = index.range(pair);
                prop_assert_eq!(range.start, end);
                end = range.end;
                prop_assert_eq!(end - range.start, u64::from(source) + u64::from(target));
            }
        }
    }

    #[test]
    fn positions_can_be_above_32_bits() {
        let mut index = Index::default();
        let lengths = PairLengths { source: u32::MAX, target: u32::MAX };
        (0..100).for_each(|_| index.push(lengths));
        assert_eq!(index.range(99).end, 200 * u64::from(u32::MAX));
    }
}
