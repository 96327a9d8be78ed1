//! Plain text and TSV: documents of lines.

use std::ops::Range;

use crate::document::{Body, Edit};
use crate::segment::{Segment, is_translatable};

/// The byte order mark.
pub(crate) const BOM: char = '\u{feff}';

/// A line of a document, by its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// The bytes without the line end.
    pub content: Range<usize>,
    /// The bytes of the line end; empty for the last line if it has none.
    pub end: Range<usize>,
}

/// Splits a text into lines that end with `\n`, `\r\n` or `\r`. A byte order mark belongs to no line.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = Line> {
    let bytes = text.as_bytes();
    let mut at = text.len() - text.strip_prefix(BOM).unwrap_or(text).len();
    std::iter::from_fn(move || {
        if at == text.len() {
            return None;
        }
        let end = bytes[at..].iter().position(|byte| matches!(byte, b'\n' | b'\r')).map_or(text.len(), |len| at + len);
        let end_len = match &bytes[end..] {
            [b'\r', b'\n', ..] => 2,
            [] => 0,
            _ => 1,
        };
        let line = Line { content: at..end, end: end..end + end_len };
        at = end + end_len;
        Some(line)
    })
}

/// Reads plain text: each line with a letter or digit is a segment.
pub(crate) fn read_text(source: &str) -> Vec<Edit> {
    let edits = lines(source).filter_map(|line| {
        let range = trimmed(source, line.content);
        let text = &source[range.clone()];
        is_translatable(text).then(|| Edit { range, body: Body::Line(plain(text)) })
    });
    edits.collect()
}

/// Reads TSV: the first column of each line that is not blank is a segment.
pub(crate) fn read_tsv(source: &str) -> Vec<Edit> {
    let edits = lines(source).filter(|line| !source[line.content.clone()].trim().is_empty()).map(|line| {
        let end = line.content.end;
        let content = &source[line.content];
        let column = content.split('\t').next().unwrap_or_default().trim();
        // Every line gets a further column, so that all keep the same number.
        let segment = is_translatable(column).then(|| plain(column));
        Edit { range: end..end, body: segment.map_or_else(|| Body::Copied(column.to_owned()), Body::Column) }
    });
    edits.collect()
}

fn plain(text: &str) -> Segment {
    Segment { text: text.to_owned(), marks: Vec::new() }
}

/// Returns a range without the white space at its ends.
pub(crate) fn trimmed(source: &str, range: Range<usize>) -> Range<usize> {
    let text = &source[range.clone()];
    let start = range.start + text.len() - text.trim_start().len();
    start..start + text.trim().len()
}
