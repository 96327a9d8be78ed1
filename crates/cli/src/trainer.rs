//! A training with a person in front of it.

use crate::fault;
use crate::interrupt::{Interrupted, heed_signals, is_to_stop, training_begins};
use crate::output::say;
use crate::progress::{Display, duration};
use anyhow::Result;
use glosser_training::{Event, Job, Outcome, train};

/// Trains, shows how it goes, and says if there was nothing to be done.
///
/// # Errors
/// [`Interrupted`] if a signal came, and all that can be wrong with a job.
pub fn run(job: Job, quiet: bool) -> Result<()> {
    heed_signals()?;
    let model = job.directory.display().to_string();
    let mut display = Display::new(quiet);
    let outcome = train(job, &is_to_stop, &mut |event| {
        match event {
            Event::Prepared { .. } => training_begins(),
            Event::Validated(_) => fault::on_demand("a validation"),
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
            "{model}: this training is finished, {} steps in {}; the model is that of step {}, validation BLEU {:.2} \
             (--overwrite trains anew)",
            summary.steps,
            duration(summary.seconds),
            summary.best_step,
            summary.dev_bleu
        )),
        Outcome::AlreadyFinished(_) | Outcome::Finished(_) => {}
    }
    Ok(())
}
