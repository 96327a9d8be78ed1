//! The text of a file with its name, read line by line.

use thiserror::Error;

use crate::LinkError;

/// The text of a file, and the file's name for messages.
#[derive(Debug, Clone, Copy)]
pub struct NamedText<'a> {
    /// The name in messages. No file of this name is opened.
    pub name: &'a str,
    /// The content of the file.
    pub text: &'a str,
}

/// A line that cannot be read. Displayed as `name:line`; its [source](std::error::Error::source) is the fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{name}:{line}")]
pub struct LineError {
    /// Name of the file.
    pub name: String,
    /// Number of the line, from 1.
    pub line: usize,
    /// The fault, and the remedy.
    #[source]
    pub problem: LinkError,
}

impl NamedText<'_> {
    /// Reads every line with `parse`.
    ///
    /// # Errors
    /// The first line that `parse` rejects, with its file and line number.
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
