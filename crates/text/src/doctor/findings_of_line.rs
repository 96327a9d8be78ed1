//! What a line shows by itself.

use super::repair::excerpt;
use super::repeats::run_of_one_character;
use super::rows::Row;
use super::{Findings, Input, Kind, Place};
use crate::running_words;

/// Training leaves out pairs of more than 200 sub-words a side, and a word is one or more.
const MOST_WORDS: usize = 200;

/// A text without blanks may be of few words.
const MOST_CHARACTERS: usize = 2000;

/// With fewer words, names and interjections, two languages may well say the same.
const FEWEST_SAME_WORDS: usize = 3;

/// Notes what is wrong with a line, and tells whether it is a pair to learn from.
pub(super) fn note_line(row: &Row, input: &Input, findings: &mut Findings) -> bool {
    for (file, fault) in row.faults() {
        findings.add(fault.kind, || Place {
            column: Some(fault.column),
            excerpt: fault.excerpt.clone(),
            ..place(row, input, file)
        });
    }
    if let Some(note) = row.too_few_columns() {
        findings.add(Kind::TooFewColumns, || Place {
            excerpt: excerpt(row.texts().next().unwrap_or_default()),
            note: Some(note),
            ..place(row, input, 0)
        });
    }
    let Some((source, target)) = row.pair() else { return false };
    let unusable = unusable(source, target);
    if let Some((kind, side)) = unusable {
        let shown = if kind == Kind::TooLong { side } else { side.other() };
        findings.add(kind, || side_place(row, input, side, shown));
        return false;
    }
    if is_same_text(source, target) {
        findings.add(Kind::SameText, || side_place(row, input, Side::Source, Side::Source));
    }
    for (side, text) in [(Side::Source, source), (Side::Target, target)] {
        if let Some((c, count)) = run_of_one_character(text) {
            let note = Some(format!("{c:?} {count} times"));
            findings.add(Kind::Repeats, || Place { note, ..side_place(row, input, side, side) });
        }
    }
    true
}

/// A side of a corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Source,
    Target,
}

impl Side {
    fn other(self) -> Self {
        match self {
            Self::Source => Self::Target,
            Self::Target => Self::Source,
        }
    }
}

/// Why nothing can be learnt from a pair, and the side that is to blame.
pub(super) fn unusable(source: &str, target: &str) -> Option<(Kind, Side)> {
    match (source.trim().is_empty(), target.trim().is_empty()) {
        (true, true) => return Some((Kind::BlankPair, Side::Source)),
        (true, false) => return Some((Kind::BlankSide, Side::Source)),
        (false, true) => return Some((Kind::BlankSide, Side::Target)),
        (false, false) => {}
    }
    let is_too_long = |text: &str| text.chars().count() > MOST_CHARACTERS || running_words(text) > MOST_WORDS;
    let sides = [(Side::Source, source), (Side::Target, target)];
    sides.into_iter().find(|(_, text)| is_too_long(text)).map(|(side, _)| (Kind::TooLong, side))
}

/// Whether both sides are one text of some words.
pub(super) fn is_same_text(source: &str, target: &str) -> bool {
    let has_letters = source.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count();
    source.trim() == target.trim() && running_words(source) >= FEWEST_SAME_WORDS && has_letters > 0
}

/// A line of a corpus in one of its files, without a text.
pub(super) fn place(row: &Row, input: &Input, file: usize) -> Place {
    Place { file: input.file_name(file).to_owned(), line: row.line, column: None, excerpt: String::new(), note: None }
}

/// The line in the file of `side`, with the text of the side `shown`.
pub(super) fn side_place(row: &Row, input: &Input, side: Side, shown: Side) -> Place {
    let text = match shown {
        Side::Source => row.source(),
        Side::Target => row.target(),
    };
    let file = if side == Side::Source { 0 } else { 1 };
    Place { excerpt: excerpt(text.unwrap_or_default()), ..place(row, input, file) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_to_learn_nothing_from_are_told_with_the_side() {
        let long = "word ".repeat(201);
        for (source, target, expected) in [
            ("a", "b", None),
            (" ", "\u{3000}", Some((Kind::BlankPair, Side::Source))),
            ("", "b", Some((Kind::BlankSide, Side::Source))),
            ("a", " ", Some((Kind::BlankSide, Side::Target))),
            ("a", &long, Some((Kind::TooLong, Side::Target))),
            (&"x".repeat(2001), "b", Some((Kind::TooLong, Side::Source))),
        ] {
            assert_eq!(unusable(source, target), expected);
        }
    }

    #[test]
    fn names_may_be_the_same_on_both_sides_and_sentences_may_not() {
        assert!(is_same_text("The dog runs.", "The dog runs. "));
        for (source, target) in [("New York", "New York"), ("The dog runs.", "The dog ran."), ("1 2 3 4", "1 2 3 4")] {
            assert!(!is_same_text(source, target));
        }
    }
}
