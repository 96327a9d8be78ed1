//! The frequent character n-grams of a text, as they are stored with a model.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The length of the longest n-grams, in characters.
pub(crate) const LONGEST: usize = 3;

/// The most single letters that are stored. Han has thousands.
const MOST_LETTERS: usize = 2000;

/// The most longer n-grams that are stored.
const MOST: usize = 2000;

/// An n-gram is stored if the text has it this often.
const FEWEST: u32 = 2;

/// Counts are stored as powers of √2 with these exponents.
const LEVELS: usize = 64;

/// Letters after which only a half of the lines is counted, then a quarter, and so on.
const COUNTED: usize = 2 << 20;

/// The number of different n-grams from which those that were seen once are forgotten.
const CROWDED: usize = 1 << 20;

/// Separates n-grams; it is no letter.
const SEPARATOR: char = '|';

/// The frequent character n-grams of a text, up to three letters long, with their approximate counts. A space stands for
/// the beginning or the end of a word. Letters are in NFC and lower case; everything else is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CharacterNgrams {
    /// Element `i` has the n-grams that occur about 2^(i/2) times.
    levels: Vec<String>,
}

impl CharacterNgrams {
    /// Returns whether there are none, as in a model of an earlier version.
    pub fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// Returns the n-grams with their approximate counts. An n-gram of a damaged file that is too long is left out.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (Ngram, f64)> + '_ {
        let levels = self.levels.iter().take(LEVELS).enumerate();
        levels.flat_map(|(level, ngrams)| {
            let count = 2f64.powf(level as f64 / 2.0);
            ngrams.split(SEPARATOR).filter_map(move |text| Some((Ngram::of(text.chars())?, count)))
        })
    }
}

/// One to three characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ngram([char; LONGEST]);

/// Fills the places before a short n-gram; no text has it.
const NONE: char = '\0';

impl Ngram {
    /// Makes an n-gram; `None` if there is no character, or too many.
    pub(crate) fn of(characters: impl DoubleEndedIterator<Item = char>) -> Option<Self> {
        let mut all = [NONE; LONGEST];
        let mut places = all.iter_mut().rev();
        for c in characters.rev() {
            *places.next()? = c;
        }
        (all[LONGEST - 1] != NONE).then_some(Self(all))
    }

    /// Returns the n-gram without its last character; `None` for a single character.
    pub(crate) fn history(self) -> Option<Self> {
        let [one, other, _] = self.0;
        (other != NONE).then_some(Self([NONE, one, other]))
    }

    /// Returns whether it is a single character.
    pub(crate) fn is_letter(self) -> bool {
        self.history().is_none()
    }

    fn characters(self) -> impl Iterator<Item = char> {
        self.0.into_iter().filter(|c| *c != NONE)
    }
}

/// Returns the letters of a text in NFC and lower case, with one space before, between and after words.
pub(crate) fn letters(text: &str) -> Vec<char> {
    let mut letters = vec![' '];
    for c in text.nfc().flat_map(char::to_lowercase) {
        if c.is_alphabetic() || is_combining_mark(c) {
            letters.push(c);
        } else if letters.last() != Some(&' ') {
            letters.push(' ');
        }
    }
    if letters.last() != Some(&' ') {
        letters.push(' ');
    }
    letters
}

/// Collects [`CharacterNgrams`] from sentences.
#[derive(Debug, Default)]
pub struct NgramCollector {
    counts: HashMap<Ngram, u32>,
    lines: usize,
    letters: usize,
}

impl NgramCollector {
    /// Adds a line of a text. Of a long text, only a part of the lines is counted.
    pub fn add(&mut self, line: &str) {
        self.lines += 1;
        if !self.lines.is_multiple_of(1 << (self.letters / COUNTED)) {
            return;
        }
        let letters = letters(line);
        self.letters += letters.len();
        for length in 1..=LONGEST {
            for run in letters.windows(length) {
                // A space only at the ends: the order of words does not count.
                if length == 3 && run[1] == ' ' {
                    continue;
                }
                if let Some(ngram) = Ngram::of(run.iter().copied()) {
                    let count = self.counts.entry(ngram).or_default();
                    *count = count.saturating_add(1);
                }
            }
        }
        if self.counts.len() > CROWDED {
            self.counts.retain(|_, count| *count > 1);
        }
    }

    /// Returns the most frequent n-grams.
    pub fn finish(self) -> CharacterNgrams {
        let frequent = self.counts.into_iter().filter(|(_, count)| *count >= FEWEST);
        let (mut single, mut longer): (Vec<_>, Vec<_>) = frequent.partition(|(ngram, _)| ngram.is_letter());
        let mut levels = vec![String::new(); LEVELS];
        for (ngrams, most) in [(&mut single, MOST_LETTERS), (&mut longer, MOST)] {
            ngrams.sort_unstable_by_key(|(ngram, count)| (Reverse(*count), *ngram));
            for (ngram, count) in ngrams.iter().take(most) {
                let level = &mut levels[((2.0 * f64::from(*count).log2()).round() as usize).min(LEVELS - 1)];
                if !level.is_empty() {
                    level.push(SEPARATOR);
                }
                level.extend(ngram.characters());
            }
        }
        let used = levels.iter().rposition(|level| !level.is_empty()).map_or(0, |last| last + 1);
        levels.truncate(used);
        CharacterNgrams { levels }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ngrams(lines: &[&str]) -> CharacterNgrams {
        let mut collector = NgramCollector::default();
        lines.iter().for_each(|line| collector.add(line));
        collector.finish()
    }

    #[test]
    fn letters_are_lower_case_in_nfc_with_a_space_around_each_word() {
        let text = |text: &str| letters(text).into_iter().collect::<String>();
        assert_eq!(text("Der BA\u{308}R, 12 (l'ours)!"), " der bär l ours ");
        assert_eq!(text("12 …"), " ");
        assert_eq!(text("電車は７時"), " 電車は 時 ");
    }

    #[test]
    fn frequent_runs_are_kept_with_approximate_counts_and_the_rest_is_not() {
        let kept = ngrams(&["aba", "aba", "aba", "aba", "cd"]);
        let mut counts: Vec<(String, f64)> =
            kept.counts().map(|(ngram, count)| (ngram.characters().collect(), count)).collect();
        counts.sort_by(|one, other| one.0.cmp(&other.0));
        let count = |run: &str| counts.iter().find(|(known, _)| known == run).map(|(_, count)| count.round());
        assert_eq!((count("a"), count("b"), count(" ab"), count("ba ")), (Some(8.0), Some(4.0), Some(4.0), Some(4.0)));
        assert_eq!((count("c"), count("cd"), count("a a")), (None, None, None));
        let read: CharacterNgrams = serde_json::from_str(&serde_json::to_string(&kept).expect("JSON")).expect("read");
        assert_eq!(read, kept);
        assert!(ngrams(&["12", "a"]).counts().all(|(ngram, _)| ngram.characters().eq([' '])));
    }

    #[test]
    fn a_damaged_list_has_only_what_is_short_enough() {
        let mut levels = vec!["||a|abcd".to_owned()];
        levels.resize(1000, "b".to_owned());
        assert!(CharacterNgrams { levels }.counts().all(|(ngram, count)| ngram.is_letter() && count.is_finite()));
    }
}
