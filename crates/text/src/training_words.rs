//! The words of the text that a model was trained on, as far as that tells a name from a word it has not met.

use std::collections::HashSet;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Most words, and most runs of characters, that are kept: those that came first. Four bytes each.
const MOST: usize = 500_000;

/// Characters of the runs that words are taken apart into.
const RUN: usize = 4;

/// The words of a text, and the runs of four characters that they are made of. Words are compared in NFC, without regard to
/// case, and any number in them counts as any other.
///
/// They are hashes of 32 bits: of the words that were not in the text, one in four thousand at most is taken for one that
/// was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrainingWords {
    /// In ascending order, none twice.
    hashes: Vec<u32>,
}

impl TrainingWords {
    /// Whether nothing is known of the text that a model was trained on.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// What is known of two texts together.
    pub fn and(&self, other: &Self) -> Self {
        let mut hashes = [self.hashes.as_slice(), &other.hashes].concat();
        hashes.sort_unstable();
        hashes.dedup();
        Self { hashes }
    }

    /// Whether the word was in the text.
    pub fn contains(&self, word: &str) -> bool {
        self.has(hash_of_word(&folded(word)))
    }

    /// The share of a word's runs of four characters, its beginning and end counted as characters, that were in no word
    /// of the text. A compound of known words has few of them, a name from elsewhere many.
    pub fn strangeness(&self, word: &str) -> f64 {
        let hashes: Vec<u32> = hashes_of_runs(&folded(word)).collect();
        let strange = hashes.iter().filter(|hash| !self.has(**hash)).count();
        strange as f64 / hashes.len().max(1) as f64
    }

    fn has(&self, hash: u32) -> bool {
        self.hashes.binary_search(&hash).is_ok()
    }

    /// For a file: four bytes a hash, the lowest first.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect()
    }

    /// What [`TrainingWords::to_bytes`] wrote; `None` if these bytes are something else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (hashes, []) = bytes.as_chunks() else { return None };
        let hashes: Vec<u32> = hashes.iter().map(|hash| u32::from_le_bytes(*hash)).collect();
        hashes.is_sorted_by(|a, b| a < b).then_some(Self { hashes })
    }
}

/// Gathers [`TrainingWords`] from sentences.
#[derive(Debug, Default)]
pub struct WordCollector {
    words: HashSet<u32>,
    runs: HashSet<u32>,
}

impl WordCollector {
    /// Adds the words of a sentence.
    pub fn add(&mut self, text: &str) {
        for word in alphanumeric_words(text) {
            let word = folded(&text[word]);
            if self.words.len() < MOST && self.words.insert(hash_of_word(&word)) && self.runs.len() < MOST {
                self.runs.extend(hashes_of_runs(&word));
            }
        }
    }

    /// All of them together.
    pub fn finish(self) -> TrainingWords {
        let mut hashes: Vec<u32> = self.words.union(&self.runs).copied().collect();
        hashes.sort_unstable();
        TrainingWords { hashes }
    }
}

/// The runs of letters, digits and marks in a text; an apostrophe between two of them belongs to the word.
pub(crate) fn alphanumeric_words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| is_of_word(*c)) {
        let end = at + c.len_utf8();
        match words.last_mut() {
            Some(word) if matches!(&text[word.end..at], "" | "'" | "’") => word.end = end,
            _ => words.push(at..end),
        }
    }
    words
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// NFC, lower case, and one zero for each run of digits.
fn folded(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for c in word.nfc().flat_map(char::to_lowercase) {
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

/// With a byte in front that no word begins with, so that a word of four letters is not taken for a run of them.
fn hashes_of_runs(word: &str) -> impl Iterator<Item = u32> {
    let chars: Vec<char> = ['^'].into_iter().chain(word.chars()).chain(['$']).collect();
    let runs: Vec<String> = match chars.len() {
        ..RUN => vec![chars.iter().collect()],
        _ => chars.windows(RUN).map(|run| run.iter().collect()).collect(),
    };
    runs.into_iter().map(|run| hash([0].into_iter().chain(run.bytes())))
}

/// FNV-1a, folded to half its width: the same on every machine and in every version.
fn hash(bytes: impl Iterator<Item = u8>) -> u32 {
    let wide =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
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
    fn words_are_known_whatever_their_case_form_and_digits() {
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
    fn the_words_of_two_texts_are_those_of_both_in_one() {
        let (one, other) = (known(&["ein Hund"]), known(&["ein Vogel"]));
        assert_eq!(one.and(&other), known(&["ein Hund", "ein Vogel"]));
        assert_eq!(TrainingWords::default().and(&one), one);
    }

    #[test]
    fn bytes_come_back_and_others_are_refused() {
        let known = known(&["ein Hund", "zwei Hunde"]);
        assert_eq!(TrainingWords::from_bytes(&known.to_bytes()), Some(known.clone()));
        assert_eq!(TrainingWords::from_bytes(&[]), Some(TrainingWords::default()));
        assert_eq!(TrainingWords::from_bytes(&known.to_bytes()[1..]), None);
        assert_eq!(TrainingWords::from_bytes(&[7; 16]), None);
    }

    #[test]
    fn words_of_a_text_are_its_runs_of_letters_and_digits() {
        let text = "Die „X200-b“ kostet 3,50 €, k'iche' 'n";
        let words: Vec<&str> = alphanumeric_words(text).into_iter().map(|word| &text[word]).collect();
        assert_eq!(words, ["Die", "X200", "b", "kostet", "3", "50", "k'iche", "n"]);
    }
}
