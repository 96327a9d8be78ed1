//! Reading what the command line names.

use crate::output::say;
use anyhow::Result;
use glosser_text::{Corpus, CorpusFiles};
use std::path::Path;

/// Reads pairs and says what was noticed.
pub fn read(files: &CorpusFiles) -> Result<Corpus> {
    let mut corpus = Corpus::read(files)?;
    for note in corpus.notes.drain(..) {
        say(&format!("note: {note}"));
    }
    Ok(corpus)
}

/// Reads a file whole, with `\n` at the end of every line, so that a file without lines stays one.
pub fn text(path: &Path) -> Result<String> {
    Ok(glosser_text::read_lines(path)?.into_iter().map(|line| line + "\n").collect())
}
