//! SubRip subtitles: the text of each cue, with its tags as marks.

mod cues;
mod items;

use crate::document::Edit;
use crate::error::DocumentError;
use crate::inline::collapse::collapse;
use crate::inline::content::{Style, edit};
use crate::inline::item::{Item, ItemKind};

/// Reads SubRip subtitles.
pub(crate) fn read(source: &str) -> Result<Vec<Edit>, DocumentError> {
    let texts = cues::texts(source)?;
    let runs = texts.into_iter().flat_map(|text| items::speeches(source, &text));
    let edits = runs.filter_map(|run| edit(source, &collapse(run, |_| false), style));
    Ok(edits.collect())
}

/// Returns the style of a segment: as many lines as in its source, with the same line ends.
fn style(source: &str, items: &[Item]) -> Style {
    let texts = items.iter().filter(|item| matches!(item.kind, ItemKind::Text(_)));
    let line_ends = texts.map(|item| &source[item.range.clone()]).filter(|raw| raw.contains(['\n', '\r']));
    let line_end = match line_ends.clone().next() {
        Some(raw) if raw.contains("\r\n") => "\r\n",
        Some(raw) if raw.contains('\r') => "\r",
        _ => "\n",
    };
    Style { escape: |c, written| written.push(c), lines: line_ends.count() + 1, line_end }
}
