//! Which sentences were seen before: twelve bytes a pair.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::LineSet;

/// The pairs of a corpus, known by hashes.
///
/// 64 bits tell a pair from all others; the 40 of them that tell its source are enough to say "seen before" of what is
/// no fault.
#[derive(Debug, Default)]
pub(super) struct Seen {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    source: u32,
    /// The rest of the source in the high byte, the target in the others.
    rest: u32,
    line: u32,
}

/// What was seen before of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// The whole pair, on this line first.
    Pair(usize),
    /// Its source only, with another target, on this line first.
    Source(usize),
}

/// The lines of a corpus that repeat what stands above them.
#[derive(Debug, Default)]
pub(super) struct Repeated {
    /// Those with a pair that occurs above.
    pub(super) pairs: LineSet,
    /// Those with a source that occurs above, and only with other targets.
    pub(super) sources: LineSet,
}

impl Seen {
    pub(super) fn add(&mut self, line: usize, source: &str, target: &str) {
        self.entries.push(Entry::new(line, source, target));
    }

    /// Must be called after the last pair was added, and before any is looked up.
    pub(super) fn sort(&mut self) -> Repeated {
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

    /// Where the pair, or else its source, stands first.
    pub(super) fn first(&self, source: &str, target: &str) -> Option<Before> {
        let key = Entry::new(0, source, target);
        let from = |key: &Entry| &self.entries[self.entries.partition_point(|entry| entry < key)..];
        if let Some(same) = from(&key).first().filter(|entry| entry.is_pair_of(&key)) {
            return Some(Before::Pair(same.line()));
        }
        Some(Before::Source(self.first_source(&key)?))
    }

    /// Where a source stands first, whatever its target.
    pub(super) fn first_source_of(&self, source: &str) -> Option<usize> {
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
    fn pairs_and_sources_are_told_apart_with_the_line_of_the_first() {
        let mut seen = Seen::default();
        for (line, source, target) in [(1, "a", "x"), (2, "b", "y"), (4, "a", "z"), (5, "a", "x "), (6, "a", "z")] {
            seen.add(line, source, target);
        }
        let repeated = seen.sort();
        let lines = |set: &LineSet| (1..=6).filter(|line| set.contains(*line)).collect::<Vec<_>>();
        assert_eq!((lines(&repeated.pairs), lines(&repeated.sources)), (vec![5, 6], vec![4]));
        assert_eq!(seen.first("a", "z"), Some(Before::Pair(4)));
        assert_eq!(seen.first("b", "q"), Some(Before::Source(2)));
        assert_eq!(seen.first("c", "y"), None);
        assert_eq!(seen.first_source_of("a"), Some(1));
        assert_eq!(size_of::<Entry>(), 12);
    }
}
