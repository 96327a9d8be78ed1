//! A changed text with a mapping to the original.

use std::ops::Range;

/// A text that was made from another one, with a mapping back to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappedText {
    text: String,
    /// The changes, the first one first. Each maps its text to the text before it.
    changes: Vec<Marks>,
}

/// The beginnings of the pieces of a text and of its original, and the two ends as the last entry.
type Marks = Vec<Mark>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    here: usize,
    origin: usize,
}

impl MappedText {
    /// The original itself.
    pub fn unchanged(original: &str) -> Self {
        Self { text: original.to_owned(), changes: Vec::new() }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns whether the text is the original.
    pub fn is_unchanged(&self) -> bool {
        self.changes.is_empty()
    }

    /// Changes the text further. `change` returns `None` if it leaves the text as it is.
    pub(crate) fn changed(mut self, change: impl FnOnce(&str) -> Option<ChangedText>) -> Self {
        if let Some(changed) = change(&self.text) {
            let (text, marks) = changed.finish(self.text.len());
            self.text = text;
            self.changes.push(marks);
        }
        self
    }

    /// Returns the part of the original that a part of this text came from. It is extended to whole characters, and to
    /// all characters that were changed together. Removed text belongs to the part around it, if there is one.
    pub fn origin(&self, range: Range<usize>) -> Range<usize> {
        let whole = self.whole_characters(range);
        self.changes.iter().rev().fold(whole, |range, marks| before(marks, range))
    }

    /// Returns the part of this text that a part of the original became.
    pub fn place(&self, range: Range<usize>) -> Range<usize> {
        self.changes.iter().fold(range, |range, marks| after(marks, range))
    }

    fn whole_characters(&self, Range { mut start, mut end }: Range<usize>) -> Range<usize> {
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        while end < self.text.len() && !self.text.is_char_boundary(end) {
            end += 1;
        }
        start..end
    }
}

/// Returns the part of the text before a change that a part of the text after it came from.
fn before(marks: &[Mark], range: Range<usize>) -> Range<usize> {
    // Removed text lies between two marks at the same place: a part begins after it and ends before it.
    let after_start = marks.partition_point(|mark| mark.here <= range.start);
    let at_end = marks.partition_point(|mark| mark.here < range.end);
    let start = marks[after_start.saturating_sub(1)].origin;
    start..marks[at_end.min(marks.len() - 1)].origin.max(start)
}

/// Returns the part of the text after a change that a part of the text before it became.
fn after(marks: &[Mark], range: Range<usize>) -> Range<usize> {
    let at = |origin: usize| marks[marks.partition_point(|mark| mark.origin < origin).min(marks.len() - 1)].here;
    at(range.start)..at(range.end)
}

/// The text after a change, which is made piece by piece from the beginning to the end.
#[derive(Debug, Default)]
pub(crate) struct ChangedText {
    text: String,
    marks: Marks,
}

impl ChangedText {
    /// Adds a piece that begins at byte `origin` of the text before the change, where the piece before it ends. An empty
    /// piece removes text.
    pub(crate) fn push(&mut self, origin: usize, piece: &str) {
        self.marks.push(Mark { here: self.text.len(), origin });
        self.text.push_str(piece);
    }

    /// Adds a piece unchanged, character by character.
    pub(crate) fn keep(&mut self, text: &str, range: Range<usize>) {
        for (at, c) in text[range.clone()].char_indices() {
            self.push(range.start + at, c.encode_utf8(&mut [0; 4]));
        }
    }

    /// Returns the text so far.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    fn finish(mut self, end: usize) -> (String, Marks) {
        self.push(end, "");
        (self.text, self.marks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without_vowels_then_upper() -> MappedText {
        let remove = |text: &str| {
            let mut changed = ChangedText::default();
            for (at, c) in text.char_indices() {
                changed.push(at, if "aeiou".contains(c) { "" } else { &text[at..at + c.len_utf8()] });
            }
            Some(changed)
        };
        let upper = |text: &str| {
            let mut changed = ChangedText::default();
            text.char_indices().for_each(|(at, c)| changed.push(at, &c.to_uppercase().to_string()));
            Some(changed)
        };
        MappedText::unchanged("a weiß oa").changed(remove).changed(upper)
    }

    #[test]
    fn two_changes_map_to_the_original_and_removed_text_belongs_to_no_part() {
        let mapped = without_vowels_then_upper();
        assert_eq!(mapped.text(), " WSS ");
        let original = "a weiß oa";
        assert_eq!(&original[mapped.origin(1..4)], "weiß");
        assert_eq!(&original[mapped.origin(1..2)], "w");
        assert_eq!(&original[mapped.origin(2..3)], "ß", "half of a letter maps to the whole letter");
        assert_eq!(&original[mapped.origin(0..5)], " weiß ");
        assert_eq!(&mapped.text()[mapped.place(2..7)], "WSS");
        assert!(mapped.place(0..1).is_empty(), "it was removed");
    }

    #[test]
    fn an_unchanged_text_maps_to_itself_in_whole_characters() {
        let mapped = MappedText::unchanged("aßb").changed(|_| None);
        assert_eq!(mapped.origin(1..2), 1..3);
        assert_eq!(mapped.origin(3..4), 3..4);
        assert_eq!(mapped.origin(0..0), 0..0);
    }
}
