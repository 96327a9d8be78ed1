//! A training as its directory records it: for programs that report on trainings or compare them.

use crate::Summary;
use crate::error::Result;
use crate::run::checkpoint::Checkpoint;
use crate::run::run_identity::RunIdentity;
use crate::settings::Schedule;
use crate::training_directory::TrainingDirectory;
use std::path::Path;

/// A training, finished or not, without its weights.
#[derive(Clone, Debug)]
pub struct SavedRun {
    /// Fingerprints of its input, and its settings.
    pub identity: RunIdentity,
    /// Steps done.
    pub step: usize,
    /// Steps of the whole run, once they are fixed: a run with this schedule has the same weights.
    pub steps: Option<Schedule>,
    /// The step of the saved model. `None` before the first validation.
    pub best_step: Option<usize>,
    /// Seconds of the run so far, with validations, without the time in which it was interrupted.
    pub seconds: f64,
    /// Target tokens per second, without validations.
    pub tokens_per_second: f64,
    /// The result, if it is finished.
    pub finished: Option<Summary>,
}

impl SavedRun {
    /// Reads the training of a model directory; `None` if it has not saved a checkpoint yet, or the checkpoint was
    /// removed. The weights in the checkpoint are not read.
    ///
    /// # Errors
    /// If the checkpoint cannot be read, or has another version.
    pub fn read(directory: &Path) -> Result<Option<Self>> {
        let checkpoint = Checkpoint::read_without_weights(&TrainingDirectory::new(directory))?;
        Ok(checkpoint.map(|Checkpoint { identity, state, finished, .. }| Self {
            identity,
            step: finished.as_ref().map_or(state.progress.step, |summary| summary.steps),
            steps: state.progress.steps,
            best_step: state.progress.best.map(|best| best.step),
            seconds: finished.as_ref().map_or(state.counts.seconds(), |summary| summary.seconds),
            tokens_per_second: state.counts.tokens_per_second(),
            finished,
        }))
    }
}
