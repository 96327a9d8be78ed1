//! Ctrl-C, SIGTERM and SIGHUP while a model is trained.

use anyhow::{Context, Result};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the program exits with when training was stopped: what shells say of a program that Ctrl-C has ended.
pub const EXIT_CODE: u8 = 130;

/// Training has stopped because it was asked to.
#[derive(Debug)]
pub struct Interrupted {
    /// Steps done.
    pub step: usize,
    /// Steps of the whole run, once known.
    pub steps: Option<usize>,
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { step, steps } = self;
        let of = steps.map_or_else(String::new, |steps| format!(" of {steps}"));
        write!(f, "interrupted at step {step}{of}: all is saved, and the same command goes on from there")
    }
}

impl std::error::Error for Interrupted {}

/// Whether there is something to be saved.
static IS_TRAINING: AtomicBool = AtomicBool::new(false);

static IS_TO_STOP: AtomicBool = AtomicBool::new(false);

/// Whether signals are heeded already: a command may train twice.
static ARE_HEEDED: AtomicBool = AtomicBool::new(false);

/// From now on the first signal asks training to stop, as soon as there is a training; a second one ends the program at
/// once, and so does one before the first step, when nothing is lost by it.
pub fn heed_signals() -> Result<()> {
    let heed = || {
        let is_second = IS_TO_STOP.swap(true, Ordering::Relaxed);
        if is_second || !IS_TRAINING.load(Ordering::Relaxed) {
            end();
        }
    };
    if ARE_HEEDED.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    ctrlc::set_handler(heed).context("Ctrl-C cannot be heeded")
}

/// There is something to be saved from now on.
pub fn training_begins() {
    IS_TRAINING.store(true, Ordering::Relaxed);
}

/// Whether training is to stop.
pub fn is_to_stop() -> bool {
    IS_TO_STOP.load(Ordering::Relaxed)
}

#[expect(clippy::exit, reason = "a signal is heeded on a thread of its own, and the others may be anywhere")]
fn end() -> ! {
    std::process::exit(EXIT_CODE.into())
}
