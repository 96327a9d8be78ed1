//! Why a request is not answered.

use glosser_translator::{LanguageError, ModelsError, TranslatorError};
use serde::Serialize;

/// A failure, as the page gets it.
#[derive(Debug, Serialize)]
pub struct EngineError {
    /// Its kind.
    pub kind: ErrorKind,
    /// The fault that was found, and the remedy.
    pub message: String,
}

/// The kinds of failures that a page distinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// A text is too long.
    TooLong,
    /// Anything else.
    Other,
}

impl EngineError {
    /// A failure that only its message describes.
    pub fn other(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Other, message: message.into() }
    }

    /// A text that is too long.
    pub fn too_long(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::TooLong, message: message.into() }
    }
}

impl From<TranslatorError> for EngineError {
    /// Without options of the command line and directories, which a page does not have.
    fn from(error: TranslatorError) -> Self {
        match &error {
            TranslatorError::Incomplete { directory, missing } => {
                let model = directory.display();
                Self::other(format!("model {model}: the file `{missing}` is missing; get this page again"))
            }
            TranslatorError::Damaged { file, problem } => {
                Self::other(format!("{}: {problem}; the file is damaged: get this page again", file.display()))
            }
            TranslatorError::SeveralPieces { .. } | TranslatorError::PrefixTooLong { .. } => {
                Self::too_long(message(&error))
            }
            _ => Self::other(message(&error)),
        }
    }
}

fn message(error: &TranslatorError) -> String {
    error.message_for("the text", "the beginning")
}

impl From<LanguageError> for EngineError {
    fn from(error: LanguageError) -> Self {
        Self::other(error.to_string())
    }
}

impl From<ModelsError> for EngineError {
    fn from(error: ModelsError) -> Self {
        Self::other(error.to_string())
    }
}
