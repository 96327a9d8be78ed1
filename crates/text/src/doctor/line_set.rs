//! Sets of lines: a bit a line.

/// Lines of a corpus, counted from one.
#[derive(Debug, Clone, Default)]
pub(super) struct LineSet(Vec<u64>);

impl LineSet {
    pub(super) fn insert(&mut self, line: usize) {
        let word = line / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (line % 64);
    }

    pub(super) fn contains(&self, line: usize) -> bool {
        self.0.get(line / 64).is_some_and(|word| word >> (line % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_in_the_set_after_it_was_put_there() {
        let mut set = LineSet::default();
        [1, 64, 1000].into_iter().for_each(|line| set.insert(line));
        assert_eq!((0..2000).filter(|line| set.contains(*line)).collect::<Vec<_>>(), [1, 64, 1000]);
    }
}
