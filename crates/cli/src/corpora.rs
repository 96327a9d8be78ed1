//! Reading what the command line names.

use crate::output::say;
use anyhow::Result;
use glosser_text::{Corpus, CorpusFiles};

/// Reads pairs and says what was noticed.
pub fn read(files: &CorpusFiles) -> Result<Corpus> {
    let mut corpus = Corpus::read(files)?;
    for note in corpus.notes.drain(..) {
        say(&format!("note: {note}"));
    }
    Ok(corpus)
}
