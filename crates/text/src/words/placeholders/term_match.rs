//! How a term matches the words of a sentence: as written, in any letter case, or in other forms.

use crate::words::placeholders::terms::{is_of_spaced_word, start};

/// The least number of letters that two forms of a word have in common at their beginning.
const LEAST_STEM: usize = 4;

/// The rule by which a term matches words of a sentence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TermMatch {
    /// Letter by letter. At the beginning of a sentence, the first letter may be a capital.
    #[default]
    Exact,
    /// In any letter case.
    Case,
    /// In any letter case, and with another ending: two words are forms of one word if they begin with the same
    /// letters, at least four and at least two thirds of each of them. `Hund` matches `Hundes`, but not `hundert`.
    ///
    /// The rule knows no language: it misses vowels that change (`Vertrag`, `Verträge`) and short words, and it can
    /// match a derived word (`contract`, `contractor`).
    Forms,
}

/// A term in a text; the greatest is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    /// Its length in the text, in bytes.
    pub(crate) len: usize,
    /// The number of letters that term and text have in common.
    same: usize,
    /// Whether they are equal, also in letter case.
    is_equal: bool,
}

impl TermMatch {
    /// Returns the key under which terms that begin with this word are found: equal for all words that match it.
    pub(crate) fn key(self, word: &str) -> String {
        match self {
            Self::Exact => word.to_owned(),
            Self::Case => word.to_lowercase(),
            Self::Forms => word.to_lowercase().chars().take(LEAST_STEM).collect(),
        }
    }

    /// Returns how a term matches whole words at the beginning of a text.
    pub(crate) fn found(self, term: &str, text: &str) -> Option<Found> {
        let (mut term_rest, mut rest, mut same) = (term, text, 0);
        while !term_rest.is_empty() {
            let (one, other) = (start(term_rest), start(rest));
            same +=
                if one.starts_with(is_of_spaced_word) { self.same_letters(one, other)? } else { equal(one, other)? };
            (term_rest, rest) = (&term_rest[one.len()..], &rest[other.len()..]);
        }
        let len = text.len() - rest.len();
        Some(Found { len, same, is_equal: text[..len] == *term })
    }

    /// Returns the number of letters that two words have in common if they match.
    fn same_letters(self, one: &str, other: &str) -> Option<usize> {
        if self == Self::Exact {
            return equal(one, other);
        }
        let (one, other) = (one.to_lowercase(), other.to_lowercase());
        if one == other || self == Self::Case {
            return equal(&one, &other);
        }
        let stem = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
        let is_most_of = |word: &str| 3 * stem >= 2 * word.chars().count();
        (stem >= LEAST_STEM && is_most_of(&one) && is_most_of(&other)).then_some(stem)
    }
}

fn equal(one: &str, other: &str) -> Option<usize> {
    (one == other).then(|| one.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_share_four_letters_and_two_thirds_of_each() {
        let matches = |one, other| TermMatch::Forms.same_letters(one, other).is_some();
        for (one, other) in
            [("Hund", "Hundes"), ("company", "Companies"), ("книга", "КНИГИ"), ("casas", "casa"), ("Kuh", "KUH")]
        {
            assert!(matches(one, other) && matches(other, one), "{one} {other}");
        }
        for (one, other) in [("Hund", "hundert"), ("cat", "cats"), ("Vertrag", "Verträge"), ("Haus", "Maus"), ("a", "")]
        {
            assert!(!matches(one, other) && !matches(other, one), "{one} {other}");
        }
    }

    #[test]
    fn a_term_of_several_words_matches_word_by_word() {
        let found = |term, text| TermMatch::Forms.found(term, text).map(|found| found.len);
        assert_eq!(found("grüne Wiese", "grünen Wiesen."), Some("grünen Wiesen".len()));
        assert_eq!(found("grüne Wiese", "grünen, Wiesen."), None);
        assert_eq!(found("grüne Wiese", "grüne"), None);
        assert_eq!(found("C++", "c++"), Some(3));
    }
}
