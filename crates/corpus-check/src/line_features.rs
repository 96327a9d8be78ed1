//! Features of a line in two bytes: its length, its last character, and its numbers.
//!
//! They are enough to find a line shift: translations have similar lengths (Gale and Church 1993), a question stays a
//! question, and numbers stay the same.

use std::hash::{DefaultHasher, Hash, Hasher};

use glosser_text::{SentenceMark, closes_quotation, sentence_mark};

/// Steps of length per natural logarithm: a step is about 5 %.
pub(crate) const STEPS: f64 = 20.0;

/// Characters added to every length, so that `Yes.` and `Of course.` do not differ much.
const SMOOTHING: f64 = 8.0;

/// The number of classes of last characters.
pub(crate) const ENDINGS: usize = 8;
/// The number of hash values of digits, with 0 for none.
pub(crate) const NUMBERS: usize = 32;

/// The features of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineFeatures {
    length: u8,
    /// The ending in the low 3 bits, the numbers in the rest.
    marks: u8,
}

impl LineFeatures {
    pub(crate) fn of(text: &str) -> Self {
        Self { length: length(text), marks: ending(text) | numbers(text) << 3 }
    }

    /// The length in steps of [`STEPS`].
    pub(crate) fn length(self) -> i32 {
        i32::from(self.length)
    }

    /// The class of the last character, below [`ENDINGS`].
    pub(crate) fn ending(self) -> usize {
        usize::from(self.marks & 7)
    }

    /// A hash of the digits, below [`NUMBERS`]; 0 if there are none.
    pub(crate) fn numbers(self) -> usize {
        usize::from(self.marks >> 3)
    }
}

/// The length of the target minus that of the source, in steps.
pub(crate) fn difference(source: LineFeatures, target: LineFeatures) -> i32 {
    target.length() - source.length()
}

fn length(text: &str) -> u8 {
    let chars = text.trim().chars().count() as f64;
    // Saturates at 340,000 characters.
    (((chars + SMOOTHING) / SMOOTHING).ln() * STEPS).round() as u8
}

fn ending(text: &str) -> u8 {
    let is_closing = |c: char| c.is_whitespace() || closes_quotation(c);
    let Some(last) = text.trim_end_matches(is_closing).chars().next_back() else { return 0 };
    match (sentence_mark(last), last) {
        (Some(SentenceMark::FullStop), _) => 1,
        // The Greek question mark looks like a semicolon.
        (Some(SentenceMark::Question), _) | (None, ';') => 2,
        (Some(SentenceMark::Exclamation), _) => 3,
        (Some(SentenceMark::Ellipsis), _) | (None, ':' | '：' | ',' | '，' | '、' | '-' | '–' | '—') => 4,
        (None, c) if c.is_numeric() => 5,
        (None, c) if c.is_alphabetic() => 6,
        (None, _) => 7,
    }
}

/// Only the digits count: languages use different separators in numbers.
fn numbers(text: &str) -> u8 {
    let mut hasher = DefaultHasher::new();
    let mut digits = text.bytes().filter(u8::is_ascii_digit).peekable();
    if digits.peek().is_none() {
        return 0;
    }
    digits.for_each(|digit| digit.hash(&mut hasher));
    1 + (hasher.finish() % (NUMBERS as u64 - 1)) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_show_length_ending_and_numbers() {
        let (german, english) = (LineFeatures::of("Kostet er 1.234,50 EUR?"), LineFeatures::of("Is it EUR 1,234.50?"));
        assert_eq!(german.ending(), english.ending());
        assert_eq!(german.numbers(), english.numbers());
        assert!(german.numbers() > 0 && LineFeatures::of("No.").numbers() == 0);
        assert_eq!(difference(LineFeatures::of("a dog"), LineFeatures::of("ein hund")), 4);
        assert_eq!(LineFeatures::of(" \"Yes.\" ").ending(), LineFeatures::of("Nein.").ending());
        assert_eq!(LineFeatures::of("").length(), 0);
        assert_eq!(LineFeatures::of(&"x".repeat(5_000_000)).length(), 255);
    }
}
