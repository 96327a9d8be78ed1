//! Writes a translation with its marks: escaped, wrapped, and with the white space that the marks need.

use std::iter::Peekable;
use std::vec::IntoIter;

use crate::inline::content::Style;
use crate::inline::mark::{InlineMark, Shape};
use crate::inline::punctuation::{is_closing, is_opening, is_space};
use crate::inline::wrap::line_starts;

/// White space that is written before the next character.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    LineEnd,
}

/// A translation while it is written.
pub(crate) struct Writer<'a> {
    text: &'a str,
    style: Style,
    /// The bytes of the text at which a new line begins, those that are still to come.
    line_starts: Peekable<IntoIter<usize>>,
    written: &'a mut String,
    /// The byte of the text up to which it is written.
    at: usize,
    gap: Gap,
    /// The last character that was written, if no leaf was written after it.
    last: Option<char>,
    /// Whether a character or a leaf was written.
    has_content: bool,
}

impl<'a> Writer<'a> {
    /// Appends to `written`.
    pub fn new(text: &'a str, style: Style, written: &'a mut String) -> Self {
        let line_starts = line_starts(text, style.lines).into_iter().peekable();
        Self { text, style, line_starts, written, at: 0, gap: Gap::None, last: None, has_content: false }
    }

    /// Writes a mark, and the text before it. `is_before_leaf` is whether a leaf follows at the same place.
    pub fn mark(&mut self, at: usize, mark: &InlineMark, raw: &str, is_before_leaf: bool) {
        self.text_until(at);
        match mark.shape {
            Shape::Start(_) | Shape::UnpairedStart => {
                // A start tag is directly before its word.
                self.text_until(self.text.len() - self.text[self.at..].trim_start_matches(is_space).len());
                if self.takes_line_start(self.at) {
                    self.gap = Gap::LineEnd;
                }
                self.write_gap();
                self.written.push_str(raw);
            }
            Shape::End | Shape::UnpairedEnd => self.written.push_str(raw),
            Shape::Leaf => self.leaf(mark, raw, is_before_leaf),
        }
    }

    /// Writes the rest of the text.
    pub fn finish(mut self) {
        self.text_until(self.text.len());
    }

    /// Returns whether a new line begins at a byte, the first time that it is asked.
    fn takes_line_start(&mut self, at: usize) -> bool {
        self.line_starts.next_if_eq(&at).is_some()
    }

    fn text_until(&mut self, end: usize) {
        let start = self.at;
        if end <= start {
            return;
        }
        let text = self.text;
        for (offset, c) in text[start..end].char_indices() {
            if self.takes_line_start(start + offset) {
                self.gap = Gap::LineEnd;
            }
            if is_space(c) {
                self.gap = self.gap.max(Gap::Space);
                continue;
            }
            self.write_gap();
            (self.style.escape)(c, self.written);
            self.last = Some(c);
            self.has_content = true;
        }
        self.at = end;
    }

    /// Writes white space, except before all text.
    fn write_gap(&mut self) {
        match self.gap {
            _ if !self.has_content => {}
            Gap::None => {}
            Gap::Space => self.written.push(' '),
            Gap::LineEnd => self.written.push_str(self.style.line_end),
        }
        self.gap = Gap::None;
    }

    fn leaf(&mut self, mark: &InlineMark, raw: &str, is_before_leaf: bool) {
        let rest = self.text[self.at..].trim_start_matches(is_space);
        let skipped = self.text.len() - rest.len();
        let next = rest.chars().next();
        let has_space = self.gap != Gap::None || skipped > self.at;
        let (before, after) = self.spaces(mark, next.filter(|_| has_space));
        let after = after && (is_before_leaf || next.is_some_and(|c| !is_closing(c)));
        let line_end = (self.at..skipped).any(|at| self.takes_line_start(at));
        self.gap = match before {
            true => self.gap.max(Gap::Space),
            // The end of a line must not be lost.
            false if self.gap == Gap::LineEnd => Gap::LineEnd,
            false => Gap::None,
        };
        self.write_gap();
        self.written.push_str(raw);
        self.gap = match after {
            _ if line_end => Gap::LineEnd,
            true => Gap::Space,
            false => Gap::None,
        };
        self.at = skipped;
        self.last = None;
        self.has_content = true;
    }

    /// Returns whether there is a space before and after a leaf. `next` is the next character, if the leaf is at a
    /// space of the translation.
    fn spaces(&self, mark: &InlineMark, next: Option<char>) -> (bool, bool) {
        let spaces = mark.spaces;
        let (mut before, mut after) = (spaces.before, spaces.after);
        if let Some(next) = next.filter(|_| self.has_content) {
            // The space between two words must not be lost.
            if !before && !after {
                before = !spaces.holds_space;
            } else if !after && !spaces.is_glued_after && next.is_alphanumeric() {
                after = true;
            } else if !before && !spaces.is_glued_before && self.last.is_some_and(char::is_alphanumeric) {
                before = true;
            }
        }
        (before && !self.last.is_some_and(is_opening), after)
    }
}
