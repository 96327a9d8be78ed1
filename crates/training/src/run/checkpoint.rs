//! The checkpoint: a file with everything that the next step of a run depends on.

use crate::Summary;
use crate::data::batch_sampler::Cursor;
use crate::error::{Cause, Result, TrainingError};
use crate::run::meter::Counts;
use crate::run::progress::RunProgress;
use crate::run::rollback::RollbackState;
use crate::run::run_identity::RunIdentity;
use crate::run::snapshot::{Snapshot, SnapshotVars, restore};
use crate::training_directory::TrainingDirectory;
use glosser_translator::TranslatorError;
use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The version of the file format.
const VERSION: u32 = 2;

/// The key of the metadata that holds everything except weights and moments.
const KEY: &str = "training";

const NO_METADATA: &str = "it has no metadata";

/// Longest header of a safetensors file, in bytes, which is that of the crate `safetensors`.
const MAX_HEADER: u64 = 100_000_000;

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
    /// [`AttentionConfig::scaled`](glosser_attention_decoder::AttentionConfig::scaled) of the model. Earlier versions had
    /// no such key, and scaled no score `general`.
    #[serde(default)]
    pub scaled: bool,
    #[serde(flatten)]
    pub state: RunState,
    /// The result of a finished run. Its checkpoint has no weights and moments.
    pub finished: Option<Summary>,
}

/// The values that change from step to step, except for weights and moments.
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
    /// Makes the checkpoint of a run, with its result if it is finished.
    pub fn new(identity: RunIdentity, scaled: bool, state: RunState, finished: Option<Summary>) -> Self {
        Self {
            version: VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            threads: rayon::current_num_threads(),
            identity,
            scaled,
            state,
            finished,
        }
    }

    /// Replaces the checkpoint file, with the weights and moments of the snapshots.
    ///
    /// # Errors
    /// If it cannot be written, for example because the disk is full. The former checkpoint is then still there.
    pub fn save(&self, directory: &TrainingDirectory, snapshots: &[Snapshot]) -> Result<()> {
        let tensors = snapshots.iter().flat_map(Snapshot::tensors);
        let text = serde_json::to_string(self).map_err(not_saved)?;
        let metadata = HashMap::from([(KEY.to_owned(), text)]);
        let saved = directory.save_checkpoint(|file| {
            safetensors::serialize_to_file(tensors, Some(metadata), file).map_err(|cause| match cause {
                safetensors::SafeTensorError::IoError(cause) => cause,
                cause => std::io::Error::other(cause),
            })
        });
        saved.map_err(not_saved)
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
        Self::from_bytes(&bytes).map(Some).map_err(|cause| damaged(&file, cause))
    }

    /// Reads the checkpoint of a training directory, if there is one, but not its weights and moments, which are almost
    /// the whole file.
    ///
    /// # Errors
    /// Like [`Checkpoint::read`].
    pub fn read_without_weights(directory: &TrainingDirectory) -> Result<Option<Self>> {
        let file = directory.checkpoint();
        if !file.exists() {
            return Ok(None);
        }
        let read = metadata(&file).and_then(|all| Self::from_metadata(&all));
        read.map(Some).map_err(|cause| damaged(&file, cause))
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, Cause> {
        let (_, metadata) = SafeTensors::read_metadata(bytes)?;
        Self::from_metadata(metadata.metadata().as_ref().ok_or(NO_METADATA)?)
    }

    fn from_metadata(metadata: &HashMap<String, String>) -> Result<Self, Cause> {
        let text = metadata.get(KEY).ok_or(NO_METADATA)?;
        // The version first: all other keys may have another meaning in another version.
        let value: serde_json::Value = serde_json::from_str(text)?;
        let version = value.get("version").and_then(serde_json::Value::as_u64);
        if version != Some(VERSION.into()) {
            return Err(format!("its version is not that of this program ({VERSION})").into());
        }
        let checkpoint: Self = serde_json::from_value(value)?;
        let RunProgress { step, steps, .. } = &checkpoint.state.progress;
        if steps.as_ref().is_some_and(|steps| *step > steps.steps()) {
            return Err(format!("it is at step {step}, after the last one").into());
        }
        Ok(checkpoint)
    }

    /// Copies the weights and moments of the checkpoint file into the variables of its two snapshots.
    ///
    /// # Errors
    /// If one is missing, or has another shape.
    pub fn restore(directory: &TrainingDirectory, now: SnapshotVars, kept: SnapshotVars) -> Result<()> {
        let file = directory.checkpoint();
        let bytes = read(&file)?;
        let tensors = SafeTensors::deserialize(&bytes).map_err(Cause::from);
        tensors.and_then(|all| restore(&all, now, kept)).map_err(|cause| damaged(&file, cause))
    }

    /// Returns the position of the run, as "step 7 of 12".
    pub fn position(&self) -> String {
        let RunProgress { step, steps, .. } = &self.state.progress;
        let of = steps.as_ref().map_or_else(String::new, |steps| format!(" of {}", steps.steps()));
        format!("step {step}{of}")
    }

    /// Returns notes if the weights may differ in rounding when this program continues the run.
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

/// The header of a safetensors file.
#[derive(Deserialize)]
struct Header {
    #[serde(rename = "__metadata__")]
    metadata: HashMap<String, String>,
}

/// Reads the metadata of a safetensors file: a length of eight bytes, then as many bytes of JSON.
fn metadata(file: &Path) -> Result<HashMap<String, String>, Cause> {
    let mut file = File::open(file)?;
    let mut length = [0; 8];
    file.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    if length > MAX_HEADER {
        return Err(NO_METADATA.into());
    }
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    let Header { metadata } = serde_json::from_slice(&bytes)?;
    Ok(metadata)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    Ok(std::fs::read(file).map_err(|cause| TranslatorError::Io { file: file.to_owned(), cause })?)
}

fn damaged(file: &Path, cause: impl Into<Cause>) -> TrainingError {
    let problem = "this is not a checkpoint that training can continue from; --overwrite trains again";
    TrainingError::file(format!("{}: {problem}", file.display()), cause)
}

fn not_saved(cause: impl Into<Cause>) -> TrainingError {
    let remedy = "the one before is intact: make room on the disk, and give the same command again";
    TrainingError::file(format!("the checkpoint cannot be saved; {remedy}"), cause)
}
