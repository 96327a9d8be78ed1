//! A concordance: every occurrence of a word in its sentence, grouped by translation.

use std::collections::HashMap;

use unicode_width::UnicodeWidthStr;

use super::label::{abbreviate, clean, isolate};

/// A word or a phrase in its sentence, and the words of the other language that it is linked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Line number of the pair.
    pub line: usize,
    /// The words of the sentence.
    pub words: Vec<String>,
    /// Indices of the word or phrase in `words`, in ascending order.
    pub positions: Vec<usize>,
    /// The words of the sentence in the other language.
    pub other_words: Vec<String>,
    /// Indices of the linked words in `other_words`, in ascending order.
    pub linked: Vec<usize>,
}

/// The occurrences with the same translation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranslationGroup {
    /// Their translation.
    pub translation: String,
    /// The occurrences in the order in which they were added.
    pub occurrences: Vec<Occurrence>,
}

/// All occurrences of a word by translation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concordance {
    groups: HashMap<String, Vec<Occurrence>>,
}

impl Concordance {
    /// Adds an occurrence to the group of its translation.
    pub fn add(&mut self, translation: String, occurrence: Occurrence) {
        self.groups.entry(translation).or_default().push(occurrence);
    }

    /// The groups, most frequent translation first; groups of equal size are in alphabetical order.
    pub fn groups(self) -> Vec<TranslationGroup> {
        let groups = self.groups.into_iter();
        let mut all: Vec<TranslationGroup> =
            groups.map(|(translation, occurrences)| TranslationGroup { translation, occurrences }).collect();
        all.sort_by(|a, b| {
            b.occurrences.len().cmp(&a.occurrences.len()).then_with(|| a.translation.cmp(&b.translation))
        });
        all
    }
}

impl Occurrence {
    /// The sentence and its translation as two lines of at most `width` terminal columns, without line breaks. The word and
    /// its links are in brackets, and the first bracket of both lines is in the same column. Words that do not fit are
    /// replaced with an ellipsis.
    pub fn lines(&self, width: usize) -> [String; 2] {
        [in_context(&self.words, &self.positions, width), in_context(&self.other_words, &self.linked, width)]
    }
}

/// The words as one line, with those at the positions `marked` in brackets; neighbours share their brackets. The first marked
/// word (or the first of all) begins at two fifths of the width.
fn in_context(words: &[String], marked: &[usize], width: usize) -> String {
    let bracketed = |(position, word): (usize, &String)| {
        let is_marked = |position: Option<usize>| position.is_some_and(|position| marked.contains(&position));
        let opens = is_marked(Some(position)) && !is_marked(position.checked_sub(1));
        let closes = is_marked(Some(position)) && !is_marked(Some(position + 1));
        format!("{}{}{}", if opens { "[" } else { "" }, clean(word), if closes { "]" } else { "" })
    };
    let shown: Vec<String> = words.iter().enumerate().map(bracketed).collect();
    let (before, after) = shown.split_at(marked.first().copied().unwrap_or(0).min(shown.len()));
    let left_width = width * 2 / 5;
    let right_width = width - left_width;
    let mut left = fitting(before.iter().rev(), left_width.saturating_sub(1));
    left.reverse();
    let left = left.join(" ");
    let indent = " ".repeat(left_width.saturating_sub(left.width() + 1));
    let mut right = String::new();
    if let Some((first, rest)) = after.split_first() {
        right = abbreviate(first, right_width, '…');
        for word in fitting(rest.iter(), right_width.saturating_sub(right.width() + 1)) {
            right = right + " " + word;
        }
    }
    let space = if left_width > left.width() { " " } else { "" };
    format!("{indent}{}{space}{}", isolate(&left), isolate(&right)).trim_end().to_owned()
}

/// The first words that fit into `width` columns with spaces between them, and an ellipsis for the rest.
fn fitting<'a>(words: impl ExactSizeIterator<Item = &'a String>, width: usize) -> Vec<&'a str> {
    let (last, mut taken) = (words.len().saturating_sub(1), 0);
    let mut fitting: Vec<&str> = Vec::new();
    for (index, word) in words.enumerate() {
        // Reserve room for an ellipsis, except after the last word.
        let reserve = if index < last { 2 } else { 0 };
        if taken + word.width() + reserve > width {
            fitting.push("…");
            break;
        }
        taken += word.width() + 1;
        fitting.push(word);
    }
    fitting
}
