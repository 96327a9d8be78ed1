//! The words of the training text, which help to distinguish a name from an ordinary unseen word.

use std::collections::HashSet;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::hash::fnv1a;
use crate::words::script::is_unspaced;

/// The largest number of words, and of character runs, that are kept: the first ones. Four bytes each.
const MOST: usize = 500_000;

/// The length of a character run.
const RUN: usize = 4;

/// The words of the training text, and their runs of four characters. Words are compared in NFC, ignoring case, and all
/// numbers in them count as equal. The forms of each word in letter case are kept, too.
///
/// They are stored as 32-bit hashes: at most one in four thousand unseen words is mistaken for a known one. Lists of
/// earlier versions have no forms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrainingWords {
    /// In ascending order, without duplicates.
    hashes: Vec<u32>,
}

impl TrainingWords {
    /// Returns whether there are no words.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Returns the union of the words of two texts.
    pub fn and(&self, other: &Self) -> Self {
        if self.is_empty() || other.is_empty() {
            return if self.is_empty() { other.clone() } else { self.clone() };
        }
        let mut hashes = [self.hashes.as_slice(), &other.hashes].concat();
        hashes.sort_unstable();
        hashes.dedup();
        if self.has_forms() != other.has_forms() {
            hashes.retain(|hash| !form_marks().any(|mark| mark == *hash));
        }
        Self { hashes }
    }

    /// Returns the share of the shorter list that the longer one has too, from 0 to 1; `None` if one is empty.
    ///
    /// It is 1 for two lists of one text, and small for lists of two languages.
    ///
    /// ```
    /// let words = |text: &str| {
    ///     let mut words = glosser_text::WordCollector::default();
    ///     words.add(text);
    ///     words.finish()
    /// };
    /// let (one, more, other) = (words("Ein Hund."), words("Ein Hund und ein Ball."), words("A dog."));
    /// assert_eq!((one.overlap(&more), more.overlap(&one)), (Some(1.0), Some(1.0)));
    /// assert!(one.overlap(&other).is_some_and(|share| share < 0.5));
    /// assert_eq!(one.overlap(&words("")), None);
    /// ```
    pub fn overlap(&self, other: &Self) -> Option<f64> {
        let (short, long) = if self.hashes.len() <= other.hashes.len() { (self, other) } else { (other, self) };
        let both = short.hashes.iter().filter(|hash| long.has(**hash)).count();
        (!short.is_empty()).then(|| both as f64 / short.hashes.len() as f64)
    }

    /// Returns whether the forms of the words are known.
    pub fn has_forms(&self) -> bool {
        form_marks().all(|mark| self.has(mark))
    }

    /// Returns whether the text has the word in this letter case. Without forms it has every known word in any case.
    ///
    /// ```
    /// let mut words = glosser_text::WordCollector::default();
    /// words.add("Le chat dort.");
    /// let known = words.finish();
    /// assert!(known.contains("CHAT") && known.contains_form("chat") && !known.contains_form("CHAT"));
    /// ```
    pub fn contains_form(&self, word: &str) -> bool {
        if self.has_forms() { self.has(short(hash_of_form(&form(word)))) } else { self.contains(word) }
    }

    /// Returns whether the text has the word.
    pub fn contains(&self, word: &str) -> bool {
        self.has(hash_of_word(&folded(word)))
    }

    /// Returns the share of a word's runs of four characters that occur in no word of the text, from 0 to 1. The
    /// beginning and the end of a word count as characters. The share is low for a compound of known words and high for
    /// a foreign name.
    pub fn strangeness(&self, word: &str) -> f64 {
        let hashes: Vec<u32> = hashes_of_runs(&folded(word)).collect();
        let strange = hashes.iter().filter(|hash| !self.has(**hash)).count();
        strange as f64 / hashes.len().max(1) as f64
    }

    fn has(&self, hash: u32) -> bool {
        self.hashes.binary_search(&hash).is_ok()
    }

    /// Returns the content of a file: four bytes per hash, little-endian, in ascending order.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect()
    }

    /// Reads the bytes of [`TrainingWords::to_bytes`]; `None` for any other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (hashes, []) = bytes.as_chunks() else { return None };
        let hashes: Vec<u32> = hashes.iter().map(|hash| u32::from_le_bytes(*hash)).collect();
        hashes.is_sorted_by(|a, b| a < b).then_some(Self { hashes })
    }
}

/// Collects [`TrainingWords`] from sentences.
#[derive(Debug, Default)]
pub struct WordCollector {
    words: HashSet<u32>,
    runs: HashSet<u32>,
    /// Longer hashes, so that no two forms count as one.
    forms: HashSet<u64>,
}

impl WordCollector {
    /// Adds the words of a sentence.
    pub fn add(&mut self, text: &str) {
        for word in alphanumeric_words(text) {
            let form = hash_of_form(&form(&text[word.clone()]));
            if self.forms.contains(&form) {
                continue;
            }
            if self.forms.len() < MOST {
                self.forms.insert(form);
            }
            let word = folded(&text[word]);
            if self.words.len() < MOST && self.words.insert(hash_of_word(&word)) && self.runs.len() < MOST {
                self.runs.extend(hashes_of_runs(&word));
            }
        }
    }

    /// Returns all collected words.
    pub fn finish(self) -> TrainingWords {
        let mut hashes: Vec<u32> = self.words.union(&self.runs).copied().collect();
        if !self.forms.is_empty() {
            hashes.extend(self.forms.into_iter().map(short).chain(form_marks()));
        }
        hashes.sort_unstable();
        hashes.dedup();
        TrainingWords { hashes }
    }
}

/// Returns the runs of letters, digits and marks in a text. An apostrophe between two of them belongs to the word.
///
/// Letters of scripts without spaces are left out: a run of them has several words, none of which is a name that can be
/// recognised by its capital letter.
pub(crate) fn alphanumeric_words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| is_of_word(*c) && !is_unspaced(*c)) {
        let end = at + c.len_utf8();
        match words.last_mut() {
            Some(word) if matches!(&text[word.end..at], "" | "'" | "’") => word.end = end,
            _ if is_combining_mark(c) && text[..at].ends_with(|c| is_unspaced(c) || is_combining_mark(c)) => {}
            _ => words.push(at..end),
        }
    }
    words
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Converts a word to NFC and lower case, and replaces each run of digits by one zero.
pub(crate) fn folded(word: &str) -> String {
    without_numbers(word.nfc().flat_map(char::to_lowercase), word.len())
}

/// Like [`folded`], but keeps the letter case.
fn form(word: &str) -> String {
    without_numbers(word.nfc(), word.len())
}

fn without_numbers(chars: impl Iterator<Item = char>, len: usize) -> String {
    let mut folded = String::with_capacity(len);
    for c in chars {
        match c.is_numeric() {
            true if folded.ends_with('0') => {}
            true => folded.push('0'),
            false => folded.push(c),
        }
    }
    folded
}

fn hash_of_word(word: &str) -> u32 {
    hash(word.bytes())
}

/// Hashes the runs of a word. The byte in front makes a run differ from a word of four letters.
fn hashes_of_runs(word: &str) -> impl Iterator<Item = u32> {
    let chars: Vec<char> = ['^'].into_iter().chain(word.chars()).chain(['$']).collect();
    let runs: Vec<String> = match chars.len() {
        ..RUN => vec![chars.iter().collect()],
        _ => chars.windows(RUN).map(|run| run.iter().collect()).collect(),
    };
    runs.into_iter().map(|run| hash([0].into_iter().chain(run.bytes())))
}

/// Hashes a word in letter case. The byte in front makes it differ from the word in any case, and from a run.
fn hash_of_form(form: &str) -> u64 {
    fnv1a([1].into_iter().chain(form.bytes()))
}

/// The hashes of a list with forms that no word has: lists of earlier versions do not have all four by chance.
fn form_marks() -> impl Iterator<Item = u32> {
    (2..6).map(|byte| hash([byte].into_iter()))
}

/// FNV-1a, folded to 32 bits.
fn hash(bytes: impl Iterator<Item = u8>) -> u32 {
    short(fnv1a(bytes))
}

fn short(wide: u64) -> u32 {
    (wide ^ (wide >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(texts: &[&str]) -> TrainingWords {
        let mut collector = WordCollector::default();
        texts.iter().for_each(|text| collector.add(text));
        collector.finish()
    }

    #[test]
    fn words_are_known_in_any_case_normalisation_and_with_any_digits() {
        let known = known(&["Ein Hund läuft, 60er-Jahre; McDonald's"]);
        for word in ["ein", "HUND", "la\u{308}uft", "1950er", "Jahre", "mcdonald's", "7er"] {
            assert!(known.contains(word), "{word}");
        }
        for word in ["Hunde", "er", "60", "McDonald", "Hun"] {
            assert!(!known.contains(word), "{word}");
        }
    }

    #[test]
    fn a_compound_of_known_words_is_less_strange_than_a_name() {
        let known = known(&["Fahrrad Helm Träger Kinderwagen fahren helfen"]);
        assert_eq!(known.strangeness("Fahrrad"), 0.0);
        assert!(known.strangeness("Fahrradhelm") < 0.5);
        assert!(known.strangeness("Skynyrd") > 0.9);
        assert!(known.strangeness("Yo") > 0.9);
    }

    #[test]
    fn the_union_has_the_words_of_both_texts() {
        let (one, other) = (known(&["ein Hund"]), known(&["ein Vogel"]));
        assert_eq!(one.and(&other), known(&["ein Hund", "ein Vogel"]));
        assert_eq!(TrainingWords::default().and(&one), one);
    }

    #[test]
    fn forms_in_letter_case_are_known_unless_a_list_of_an_earlier_version_is_added() {
        let known = known(&["Der Hund, the DNA of l'Ours, 20er"]);
        for form in ["Der", "Hund", "the", "DNA", "l'Ours", "1950er"] {
            assert!(known.contains_form(form), "{form}");
        }
        for form in ["der", "hund", "The", "dna", "L'Ours", "l'ours", "20ER", "Katze"] {
            assert!(!known.contains_form(form), "{form}");
        }
        let mut earlier = self::known(&["eine Katze"]);
        earlier.hashes.retain(|hash| !form_marks().any(|mark| mark == *hash));
        let both = known.and(&earlier);
        assert!(both.contains_form("HUND") && both.contains_form("katze") && !both.has_forms());
        assert!(!both.contains_form("Vogel"));
    }

    #[test]
    fn written_bytes_are_read_back_and_other_bytes_are_rejected() {
        let known = known(&["ein Hund", "zwei Hunde"]);
        assert_eq!(TrainingWords::from_bytes(&known.to_bytes()), Some(known.clone()));
        assert_eq!(TrainingWords::from_bytes(&[]), Some(TrainingWords::default()));
        assert_eq!(TrainingWords::from_bytes(&known.to_bytes()[1..]), None);
        assert_eq!(TrainingWords::from_bytes(&[7; 16]), None);
    }

    #[test]
    fn alphanumeric_words_are_runs_of_letters_digits_and_inner_apostrophes() {
        let text = "Die „X200-b“ kostet 3,50 €, k'iche' 'n";
        let words: Vec<&str> = alphanumeric_words(text).into_iter().map(|word| &text[word]).collect();
        assert_eq!(words, ["Die", "X200", "b", "kostet", "3", "50", "k'iche", "n"]);
    }
}
