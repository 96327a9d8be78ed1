//! Text whose lines are read one sentence pair at a time.

use thiserror::Error;

use crate::LinkError;

/// The text of a file and the name by which messages call it.
#[derive(Debug, Clone, Copy)]
pub struct TextFile<'a> {
    /// The name in messages; nothing is opened by it.
    pub name: &'a str,
    /// What the file holds.
    pub text: &'a str,
}

/// A line that cannot be read, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{name}:{line}: {problem}")]
pub struct LineError {
    /// The file's name.
    pub name: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it, and the remedy.
    pub problem: LinkError,
}

impl TextFile<'_> {
    /// Reads every line with `parse`, which need not know where it is.
    ///
    /// # Errors
    /// The first line that `parse` refuses, with its place.
    pub fn parse_lines<T>(&self, parse: impl Fn(&str) -> Result<T, LinkError>) -> Result<Vec<T>, LineError> {
        let lines = self.text.lines().enumerate();
        lines
            .map(|(index, line)| {
                let at = |problem| LineError { name: self.name.to_owned(), line: index + 1, problem };
                parse(line).map_err(at)
            })
            .collect()
    }
}
