//! Whether the translations of a corpus copy the numbers of their sources.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

/// Fewest numbers from which a corpus is judged.
const FEWEST: usize = 20;

/// Counts the numbers of sources, and those that are in the target too.
///
/// Numbers have several digits; single digits are left to the model anyway. They are compared in NFKC, so `１２` and `12`
/// are equal.
#[derive(Debug, Default)]
pub struct NumberCounter {
    seen: usize,
    copied: usize,
}

impl NumberCounter {
    /// Adds a pair.
    pub fn add(&mut self, source: &str, target: &str) {
        let numbers = numbers(source);
        if numbers.is_empty() {
            return;
        }
        let of_target = self::numbers(target);
        self.seen += numbers.len();
        self.copied += numbers.intersection(&of_target).count();
    }

    /// Returns whether most numbers are written otherwise in the target: in words, for example.
    pub fn are_translated(&self) -> bool {
        self.seen >= FEWEST && self.copied * 2 < self.seen
    }
}

/// Returns the runs of several digits of a text.
fn numbers(text: &str) -> HashSet<String> {
    if !text.contains(char::is_numeric) {
        return HashSet::new();
    }
    let text: String = text.nfkc().collect();
    let runs = text.split(|c: char| !c.is_numeric());
    runs.filter(|run| run.chars().nth(1).is_some()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_translated(pair: (&str, &str), count: usize) -> bool {
        let mut counter = NumberCounter::default();
        (0..count).for_each(|_| counter.add(pair.0, pair.1));
        counter.are_translated()
    }

    #[test]
    fn numbers_are_translated_if_most_of_them_are_not_in_the_target() {
        assert!(are_translated(("彼は３０歳です。", "he is thirty ."), 20));
        assert!(!are_translated(("彼は３０歳です。", "he is 30 ."), 20));
        assert!(!are_translated(("彼は３０歳です。", "he is thirty ."), 19), "too few to judge");
        assert!(!are_translated(("７時", "seven"), 100), "one digit");
    }
}
