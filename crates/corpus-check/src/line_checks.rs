//! The checks of a single line.

use glosser_text::running_words;

use crate::character_runs::long_run;
use crate::finding::{Findings, Place};
use crate::input::Input;
use crate::kind::Kind;
use crate::repair::excerpt;
use crate::rows::Row;

/// Training leaves out pairs with more than 200 tokens on a side, and a word has one token or more.
const MOST_WORDS: usize = 200;

/// A limit on characters as well: a text without spaces has few words.
const MOST_CHARACTERS: usize = 2000;

/// Shorter texts, such as names and interjections, may be the same in two languages.
const FEWEST_SAME_WORDS: usize = 3;

/// Reports the faults of a line. Returns whether it is a pair that training can use.
pub(crate) fn check_line(row: &Row, input: &Input, findings: &mut Findings) -> bool {
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
        if let Some((c, count)) = long_run(text) {
            let note = Some(format!("{c:?} {count} times"));
            findings.add(Kind::Repeats, || Place { note, ..side_place(row, input, side, side) });
        }
    }
    true
}

/// One of the two sides of a corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
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

/// Returns the reason why training cannot use a pair, and the faulty side.
pub(crate) fn unusable(source: &str, target: &str) -> Option<(Kind, Side)> {
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

/// Whether both sides are the same text, of three words or more.
pub(crate) fn is_same_text(source: &str, target: &str) -> bool {
    let has_letters = source.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count();
    source.trim() == target.trim() && running_words(source) >= FEWEST_SAME_WORDS && has_letters > 0
}

/// The place of a line in one of the files, without an excerpt.
fn place(row: &Row, input: &Input, file: usize) -> Place {
    Place { file: input.file_name(file).to_owned(), line: row.line, column: None, excerpt: String::new(), note: None }
}

/// The place of a line in the file of `side`, with an excerpt of the side `shown`.
pub(crate) fn side_place(row: &Row, input: &Input, side: Side, shown: Side) -> Place {
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
    fn unusable_pairs_are_reported_with_their_faulty_side() {
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
    fn the_same_name_on_both_sides_is_accepted_and_the_same_sentence_is_not() {
        assert!(is_same_text("The dog runs.", "The dog runs. "));
        for (source, target) in [("New York", "New York"), ("The dog runs.", "The dog ran."), ("1 2 3 4", "1 2 3 4")] {
            assert!(!is_same_text(source, target));
        }
    }
}
