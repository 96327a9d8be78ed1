//! Words, and the word that each sub-word belongs to.
//!
//! People read alignments between words; the model attends to sub-words. Both are byte ranges of one text here, so that
//! joining them needs no guess about how the tokenizer marks a beginning.

use crate::vocab::MOST_DISTINCT;
use std::collections::HashSet;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// What counts as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordRule {
    /// What stands between white space, signs and all: what files of links count.
    WhiteSpace,
    /// The segments of Unicode Standard Annex #29, section 4.1, but for white space: a sign is a word of its own, and so
    /// is a character of a script that has no spaces, where it takes a dictionary to find words.
    Unicode,
}

impl WordRule {
    /// The words of `text`, as byte ranges.
    ///
    /// ```
    /// use glosser_text::WordRule;
    ///
    /// let words = |rule: WordRule| rule.words("l'été: 1.5 km").into_iter().map(|word| &"l'été: 1.5 km"[word]).collect();
    /// let between_spaces: Vec<&str> = words(WordRule::WhiteSpace);
    /// assert_eq!(between_spaces, ["l'été:", "1.5", "km"]);
    /// let segments: Vec<&str> = words(WordRule::Unicode);
    /// assert_eq!(segments, ["l'été", ":", "1.5", "km"]);
    /// ```
    pub fn words(self, text: &str) -> Vec<Range<usize>> {
        match self {
            Self::WhiteSpace => words(text),
            Self::Unicode => {
                let segments = text.split_word_bound_indices().filter(|(_, segment)| !segment.trim().is_empty());
                segments.map(|(start, segment)| start..start + segment.len()).collect()
            }
        }
    }
}

/// The parts of `text` that these byte ranges are.
pub fn texts<'a>(text: &'a str, ranges: &[Range<usize>]) -> Vec<&'a str> {
    ranges.iter().map(|range| &text[range.clone()]).collect()
}

/// The words of `text`, as byte ranges: what stands between white space (Unicode `White_Space`).
///
/// ```
/// assert_eq!(glosser_text::words(" ein Hund\u{3000}läuft "), [1..4, 5..9, 12..18]);
/// ```
pub fn words(text: &str) -> Vec<Range<usize>> {
    let start_of = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    text.split_whitespace().map(|word| start_of(word)..start_of(word) + word.len()).collect()
}

/// How many words `text` has, for [`fitted_vocab`](crate::fitted_vocab): those between white space, and an estimate for
/// scripts that put none between words, where a whole sentence would count as one.
///
/// ```
/// assert_eq!(glosser_text::running_words("ein Hund läuft"), 3);
/// assert_eq!(glosser_text::running_words("我看见一只狗"), 3);
/// ```
pub fn running_words(text: &str) -> usize {
    text.split_whitespace().map(|word| unspaced_words(word).max(1)).sum()
}

/// Words of Chinese and Japanese have about two characters; those of Thai, Lao, Tibetan, Burmese and Khmer about five.
fn unspaced_words(word: &str) -> usize {
    let (mut of_two, mut of_five) = (0, 0);
    for c in word.chars() {
        match c {
            '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' => of_two += 1,
            '\u{20000}'..='\u{3FFFF}' => of_two += 1,
            '\u{0E00}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' => of_five += 1,
            _ => {}
        }
    }
    of_two / 2 + of_five / 5
}

/// The words that a text is made of, each once, as far as they are counted.
///
/// What has no white space within a sentence has no words here: sentences would be counted in their place.
#[derive(Default)]
pub(crate) struct DistinctWords(HashSet<String>);

impl DistinctWords {
    /// Adds the words of `text`, as long as there are not enough.
    pub fn add(&mut self, text: &str) {
        for word in text.split_whitespace() {
            if self.len() == MOST_DISTINCT {
                return;
            }
            if !self.0.contains(word) && unspaced_words(word) == 0 {
                self.0.insert(word.to_owned());
            }
        }
    }

    /// Their number.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// For each token the words that it has bytes of: mostly one, more where a sub-word is longer than a word.
///
/// A token of nothing but white space belongs to the word that follows it, or else to the last. Empty only where there
/// are no words. `words` must be in order, as [`WordRule::words`] gives them.
pub fn words_of_token(words: &[Range<usize>], offsets: &[Range<usize>]) -> Vec<Range<usize>> {
    offsets.iter().map(|token| words_of(words, token)).collect()
}

fn words_of(words: &[Range<usize>], token: &Range<usize>) -> Range<usize> {
    let Some(last) = words.len().checked_sub(1) else { return 0..0 };
    // The first word that does not end before the token: the one that follows, if none overlaps.
    let first = words.partition_point(|word| word.end <= token.start).min(last);
    let end = words.partition_point(|word| word.start < token.end);
    first..end.max(first + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        words(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn words_are_what_stands_between_white_space() {
        assert_eq!(cut("  ein\tHund,\u{A0}läuft\u{2028}weg "), ["ein", "Hund,", "läuft", "weg"]);
        assert!(words("").is_empty());
        assert!(words(" \t ").is_empty());
        assert_eq!(cut("我看见一只狗"), ["我看见一只狗"]);
    }

    #[test]
    fn sentences_without_spaces_count_as_more_than_one_word() {
        assert_eq!(running_words("สวัสดีครับผม"), 2);
        assert_eq!(running_words("私は 犬"), 2);
        assert_eq!(running_words("ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ"), 2);
        assert_eq!(running_words(" "), 0);
    }

    #[test]
    fn distinct_words_are_counted_once_and_only_where_they_are_known() {
        let mut words = DistinctWords::default();
        ["ein Hund, ein Ball", "Hund 我看见一只狗", " "].into_iter().for_each(|text| words.add(text));
        assert_eq!(words.len(), 4, "ein, `Hund,`, Ball, Hund");
        (0..MOST_DISTINCT + 5).for_each(|number| words.add(&number.to_string()));
        assert_eq!(words.len(), MOST_DISTINCT);
        assert_eq!(MOST_DISTINCT, 84_211, "as CorpusSize says");
    }

    #[test]
    fn a_token_belongs_to_the_words_it_has_bytes_of() {
        // "ab cde": a leading space does not pull a token back.
        let words = words("ab cde");
        assert_eq!(words_of_token(&words, &[0..1, 1..2, 2..4, 4..6]), [0..1, 0..1, 1..2, 1..2]);
        assert_eq!(words_of_token(&words, &[1..6, 0..4, 0..2]), [0..2, 0..2, 0..1]);
    }

    #[test]
    fn segments_part_signs_and_characters_without_spaces_and_keep_marks_and_joined_letters() {
        let cut = |text| -> Vec<&str> { WordRule::Unicode.words(text).into_iter().map(|range| &text[range]).collect() };
        assert_eq!(cut("  «Ein\tHund», sagt  er…"), ["«", "Ein", "Hund", "»", ",", "sagt", "er", "…"]);
        assert_eq!(cut("我看见 犬"), ["我", "看", "见", "犬"]);
        assert_eq!(cut("ᏣᎳᎩ ე\u{301}l can't 👩‍👩‍👦"), ["ᏣᎳᎩ", "ე\u{301}l", "can't", "👩‍👩‍👦"]);
        assert!(cut(" \u{3000}\n").is_empty());
    }

    #[test]
    fn white_space_belongs_to_the_word_that_follows_or_to_the_last() {
        let words = words(" ab  cd ");
        assert_eq!(words_of_token(&words, &[0..0, 0..1, 3..4, 4..5, 7..8]), [0..1, 0..1, 1..2, 1..2, 1..2]);
    }

    #[test]
    fn without_words_no_token_belongs_to_one() {
        assert_eq!(words_of_token(&[], &[0..1, 1..2]), [0..0, 0..0]);
        assert!(words_of_token(&words("ab"), &[]).is_empty());
    }
}
