use std::ops::Range;

/// So many pairs share one start in memory; between them, lengths are added up.
const STRIDE: usize = 32;

/// Where each pair begins among the ids of all pairs, source before target, and how long its sides are. A pair costs
/// eight bytes and a quarter.
#[derive(Default)]
pub(crate) struct Index {
    lengths: Vec<SideLengths>,
    starts: Vec<u64>,
    end: u64,
}

/// Tokens of the sides of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SideLengths {
    pub source: u32,
    pub target: u32,
}

impl SideLengths {
    fn ids(self) -> u64 {
        u64::from(self.source) + u64::from(self.target)
    }
}

impl Index {
    pub fn with_capacity(pairs: usize) -> Self {
        Self { lengths: Vec::with_capacity(pairs), starts: Vec::with_capacity(pairs.div_ceil(STRIDE)), end: 0 }
    }

    pub fn push(&mut self, lengths: SideLengths) {
        if self.lengths.len().is_multiple_of(STRIDE) {
            self.starts.push(self.end);
        }
        self.end += lengths.ids();
        self.lengths.push(lengths);
    }

    /// The number of pairs.
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    pub fn lengths(&self, pair: usize) -> SideLengths {
        self.lengths[pair]
    }

    pub fn iter(&self) -> impl Iterator<Item = SideLengths> {
        self.lengths.iter().copied()
    }

    /// The ids of a pair among those of all.
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
        fn pairs_stand_one_behind_the_other(sides in proptest::collection::vec((1..300_u32, 1..300_u32), 0..200)) {
            let mut index = Index::default();
            for &(source, target) in &sides {
                index.push(SideLengths { source, target });
            }
            prop_assert_eq!(index.len(), sides.len());
            let mut end = 0;
            for (pair, &(source, target)) in sides.iter().enumerate() {
                prop_assert_eq!(index.lengths(pair), SideLengths { source, target });
                let range = index.range(pair);
                prop_assert_eq!(range.start, end);
                end = range.end;
                prop_assert_eq!(end - range.start, u64::from(source) + u64::from(target));
            }
        }
    }

    #[test]
    fn more_ids_than_32_bits_can_count_are_found() {
        let mut index = Index::default();
        let lengths = SideLengths { source: u32::MAX, target: u32::MAX };
        (0..100).for_each(|_| index.push(lengths));
        assert_eq!(index.range(99).end, 200 * u64::from(u32::MAX));
    }
}
