//! SubRip subtitles: the text of each cue, with its tags as marks.

mod cues;
mod items;

use crate::document::Edit;
use crate::error::DocumentError;
use crate::inline::collapse::collapse;
use crate::inline::content::{Style, edit};
use crate::lines::lines;

/// Reads SubRip subtitles.
pub(crate) fn read(source: &str) -> Result<Vec<Edit>, DocumentError> {
    let texts = cues::texts(source)?;
    let runs = texts.into_iter().flat_map(|text| items::speeches(source, &text));
    let edits = runs.filter_map(|run| edit(source, &collapse(run, |_| false), style));
    Ok(edits.collect())
}

/// Returns the style of a segment, by its source: it has as many lines, with the same line ends.
fn style(source: &str) -> Style {
    let line_end = if source.contains("\r\n") {
        "\r\n"
    } else if source.contains('\r') {
        "\r"
    } else {
        "\n"
    };
    Style { escape: |c, written| written.push(c), lines: lines(source).count(), line_end }
}
