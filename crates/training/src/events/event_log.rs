use crate::events::diagnostics::Diagnostics;
use crate::{Event, read_log};
use anyhow::{Context, Result};
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

/// Tells the listener what happens, at once, and the log, as soon as there is one, with what a coach has to say of it.
pub(crate) struct EventLog<'a> {
    listener: &'a mut dyn FnMut(&Event),
    log: Option<File>,
    /// Lines from before there was a log: nothing is written until the input is known to be good.
    early: String,
    log_bytes: u64,
    coach: Option<Diagnostics>,
}

impl<'a> EventLog<'a> {
    pub fn new(listener: &'a mut dyn FnMut(&Event)) -> Self {
        Self { listener, log: None, early: String::new(), log_bytes: 0, coach: None }
    }

    /// From now on a coach hears what is told.
    pub fn engage(&mut self, coach: Diagnostics) {
        self.coach = Some(coach);
    }

    /// Begins the log with what was told before.
    pub fn open_log(&mut self, path: &Path) -> Result<()> {
        self.log = Some(File::create(path).with_context(|| format!("{}: cannot be written", path.display()))?);
        let early = std::mem::take(&mut self.early);
        self.write(&early)
    }

    /// Goes on behind the first so many bytes of a log, which has what was told before; the coach is told it again. The log
    /// is for people: what of it was lost does not keep a training from going on.
    pub fn resume_log(&mut self, path: &Path, bytes: u64) -> Result<()> {
        let options = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let cut = options.and_then(|mut log| {
            let bytes = bytes.min(log.metadata()?.len());
            log.set_len(bytes)?;
            log.seek(SeekFrom::End(0))?;
            Ok((log, bytes))
        });
        let (log, bytes) = cut.with_context(|| format!("{}: cannot be written", path.display()))?;
        for event in read_log(path).unwrap_or_default() {
            self.coach.iter_mut().for_each(|coach| drop(coach.hear(&event)));
        }
        self.early.clear();
        (self.log, self.log_bytes) = (Some(log), bytes);
        Ok(())
    }

    /// Sees to it that the log outlives a power failure as it is now. Returns how long it is.
    pub fn sync_log(&self) -> Result<u64> {
        self.log.iter().try_for_each(|log| log.sync_data()).context("the training log cannot be written")?;
        Ok(self.log_bytes)
    }

    pub fn report(&mut self, event: Event) -> Result<()> {
        self.write(&(serde_json::to_string(&event)? + "\n"))?;
        (self.listener)(&event);
        let remarks = self.coach.as_mut().map(|coach| coach.hear(&event)).unwrap_or_default();
        remarks.into_iter().try_for_each(|remark| self.report(remark))
    }

    fn write(&mut self, lines: &str) -> Result<()> {
        match &mut self.log {
            Some(log) => {
                log.write_all(lines.as_bytes()).context("the training log cannot be written")?;
                self.log_bytes += lines.len() as u64;
            }
            None => self.early.push_str(lines),
        }
        Ok(())
    }

    pub fn note(&mut self, text: String) -> Result<()> {
        self.report(Event::Note { text })
    }
}
