//! Errors of documents.

use thiserror::Error;

/// A document that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// A file name whose extension belongs to no format.
    #[error("`{name}`: the format of this file is not supported; use a file whose name ends in {extensions}")]
    UnknownFormat {
        /// The name of the file.
        name: String,
        /// The supported extensions, as a list.
        extensions: String,
    },
    /// A line of a SubRip file that cannot be read.
    #[error("line {line} of the subtitles: {problem}, found `{found}`; {remedy}")]
    Subtitles {
        /// The number of the line; the first line is 1.
        line: usize,
        /// The text that was expected there.
        problem: &'static str,
        /// The beginning of the line.
        found: String,
        /// The remedy.
        remedy: &'static str,
    },
}
