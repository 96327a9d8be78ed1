//! A training with progress on standard error, which signals can interrupt.

use crate::internal_error;
use crate::interrupt::{Interrupted, install_signal_handler, is_to_stop, training_begins};
use crate::output::say;
use crate::progress::{Display, duration};
use anyhow::Result;
use glosser_training::{Event, Job, Observer, Outcome, train};

/// Shows the events of a training. Signals stop it.
struct Watcher {
    display: Display,
}

impl Observer for Watcher {
    fn event(&mut self, event: &Event) {
        match event {
            Event::Prepared { .. } => training_begins(),
            Event::Validated(_) => internal_error::panic_on_demand("a validation"),
            _ => {}
        }
        self.display.show(event);
    }

    fn should_stop(&self) -> bool {
        is_to_stop()
    }
}

/// Trains and shows the progress, unless `quiet`.
///
/// # Errors
/// [`Interrupted`] after a signal, and every error of the training.
pub fn run(job: Job, quiet: bool) -> Result<()> {
    install_signal_handler()?;
    let model = job.directory.display().to_string();
    let mut watcher = Watcher { display: Display::new(quiet) };
    match train(job, &mut watcher)? {
        Outcome::Interrupted { step, steps } => {
            watcher.display.end();
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
