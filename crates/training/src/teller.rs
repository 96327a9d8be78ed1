use crate::Event;
use anyhow::{Context, Result};
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// Tells the listener what happens, at once, and the log, as soon as there is one.
pub(crate) struct Teller<'a> {
    listener: &'a mut dyn FnMut(&Event),
    log: Option<File>,
    /// Lines from before there was a log: nothing is written until the input is known to be good.
    early: String,
}

impl<'a> Teller<'a> {
    pub fn new(listener: &'a mut dyn FnMut(&Event)) -> Self {
        Self { listener, log: None, early: String::new() }
    }

    /// Begins the log with what was told before.
    pub fn open_log(&mut self, path: &Path) -> Result<()> {
        let mut log = File::create(path).with_context(|| format!("{}: cannot be written", path.display()))?;
        log.write_all(self.early.as_bytes()).context("the training log cannot be written")?;
        self.log = Some(log);
        Ok(())
    }

    pub fn tell(&mut self, event: Event) -> Result<()> {
        let line = serde_json::to_string(&event)? + "\n";
        match &mut self.log {
            Some(log) => log.write_all(line.as_bytes()).context("the training log cannot be written")?,
            None => self.early.push_str(&line),
        }
        (self.listener)(&event);
        Ok(())
    }

    pub fn note(&mut self, text: String) -> Result<()> {
        self.tell(Event::Note { text })
    }
}
