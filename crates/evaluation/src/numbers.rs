//! Words as numbers: compared at once, whatever their length.

use std::collections::HashMap;

/// The numbers given to words so far, from 1; equal words have equal numbers.
#[derive(Default)]
pub struct Numbers<'a> {
    of_words: HashMap<&'a str, u32>,
}

impl<'a> Numbers<'a> {
    pub fn of(&mut self, words: impl Iterator<Item = &'a str>) -> Vec<u32> {
        words.map(|word| self.number(word)).collect()
    }

    fn number(&mut self, word: &'a str) -> u32 {
        let next = u32::try_from(self.of_words.len() + 1);
        *self.of_words.entry(word).or_insert(next.expect("two sentences have fewer than 2^32 words"))
    }
}
