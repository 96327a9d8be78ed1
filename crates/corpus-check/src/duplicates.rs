//! An index of the pairs of a corpus that finds duplicates: twelve bytes per pair.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::line_set::LineSet;

/// The hashes of the pairs of a corpus.
///
/// A pair has 64 bits. 40 of them identify its source; a rare collision there does no harm, because a repeated source
/// is not a fault.
#[derive(Debug, Default)]
pub(crate) struct PairIndex {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    source: u32,
    /// The rest of the source in the high byte, the target in the others.
    rest: u32,
    line: u32,
}

/// An earlier occurrence of a pair or of its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Earlier {
    /// The whole pair occurs on this line first.
    Pair(usize),
    /// Only its source occurs, with another target, on this line first.
    Source(usize),
}

/// The lines of a corpus that repeat an earlier line.
#[derive(Debug, Default)]
pub(crate) struct Repeated {
    /// Lines whose pair occurs above.
    pub(crate) pairs: LineSet,
    /// Lines whose source occurs above, only with other targets.
    pub(crate) sources: LineSet,
}

impl PairIndex {
    pub(crate) fn add(&mut self, line: usize, source: &str, target: &str) {
        self.entries.push(Entry::new(line, source, target));
    }

    /// Finds the repeated lines. Must be called after the last `add` and before the first look-up.
    pub(crate) fn sort(&mut self) -> Repeated {
        self.entries.sort_unstable();
        let mut repeated = Repeated::default();
        for same_source in self.entries.chunk_by(|a, b| a.source_bits() == b.source_bits()) {
            let first = same_source.iter().map(Entry::line).min();
            for same_pair in same_source.chunk_by(Entry::is_pair_of) {
                let mut lines = same_pair.iter().map(Entry::line);
                lines.next().filter(|line| Some(*line) != first).into_iter().for_each(|l| repeated.sources.insert(l));
                lines.for_each(|line| repeated.pairs.insert(line));
            }
        }
        repeated
    }

    /// Returns the first line with the pair, or else with its source.
    pub(crate) fn first(&self, source: &str, target: &str) -> Option<Earlier> {
        let key = Entry::new(0, source, target);
        let from = |key: &Entry| &self.entries[self.entries.partition_point(|entry| entry < key)..];
        if let Some(same) = from(&key).first().filter(|entry| entry.is_pair_of(&key)) {
            return Some(Earlier::Pair(same.line()));
        }
        Some(Earlier::Source(self.first_source(&key)?))
    }

    /// Returns the first line with a source, whatever its target.
    pub(crate) fn first_source_of(&self, source: &str) -> Option<usize> {
        self.first_source(&Entry::new(0, source, ""))
    }

    fn first_source(&self, key: &Entry) -> Option<usize> {
        let start = self.entries.partition_point(|entry| entry.source_bits() < key.source_bits());
        let same = self.entries[start..].iter().take_while(|entry| entry.source_bits() == key.source_bits());
        same.map(Entry::line).min()
    }
}

impl Entry {
    fn new(line: usize, source: &str, target: &str) -> Self {
        let (source, target) = (hash(source), hash(target));
        let rest = (source as u32 & 0xFF) << 24 | target as u32 >> 8;
        Self { source: (source >> 32) as u32, rest, line: u32::try_from(line).unwrap_or(u32::MAX) }
    }

    fn line(&self) -> usize {
        self.line as usize
    }

    fn source_bits(&self) -> (u32, u32) {
        (self.source, self.rest >> 24)
    }

    fn is_pair_of(&self, other: &Self) -> bool {
        (self.source, self.rest) == (other.source, other.rest)
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.trim().hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_pairs_and_repeated_sources_are_found_with_their_first_line() {
        let mut index = PairIndex::default();
        for (line, source, target) in [(1, "a", "x"), (2, "b", "y"), (4, "a", "z"), (5, "a", "x "), (6, "a", "z")] {
            index.add(line, source, target);
        }
        let repeated = index.sort();
        let lines = |set: &LineSet| (1..=6).filter(|line| set.contains(*line)).collect::<Vec<_>>();
        assert_eq!((lines(&repeated.pairs), lines(&repeated.sources)), (vec![5, 6], vec![4]));
        assert_eq!(index.first("a", "z"), Some(Earlier::Pair(4)));
        assert_eq!(index.first("b", "q"), Some(Earlier::Source(2)));
        assert_eq!(index.first("c", "y"), None);
        assert_eq!(index.first_source_of("a"), Some(1));
        assert_eq!(size_of::<Entry>(), 12);
    }
}
