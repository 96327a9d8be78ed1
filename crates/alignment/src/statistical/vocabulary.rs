//! Words and sentences as numbers.

use std::collections::HashMap;

/// Stands in every sentence, and generates the words that no other word does.
pub(super) const EMPTY_WORD: u32 = 0;
/// A word that training did not see.
const UNKNOWN: u32 = u32::MAX;
/// Words that begin with the same letters, so many of them, are one: mostly they are forms of one word, and each form
/// alone is rare. Most of the gain on small corpora is here; four and six letters do as well as five.
const LETTERS: usize = 5;

/// The words of one side that are told apart.
#[derive(Default)]
pub(super) struct Vocabulary {
    ids: HashMap<String, u32>,
}

impl Vocabulary {
    /// Numbers of the words of a sentence, new ones for new words.
    pub(super) fn learn(&mut self, sentence: &str) -> Vec<u32> {
        let mut id = |word| {
            let next = self.size() as u32;
            *self.ids.entry(form(word)).or_insert(next)
        };
        sentence.split_whitespace().map(&mut id).collect()
    }

    /// Numbers of the words of a sentence; all unknown words have the same.
    pub(super) fn look_up(&self, sentence: &str) -> Vec<u32> {
        sentence.split_whitespace().map(|word| self.ids.get(&form(word)).copied().unwrap_or(UNKNOWN)).collect()
    }

    /// Number of words, the empty word among them.
    pub(super) fn size(&self) -> usize {
        self.ids.len() + 1
    }
}

/// A word as the aligner knows it: the first letters in lower case, without the punctuation around them.
fn form(word: &str) -> String {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let bare = if bare.is_empty() { word } else { bare };
    bare.chars().flat_map(char::to_lowercase).take(LETTERS).collect()
}

/// One side of the pairs, one sentence behind the other.
pub(super) struct Sentences {
    words: Vec<u32>,
    /// For each sentence where it begins, and at last the end.
    bounds: Vec<usize>,
}

impl Sentences {
    pub(super) fn new() -> Self {
        Self { words: Vec::new(), bounds: vec![0] }
    }

    pub(super) fn push(&mut self, sentence: &[u32]) {
        self.words.extend(sentence);
        self.bounds.push(self.words.len());
    }

    pub(super) fn get(&self, index: usize) -> &[u32] {
        &self.words[self.bounds[index]..self.bounds[index + 1]]
    }

    pub(super) fn len(&self) -> usize {
        self.bounds.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_are_one_and_punctuation_alone_is_a_word() {
        let mut vocabulary = Vocabulary::default();
        let learnt = vocabulary.learn("Hören hörend, HÖREND gehört ... (…) « »");
        assert_eq!(learnt, [1, 1, 1, 2, 3, 4, 5, 6]);
        assert_eq!(vocabulary.look_up("hörenswert! hör ..."), [1, UNKNOWN, 3]);
        assert_eq!(vocabulary.size(), 7);
    }
}
