//! The words of a sentence that the training text does not have.

use std::ops::Range;

use crate::words::placeholders::tags::tags;
use crate::words::training_words::{TrainingWords, alphanumeric_words};

/// The longest part of a word before or after an apostrophe that need not be known: `l'ours`, `they'll`.
const LONGEST_CLITIC: usize = 2;

/// Returns the words of a text that `known` does not have in any letter case, as byte ranges.
///
/// The parts in `others` are left out, which are copied or translated by a glossary, and so are numbers, markup and
/// scripts without spaces. A word with an apostrophe is known if the parts around it are, or have one or two letters.
/// Without known words there is nothing to compare with, and the result is empty.
///
/// ```
/// let mut words = glosser_text::WordCollector::default();
/// words.add("The cat sees the bear.");
/// let (text, known) = ("THE CAT'S flurb sees 42 Glorp", words.finish());
/// let unknown = glosser_text::unknown_words(text, &[24..29], &known);
/// assert_eq!(glosser_text::texts(text, &unknown), ["flurb"]);
/// ```
pub fn unknown_words(text: &str, others: &[Range<usize>], known: &TrainingWords) -> Vec<Range<usize>> {
    if known.is_empty() {
        return Vec::new();
    }
    let tags = tags(text);
    let overlaps = |parts: &[Range<usize>], word: &Range<usize>| {
        parts.iter().any(|part| part.start < word.end && word.start < part.end)
    };
    let is_unknown = |word: &Range<usize>| {
        let letters = &text[word.clone()];
        letters.contains(char::is_alphabetic) && !is_known(letters, known)
    };
    let words = alphanumeric_words(text).into_iter();
    words.filter(|word| is_unknown(word) && !overlaps(others, word) && !overlaps(&tags, word)).collect()
}

fn is_known(word: &str, known: &TrainingWords) -> bool {
    let is_part_known = |part: &str| part.chars().count() <= LONGEST_CLITIC || known.contains(part);
    known.contains(word) || word.contains(['\'', '’']) && word.split(['\'', '’']).all(is_part_known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::split::texts;
    use crate::words::training_words::WordCollector;

    fn unknown(text: &str) -> Vec<&str> {
        let mut words = WordCollector::default();
        ["Der Hund läuft.", "un ours et l'avocat", "They'll see 60er", "это собака"]
            .iter()
            .for_each(|text| words.add(text));
        texts(text, &unknown_words(text, &[], &words.finish()))
    }

    #[test]
    fn words_are_unknown_in_no_letter_case_and_numbers_are_never_unknown() {
        assert_eq!(unknown("der HUND flurbt 42 mal, 3,5 1950er Собака"), ["flurbt", "mal"]);
        assert_eq!(unknown("Die Hunde-Hütte"), ["Die", "Hunde", "Hütte"]);
        assert!(unknown("").is_empty());
    }

    #[test]
    fn parts_around_an_apostrophe_are_known_words() {
        assert_eq!(unknown("l'ours d’avocat the hund's"), ["d’avocat", "the"]);
    }

    #[test]
    fn markup_and_scripts_without_spaces_are_left_out() {
        assert!(unknown("<span class=\"flurb\">Hund</span> 私は猫が好きです").is_empty());
    }
}
