//! The occurrences of a word in their contexts, beside what each was translated by.

use std::collections::HashMap;

use unicode_width::UnicodeWidthStr;

use crate::label::{abbreviate, clean, isolate};

/// A word in its sentence, and the words of the other language that it is linked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Line of the pair.
    pub line: usize,
    /// The words of the sentence.
    pub words: Vec<String>,
    /// The place of the word among them.
    pub place: usize,
    /// The words of the sentence in the other language.
    pub other: Vec<String>,
    /// The places of those that it is linked to, in order.
    pub linked: Vec<usize>,
}

/// The occurrences that were translated alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendering {
    /// The translation that they share.
    pub text: String,
    /// In the order in which they were found.
    pub occurrences: Vec<Occurrence>,
}

/// All occurrences of a word, by what it was translated by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concordance {
    groups: HashMap<String, Vec<Occurrence>>,
}

impl Concordance {
    /// Adds an occurrence to those that were translated by the same text.
    pub fn add(&mut self, rendering: String, occurrence: Occurrence) {
        self.groups.entry(rendering).or_default().push(occurrence);
    }

    /// The most frequent first; of equals in the order of their text.
    pub fn renderings(self) -> Vec<Rendering> {
        let groups = self.groups.into_iter();
        let mut all: Vec<Rendering> = groups.map(|(text, occurrences)| Rendering { text, occurrences }).collect();
        all.sort_by(|a, b| b.occurrences.len().cmp(&a.occurrences.len()).then_with(|| a.text.cmp(&b.text)));
        all
    }
}

impl Occurrence {
    /// Two lines of `width` columns without their ends: the sentence and its translation, each with what belongs together
    /// in brackets, the first of it in the same column. What does not fit is left out word by word, for an ellipsis.
    pub fn lines(&self, width: usize) -> [String; 2] {
        [in_context(&self.words, &[self.place], width), in_context(&self.other, &self.linked, width)]
    }
}

/// The words, those `marked` in brackets, the first of these (or of all) in the middle.
fn in_context(words: &[String], marked: &[usize], width: usize) -> String {
    let bracketed = |(place, word): (usize, &String)| {
        if marked.contains(&place) { format!("[{}]", clean(word)) } else { clean(word) }
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

/// The first words that fit into `width` columns with spaces between, and an ellipsis for the others.
fn fitting<'a>(words: impl ExactSizeIterator<Item = &'a String>, width: usize) -> Vec<&'a str> {
    let (last, mut taken) = (words.len().saturating_sub(1), 0);
    let mut fitting: Vec<&str> = Vec::new();
    for (index, word) in words.enumerate() {
        // Room for an ellipsis is kept unless no word follows.
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
