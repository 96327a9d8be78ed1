//! A run as it stands, in a file: everything that its next step depends on.

use crate::Summary;
use crate::data::batch_sampler::Cursor;
use crate::run::meter::Counts;
use crate::run::rollback::RollbackState;
use crate::run::run_identity::RunIdentity;
use crate::run::snapshot::Snapshot;
use crate::training_directory::TrainingDirectory;
use anyhow::{Context, Result, ensure};
use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;

/// Of the layout of what is saved.
const VERSION: u32 = 2;

/// The key of the file's metadata that has all but the numbers.
const KEY: &str = "training";

/// The best validation so far.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Best {
    pub step: usize,
    pub bleu: f64,
    pub loss: f64,
}

impl Best {
    /// By BLEU as it is printed; early on, when it is zero or equal, by the loss.
    pub fn is_better_than(&self, other: &Self) -> bool {
        let printed = |bleu: f64| (bleu * 100.0).round() as i64;
        (printed(self.bleu), -self.loss) > (printed(other.bleu), -other.loss)
    }
}

/// Where a run stands, but for weights and moments.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct RunProgress {
    /// Steps done.
    pub step: usize,
    /// Steps of the whole run, once fixed.
    pub steps: Option<usize>,
    /// The loss of the last step, if what follows a step - a validation, keeping the state - is still to be done.
    #[serde(alias = "unsettled")]
    pub pending_validation: Option<f64>,
    /// Validations done.
    pub round: usize,
    /// Of these, since one was the best or had the lowest loss.
    pub rounds_without_gain: usize,
    pub best: Option<Best>,
    /// The lowest validation loss so far, which is not always that of the best.
    pub lowest_loss: Option<f64>,
}

impl RunProgress {
    /// Counts a validation. Whether it is the best so far.
    ///
    /// BLEU jumps from one validation to the next, and stands still for a while where the loss goes on falling: either is
    /// a gain.
    pub fn validated(&mut self, now: Best) -> bool {
        let is_best = self.best.is_none_or(|best| now.is_better_than(&best));
        let is_lowest = self.lowest_loss.is_none_or(|lowest| now.loss < lowest);
        if is_best {
            self.best = Some(now);
        }
        if is_lowest {
            self.lowest_loss = Some(now.loss);
        }
        self.round += 1;
        self.rounds_without_gain = if is_best || is_lowest { 0 } else { self.rounds_without_gain + 1 };
        is_best
    }
}

/// All that is saved but weights and moments.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    version: u32,
    /// The version of the program, for a note: another may compute the last bit of a number otherwise.
    pub program: String,
    /// The same with the number of threads.
    pub threads: usize,
    #[serde(alias = "asked")]
    pub identity: RunIdentity,
    #[serde(alias = "standing")]
    pub progress: RunProgress,
    #[serde(alias = "place")]
    pub cursor: Cursor,
    pub counts: Counts,
    /// Steps that the optimiser has taken.
    pub adam_steps: u32,
    #[serde(alias = "course")]
    pub rollback: RollbackState,
    /// Bytes of the log that belong to it.
    pub log_bytes: u64,
    /// What came of a run that is over; then no numbers are saved.
    pub finished: Option<Summary>,
}

impl Checkpoint {
    /// Of a run that goes on.
    pub fn new(
        identity: RunIdentity,
        progress: RunProgress,
        cursor: Cursor,
        counts: Counts,
        adam_steps: u32,
        rollback: RollbackState,
        log_bytes: u64,
    ) -> Self {
        Self {
            version: VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            threads: rayon::current_num_threads(),
            identity,
            progress,
            cursor,
            counts,
            adam_steps,
            rollback,
            log_bytes,
            finished: None,
        }
    }

    /// Puts the state in the place of the one before, with what a step moves.
    ///
    /// # Errors
    /// If the disk is full, say; then the state before is still there.
    pub fn save(&self, directory: &TrainingDirectory, moved: &[Snapshot]) -> Result<()> {
        let numbers = moved.iter().flat_map(Snapshot::numbers);
        let metadata = HashMap::from([(KEY.to_owned(), serde_json::to_string(self)?)]);
        let saved = directory.save_checkpoint(|file| {
            safetensors::serialize_to_file(numbers, Some(metadata), file).map_err(|cause| match cause {
                safetensors::SafeTensorError::IoError(cause) => cause,
                cause => std::io::Error::other(cause),
            })
        });
        let remedy = "the state of the training cannot be saved; what was saved before is whole: make room, and give the \
                      same command again";
        saved.context(remedy)
    }

    /// The state in a model directory, if there is one.
    ///
    /// # Errors
    /// If it cannot be read, or is of another version.
    pub fn read(directory: &TrainingDirectory) -> Result<Option<Self>> {
        let file = directory.checkpoint();
        if !file.exists() {
            return Ok(None);
        }
        let state = Self::from_bytes(&bytes(&file)?).with_context(|| unreadable(&file))?;
        Ok(Some(state))
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (_, metadata) = SafeTensors::read_metadata(bytes)?;
        let text = metadata.metadata().as_ref().and_then(|all| all.get(KEY)).context("it has no metadata")?;
        // The version first: everything else may have changed its meaning.
        let value: serde_json::Value = serde_json::from_str(text)?;
        let version = value.get("version").and_then(serde_json::Value::as_u64);
        ensure!(version == Some(VERSION.into()), "its version is not that of this program ({VERSION})");
        let state: Self = serde_json::from_value(value)?;
        ensure!(state.progress.steps.is_none_or(|steps| state.progress.step <= steps), "it is past its end");
        Ok(state)
    }

    /// The numbers that were saved with it, into their places.
    ///
    /// # Errors
    /// If one is missing, or has another shape.
    pub fn restore(directory: &TrainingDirectory, restore: impl FnOnce(&SafeTensors) -> Result<()>) -> Result<()> {
        let file = directory.checkpoint();
        let bytes = bytes(&file)?;
        let numbers = SafeTensors::deserialize(&bytes).map_err(anyhow::Error::from);
        numbers.and_then(|numbers| restore(&numbers)).with_context(|| unreadable(&file))
    }

    /// How many steps the run has that it belongs to, as it is told.
    pub fn progress(&self) -> String {
        let of = self.progress.steps.map_or_else(String::new, |steps| format!(" of {steps}"));
        format!("step {}{of}", self.progress.step)
    }

    /// The same run after its last step.
    pub fn finished(self, summary: Summary) -> Self {
        Self { finished: Some(summary), ..self }
    }

    /// What may make a difference to the last bit of a weight, though the run is the same.
    pub fn notes(&self) -> Vec<String> {
        let (program, threads) = (env!("CARGO_PKG_VERSION"), rayon::current_num_threads());
        let mut notes = Vec::new();
        if self.threads != threads {
            notes.push(format!(
                "the training began with --threads {} and goes on with {threads}: its weights will differ in rounding from \
                 those of a run that did not",
                self.threads
            ));
        }
        if self.program != program {
            notes.push(format!(
                "the training was begun by glosser {}, and this is {program}: its weights may differ in rounding",
                self.program
            ));
        }
        notes
    }
}

fn bytes(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("{}: cannot be read", file.display()))
}

fn unreadable(file: &Path) -> String {
    format!("{}: this is no state of a training that can be gone on with; --overwrite begins anew", file.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gain_is_more_bleu_or_a_lower_loss() {
        // BLEU, loss; whether it is the best, and the rounds without gain after it.
        let rounds = [
            (20.0, 2.0, true, 0),
            (19.0, 1.9, false, 0),
            (19.5, 1.95, false, 1),
            (20.001, 1.91, true, 0),
            (19.9, 1.9, false, 1),
            (19.9, 1.95, false, 2),
            (20.0, 1.89, true, 0),
        ];
        let mut progress = RunProgress::default();
        for (round, (bleu, loss, is_best, without_gain)) in rounds.into_iter().enumerate() {
            let now = Best { step: round, bleu, loss };
            assert_eq!(progress.validated(now), is_best, "round {round}");
            assert_eq!(progress.rounds_without_gain, without_gain, "round {round}");
        }
        assert_eq!((progress.round, progress.lowest_loss), (7, Some(1.89)));
    }
}
