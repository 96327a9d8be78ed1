//! Whole documents: read, translated by a stand-in for a translator, and written.

mod html;
mod lines;
mod properties;
mod subtitles;

use crate::{Document, Format, Segment, TranslatedSegment};
use glosser_text::Attachment;
use std::ops::Range;

/// Reads a document that has no errors.
fn read(format: Format, source: &str) -> Document {
    Document::read(format, source).expect("the document is well formed")
}

/// The segments with drawn marks: `[` for a start tag, `]` for an end tag, `*` for the others.
fn drawn(document: &Document) -> Vec<String> {
    let draw = |segment: &Segment| {
        let mut drawn = segment.text.clone();
        for mark in segment.marks.iter().rev() {
            let sign = match mark.attachment {
                Attachment::Next => '[',
                Attachment::Previous => ']',
                Attachment::Alone => '*',
            };
            drawn.insert(mark.at, sign);
        }
        drawn
    };
    document.segments().iter().map(draw).collect()
}

/// The document with all segments translated by [`reversed`].
fn write_reversed(document: &Document) -> String {
    document.write(&document.segments().iter().map(reversed).collect::<Vec<_>>())
}

/// The document with translations that are equal to their sources.
fn write_untranslated(document: &Document) -> String {
    document.write(&document.segments().iter().map(TranslatedSegment::untranslated).collect::<Vec<_>>())
}

/// A translation into a language with the opposite order of words. The marks go with their words, as with word links.
fn reversed(segment: &Segment) -> TranslatedSegment {
    let words: Vec<Range<usize>> = segment
        .text
        .split_ascii_whitespace()
        .map(|word| {
            let start = word.as_ptr() as usize - segment.text.as_ptr() as usize;
            start..start + word.len()
        })
        .collect();
    let text = words.iter().rev().map(|word| &segment.text[word.clone()]).collect::<Vec<_>>().join(" ");
    // The place of each word in the translation.
    let mut end = text.len();
    let places: Vec<Range<usize>> = words
        .iter()
        .map(|word| {
            let place = end - word.len()..end;
            end = place.start.saturating_sub(1);
            place
        })
        .collect();
    let mut marks: Vec<usize> = Vec::new();
    let mut open = Vec::new();
    for (number, mark) in segment.marks.iter().enumerate() {
        let before = words.iter().rposition(|word| word.start < mark.at);
        let place = match mark.attachment {
            Attachment::Alone => before.map_or(0, |word| places[word].end),
            Attachment::Next => {
                open.push(number);
                0
            }
            Attachment::Previous => {
                let start = open.pop().expect("marks are pairs");
                let inside = words
                    .iter()
                    .zip(&places)
                    .filter(|(word, _)| word.start < mark.at && segment.marks[start].at < word.end);
                let inside: Vec<&Range<usize>> = inside.map(|(_, place)| place).collect();
                marks[start] = inside.iter().map(|place| place.start).min().unwrap_or(0);
                inside.iter().map(|place| place.end).max().unwrap_or(0)
            }
        };
        marks.push(place);
    }
    assert!(open.is_empty(), "marks are pairs");
    TranslatedSegment { text, marks }
}
