//! Words and sentences as word ids.

use super::storage::{Reader, StatisticsError, Writer};
use std::collections::HashMap;

/// The id of the empty word, which is part of every sentence and generates words without a counterpart.
pub(super) const EMPTY_WORD: u32 = 0;
/// The id of every word that is not in the training pairs.
const UNKNOWN: u32 = u32::MAX;
/// Number of letters that are compared: words with the same beginning count as one word. Mostly they are forms of one word,
/// and each form alone is rare. This gives most of the gain on small corpora; four and six letters are as good as five.
const PREFIX_LETTERS: usize = 5;

/// The distinct words of one side with their ids.
#[derive(Default)]
pub(super) struct Vocabulary {
    ids: HashMap<String, u32>,
}

impl Vocabulary {
    /// The ids of the words of a sentence, `[words]`. New words get new ids.
    pub(super) fn learn(&mut self, words: &[&str]) -> Vec<u32> {
        let mut id = |word: &&str| {
            let next = self.size() as u32;
            *self.ids.entry(form(word)).or_insert(next)
        };
        words.iter().map(&mut id).collect()
    }

    /// The ids of the words of a sentence, `[words]`. All unknown words have the same id.
    pub(super) fn look_up(&self, words: &[&str]) -> Vec<u32> {
        words.iter().map(|word| self.ids.get(&form(word)).copied().unwrap_or(UNKNOWN)).collect()
    }

    /// Writes the words in the order of their ids.
    pub(super) fn write(&self, writer: &mut Writer) {
        let mut words: Vec<(&str, u32)> = self.ids.iter().map(|(word, id)| (word.as_str(), *id)).collect();
        words.sort_unstable_by_key(|(_, id)| *id);
        writer.number(words.len() as u64);
        words.iter().for_each(|(word, _)| writer.text(word));
    }

    pub(super) fn read(reader: &mut Reader) -> Result<Self, StatisticsError> {
        let mut vocabulary = Self::default();
        for id in 1..=reader.count()? {
            let is_new = vocabulary.ids.insert(reader.text()?.to_owned(), id as u32).is_none();
            if !is_new {
                return Err(StatisticsError::Damaged);
            }
        }
        Ok(vocabulary)
    }

    /// Number of words, including the empty word.
    pub(super) fn size(&self) -> usize {
        self.ids.len() + 1
    }
}

/// Normalises a word: the first letters in lower case, without punctuation around the word.
fn form(word: &str) -> String {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let bare = if bare.is_empty() { word } else { bare };
    bare.chars().flat_map(char::to_lowercase).take(PREFIX_LETTERS).collect()
}

/// The sentences of one side in one allocation.
pub(super) struct Sentences {
    /// The ids of all sentences, concatenated.
    words: Vec<u32>,
    /// For each sentence the index of its first word; then the number of words, `[sentences + 1]`.
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
    fn forms_of_a_word_share_an_id_and_a_punctuation_mark_alone_is_a_word() {
        let mut vocabulary = Vocabulary::default();
        let learnt = vocabulary.learn(&["Hören", "hörend,", "HÖREND", "gehört", "...", "(…)", "«", "»"]);
        assert_eq!(learnt, [1, 1, 1, 2, 3, 4, 5, 6]);
        assert_eq!(vocabulary.look_up(&["hörenswert!", "hör", "..."]), [1, UNKNOWN, 3]);
        assert_eq!(vocabulary.size(), 7);
    }
}
