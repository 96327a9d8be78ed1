//! The event log: every event goes to the observer, to the log file, and to the diagnostics.

use crate::error::{Cause, Result, TrainingError};
use crate::events::activity::Activity;
use crate::events::diagnostics::Diagnostics;
use crate::events::event::Event;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

/// Receives the events of a training, and can stop it. A closure over events is an observer that never stops.
pub trait Observer {
    /// Receives an event.
    fn event(&mut self, event: &Event);

    /// Receives what the training is doing, several times a second.
    fn activity(&self, _activity: &Activity) {}

    /// Returns whether training should save a checkpoint and stop. It is called after every step and between the parts
    /// of a validation.
    fn should_stop(&self) -> bool {
        false
    }
}

impl<F: FnMut(&Event)> Observer for F {
    fn event(&mut self, event: &Event) {
        self(event);
    }
}

/// Reports events: to the observer, to the log file once it is open, and to the diagnostics once they are on.
pub(crate) struct EventLog<'o> {
    observer: &'o mut dyn Observer,
    file: Option<File>,
    /// The lines before the log file is open: nothing is written until the input has been checked.
    early: String,
    /// Length of the log file.
    bytes: u64,
    diagnostics: Option<Diagnostics>,
}

impl<'o> EventLog<'o> {
    pub fn new(observer: &'o mut dyn Observer) -> Self {
        Self { observer, file: None, early: String::new(), bytes: 0, diagnostics: None }
    }

    /// Returns whether the observer stops the training.
    pub fn should_stop(&self) -> bool {
        self.observer.should_stop()
    }

    /// Tells the observer what the training is doing. The log does not have it.
    pub fn activity(&self, activity: &Activity) {
        self.observer.activity(activity);
    }

    /// Adds diagnostics to all further events.
    pub fn diagnose(&mut self, diagnostics: Diagnostics) {
        self.diagnostics = Some(diagnostics);
    }

    /// Creates the log file, with the events so far.
    pub fn open_log(&mut self, path: &Path) -> Result<()> {
        self.file = Some(File::create(path).map_err(not_written)?);
        let early = std::mem::take(&mut self.early);
        self.write(&early)
    }

    /// Continues a log after its first `bytes` bytes, and gives its events to the diagnostics. The log of an
    /// interrupted run has the events of this preparation already. Training does not depend on the log, so a damaged
    /// one is no error.
    pub fn resume_log(&mut self, path: &Path, bytes: u64) -> Result<()> {
        let options = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let cut = options.and_then(|mut file| {
            let bytes = bytes.min(file.metadata()?.len());
            file.set_len(bytes)?;
            file.seek(SeekFrom::End(0))?;
            Ok((file, bytes))
        });
        let (file, bytes) = cut.map_err(not_written)?;
        for event in read_log(path).unwrap_or_default() {
            self.diagnostics.iter_mut().for_each(|diagnostics| drop(diagnostics.observe(&event)));
        }
        self.early.clear();
        (self.file, self.bytes) = (Some(file), bytes);
        Ok(())
    }

    /// Syncs the log file, so that it survives a power failure, and returns its length.
    pub fn sync_log(&self) -> Result<u64> {
        let synced = self.file.iter().try_for_each(File::sync_data);
        synced.map_err(not_written)?;
        Ok(self.bytes)
    }

    /// Reports an event, and then the findings of the diagnostics.
    pub fn report(&mut self, event: Event) -> Result<()> {
        let line = serde_json::to_string(&event).map_err(not_written)?;
        self.write(&(line + "\n"))?;
        self.observer.event(&event);
        let found = self.diagnostics.as_mut().map(|diagnostics| diagnostics.observe(&event)).unwrap_or_default();
        found.into_iter().try_for_each(|diagnostic| self.report(diagnostic))
    }

    pub fn note(&mut self, text: String) -> Result<()> {
        self.report(Event::Note { text })
    }

    fn write(&mut self, lines: &str) -> Result<()> {
        match &mut self.file {
            Some(file) => {
                file.write_all(lines.as_bytes()).map_err(not_written)?;
                self.bytes += lines.len() as u64;
            }
            None => self.early.push_str(lines),
        }
        Ok(())
    }
}

fn not_written(cause: impl Into<Cause>) -> TrainingError {
    TrainingError::file("the training log cannot be written; is there room on the disk?", cause)
}

/// Reads the events of a training log, in order. [`train`](crate::train) writes the log into the model directory. An
/// incomplete last line is ignored: the program was killed while it wrote it.
///
/// # Errors
/// If the file cannot be read, or a line is not an event.
pub fn read_log(path: &Path) -> Result<Vec<Event>> {
    let not_read = |cause: io::Error| TrainingError::file(format!("{}: cannot be read", path.display()), cause);
    // A device may have no end.
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        return Err(not_read(io::Error::other("it is not a file; name a training log")));
    }
    let bytes = std::fs::read(path).map_err(not_read)?;
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let complete = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let lines = bytes[..complete].split(|byte| *byte == b'\n').enumerate();
    let event = |(at, line): (usize, &[u8])| {
        serde_json::from_slice(line).map_err(|cause| {
            let problem = "this is not an event of a training log; the file is damaged there, or of another version";
            TrainingError::file(format!("{}:{}: {problem}", path.display(), at + 1), cause)
        })
    };
    lines.map(event).collect()
}
