//! A training with progress on standard error, which signals can interrupt.

use crate::internal_error;
use crate::interrupt::{Interrupted, install_signal_handler, is_to_stop, training_begins};
use crate::output::say;
use crate::progress::{Display, duration};
use anyhow::Result;
use glosser_training::{Event, Job, Outcome, train};

/// Trains and shows the progress, unless `quiet`.
///
/// # Errors
/// [`Interrupted`] after a signal, and every error of the training.
pub fn run(job: Job, quiet: bool) -> Result<()> {
    install_signal_handler()?;
    let model = job.directory.display().to_string();
    let mut display = Display::new(quiet);
    let outcome = train(job, &is_to_stop, &mut |event| {
        match event {
            Event::Prepared { .. } => training_begins(),
            Event::Validated(_) => internal_error::panic_on_demand("a validation"),
            _ => {}
        }
        display.show(event);
    })?;
    match outcome {
        Outcome::Interrupted { step, steps } => {
            display.end();
            return Err(Interrupted { step, steps }.into());
        }
        Outcome::AlreadyFinished(summary) if !quiet => say(&format!(
            "{model}: this training is already finished: {} steps in {}; best model at step {}, validation BLEU {:.2} \
             (--overwrite trains again)",
            summary.steps,
            duration(summary.seconds),
            summary.best_step,
            summary.dev_bleu
        )),
        Outcome::AlreadyFinished(_) | Outcome::Finished(_) => {}
    }
    Ok(())
}
