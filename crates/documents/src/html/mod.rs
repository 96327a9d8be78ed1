//! HTML: the text of each block is one segment, with its inline tags as marks.

mod breaks;
mod elements;
mod ends;
mod escape;
mod links;
mod runs;
pub(crate) mod tokens;

use crate::document::Edit;
use crate::inline::collapse::collapse;
use crate::inline::content::edit;

/// Reads HTML.
pub(crate) fn read(source: &str) -> Vec<Edit> {
    let runs = runs::runs(source).into_iter().flat_map(breaks::split);
    let edits = runs.filter_map(|run| edit(source, &collapse(run, links::is_address_link), escape::style));
    edits.collect()
}
