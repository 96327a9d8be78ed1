//! The sentences of a line, and the abbreviations that do not end one.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

use crate::words::sentences::closes_quotation;
use crate::words::training_words::{TrainingWords, folded};

/// Largest share of lines with several sentences, if the lines of a corpus are single sentences.
const FEW: f64 = 0.05;

/// An abbreviation is this often inside a line of the training text.
const FEWEST: usize = 2;

/// Most abbreviations that are kept.
const MOST: usize = 10_000;

/// A word of up to this length before a full stop is an abbreviation if the training text does not have it.
const LONGEST_UNKNOWN: usize = 4;

/// Whether the lines of one side are single sentences, and its abbreviations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentenceEnds {
    /// Whether nearly all lines are single sentences.
    are_single: bool,
    /// Words with a full stop after which a sentence usually goes on, without it and in lower case; digits are `0`.
    abbreviations: BTreeSet<String>,
}

/// Counts the words before full stops.
#[derive(Debug, Default)]
pub(crate) struct SentenceCollector {
    lines: usize,
    /// For each word before a full stop, how often a line goes on after it, and how often the line ends.
    counts: HashMap<String, (usize, usize)>,
    /// The number of other sentence ends inside lines.
    other_ends: usize,
}

impl SentenceCollector {
    /// Adds a line.
    pub(crate) fn add(&mut self, line: &str) {
        self.lines += 1;
        let mut sentences = boundaries(line).peekable();
        while let Some(sentence) = sentences.next() {
            let goes_on = sentences.peek().is_some();
            match before_full_stop(&line[sentence]) {
                Some(word) => {
                    let count = self.counts.entry(folded(word)).or_default();
                    *if goes_on { &mut count.0 } else { &mut count.1 } += 1;
                }
                None => self.other_ends += usize::from(goes_on),
            }
        }
    }

    /// Returns the abbreviations, and whether the lines are single sentences.
    pub(crate) fn finish(self) -> SentenceEnds {
        let is_abbreviation = |(inside, at_end): &(usize, usize)| *inside >= FEWEST && inside > at_end;
        let mut abbreviations: Vec<(usize, String)> = Vec::new();
        let mut ends = self.other_ends;
        for (word, count) in self.counts {
            if is_abbreviation(&count) {
                abbreviations.push((count.0, word));
            } else {
                ends += count.0;
            }
        }
        abbreviations.sort_by(|a, b| b.cmp(a));
        abbreviations.truncate(MOST);
        let are_single = ends as f64 <= FEW * self.lines as f64;
        SentenceEnds { are_single, abbreviations: abbreviations.into_iter().map(|(_, word)| word).collect() }
    }
}

impl SentenceEnds {
    /// Returns whether nearly all lines of the training text are single sentences.
    pub fn are_single(&self) -> bool {
        self.are_single
    }

    /// Returns the sentences of a line, without the white space around them. `known` are the words of the training
    /// text, if there is a list of them.
    ///
    /// They end by Unicode Standard Annex #29, section 5.1, except after an abbreviation: one of the training text, a
    /// single letter or several (`U.S.`), or a short word that the training text does not have.
    pub(crate) fn split(&self, line: &str, known: Option<&TrainingWords>) -> Vec<Range<usize>> {
        let mut sentences: Vec<Range<usize>> = Vec::new();
        let mut is_open = false;
        for sentence in boundaries(line) {
            match sentences.last_mut() {
                Some(last) if is_open => last.end = sentence.end,
                _ => sentences.push(sentence.clone()),
            }
            let end = sentence.end;
            let text = &line[sentence];
            is_open = is_within_word(line, end)
                || before_full_stop(text).is_some_and(|word| self.is_abbreviation(word, known))
                || !text.contains(char::is_alphanumeric);
        }
        sentences
    }

    fn is_abbreviation(&self, word: &str, known: Option<&TrainingWords>) -> bool {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let is_initialism = word.contains('.') && word.split('.').all(|part| part.chars().count() < 3);
        let is_unknown = || known.is_some_and(|known| !known.is_empty() && !known.contains(word));
        self.abbreviations.contains(&folded(word))
            || letters == 1 && word.chars().count() == 1
            || is_initialism
            || (2..=LONGEST_UNKNOWN).contains(&letters) && word.chars().all(char::is_alphabetic) && is_unknown()
    }
}

/// Returns the sentences of a line by Unicode, without the white space around them. A sentence also ends where the space
/// after it is missing (`sleeps.The dog`), and in a line without capitals before a small letter.
fn boundaries(line: &str) -> impl Iterator<Item = Range<usize>> {
    let has_capital = line.contains(char::is_uppercase);
    let sentences = line.split_sentence_bound_indices();
    let parts = sentences.flat_map(move |(start, sentence)| {
        let mut parts = Vec::new();
        let mut from = 0;
        let ends = sentence.match_indices(['.', '!', '?']).map(|(at, mark)| at + mark.len());
        for end in ends.filter(|end| is_further_end(sentence, *end, has_capital)) {
            parts.push((start + from, &sentence[from..end]));
            from = end;
        }
        parts.push((start + from, &sentence[from..]));
        parts
    });
    parts.filter_map(|(start, sentence)| {
        let start = start + sentence.len() - sentence.trim_start().len();
        let text = sentence.trim();
        (!text.is_empty()).then(|| start..start + text.len())
    })
}

/// Returns whether a sentence ends after the mark before `end`, although Unicode has no boundary there.
fn is_further_end(text: &str, end: usize, has_capital: bool) -> bool {
    let (before, after) = (&text[..end - 1], &text[end..]);
    let word = before.len() - before.trim_end_matches(char::is_lowercase).len();
    let mut next = after.chars();
    let follows = (next.next(), next.next());
    let is_glued = matches!(follows, (Some(one), Some(two)) if one.is_uppercase() && two.is_lowercase());
    let is_small = matches!(follows, (Some(' '), Some(two)) if two.is_lowercase());
    word > 2 && (is_glued || is_small && !has_capital)
}

/// Returns whether an end is inside a word: in an address (`https://example.org/a?b`), or before a small letter or a
/// digit (`which?one`), where no sentence begins. Unicode sees an end after each `?` and `!`.
fn is_within_word(line: &str, end: usize) -> bool {
    let (before, after) = (&line[..end], &line[end..]);
    if !before.ends_with(['?', '!']) || after.is_empty() || after.starts_with(char::is_whitespace) {
        return false;
    }
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let goes_on = |c: char| c.is_lowercase() || c.is_ascii_digit() || c.is_ascii_punctuation();
    word.contains("://") || word.starts_with("www.") || after.starts_with(goes_on)
}

/// Returns the word before the full stop at the end of a sentence; `None` if it ends with another mark.
fn before_full_stop(sentence: &str) -> Option<&str> {
    let before = sentence.trim_end_matches(closes_quotation).strip_suffix('.')?;
    let start = before
        .rfind(|c: char| !c.is_alphanumeric() && c != '.')
        .map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
    Some(&before[start..]).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::training_words::WordCollector;

    const TEXT: [&str; 7] = [
        "Mr. Smith sees the dog.",
        "Who is Mr. Brown?",
        "The cat sleeps.",
        "The dog eats it.",
        "Am 3. Mai kam Anna.",
        "Das ist der 12. Hund.",
        "Is it red?",
    ];

    fn learnt(lines: &[&str]) -> SentenceEnds {
        let mut collector = SentenceCollector::default();
        lines.iter().for_each(|line| collector.add(line));
        collector.finish()
    }

    fn split(line: &str) -> Vec<&str> {
        let mut words = WordCollector::default();
        TEXT.iter().for_each(|text| words.add(text));
        let ends = learnt(&TEXT);
        assert!(ends.are_single());
        ends.split(line, Some(&words.finish())).into_iter().map(|range| &line[range]).collect()
    }

    #[test]
    fn a_line_is_split_at_sentence_ends_but_not_at_abbreviations() {
        for (line, expected) in [
            ("The cat sleeps. The dog eats.", &["The cat sleeps.", "The dog eats."][..]),
            ("  The dog eats it.  Is it red? Yes! ", &["The dog eats it.", "Is it red?", "Yes!"]),
            ("Mr. Smith sees Dr. Brown. Who is it?", &["Mr. Smith sees Dr. Brown.", "Who is it?"]),
            ("J. R. Smith sleeps. Am 4. Mai kam Anna.", &["J. R. Smith sleeps.", "Am 4. Mai kam Anna."]),
            ("\"The cat sleeps.\" The dog eats.", &["\"The cat sleeps.\"", "The dog eats."]),
            ("犬がいます。猫もいます。", &["犬がいます。", "猫もいます。"]),
            ("It costs 3.50 at example.org today.", &["It costs 3.50 at example.org today."]),
            ("The dog eats at the U.S. House. Who is it?", &["The dog eats at the U.S. House.", "Who is it?"]),
            ("... The cat sleeps.", &["... The cat sleeps."]),
            ("It is at https://example.org/a?b=c!D#e today.", &["It is at https://example.org/a?b=c!D#e today."]),
            ("Is it red?Yes!The dog eats which?one.", &["Is it red?", "Yes!", "The dog eats which?one."]),
            (
                "The cat sleeps.The dog eats at www.example.org.",
                &["The cat sleeps.", "The dog eats at www.example.org."],
            ),
            ("the cat sleeps. the dog eats it.", &["the cat sleeps.", "the dog eats it."]),
            ("", &[]),
        ] {
            assert_eq!(split(line), expected, "{line}");
        }
    }

    #[test]
    fn a_corpus_with_several_sentences_on_many_lines_is_not_of_single_sentences() {
        let lines = ["The cat sleeps. The dog eats.", "Is it red? The dog eats.", "The cat sleeps."];
        assert!(!learnt(&lines).are_single());
    }
}
