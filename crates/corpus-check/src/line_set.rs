//! Sets of line numbers: one bit per line.

/// A set of one-based lines of a corpus.
#[derive(Debug, Clone, Default)]
pub(crate) struct LineSet(Vec<u64>);

impl LineSet {
    pub(crate) fn insert(&mut self, line: usize) {
        let word = line / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (line % 64);
    }

    pub(crate) fn contains(&self, line: usize) -> bool {
        self.0.get(line / 64).is_some_and(|word| word >> (line % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_contains_the_inserted_lines_and_no_others() {
        let mut set = LineSet::default();
        [1, 64, 1000].into_iter().for_each(|line| set.insert(line));
        assert_eq!((0..2000).filter(|line| set.contains(*line)).collect::<Vec<_>>(), [1, 64, 1000]);
    }
}
