//! Everything that can go wrong in a training run.

use glosser_evaluation::EvaluationError;
use glosser_text::TextError;
use glosser_translator::TranslatorError;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::error::Error;
use std::io;
use std::path::PathBuf;
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

    /// There is nothing, or too much, to train on.
    #[error("{corpus}: {problem}")]
    Corpus {
        /// The name of the corpus.
        corpus: String,
        /// What was found, and the remedy.
        problem: String,
    },

    /// The links of guided alignment are not those of the corpus.
    #[error("{place}: {problem}")]
    Links {
        /// The name of the file, and the line if it is known.
        place: String,
        /// What was found, and the remedy.
        problem: String,
    },

    /// The model directory cannot be trained in.
    #[error("{}: {problem}", .directory.display())]
    Directory {
        /// The model directory.
        directory: PathBuf,
        /// What was found, and the remedy.
        problem: String,
    },

    /// The model that training should continue from cannot be used.
    #[error("{}: {problem}", .directory.display())]
    ParentModel {
        /// The model directory.
        directory: PathBuf,
        /// What was found, and the remedy.
        problem: String,
    },

    /// A loss or a gradient is NaN or infinite, and rolling back did not help.
    #[error(transparent)]
    Diverged(#[from] Diverged),

    /// Training ended before its first validation, so there is no model.
    #[error("training ended before the first validation")]
    NoValidation,

    /// The checkpoint cannot be read.
    #[error("{}: this is not a checkpoint that training can continue from; --overwrite starts anew", .file.display())]
    Checkpoint {
        /// The checkpoint.
        file: PathBuf,
        /// What is wrong with it.
        #[source]
        cause: Cause,
    },

    /// The checkpoint cannot be written.
    #[error(
        "the checkpoint cannot be saved; the one before is intact: make room on the disk, and give the same command again"
    )]
    CheckpointNotSaved(#[source] Cause),

    /// A line of an event log is not an event.
    #[error(
        "{}:{line}: this is not an event of a training log; the file is damaged there, or of another version",
        .file.display()
    )]
    Log {
        /// The log.
        file: PathBuf,
        /// The line, from one.
        line: usize,
        /// What is wrong with it.
        #[source]
        cause: serde_json::Error,
    },

    /// A file cannot be read.
    #[error("{}: cannot be read", .file.display())]
    NotRead {
        /// The file.
        file: PathBuf,
        /// The error of the operating system.
        #[source]
        cause: io::Error,
    },

    /// A file cannot be written.
    #[error("{what} cannot be written; is there room on the disk?")]
    NotWritten {
        /// What should have been written.
        what: String,
        /// The error of the operating system.
        #[source]
        cause: io::Error,
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

impl From<TranslatorError> for TrainingError {
    /// Boxed, because it is much larger than the other variants.
    fn from(error: TranslatorError) -> Self {
        Self::Translator(Box::new(error))
    }
}

/// What is wrong with a setting, with its name and the remedy.
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

    #[test]
    fn an_error_that_wraps_another_has_it_as_its_source() {
        let io = || io::Error::other("no room");
        let json = || serde_json::from_str::<u8>("{").expect_err("half an object");
        let file = PathBuf::from("model/file");
        let translator = TranslatorError::Io { file: file.clone(), cause: io() };
        for error in [
            TrainingError::Checkpoint { file: file.clone(), cause: json().into() },
            TrainingError::CheckpointNotSaved(translator.into()),
            TrainingError::Log { file: file.clone(), line: 3, cause: json() },
            TrainingError::NotRead { file, cause: io() },
            TrainingError::NotWritten { what: "the training log".to_owned(), cause: io() },
        ] {
            let source = error.source().unwrap_or_else(|| panic!("{error:?} has no source")).to_string();
            assert!(!error.to_string().contains(&source), "{error} would be printed with its cause twice");
        }
    }
}
