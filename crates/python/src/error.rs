//! Errors of the library as Python exceptions.

use pyo3::PyErr;
use pyo3::import_exception;
use std::error::Error;
use std::io;

import_exception!(glosser._errors, GlosserError);
import_exception!(glosser._errors, MissingFileError);

/// Converts an error of the library. A file or directory that does not exist gets an exception that is also a
/// `FileNotFoundError`.
pub fn raised(error: impl Error + 'static) -> PyErr {
    let message = message(&error);
    if is_missing(&error) { MissingFileError::new_err(message) } else { GlosserError::new_err(message) }
}

/// The error and those that caused it, from the last to the first cause.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The error with its causes, in one line, as the program prints it: a tensor error has a backtrace after its first
/// line, and an error may already name its cause.
fn message(error: &(dyn Error + 'static)) -> String {
    let mut message = String::new();
    for cause in chain(error).map(ToString::to_string) {
        let cause = cause.lines().next().unwrap_or_default();
        if !message.contains(cause) {
            let colon = if message.is_empty() { "" } else { ": " };
            message += &format!("{colon}{cause}");
        }
    }
    message
}

/// Whether a file or a model directory does not exist.
fn is_missing(error: &(dyn Error + 'static)) -> bool {
    use glosser_translator::TranslatorError::NoDirectory;
    chain(error).any(|cause| {
        let is_not_found = |cause: &io::Error| cause.kind() == io::ErrorKind::NotFound;
        matches!(cause.downcast_ref(), Some(NoDirectory(path)) if !path.exists())
            || cause.downcast_ref().is_some_and(is_not_found)
    })
}
