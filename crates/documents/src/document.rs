//! A document: its segments, and the document with their translations.

use std::ops::Range;

use crate::error::DocumentError;
use crate::format::Format;
use crate::inline::content::InlineContent;
use crate::segment::{Segment, TranslatedSegment};
use crate::{html, lines, subtitles};

/// A document whose text can be translated.
#[derive(Clone, Debug)]
pub struct Document {
    source: String,
    format: Format,
    segments: Vec<Segment>,
    /// The parts of the source that are replaced, in order.
    edits: Vec<(Range<usize>, Replacement)>,
}

/// A part of a source that is replaced by a translation.
pub(crate) struct Edit {
    /// Its bytes; empty for an insertion.
    pub range: Range<usize>,
    /// Its replacement.
    pub body: Body,
}

/// The replacement of a part of a source.
pub(crate) enum Body {
    /// A further column with this text.
    Copied(String),
    /// A further column with the translation of a segment.
    Column(Segment),
    /// The translation of a segment without marks.
    Line(Segment),
    /// The translation of a segment with its marks.
    Inline(Segment, InlineContent),
}

/// [`Body`] without the segment, which is stored in a list of its own.
#[derive(Clone, Debug)]
enum Replacement {
    Copied(String),
    Column,
    Line,
    Inline(InlineContent),
}

impl Document {
    /// Reads a document. A text without anything to translate has no segments.
    ///
    /// # Errors
    ///
    /// [`DocumentError::Subtitles`] if a SubRip file is malformed. The other formats have no errors.
    pub fn read(format: Format, source: &str) -> Result<Self, DocumentError> {
        let edits = match format {
            Format::Text => lines::read_text(source),
            Format::Tsv => lines::read_tsv(source),
            Format::Html => html::read(source),
            Format::Subtitles => subtitles::read(source)?,
        };
        let mut document = Self { source: source.to_owned(), format, segments: Vec::new(), edits: Vec::new() };
        for Edit { range, body } in edits {
            let (replacement, segment) = match body {
                Body::Copied(text) => (Replacement::Copied(text), None),
                Body::Column(segment) => (Replacement::Column, Some(segment)),
                Body::Line(segment) => (Replacement::Line, Some(segment)),
                Body::Inline(segment, content) => (Replacement::Inline(content), Some(segment)),
            };
            document.segments.extend(segment);
            document.edits.push((range, replacement));
        }
        Ok(document)
    }

    /// The format.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The segments to translate, in the order of the document.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns the document with translations, one for each segment. A segment without a translation stays as it is.
    ///
    /// A translation that is equal to its source is written byte for byte as the source was.
    pub fn write(&self, translations: &[TranslatedSegment]) -> String {
        let mut written = String::with_capacity(self.source.len() + self.source.len() / 2);
        let mut pairs = self.segments.iter().enumerate().map(|(number, segment)| (segment, translations.get(number)));
        let mut at = 0;
        for (range, replacement) in &self.edits {
            written.push_str(&self.source[at..range.start]);
            at = range.end;
            if let Replacement::Copied(text) = replacement {
                written.push('\t');
                written.push_str(text);
                continue;
            }
            let Some((segment, translation)) = pairs.next() else { continue };
            let changed = translation.filter(|translation| !translation.is_unchanged(segment));
            match (replacement, changed) {
                (Replacement::Column, _) => {
                    written.push('\t');
                    push_line(translation.map_or(&segment.text, |translation| &translation.text), &mut written);
                }
                (Replacement::Inline(content), Some(changed)) => {
                    content.write(&self.source, segment, changed, &mut written);
                }
                (_, Some(changed)) => push_line(&changed.text, &mut written),
                (_, None) => written.push_str(&self.source[range.clone()]),
            }
        }
        written.push_str(&self.source[at..]);
        written
    }
}

/// Appends a text as one line of one column.
fn push_line(text: &str, written: &mut String) {
    written.extend(text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }));
}
