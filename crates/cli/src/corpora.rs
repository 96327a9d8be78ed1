//! Reading the files that the command line names.

use crate::column_arguments::ColumnsArg;
use crate::output::note;
use crate::progress::Bar;
use anyhow::{Context, Result};
use glosser_corpus_check::{Input, Role};
use glosser_text::{Corpus, CorpusFiles, TextError, copy_pipe, is_pipe, is_tmx, shown};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Reads pairs and prints notes about them, unless `quiet`.
pub fn read(files: &CorpusFiles, quiet: bool) -> Result<Corpus> {
    noted(|| glosser_corpus_check::read(files), quiet)
}

/// Prints the notes of the pairs that `read` returns, unless `quiet`.
pub fn noted(read: impl FnOnce() -> Result<Corpus, TextError>, quiet: bool) -> Result<Corpus> {
    let bar = Bar::waiting("reading pairs");
    let mut corpus = read()?;
    drop(bar);
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

/// A corpus that is read several times: its pipes were copied to temporary files, which are removed with it.
pub struct Spooled {
    pub input: Input,
    pub is_tmx: bool,
    _copies: Vec<NamedTempFile>,
}

impl Spooled {
    pub fn new(files: &[PathBuf], columns: &ColumnsArg, role: Role) -> Result<Self> {
        let mut copies = Vec::new();
        let mut paths = Vec::new();
        for path in files {
            if is_pipe(path) {
                let copy = NamedTempFile::new().and_then(|mut copy| copy_pipe(path, copy.as_file_mut()).map(|_| copy));
                let copy = copy.with_context(|| format!("{}: cannot be copied to a temporary file", shown(path)))?;
                paths.push(copy.path().to_owned());
                copies.push(copy);
            } else {
                paths.push(path.clone());
            }
        }
        let mut names: Vec<String> = files.iter().map(|path| shown(path)).collect();
        let is_tmx = matches!(&paths[..], [path] if is_tmx(path)?);
        if is_tmx {
            // The one file has both sides.
            names.push(names[0].clone());
        }
        Ok(Self { input: Input { role, files: columns.corpus_files(&paths), names }, is_tmx, _copies: copies })
    }
}
