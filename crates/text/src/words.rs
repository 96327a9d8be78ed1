//! Words, and the word that each sub-word belongs to.
//!
//! People read alignments between words; the model attends to sub-words. Both are byte ranges of one text here, so that
//! joining them needs no guess about how the tokenizer marks a beginning.

use std::ops::Range;

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

/// For each token the word it belongs to: the one it shares most bytes with, the first of several.
///
/// A token of nothing but white space belongs to the word that follows it, or else to the last. `None` only where there
/// are no words. `words` must be in order, as [`words()`] gives them.
pub fn word_of_token(words: &[Range<usize>], offsets: &[Range<usize>]) -> Vec<Option<usize>> {
    offsets.iter().map(|token| word_of(words, token)).collect()
}

fn word_of(words: &[Range<usize>], token: &Range<usize>) -> Option<usize> {
    let last = words.len().checked_sub(1)?;
    // The first word that does not end before the token: the one that follows, if none overlaps.
    let mut best = words.partition_point(|word| word.end <= token.start).min(last);
    for (index, word) in words.iter().enumerate().skip(best).take_while(|(_, word)| word.start < token.end) {
        if overlap(word, token) > overlap(&words[best], token) {
            best = index;
        }
    }
    Some(best)
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> usize {
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
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
    fn a_token_belongs_to_the_word_it_overlaps_most() {
        // "ab cde": a leading space does not pull a token back, and a token over two words goes to the greater part.
        let words = words("ab cde");
        assert_eq!(word_of_token(&words, &[0..1, 1..2, 2..4, 4..6]), [Some(0), Some(0), Some(1), Some(1)]);
        assert_eq!(word_of_token(&words, &[1..6, 0..4, 1..4]), [Some(1), Some(0), Some(0)]);
    }

    #[test]
    fn white_space_belongs_to_the_word_that_follows_or_to_the_last() {
        let words = words(" ab  cd ");
        assert_eq!(
            word_of_token(&words, &[0..0, 0..1, 3..4, 4..5, 7..8]),
            [Some(0), Some(0), Some(1), Some(1), Some(1)]
        );
    }

    #[test]
    fn without_words_no_token_belongs_to_one() {
        assert_eq!(word_of_token(&[], &[0..1, 1..2]), [None, None]);
        assert!(word_of_token(&words("ab"), &[]).is_empty());
    }
}
