//! Words and sentences as ids. Words that begin alike help each other: mostly they are forms of one word, and each form alone
//! is rare.

use super::storage::{Reader, StatisticsError, Writer};
use std::collections::HashMap;

/// The id of the empty word, which is part of every sentence and generates words without a counterpart.
pub(super) const EMPTY_WORD: u32 = 0;
/// The id of what is not in the training pairs.
pub(super) const UNKNOWN: u32 = u32::MAX;
/// Words with the same first letters are one *form*. Four and six letters are nearly as good as five.
const FORM_LETTERS: usize = 5;
/// Forms with the same first letters are a *group*, from which a rare form learns.
const GROUP_LETTERS: usize = 3;
/// The first letters of a word whose spelling is compared with that of other words; more gain nothing.
const SPELLED_LETTERS: usize = 8;

/// A word of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// The id of its form, or [`UNKNOWN`].
    pub(super) form: u32,
    /// The id of its group, or [`UNKNOWN`].
    pub(super) group: u32,
    /// Its spelling, if its form is unknown.
    pub(super) spelling: Option<String>,
}

/// The distinct forms of one side.
#[derive(Clone, Default)]
pub(super) struct Vocabulary {
    ids: HashMap<String, u32>,
    groups: HashMap<String, u32>,
    /// The group of each form; that of the empty word comes first and is alone, `[forms]`.
    group_of: Vec<u32>,
    /// How the first word of each form is spelt, `[forms]`.
    spellings: Vec<String>,
    /// Number of occurrences of each form, `[forms]`.
    form_counts: Vec<u32>,
    /// Number of occurrences of each group, `[groups]`.
    group_counts: Vec<u32>,
}

impl Vocabulary {
    /// Only the empty word.
    pub(super) fn new() -> Self {
        Self {
            group_of: vec![EMPTY_WORD],
            spellings: vec![String::new()],
            form_counts: vec![0],
            group_counts: vec![0],
            ..Self::default()
        }
    }

    /// The ids of the forms of a sentence, `[words]`. New forms get new ids.
    pub(super) fn learn(&mut self, words: &[&str]) -> Vec<u32> {
        words
            .iter()
            .map(|word| {
                let spelling = spelling(word);
                let form = self.add(first_letters(&spelling, FORM_LETTERS), &spelling);
                self.count(form, 1);
                form
            })
            .collect()
    }

    /// The id of a form, which is added if it is new.
    fn add(&mut self, form: &str, spelling: &str) -> u32 {
        if let Some(id) = self.ids.get(form) {
            return *id;
        }
        let id = self.spellings.len() as u32;
        self.ids.insert(form.to_owned(), id);
        let next = self.group_counts.len() as u32;
        let group = *self.groups.entry(first_letters(form, GROUP_LETTERS).to_owned()).or_insert(next);
        if group == next {
            self.group_counts.push(0);
        }
        self.group_of.push(group);
        self.spellings.push(spelling.to_owned());
        self.form_counts.push(0);
        id
    }

    fn count(&mut self, form: u32, occurrences: u32) {
        for count in
            [&mut self.form_counts[form as usize], &mut self.group_counts[self.group_of[form as usize] as usize]]
        {
            *count = count.saturating_add(occurrences);
        }
    }

    /// The words of a sentence, `[words]`, some of which may be unknown.
    pub(super) fn look_up(&self, words: &[&str]) -> Vec<Word> {
        let look_up = |word: &&str| {
            let spelling = spelling(word);
            let id = |ids: &HashMap<String, u32>, letters| {
                ids.get(first_letters(&spelling, letters)).copied().unwrap_or(UNKNOWN)
            };
            let (form, group) = (id(&self.ids, FORM_LETTERS), id(&self.groups, GROUP_LETTERS));
            Word { form, group, spelling: (form == UNKNOWN).then_some(spelling) }
        };
        words.iter().map(look_up).collect()
    }

    /// How a word of [`look_up`](Self::look_up) is spelt.
    pub(super) fn spelling_of<'a>(&'a self, word: &'a Word) -> &'a str {
        word.spelling.as_deref().unwrap_or_else(|| &self.spellings[word.form as usize])
    }

    /// Number of forms, including the empty word.
    pub(super) fn size(&self) -> usize {
        self.spellings.len()
    }

    /// Number of groups, including that of the empty word.
    pub(super) fn groups(&self) -> usize {
        self.group_counts.len()
    }

    /// Number of occurrences of each group, `[groups]`.
    pub(super) fn group_counts(&self) -> &[u32] {
        &self.group_counts
    }

    /// The group of a form.
    pub(super) fn group_of(&self, form: u32) -> u32 {
        self.group_of[form as usize]
    }

    /// The share of a form in the occurrences of its group.
    pub(super) fn share_of_group(&self, form: u32) -> f32 {
        self.form_counts[form as usize] as f32 / self.group_counts[self.group_of(form) as usize].max(1) as f32
    }

    /// The share of a form in all occurrences, by its id.
    pub(super) fn shares(&self) -> Vec<f32> {
        let total: f64 = self.form_counts.iter().map(|count| f64::from(*count)).sum();
        self.form_counts.iter().map(|count| (f64::from(*count) / total.max(1.0)) as f32).collect()
    }

    /// How each form is spelt, by its id; that of the empty word is empty.
    pub(super) fn spellings(&self) -> &[String] {
        &self.spellings
    }

    /// Writes the forms in the order of their ids.
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.number(self.size() as u64 - 1);
        for (spelling, count) in self.spellings.iter().zip(&self.form_counts).skip(1) {
            writer.text(spelling);
            writer.number(u64::from(*count));
        }
    }

    pub(super) fn read(reader: &mut Reader) -> Result<Self, StatisticsError> {
        let mut vocabulary = Self::new();
        for id in 1..=reader.count()? {
            let spelling = reader.text()?;
            let form = vocabulary.add(first_letters(spelling, FORM_LETTERS), spelling);
            let count = u32::try_from(reader.number()?).map_err(|_| StatisticsError::Damaged)?;
            if form as usize != id {
                return Err(StatisticsError::Damaged);
            }
            vocabulary.count(form, count);
        }
        Ok(vocabulary)
    }
}

/// The first letters of a word in lower case, without punctuation around the word.
fn spelling(word: &str) -> String {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let bare = if bare.is_empty() { word } else { bare };
    bare.chars().flat_map(char::to_lowercase).take(SPELLED_LETTERS).collect()
}

/// At most `count` first letters.
fn first_letters(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or(text, |(end, _)| &text[..end])
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
        let mut vocabulary = Vocabulary::new();
        let learnt = vocabulary.learn(&["Hören", "hörend,", "HÖREND", "gehört", "...", "(…)", "«", "»"]);
        assert_eq!(learnt, [1, 1, 1, 2, 3, 4, 5, 6]);
        let found = vocabulary.look_up(&["hörenswert!", "hör", "...", "neu"]);
        let forms: Vec<u32> = found.iter().map(|word| word.form).collect();
        assert_eq!(forms, [1, UNKNOWN, 3, UNKNOWN]);
        assert_eq!(found[1], Word { form: UNKNOWN, group: vocabulary.group_of(1), spelling: Some("hör".to_owned()) });
        assert_eq!(found[3].group, UNKNOWN);
        assert_eq!((vocabulary.size(), vocabulary.spellings()[1].as_str()), (7, "hören"));
    }

    #[test]
    fn a_form_has_its_share_of_the_occurrences_of_its_group() {
        let mut vocabulary = Vocabulary::new();
        vocabulary.learn(&["Jahr", "Jahre", "jahres", "Jahr", "Zahl"]);
        // `jahr` twice, `jahre` and `jahres` as one form twice.
        assert_eq!(
            (vocabulary.share_of_group(1), vocabulary.share_of_group(2), vocabulary.share_of_group(3)),
            (0.5, 0.5, 1.0)
        );
        assert_eq!(vocabulary.shares(), [0.0, 0.4, 0.4, 0.2]);
    }
}
