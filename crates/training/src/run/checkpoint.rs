//! The checkpoint: a file with everything that the next step of a run depends on.

use crate::Summary;
use crate::data::batch_sampler::Cursor;
use crate::error::{Cause, Result, TrainingError};
use crate::run::meter::Counts;
use crate::run::progress::RunProgress;
use crate::run::rollback::RollbackState;
use crate::run::run_identity::RunIdentity;
use crate::run::snapshot::Snapshot;
use crate::training_directory::TrainingDirectory;
use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::PathBuf;

/// The version of the file format.
const VERSION: u32 = 2;

/// The key of the metadata that holds everything except weights and moments.
const KEY: &str = "training";

/// A saved run, except for weights and moments.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    version: u32,
    /// The version of the program: another one may round differently.
    pub program: String,
    /// The number of threads: another one rounds differently.
    pub threads: usize,
    #[serde(alias = "asked")]
    pub identity: RunIdentity,
    #[serde(flatten)]
    pub state: RunState,
    /// The result of a finished run. Its checkpoint has no weights and moments.
    pub finished: Option<Summary>,
}

/// What changes from step to step, except for weights and moments.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RunState {
    #[serde(alias = "standing")]
    pub progress: RunProgress,
    /// The next batch.
    #[serde(alias = "place")]
    pub cursor: Cursor,
    pub counts: Counts,
    /// Steps of the optimiser.
    pub adam_steps: u32,
    #[serde(alias = "course")]
    pub rollback: RollbackState,
    /// Length of the event log, in bytes, when the checkpoint was saved.
    pub log_bytes: u64,
}

impl Checkpoint {
    /// Makes the checkpoint of an unfinished run.
    pub fn new(identity: RunIdentity, state: RunState) -> Self {
        Self {
            version: VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            threads: rayon::current_num_threads(),
            identity,
            state,
            finished: None,
        }
    }

    /// Replaces the checkpoint file, with the weights and moments of the snapshots.
    ///
    /// # Errors
    /// If it cannot be written, for example because the disk is full. The former checkpoint is then still there.
    pub fn save(&self, directory: &TrainingDirectory, snapshots: &[Snapshot]) -> Result<()> {
        let not_saved = |cause: Cause| TrainingError::CheckpointNotSaved(cause);
        let tensors = snapshots.iter().flat_map(Snapshot::tensors);
        let text = serde_json::to_string(self).map_err(|cause| not_saved(cause.into()))?;
        let metadata = HashMap::from([(KEY.to_owned(), text)]);
        let saved = directory.save_checkpoint(|file| {
            safetensors::serialize_to_file(tensors, Some(metadata), file).map_err(|cause| match cause {
                safetensors::SafeTensorError::IoError(cause) => cause,
                cause => std::io::Error::other(cause),
            })
        });
        saved.map_err(|cause| not_saved(cause.into()))
    }

    /// Reads the checkpoint of a training directory, if there is one.
    ///
    /// # Errors
    /// If it cannot be read, or has another version.
    pub fn read(directory: &TrainingDirectory) -> Result<Option<Self>> {
        let file = directory.checkpoint();
        if !file.exists() {
            return Ok(None);
        }
        let bytes = read(&file)?;
        Self::from_bytes(&bytes).map(Some).map_err(|cause| TrainingError::Checkpoint { file, cause })
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, Cause> {
        let (_, metadata) = SafeTensors::read_metadata(bytes)?;
        let text = metadata.metadata().as_ref().and_then(|all| all.get(KEY)).ok_or("it has no metadata")?;
        // The version first: all other keys may have another meaning in another version.
        let value: serde_json::Value = serde_json::from_str(text)?;
        let version = value.get("version").and_then(serde_json::Value::as_u64);
        if version != Some(VERSION.into()) {
            return Err(format!("its version is not that of this program ({VERSION})").into());
        }
        let checkpoint: Self = serde_json::from_value(value)?;
        let RunProgress { step, steps, .. } = checkpoint.state.progress;
        if steps.is_some_and(|steps| step > steps) {
            return Err(format!("it is at step {step}, after the last one").into());
        }
        Ok(checkpoint)
    }

    /// Gives the weights and moments of the checkpoint file to `restore`.
    ///
    /// # Errors
    /// If one is missing, or has another shape.
    pub fn restore(
        directory: &TrainingDirectory,
        restore: impl FnOnce(&SafeTensors) -> Result<(), Cause>,
    ) -> Result<()> {
        let file = directory.checkpoint();
        let bytes = read(&file)?;
        let tensors = SafeTensors::deserialize(&bytes).map_err(Cause::from);
        tensors.and_then(|tensors| restore(&tensors)).map_err(|cause| TrainingError::Checkpoint { file, cause })
    }

    /// Returns the position of the run, as "step 7 of 12".
    pub fn position(&self) -> String {
        let RunProgress { step, steps, .. } = self.state.progress;
        let of = steps.map_or_else(String::new, |steps| format!(" of {steps}"));
        format!("step {step}{of}")
    }

    /// Returns the checkpoint of the same run after its last step.
    pub fn finished(self, summary: Summary) -> Self {
        Self { finished: Some(summary), ..self }
    }

    /// Returns notes on what may change the last bit of a weight if this program continues the run.
    pub fn notes(&self) -> Vec<String> {
        let (program, threads) = (env!("CARGO_PKG_VERSION"), rayon::current_num_threads());
        let mut notes = Vec::new();
        if self.threads != threads {
            notes.push(format!(
                "this training was started with --threads {} and continues with {threads}: its weights will differ in \
                 rounding from those of an uninterrupted run",
                self.threads
            ));
        }
        if self.program != program {
            notes.push(format!(
                "this training was started by glosser {}, and this is {program}: its weights may differ in rounding",
                self.program
            ));
        }
        notes
    }
}

fn read(file: &PathBuf) -> Result<Vec<u8>> {
    std::fs::read(file).map_err(|cause| TrainingError::NotRead { file: file.clone(), cause })
}
