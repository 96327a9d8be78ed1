//! Markup, and signs that the training text does not have: taken out of a sentence before it is translated.

use std::ops::Range;

use crate::words::emoji::emoji_len;
use crate::words::known_characters::{CharacterIndex, is_quotation_mark, is_sign};
use crate::words::mapped::{ChangedText, MappedText};
use crate::words::placeholders::item::{Item, ItemKind};
use crate::words::placeholders::tags::tag_len;
use crate::words::sentences::sentence_mark;

/// Most marks of a sentence that are taken out. A sentence with more is no text with some marks in it.
const MOST_MARKS: usize = 64;

/// The side on which a mark stays with its neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attachment {
    /// To the word after it: an opening tag, bracket or quotation mark.
    Next,
    /// To the word before it: a closing one.
    Previous,
    /// To neither: a dash, an empty tag.
    Alone,
}

/// A part of a sentence that is taken out before translation, and put back where the word beside it is in the
/// translation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineMark {
    /// The byte of the sentence without marks before which it was.
    pub at: usize,
    /// Its bytes in the original sentence.
    pub origin: Range<usize>,
    /// Its attachment.
    pub attachment: Attachment,
    /// Whether there is white space before it in the original sentence.
    pub has_space_before: bool,
    /// Whether there is white space after it in the original sentence.
    pub has_space_after: bool,
}

/// Takes the marks out of a sentence. `items` are found in `text`; their ranges are changed to those of the text
/// without marks. Items within a tag, and emoji at an edge of the sentence, become marks.
pub(crate) fn take_out(
    text: MappedText,
    items: &mut Vec<Item>,
    characters: &CharacterIndex,
) -> (MappedText, Vec<InlineMark>) {
    let found = find(text.text(), items, characters);
    if found.is_empty() || found.len() > MOST_MARKS {
        return (text, Vec::new());
    }
    let is_taken = |item: &Item| {
        let after = found.partition_point(|(range, _)| range.end <= item.range.start);
        found.get(after).is_some_and(|(range, _)| range.start < item.range.end)
    };
    items.retain(|item| !is_taken(item));
    let before = text.text().to_owned();
    let removed = removed_ranges(&before, &found);
    let shift = Shift::new(&removed);
    let marks = found.iter().map(|(range, attachment)| InlineMark {
        at: shift.of(range.start),
        origin: text.origin(range.clone()),
        attachment: *attachment,
        has_space_before: before[..range.start].ends_with(char::is_whitespace),
        has_space_after: before[range.end..].starts_with(char::is_whitespace),
    });
    let marks = marks.collect();
    for item in items {
        item.range = shift.of(item.range.start)..shift.of(item.range.end);
    }
    let text = text.changed(|text| {
        let mut changed = ChangedText::default();
        let mut at = 0;
        for range in &removed {
            changed.keep(text, at..range.start);
            changed.push(range.start, "");
            at = range.end;
        }
        changed.keep(text, at..text.len());
        Some(changed)
    });
    (text, marks)
}

/// The change of positions when ranges are removed.
struct Shift<'a> {
    removed: &'a [Range<usize>],
    /// For each range, the number of bytes removed before it.
    before: Vec<usize>,
}

impl<'a> Shift<'a> {
    fn new(removed: &'a [Range<usize>]) -> Self {
        let sums = removed.iter().scan(0, |sum, range| {
            let before = *sum;
            *sum += range.len();
            Some(before)
        });
        Self { removed, before: sums.collect() }
    }

    /// Returns the position after the removal.
    fn of(&self, at: usize) -> usize {
        match self.removed.partition_point(|range| range.start < at).checked_sub(1) {
            Some(last) => at - self.before[last] - (self.removed[last].end.min(at) - self.removed[last].start),
            None => at,
        }
    }
}

/// Extends each mark by the space that would otherwise be left twice, or at an edge.
fn removed_ranges(text: &str, found: &[(Range<usize>, Attachment)]) -> Vec<Range<usize>> {
    let mut removed: Vec<Range<usize>> = Vec::new();
    let mut is_first = true;
    for (range, _) in found {
        let last_end = removed.last().map_or(0, |range| range.end);
        let (before, after) = (&text[last_end..range.start], &text[range.end..]);
        is_first &= before.trim().is_empty();
        let follows_removed = before.is_empty() && removed.last().is_some_and(|last| is_at_edge(text, last));
        let mut range = range.clone();
        if is_first || follows_removed || before.ends_with(char::is_whitespace) {
            range.end += after.len() - after.trim_start().len();
        }
        match removed.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => removed.push(range),
        }
    }
    // A space before a mark at the end of the sentence.
    if let Some(last) = removed.last_mut().filter(|last| last.end == text.len()) {
        last.start = text[..last.start].trim_end().len();
    }
    removed
}

/// Returns whether a removed range begins after white space or at the beginning.
fn is_at_edge(text: &str, removed: &Range<usize>) -> bool {
    removed.start == 0 || text[..removed.start].ends_with(char::is_whitespace)
}

/// Returns the marks of a sentence, in order.
fn find(text: &str, items: &[Item], characters: &CharacterIndex) -> Vec<(Range<usize>, Attachment)> {
    let mut found = Vec::new();
    let mut at = label_len(text);
    if at > 0 {
        found.push((0..at, Attachment::Alone));
    }
    // An apostrophe at the end of a word is known; not so if it closes what an unknown quotation mark has opened.
    let mut closing = None;
    while at < text.len() && found.len() <= MOST_MARKS {
        let rest = &text[at..];
        let len = rest.chars().next().map_or(1, char::len_utf8);
        if let Some(tag) = tag_len(rest) {
            found.push((at..at + tag, tag_attachment(&rest[..tag])));
            at += tag;
        } else if let Some(item) = item_at(items, at) {
            if item.kind == ItemKind::Emoji && is_at_edge_of_text(text, &item.range) {
                found.push((item.range.clone(), sign_attachment(text, item.range.clone())));
            }
            at = item.range.end;
        } else if let Some(emoji) = emoji_len(rest) {
            at += emoji;
        } else {
            let attachment = sign_attachment(text, at..at + len);
            if closing == Some(at) || is_unknown_sign(text, at, characters) {
                if attachment == Attachment::Next && closing.is_none() && rest.starts_with(is_quotation_mark) {
                    closing = last_closing(text, at + len);
                }
                found.push((at..at + len, attachment));
            }
            at += len;
        }
    }
    found
}

/// Returns the last quotation mark after `start` that closes.
fn last_closing(text: &str, start: usize) -> Option<usize> {
    let marks = text[start..].char_indices().rev().filter(|(_, c)| is_quotation_mark(*c));
    let mut marks = marks.map(|(at, c)| start + at..start + at + c.len_utf8());
    marks.find(|range| sign_attachment(text, range.clone()) == Attachment::Previous).map(|range| range.start)
}

/// Returns the length of the number of a list at the start of a sentence: `2)`, `(3)`. With a full stop it may be a date.
fn label_len(text: &str) -> usize {
    let number = text.strip_prefix('(').unwrap_or(text);
    let rest = number.trim_start_matches(char::is_numeric);
    let is_number = (1..=3).contains(&number[..number.len() - rest.len()].chars().count());
    match rest.strip_prefix(')').filter(|rest| is_number && rest.starts_with(char::is_whitespace)) {
        Some(after) => text.len() - after.len(),
        None => 0,
    }
}

/// Returns whether there is no letter or digit before a range, or none after it.
fn is_at_edge_of_text(text: &str, range: &Range<usize>) -> bool {
    let is_blank = |text: &str| !text.contains(char::is_alphanumeric);
    is_blank(&text[..range.start]) || is_blank(&text[range.end..])
}

/// Returns the item at a byte; the items are in order.
fn item_at(items: &[Item], at: usize) -> Option<&Item> {
    items.get(items.partition_point(|item| item.range.end <= at)).filter(|item| item.range.start <= at)
}

fn tag_attachment(tag: &str) -> Attachment {
    const EMPTY: [&str; 6] = ["br", "hr", "img", "wbr", "input", "x"];
    let name = tag[1..].split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    if tag.starts_with("</") {
        Attachment::Previous
    } else if tag.ends_with("/>") || tag.starts_with("<!") || EMPTY.iter().any(|empty| name.eq_ignore_ascii_case(empty))
    {
        Attachment::Alone
    } else {
        Attachment::Next
    }
}

/// Returns whether the sign at `at` is one that the training text does not have, or not as a word of its own. Marks
/// between the parts of a sentence, and signs between two letters, belong to the text.
fn is_unknown_sign(text: &str, at: usize, characters: &CharacterIndex) -> bool {
    let Some(c) = text[at..].chars().next().filter(|c| is_sign(*c)) else { return false };
    let (before, after) = (text[..at].chars().next_back(), text[at + c.len_utf8()..].chars().next());
    if sentence_mark(c).is_some() || matches!(c, ',' | ';' | ':' | '%' | '°') {
        return false;
    }
    let is_beside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    if is_beside(before) && is_beside(after) {
        return false;
    }
    let is_outside = |c: Option<char>| c.is_none_or(char::is_whitespace);
    match (is_outside(before), is_outside(after)) {
        _ if !characters.is_known(c) => true,
        (true, true) => !characters.is_known_alone(c),
        (true, false) => !characters.is_known_opening(c),
        _ => false,
    }
}

fn sign_attachment(text: &str, range: Range<usize>) -> Attachment {
    let is_outside = |c: Option<char>| c.is_none_or(|c| c.is_whitespace());
    let before = is_outside(text[..range.start].chars().next_back());
    let after = is_outside(text[range.end..].chars().next());
    match (before, after) {
        (true, true) => Attachment::Alone,
        (true, false) => Attachment::Next,
        (false, true) => Attachment::Previous,
        // Between another sign and a letter, or before the mark at the end of the sentence.
        (false, false) if text[range.end..].starts_with(char::is_alphanumeric) => Attachment::Next,
        (false, false) => Attachment::Previous,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::known_characters::CharacterCollector;

    fn taken(text: &str) -> (String, Vec<(usize, String, Attachment)>) {
        let mut collector = CharacterCollector::default();
        (0..5).for_each(|_| collector.add("A co-op, a dog's cat. Is it? No: it is."));
        let known = collector.finish().index();
        let (mapped, marks) = take_out(MappedText::unchanged(text), &mut Vec::new(), &known);
        let marks = marks.into_iter().map(|mark| (mark.at, text[mark.origin].to_owned(), mark.attachment));
        (mapped.text().to_owned(), marks.collect())
    }

    #[test]
    fn tags_and_unknown_signs_are_taken_out_with_the_spaces_that_would_be_left() {
        use Attachment::{Alone, Next, Previous};
        let mark = |at, text: &str, attachment| (at, text.to_owned(), attachment);
        for (text, expected, marks) in [
            ("The <b>cat</b> sleeps.", "The cat sleeps.", vec![mark(4, "<b>", Next), mark(7, "</b>", Previous)]),
            ("“The cat.”", "The cat.", vec![mark(0, "“", Next), mark(8, "”", Previous)]),
            ("The cat – sleeps.", "The cat sleeps.", vec![mark(8, "–", Alone)]),
            ("- The cat", "The cat", vec![mark(0, "-", Alone)]),
            ("The cat <br/> sleeps.", "The cat sleeps.", vec![mark(8, "<br/>", Alone)]),
            ("un<i>believ</i>able", "unbelievable", vec![mark(2, "<i>", Next), mark(8, "</i>", Previous)]),
            (
                "(«The» cat)",
                "The cat",
                vec![mark(0, "(", Next), mark(0, "«", Next), mark(3, "»", Previous), mark(7, ")", Previous)],
            ),
            ("A co-op, a dog's cat: 3 < 4", "A co-op, a dog's cat: 3 4", vec![mark(24, "<", Alone)]),
            ("2) The cat", "The cat", vec![mark(0, "2)", Alone)]),
            ("'The dogs' cat.'", "The dogs' cat.", vec![mark(0, "'", Next), mark(14, "'", Previous)]),
            ("The cat *", "The cat", vec![mark(7, "*", Alone)]),
        ] {
            assert_eq!(taken(text), (expected.to_owned(), marks), "{text}");
        }
    }

    #[test]
    fn text_without_marks_stays() {
        for text in ["", "A dog's co-op, or/and: it is?", "5 € + x"] {
            assert!(taken(text).0.len() <= text.len());
        }
        assert_eq!(taken("A dog's cat, or/and: it is?"), ("A dog's cat, or/and: it is?".to_owned(), Vec::new()));
    }
}
