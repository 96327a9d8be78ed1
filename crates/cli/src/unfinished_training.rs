//! The error about a directory whose training has not saved a whole model yet.

use glosser_training::{TrainingDirectory, TrainingError, is_interrupted};
use glosser_translator::TranslatorError;
use std::error::Error;
use std::path::Path;

/// Names the training in an error about a directory without a model, or with a part of one.
pub fn name_unfinished_training(error: anyhow::Error) -> anyhow::Error {
    let Some(directory) = error.chain().find_map(without_model) else { return error };
    let training = TrainingDirectory::new(directory);
    let problem = if training.is_in_use() {
        "a training is running here, but has not saved a model yet; wait for its first validation"
    } else if is_interrupted(directory).unwrap_or_default() {
        "a training was interrupted here before it saved a model; run the same `glosser train` command again: it \
         continues from there"
    } else if training.has_log() && error.chain().any(has_no_file) {
        "a training began here, but ended before it saved a model; run the same `glosser train` command again"
    } else {
        return error;
    };
    anyhow::anyhow!("{}: {problem}", directory.display())
}

fn translator_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a TranslatorError> {
    match error.downcast_ref() {
        Some(TrainingError::Translator(cause)) => Some(cause),
        _ => error.downcast_ref(),
    }
}

/// Returns the directory that has no model, or a part of one.
fn without_model<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Path> {
    match translator_error(error)? {
        TranslatorError::NoModel { directory, .. } | TranslatorError::Incomplete { directory, .. } => Some(directory),
        _ => None,
    }
}

fn has_no_file(error: &(dyn Error + 'static)) -> bool {
    matches!(translator_error(error), Some(TranslatorError::NoModel { .. }))
}
