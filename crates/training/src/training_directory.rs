//! The files that training keeps inside a model directory: event log, checkpoint, weights of the last step.

use crate::error::{Result, TrainingError};
use crate::events::event::Event;
use glosser_text::{create_beside, sync_directory};
use glosser_translator::{ModelDirectory, TranslatorError};
use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
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

    /// Returns whether there is an event log: the sign of a training.
    pub fn has_log(&self) -> bool {
        first_line(&self.log()).is_some_and(|line| serde_json::from_slice::<Event>(&line).is_ok())
    }

    /// Returns the path of the event log, if the file there is something else.
    pub(crate) fn foreign_log(&self) -> Option<PathBuf> {
        first_line(&self.log()).filter(|line| !line.is_empty()).filter(|_| !self.has_log()).map(|_| self.log())
    }

    /// Returns whether another process trains in the directory now.
    pub fn is_in_use(&self) -> bool {
        to_lock(&self.path).is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
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
        let starts = [format!(".{CHECKPOINT}."), format!(".{LAST}.")];
        let is_left = |name: &str| is_temporary(name) || starts.iter().any(|start| name.starts_with(start));
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

/// Returns whether a file has a name that the library for temporary files makes: six letters and digits after `.tmp`.
fn is_temporary(name: &str) -> bool {
    name.strip_prefix(".tmp")
        .is_some_and(|rest| rest.len() == 6 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// The longest first line of an event log that is read.
const MOST_BYTES: u64 = 1 << 16;

/// Returns the first line of a file, without its end; `None` if it cannot be read.
fn first_line(file: &Path) -> Option<Vec<u8>> {
    let file = File::open(file).ok().filter(|file| file.metadata().is_ok_and(|found| found.is_file()))?;
    let mut line = Vec::new();
    BufReader::new(file.take(MOST_BYTES)).read_until(b'\n', &mut line).ok()?;
    Some(line.trim_ascii_end().to_vec())
}

/// Opens the file whose lock locks the directory: on Unix the directory itself, so that no file remains.
fn to_lock(directory: &Path) -> io::Result<File> {
    if cfg!(unix) { File::open(directory) } else { File::create(directory.join("lock")) }
}
