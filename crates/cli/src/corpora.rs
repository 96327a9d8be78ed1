//! Reading the files that the command line names.

use crate::output::note;
use anyhow::Result;
use glosser_text::{Corpus, CorpusFiles};
use std::path::Path;

/// Reads pairs and prints notes about them, unless `quiet`.
pub fn read(files: &CorpusFiles, quiet: bool) -> Result<Corpus> {
    let mut corpus = glosser_corpus_check::read(files)?;
    let notes = std::mem::take(&mut corpus.notes);
    if !quiet {
        notes.iter().for_each(|text| note(text));
    }
    Ok(corpus)
}

/// Reads a text file, with `\n` after every line, also the last.
pub fn text(path: &Path) -> Result<String> {
    Ok(glosser_text::read_lines(path)?.into_iter().map(|line| line + "\n").collect())
}
