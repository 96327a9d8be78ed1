//! A corpus to check, and its purpose.

use glosser_text::CorpusFiles;
use serde::Serialize;

use crate::finding::Place;

/// The purpose of a corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Training pairs.
    Train,
    /// Validation pairs.
    Dev,
    /// Test pairs.
    Test,
}

/// A corpus to check.
#[derive(Debug, Clone)]
pub struct Input {
    /// Its purpose.
    pub role: Role,
    /// Its files. Every file is read several times, so none may be a pipe.
    pub files: CorpusFiles,
    /// The names of the file, or of the two files, in messages.
    pub names: Vec<String>,
}

impl Input {
    pub(crate) fn file_name(&self, index: usize) -> &str {
        self.names.get(index).or(self.names.first()).map_or("", String::as_str)
    }

    /// Returns a place in the file with this index, without column, excerpt and note.
    pub(crate) fn place(&self, file: usize, line: usize) -> Place {
        Place { file: self.file_name(file).to_owned(), line, column: None, excerpt: String::new(), note: None }
    }
}
