//! Ctrl-C, SIGTERM and SIGHUP while a model is trained or a file is written.

use crate::output::say;
use crate::progress;
use anyhow::{Context, Result};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

/// Exit code of an interrupted command: 128 + SIGINT, as shells report a program ended by Ctrl-C.
pub const EXIT_CODE: u8 = 130;

/// Training was stopped by a signal.
#[derive(Debug)]
pub struct Interrupted {
    /// Number of steps done.
    pub step: usize,
    /// Number of steps of the whole run, once known.
    pub steps: Option<usize>,
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { step, steps } = self;
        let of = steps.map_or_else(String::new, |steps| format!(" of {steps}"));
        write!(f, "interrupted at step {step}{of}; everything is saved, and the same command continues from there")
    }
}

impl std::error::Error for Interrupted {}

/// Whether training has begun, so that there is something to save.
static IS_TRAINING: AtomicBool = AtomicBool::new(false);

/// Whether a signal has come.
static IS_TO_STOP: AtomicBool = AtomicBool::new(false);

/// Whether the handler is installed: a command may train twice.
static IS_INSTALLED: AtomicBool = AtomicBool::new(false);

/// Installs a handler of Ctrl-C, SIGTERM and SIGHUP. The first signal stops training after the current step; a second
/// signal, or one before training has begun, ends the program immediately.
pub fn install_signal_handler() -> Result<()> {
    let handler = || {
        let is_second = IS_TO_STOP.swap(true, Ordering::Relaxed);
        let is_training = IS_TRAINING.load(Ordering::Relaxed);
        if is_second || !is_training {
            progress::clear();
            say(if is_training {
                "interrupted twice: nothing more is saved; the same command continues from the last checkpoint, if there is one"
            } else {
                "interrupted before the first step; there was nothing to save"
            });
            end(EXIT_CODE);
        }
    };
    if IS_INSTALLED.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    ctrlc::set_handler(handler).context("cannot install a handler of Ctrl-C")
}

/// From now on the first signal lets training save a checkpoint.
pub fn training_begins() {
    IS_TRAINING.store(true, Ordering::Relaxed);
}

/// Whether training is to stop.
pub fn is_to_stop() -> bool {
    IS_TO_STOP.load(Ordering::Relaxed)
}

/// Calls a function at the first signal, and ends the program with the exit code that it returns.
pub fn call_at_signal(report: impl Fn() -> u8 + Send + 'static) -> Result<()> {
    if IS_INSTALLED.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    ctrlc::set_handler(move || end(report())).context("cannot install a handler of Ctrl-C")
}

/// Calls a function at the first signal, which lets the command end by itself. A second signal ends the program
/// immediately.
pub fn notify_at_signal(notify: impl Fn() + Send + 'static) -> Result<()> {
    let handler = move || {
        if IS_TO_STOP.swap(true, Ordering::Relaxed) {
            end(EXIT_CODE);
        }
        notify();
    };
    ctrlc::set_handler(handler).context("cannot install a handler of Ctrl-C")
}

#[expect(clippy::exit, reason = "the handler runs on its own thread and cannot return from main")]
fn end(code: u8) -> ! {
    progress::clear();
    std::process::exit(code.into())
}
