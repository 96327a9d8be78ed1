//! Everything that can go wrong in a training run.

use glosser_evaluation::EvaluationError;
use glosser_text::TextError;
use glosser_translator::TranslatorError;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::error::Error;
use thiserror::Error;

/// The result of a training function.
pub(crate) type Result<T, E = TrainingError> = std::result::Result<T, E>;

/// Any other error, as the cause of one of ours.
pub(crate) type Cause = Box<dyn Error + Send + Sync>;

/// The error of a training run. [`Error::source`] is the cause, where there is one.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TrainingError {
    /// A setting is unknown, out of range, or contradicts the parent model.
    #[error(transparent)]
    Settings(#[from] SettingsError),

    /// A corpus or a file of links cannot be read, or has a faulty line.
    #[error(transparent)]
    Text(#[from] TextError),

    /// A corpus, its links, the parent model or the model directory cannot be used.
    #[error("{place}: {problem}")]
    Unusable {
        /// The corpus or the path, with the line if it is known.
        place: String,
        /// The fault, and the remedy.
        problem: String,
    },

    /// A loss or a gradient is NaN or infinite, and rolling back did not help.
    #[error(transparent)]
    Diverged(#[from] Diverged),

    /// Training ended before its first validation, so there is no model.
    #[error("training ended before the first validation")]
    NoValidation,

    /// A file of the training directory cannot be read or written, or is damaged.
    #[error("{problem}")]
    File {
        /// The file, the fault, and the remedy.
        problem: String,
        /// The error of the operating system or of the parser.
        #[source]
        cause: Cause,
    },

    /// A model directory cannot be read or written.
    #[error(transparent)]
    Translator(Box<TranslatorError>),

    /// Translations cannot be compared with their references.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),

    /// A computation failed.
    #[error(transparent)]
    Tensor(#[from] candle_core::Error),
}

impl TrainingError {
    pub(crate) fn unusable(place: impl ToString, problem: impl Into<String>) -> Self {
        Self::Unusable { place: place.to_string(), problem: problem.into() }
    }

    pub(crate) fn file(problem: impl Into<String>, cause: impl Into<Cause>) -> Self {
        Self::File { problem: problem.into(), cause: cause.into() }
    }
}

impl From<TranslatorError> for TrainingError {
    /// Boxed, because it is much larger than the other variants.
    fn from(error: TranslatorError) -> Self {
        Self::Translator(Box::new(error))
    }
}

/// The fault of a setting, with its name and the remedy.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct SettingsError(String);

impl SettingsError {
    pub(crate) fn new(problem: String) -> Self {
        Self(problem)
    }
}

/// A value that is NaN or infinite.
#[derive(Clone, Debug, Serialize, Deserialize, Error)]
#[error(
    "{what} is NaN or infinite at step {step}: training has diverged. The best model so far is kept; train again with a \
     lower training.learning_rate (half of it, for example)"
)]
pub struct Diverged {
    /// The step at which it was found.
    pub step: usize,
    /// The name of the value, such as "the loss".
    pub what: Cow<'static, str>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn an_error_that_wraps_another_has_it_as_its_source() {
        let error = TrainingError::file("the training log cannot be written", io::Error::other("no room"));
        let source = error.source().expect("a source").to_string();
        assert_eq!(
            (error.to_string(), source),
            ("the training log cannot be written".to_owned(), "no room".to_owned())
        );
    }
}
