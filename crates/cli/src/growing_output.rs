//! Output that grows for hours, and is not lost if the program ends before it is complete.

use crate::interrupt::{self, EXIT_CODE};
use crate::output::insist;
use crate::terminal::TerminalWriter;
use anyhow::{Context, Result};
use glosser_text::Output;
use std::io::{BufWriter, Write, stdout};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

/// Standard output, a pipe or a device, which is written to directly; or a file, which is `FILE.partial` until it is
/// complete.
pub struct GrowingOutput {
    out: Output,
    name: String,
}

/// The partial file that is being written, for the handler of signals.
struct Unfinished {
    path: PathBuf,
    lines: usize,
}

/// Locked while lines are written, so that a signal never leaves a part of a line.
static UNFINISHED: Mutex<Option<Unfinished>> = Mutex::new(None);

fn unfinished() -> MutexGuard<'static, Option<Unfinished>> {
    UNFINISHED.lock().expect("no thread panics while it holds the lock")
}

impl GrowingOutput {
    /// Opens standard output, or a file, which is compressed if its name ends in `.gz` or `.zst`. From now on, a signal
    /// that ends the program reports the partial file.
    pub fn create(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else {
            return Ok(Self {
                out: Output::to(TerminalWriter::new(BufWriter::new(stdout())), "standard output"),
                name: String::new(),
            });
        };
        let (given, out) = (path, Output::create_partial(path)?);
        if let Some(path) = out.unfinished() {
            // The path as the user wrote it, unless a symbolic link leads elsewhere.
            let beside = given.with_file_name(path.file_name().unwrap_or_default());
            let path = if beside.exists() { beside } else { path.to_owned() };
            *unfinished() = Some(Unfinished { path, lines: 0 });
            interrupt::call_at_signal(|| {
                if let Some(message) = unfinished().as_ref().map(Unfinished::message) {
                    insist(&format!("interrupted: {message}"));
                }
                EXIT_CODE
            })?;
        }
        Ok(Self { out, name: path.display().to_string() })
    }

    /// Writes the results of further lines of the input at once.
    pub fn write(&mut self, text: &[u8], lines: usize) -> Result<()> {
        let mut unfinished = unfinished();
        let written = self.out.write_all(text).and_then(|()| self.out.flush());
        if unfinished.is_none() {
            return Ok(written?);
        }
        written.with_context(|| format!("{}: cannot be written", self.name))?;
        unfinished.iter_mut().for_each(|unfinished| unfinished.lines += lines);
        Ok(())
    }

    /// Gives the complete file its name; after an error, names the partial file in the error.
    pub fn finish<T>(self, result: Result<T>) -> Result<T> {
        let unfinished = unfinished().take();
        match (result, unfinished) {
            (Ok(found), _) => {
                Output::finish(vec![self.out])?;
                Ok(found)
            }
            (Err(cause), Some(unfinished)) if unfinished.lines > 0 => Err(cause.context(unfinished.message())),
            (Err(cause), _) => {
                self.out.discard();
                Err(cause)
            }
        }
    }
}

impl Unfinished {
    fn message(&self) -> String {
        let (path, lines) = (self.path.display(), self.lines);
        let s = if lines == 1 { " is" } else { "s are" };
        format!("the first {lines} line{s} in {path}, which stays")
    }
}
