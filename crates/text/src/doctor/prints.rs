//! What is remembered of every line: how long it is, how it ends, and which numbers it names.
//!
//! Two bytes a line. They are enough to tell where two sides slip: translations are about as long as each other (Gale
//! and Church 1993), a question stays a question, and numbers stay what they are.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Steps of length in which sides are compared: a twentieth of a natural logarithm each, about 5 %.
pub(super) const STEPS: f64 = 20.0;

/// Added to every length, so that `Yes.` beside `Of course.` is no great difference.
const SMOOTHING: f64 = 8.0;

pub(super) const ENDINGS: usize = 8;
pub(super) const NUMBERS: usize = 32;

/// Two bytes about a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Print {
    length: u8,
    /// The ending in the low 3 bits, the numbers in the rest.
    marks: u8,
}

impl Print {
    pub(super) fn of(text: &str) -> Self {
        Self { length: length(text), marks: ending(text) | numbers(text) << 3 }
    }

    /// Steps of length.
    pub(super) fn length(self) -> i32 {
        i32::from(self.length)
    }

    /// A class of last characters, below [`ENDINGS`].
    pub(super) fn ending(self) -> usize {
        usize::from(self.marks & 7)
    }

    /// A hash of the digits, below [`NUMBERS`]; 0 where there are none.
    pub(super) fn numbers(self) -> usize {
        usize::from(self.marks >> 3)
    }
}

/// How far the target's length is from the source's, in steps.
pub(super) fn difference(source: Print, target: Print) -> i32 {
    target.length() - source.length()
}

fn length(text: &str) -> u8 {
    let chars = text.trim().chars().count() as f64;
    // Saturates at 340,000 characters.
    (((chars + SMOOTHING) / SMOOTHING).ln() * STEPS).round() as u8
}

fn ending(text: &str) -> u8 {
    let is_closing = |c: char| c.is_whitespace() || "\"'”’“»«›)]」』）".contains(c);
    match text.trim_end_matches(is_closing).chars().next_back() {
        None => 0,
        Some('.' | '。' | '।' | '．') => 1,
        Some('?' | '？' | '؟' | ';') => 2,
        Some('!' | '！') => 3,
        Some(':' | '：' | ',' | '，' | '、' | '…' | '-' | '–' | '—') => 4,
        Some(c) if c.is_numeric() => 5,
        Some(c) if c.is_alphabetic() => 6,
        Some(_) => 7,
    }
}

/// Only the digits count: languages group and point numbers in their own way.
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
    fn a_print_tells_length_ending_and_numbers() {
        let (german, english) = (Print::of("Kostet er 1.234,50 EUR?"), Print::of("Is it EUR 1,234.50?"));
        assert_eq!(german.ending(), english.ending());
        assert_eq!(german.numbers(), english.numbers());
        assert!(german.numbers() > 0 && Print::of("No.").numbers() == 0);
        assert_eq!(difference(Print::of("a dog"), Print::of("ein hund")), 4);
        assert_eq!(Print::of(" \"Yes.\" ").ending(), Print::of("Nein.").ending());
        assert_eq!(Print::of("").length(), 0);
        assert_eq!(Print::of(&"x".repeat(5_000_000)).length(), 255);
    }
}
