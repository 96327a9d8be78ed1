//! A fault of a file's format, which travels through [`io::Error`] to its message.

use std::fmt;
use std::io::{self, ErrorKind};

/// A file that is not what its reader expects. `FILE` in the remedy stands for the name of the file.
#[derive(Debug)]
pub(crate) struct FormatFault {
    pub(crate) problem: String,
    pub(crate) remedy: String,
}

impl FormatFault {
    /// Returns the fault as an error of reading.
    #[expect(clippy::new_ret_no_self, reason = "readers can only return `io::Error`")]
    pub(crate) fn new(problem: impl Into<String>, remedy: impl Into<String>) -> io::Error {
        io::Error::new(ErrorKind::InvalidData, Self { problem: problem.into(), remedy: remedy.into() })
    }

    /// Returns the fault that an error carries.
    pub(crate) fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl fmt::Display for FormatFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.problem, self.remedy)
    }
}

impl std::error::Error for FormatFault {}
