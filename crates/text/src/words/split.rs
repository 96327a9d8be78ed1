//! The words of a text, and the words of each token.
//!
//! Users read alignments between words; the model attends to tokens. Both are byte ranges of the same text here, so the
//! mapping does not depend on how the tokenizer marks the beginning of a word.

use std::collections::HashSet;
use std::ops::Range;

/// Returns the parts of `text` in these byte ranges.
pub fn texts<'a>(text: &'a str, ranges: &[Range<usize>]) -> Vec<&'a str> {
    ranges.iter().map(|range| &text[range.clone()]).collect()
}

/// Returns the words of `text` between white space (Unicode `White_Space`), as byte ranges.
///
/// ```
/// assert_eq!(glosser_text::words(" ein Hund\u{3000}läuft "), [1..4, 5..9, 12..18]);
/// ```
pub fn words(text: &str) -> Vec<Range<usize>> {
    let start_of = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    text.split_whitespace().map(|word| start_of(word)..start_of(word) + word.len()).collect()
}

/// Returns the number of words of `text`, for [`fitted_vocab`](crate::fitted_vocab). Words between white space are
/// counted; in scripts without spaces, where a whole sentence would count as one word, the number is estimated.
///
/// ```
/// assert_eq!(glosser_text::running_words("ein Hund läuft"), 3);
/// assert_eq!(glosser_text::running_words("我看见一只狗"), 3);
/// ```
pub fn running_words(text: &str) -> usize {
    text.split_whitespace().map(|word| unspaced_words(word).max(1)).sum()
}

/// Estimates the words in a run without spaces: about two characters per word in Chinese and Japanese, about five in
/// Thai, Lao, Tibetan, Burmese and Khmer.
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

/// The different words of a text, up to a limit.
///
/// Scripts without spaces do not count: whole sentences would be counted as words.
pub(crate) struct DistinctWords {
    words: HashSet<String>,
    limit: usize,
}

impl DistinctWords {
    /// Counts at most `limit` words.
    pub(crate) fn up_to(limit: usize) -> Self {
        Self { words: HashSet::new(), limit }
    }

    /// Adds the words of `text`, until the limit is reached.
    pub(crate) fn add(&mut self, text: &str) {
        for word in text.split_whitespace() {
            if self.len() == self.limit {
                return;
            }
            if !self.words.contains(word) && unspaced_words(word) == 0 {
                self.words.insert(word.to_owned());
            }
        }
    }

    /// Returns the number of different words.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }
}

/// Returns for each token the range of words that it shares bytes with: usually one word, several for a token longer
/// than a word.
///
/// A token of white space belongs to the next word, or to the last one at the end of the text. A range is empty only if
/// there are no words. `words` must be in order, as [`WordSplitter::words`](crate::WordSplitter::words) returns them.
pub fn words_of_token(words: &[Range<usize>], offsets: &[Range<usize>]) -> Vec<Range<usize>> {
    offsets.iter().map(|token| words_of(words, token)).collect()
}

fn words_of(words: &[Range<usize>], token: &Range<usize>) -> Range<usize> {
    let Some(last) = words.len().checked_sub(1) else { return 0..0 };
    // The first word that does not end before the token: the next one if none overlaps.
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
    fn words_are_separated_by_white_space() {
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
    fn distinct_words_are_counted_once_and_up_to_the_limit() {
        let mut words = DistinctWords::up_to(10);
        ["ein Hund, ein Ball", "Hund 我看见一只狗", " "].into_iter().for_each(|text| words.add(text));
        assert_eq!(words.len(), 4, "ein, `Hund,`, Ball, Hund");
        (0..15).for_each(|number| words.add(&number.to_string()));
        assert_eq!(words.len(), 10);
    }

    #[test]
    fn a_token_belongs_to_the_words_that_it_shares_bytes_with() {
        // "ab cde": a leading space does not pull a token back.
        let words = words("ab cde");
        assert_eq!(words_of_token(&words, &[0..1, 1..2, 2..4, 4..6]), [0..1, 0..1, 1..2, 1..2]);
        assert_eq!(words_of_token(&words, &[1..6, 0..4, 0..2]), [0..2, 0..2, 0..1]);
    }

    #[test]
    fn white_space_belongs_to_the_next_word_or_to_the_last() {
        let words = words(" ab  cd ");
        assert_eq!(words_of_token(&words, &[0..0, 0..1, 3..4, 4..5, 7..8]), [0..1, 0..1, 1..2, 1..2, 1..2]);
    }

    #[test]
    fn without_words_every_range_is_empty() {
        assert_eq!(words_of_token(&[], &[0..1, 1..2]), [0..0, 0..0]);
        assert!(words_of_token(&words("ab"), &[]).is_empty());
    }
}
