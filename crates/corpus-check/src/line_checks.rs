//! The checks of a single line.

use glosser_text::{format_hint, running_words};

use crate::finding::{Findings, Place};
use crate::input::Input;
use crate::kind::Kind;
use crate::repair::excerpt;
use crate::rows::{Row, Side};

/// Training leaves out pairs with more than 200 tokens on a side, and a word has one token or more.
const MOST_WORDS: usize = 200;

/// A limit on characters as well: a text without spaces has few words.
const MOST_CHARACTERS: usize = 2000;

/// Shorter texts, such as names and interjections, may be the same in two languages.
const FEWEST_SAME_WORDS: usize = 3;

/// No word of any language repeats a letter this often; shorter runs such as `...` are punctuation.
const LONG_RUN: usize = 6;

/// Large numbers have many zeros in a row.
const LONG_RUN_OF_DIGITS: usize = 12;

/// Reports the faults of a line. Returns whether it is a pair that training can use.
pub(crate) fn check_line(row: &Row, input: &Input, findings: &mut Findings) -> bool {
    for (file, fault) in row.faults() {
        findings.add(fault.kind, || Place {
            column: Some(fault.column),
            excerpt: fault.excerpt.clone(),
            ..input.place(file, row.line)
        });
    }
    if let Some(note) = row.too_few_columns() {
        let text = row.texts().next().unwrap_or_default();
        let hint = (row.line == 1 && !text.contains('\t')).then(|| format_hint(text, input.file_name(0))).flatten();
        findings.add(Kind::TooFewColumns, || Place {
            excerpt: excerpt(text),
            note: Some(hint.map_or(note.clone(), |hint| format!("{note}; {hint}"))),
            ..input.place(0, row.line)
        });
    }
    let Some((source, target)) = row.pair() else { return false };
    let unusable = unusable(source, target);
    if let Some((kind, side)) = unusable {
        // A blank side has no text to show: the other side identifies the line.
        let shown = match (kind, side) {
            (Kind::TooLong, side) => side,
            (_, Side::Source) => Side::Target,
            (_, Side::Target) => Side::Source,
        };
        findings.add(kind, || side_place(row, input, side, shown));
        return false;
    }
    // If bytes of this line are no text, that is the finding.
    let is_text = row.faults().all(|(_, fault)| fault.kind != Kind::NotUtf8);
    if let Some(side) = lost_text(source, target).filter(|_| is_text) {
        findings.add(Kind::Replacement, || side_place(row, input, side, side));
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

/// Returns the side that has U+FFFD in the place of lost text.
pub(crate) fn lost_text(source: &str, target: &str) -> Option<Side> {
    let sides = [(Side::Source, source), (Side::Target, target)];
    sides.into_iter().find(|(_, text)| text.contains(char::REPLACEMENT_CHARACTER)).map(|(side, _)| side)
}

/// Returns whether both sides are the same text, of three words or more.
pub(crate) fn is_same_text(source: &str, target: &str) -> bool {
    let has_letters = source.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count();
    source.trim() == target.trim() && running_words(source) >= FEWEST_SAME_WORDS && has_letters > 0
}

/// Returns the place of a line in the file of `side`, with an excerpt of the side `shown`.
pub(crate) fn side_place(row: &Row, input: &Input, side: Side, shown: Side) -> Place {
    Place { excerpt: excerpt(row.side(shown).unwrap_or_default()), ..input.place(side as usize, row.line) }
}

/// Returns the first character that is repeated more often than in ordinary writing, and the length of the run.
pub(crate) fn long_run(text: &str) -> Option<(char, usize)> {
    let mut run = ('\0', 0);
    for c in text.chars() {
        // Rulers are also written with spaces: `* * * * *`.
        if c.is_whitespace() && !run.0.is_alphanumeric() {
            continue;
        }
        if c == run.0 {
            run.1 += 1;
        } else if is_long_run(run) {
            break;
        } else {
            run = (c, 1);
        }
    }
    is_long_run(run).then_some(run)
}

fn is_long_run((c, count): (char, usize)) -> bool {
    count >= if c.is_numeric() { LONG_RUN_OF_DIGITS } else { LONG_RUN }
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

    #[test]
    fn rulers_leaders_and_held_keys_are_found() {
        assert_eq!(long_run("Chapter 1 ........ 7"), Some(('.', 8)));
        assert_eq!(long_run("* * * * * *"), Some(('*', 6)));
        assert_eq!(long_run("noooooo!"), Some(('o', 6)));
        assert_eq!(long_run("0000000000000"), Some(('0', 13)));
    }

    #[test]
    fn ordinary_writing_is_accepted() {
        for text in [
            "",
            "Schifffahrt",
            "Well... yes?!?!",
            "1,000,000,000 and 1000000000",
            "ah, ah, ah",
            "o o o o o o o",
            "--- a",
        ] {
            assert_eq!(long_run(text), None, "{text}");
        }
    }
}
