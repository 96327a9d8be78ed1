//! The files that training keeps inside a model directory: event log, checkpoint, weights of the last step.

use crate::error::{Result, TrainingError};
use glosser_text::{create_beside, sync_directory};
use glosser_translator::{ModelDirectory, TranslatorError};
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

const DIRECTORY: &str = "training";
const LOG: &str = "log.jsonl";
const CHECKPOINT: &str = "state.safetensors";
const LAST: &str = "last.safetensors";

/// The directory `training` inside a model directory. No other module knows the names of its files.
#[derive(Clone, Debug)]
pub struct TrainingDirectory {
    model: PathBuf,
    path: PathBuf,
}

impl TrainingDirectory {
    /// Makes the one of the model directory at `model`; neither needs to exist.
    pub fn new(model: &Path) -> Self {
        Self { model: model.to_owned(), path: model.join(DIRECTORY) }
    }

    /// Returns the path of the event log, one JSON object per line.
    pub fn log(&self) -> PathBuf {
        self.path.join(LOG)
    }

    /// Returns the path of the checkpoint.
    pub fn checkpoint(&self) -> PathBuf {
        self.path.join(CHECKPOINT)
    }

    /// Creates the directory and locks it against every other process, until the lock is dropped or its process ends.
    ///
    /// # Errors
    /// If another process has the lock, or the directory cannot be created.
    pub fn lock(&self) -> Result<DirectoryLock> {
        let lock =
            fs::create_dir_all(&self.path).and_then(|()| to_lock(&self.path)).map_err(|cause| self.error(cause))?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => Err(TrainingError::unusable(
                self.model.display(),
                "another training is running in this directory; wait until it ends, or give another --model",
            )),
            // Some network file systems have no locks, and training must be possible there.
            Err(TryLockError::Error(_)) | Ok(()) => Ok(DirectoryLock { _file: lock }),
        }
    }

    /// Creates an empty file without a name, which disappears when it is closed. It is in this directory, because the
    /// system's directory for temporary files may be in memory.
    pub fn unnamed_file(&self) -> Result<File> {
        let file = fs::create_dir_all(&self.path).and_then(|()| tempfile::tempfile_in(&self.path));
        Ok(file.map_err(|cause| self.error(cause))?)
    }

    /// Removes this directory and the model directory, each if it is empty.
    pub fn remove_if_empty(&self) {
        for directory in [&self.path, &self.model] {
            // Fails if it is not empty or does not exist; neither is an error here.
            let _ = fs::remove_dir(directory);
        }
    }

    /// Replaces the checkpoint; `write` receives the path to write to.
    pub fn save_checkpoint(&self, write: impl FnOnce(&Path) -> io::Result<()>) -> Result<()> {
        self.replace(CHECKPOINT, write)
    }

    /// Replaces the weights of the last step. (Those of the best step are the model's.)
    pub fn save_last(&self, weights: &[u8]) -> Result<()> {
        self.replace(LAST, |file| fs::write(file, weights))
    }

    /// Writes beside the file, syncs and renames: after a crash the file is the old or the new one, never half of it.
    fn replace(&self, name: &str, write: impl FnOnce(&Path) -> io::Result<()>) -> Result<()> {
        let file = self.path.join(name);
        let saved = fs::create_dir_all(&self.path).and_then(|()| create_beside(&file)).and_then(|beside| {
            write(beside.path())?;
            beside.as_file().sync_all()?;
            beside.persist(&file)?;
            sync_directory(&self.path)
        });
        Ok(saved.map_err(|cause| TranslatorError::Io { file, cause })?)
    }

    /// Removes the checkpoint and the last weights of an earlier training.
    pub fn remove_checkpoint(&self) -> Result<()> {
        for file in [self.checkpoint(), self.path.join(LAST)] {
            match fs::remove_file(&file) {
                Err(cause) if cause.kind() != ErrorKind::NotFound => {
                    return Err(TranslatorError::Io { file, cause }.into());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Removes the temporary files of a process that was killed while it wrote, here and in the model directory. Only
    /// the owner of the lock may call it.
    pub fn remove_leftovers(&self) {
        ModelDirectory::new(&self.model).remove_leftovers();
        let starts = [".tmp".to_owned(), format!(".{CHECKPOINT}."), format!(".{LAST}.")];
        let is_left = |name: &str| starts.iter().any(|start| name.starts_with(start));
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_str().is_some_and(is_left)) {
            // A file that cannot be removed disturbs nothing.
            let _ = fs::remove_file(entry.path());
        }
    }

    fn error(&self, cause: io::Error) -> TranslatorError {
        TranslatorError::Io { file: self.path.clone(), cause }
    }
}

/// Keeps other processes from training in a directory, as long as it lives.
#[derive(Debug)]
pub struct DirectoryLock {
    _file: File,
}

/// Opens the file whose lock locks the directory: on Unix the directory itself, so that no file remains.
fn to_lock(directory: &Path) -> io::Result<File> {
    if cfg!(unix) { File::open(directory) } else { File::create(directory.join("lock")) }
}
