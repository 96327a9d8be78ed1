//! Words, split at white space as Python's `str.split` does, and their ids.

use std::collections::HashMap;

/// Whether Python's `str.split` splits at this character.
///
/// These are Unicode's `White_Space` and the information separators U+001C to U+001F.
pub fn is_white_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{1c}'..='\u{1f}')
}

/// Splits a text at white space.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_white_space).filter(|word| !word.is_empty())
}

/// Ids of words, from 1; equal words have equal ids. Ids make comparisons cheap for words of any length.
#[derive(Default)]
pub struct WordIds<'a> {
    ids: HashMap<&'a str, u32>,
}

impl<'a> WordIds<'a> {
    /// The ids of the words of a sentence, `[words]`. New words get new ids.
    pub fn of(&mut self, words: impl Iterator<Item = &'a str>) -> Vec<u32> {
        words.map(|word| self.id(word)).collect()
    }

    fn id(&mut self, word: &'a str) -> u32 {
        let next = u32::try_from(self.ids.len() + 1);
        *self.ids.entry(word).or_insert(next.expect("two sentences have fewer than 2^32 words"))
    }
}
