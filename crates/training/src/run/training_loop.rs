//! The training loop.

use crate::data::batch_sampler::BatchSampler;
use crate::error::{Result, TrainingError};
use crate::events::event::{Event, REPORT_EVERY, Summary};
use crate::events::event_log::EventLog;
use crate::run::checkpoint::{Checkpoint, RunState};
use crate::run::meter::{Counts, Meter};
use crate::run::progress::{RunProgress, Scored};
use crate::run::rollback::Rollback;
use crate::run::snapshot::{Snapshot, SnapshotVars};
use crate::run::step::{Optimiser, Run};
use crate::{Budget, Examples, Validation};
use std::time::Instant;

/// The result of a training.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The training is finished.
    Finished(Summary),
    /// An earlier run of the same job has finished; its model is in the directory.
    AlreadyFinished(Summary),
    /// The observer stopped the training. The same job continues from its checkpoint.
    Interrupted {
        /// Steps done.
        step: usize,
        /// Steps of the whole run, once they are fixed.
        steps: Option<usize>,
    },
}

/// Returns the learning rate of a step, which is counted from one: it rises linearly to `peak` over `warmup` steps,
/// then falls linearly and would be zero at step `total` + 1. The warm-up does not depend on `total`, which a time
/// budget fixes only during the warm-up: a run with that number of steps is then the same run.
pub fn learning_rate(step: usize, warmup: usize, total: Option<usize>, peak: f32) -> f32 {
    let Some(total) = total.filter(|_| step > warmup) else { return peak * step as f32 / warmup as f32 };
    let left = (total + 1).saturating_sub(step);
    peak * left as f32 / (total + 1 - warmup.min(total)) as f32
}

/// A run with everything that changes from step to step.
pub(crate) struct TrainingLoop<'a, 'o> {
    run: Run,
    examples: &'a Examples,
    batches: BatchSampler<'a>,
    optimiser: Optimiser,
    rollback: Rollback,
    meter: Meter,
    progress: RunProgress,
    last_saved: Instant,
    /// Whether the directory has a checkpoint of this run.
    has_checkpoint: bool,
    events: &'a mut EventLog<'o>,
}

impl<'a, 'o> TrainingLoop<'a, 'o> {
    /// Begins a run, or continues one from its checkpoint.
    ///
    /// # Errors
    /// If the checkpoint is damaged.
    pub fn new(run: Run, examples: &'a Examples, events: &'a mut EventLog<'o>) -> Result<Self> {
        let training = &run.settings.training;
        let mut batches = BatchSampler::new(examples, training.batch_tokens, training.seed);
        let mut optimiser = Optimiser::new(training, &run.parameters);
        let adam = &mut optimiser.adam;
        let mut rollback = Rollback::new(training.learning_rate, &run.parameters, adam)?;
        let (mut progress, mut counts) = (RunProgress::default(), Counts::default());
        if let Some(Checkpoint { state, .. }) = &run.checkpoint {
            batches.resume(state.cursor);
            adam.set_steps(state.adam_steps);
            let kept = rollback.resume(&state.rollback);
            let now = SnapshotVars { weights: &run.parameters.named(), adam };
            Checkpoint::restore(&run.training_directory, now, kept)?;
            (progress, counts) = (state.progress.clone(), state.counts.clone());
        }
        let (meter, last_saved, has_checkpoint) = (Meter::new(counts), Instant::now(), run.checkpoint.is_some());
        Ok(Self { run, examples, batches, optimiser, rollback, meter, progress, last_saved, has_checkpoint, events })
    }

    /// Trains until the last step, or until the observer stops it.
    pub fn run(mut self) -> Result<Outcome> {
        self.begin()?;
        loop {
            if let Some(loss) = self.progress.pending_validation {
                self.validate_if_due(loss)?;
            }
            self.save_if_due()?;
            // A validation is pending if it was stopped.
            let is_stopped = self.progress.pending_validation.is_some();
            if !is_stopped && self.is_over() {
                return self.finish();
            }
            if is_stopped || self.events.should_stop() {
                return self.interrupted();
            }
            self.step()?;
        }
    }

    fn begin(&mut self) -> Result<()> {
        let steps_per_epoch = self.batches.steps_per_epoch();
        self.events.report(self.run.prepared(self.examples.len(), &self.batches))?;
        let log = self.run.training_directory.log();
        if let Some(checkpoint) = &self.run.checkpoint {
            self.events.resume_log(&log, checkpoint.state.log_bytes)?;
            let RunProgress { step, steps, .. } = self.progress;
            self.run.settings.training.budget = steps.map_or(self.run.settings.training.budget, Budget::Steps);
            self.events.report(Event::Resumed { step, steps })?;
        } else {
            // First: a checkpoint never belongs to the log of another run.
            self.run.training_directory.remove_checkpoint()?;
            self.events.open_log(&log)?;
            match self.run.settings.training.budget {
                Budget::Epochs(epochs) => self.fix_steps(epochs * steps_per_epoch)?,
                Budget::Steps(steps) => self.fix_steps(steps)?,
                Budget::Minutes(_) => {}
            }
        }
        if self.run.parent.is_some() && self.progress.step == 0 {
            self.validate_parent()?;
        }
        Ok(())
    }

    /// Validates the parent model, for comparison: it is never the best model of this run. If it is stopped, no step
    /// is done, and the next run begins with it again.
    fn validate_parent(&mut self) -> Result<()> {
        let (translator, events) = (self.run.translator()?, &*self.events);
        let validation = self.run.validation.score(&translator, 0, 0.0, 0, &|| events.should_stop())?;
        let Some(validation) = validation else { return Ok(()) };
        let metric = self.run.metric(validation.dev_bleu);
        self.events.report(Event::Validated(Validation { metric, ..validation }))
    }

    /// Fixes, reports and saves the number of steps: a run with this number has the same weights.
    fn fix_steps(&mut self, steps: usize) -> Result<()> {
        self.run.settings.training.budget = Budget::Steps(steps);
        self.progress.steps = Some(steps);
        if self.progress.best.is_some() {
            self.run.save_settings()?;
        }
        self.events.report(Event::StepsFixed { steps })
    }

    fn is_over(&self) -> bool {
        let RunProgress { step, steps, rounds_without_gain, .. } = self.progress;
        steps.is_some_and(|steps| step >= steps) || rounds_without_gain >= self.run.settings.training.patience
    }

    fn is_last(&self) -> bool {
        Some(self.progress.step) == self.progress.steps
    }

    /// Does one step, whose validation is then pending.
    fn step(&mut self) -> Result<()> {
        self.progress.step += 1;
        let (step, warmup) = (self.progress.step, self.run.settings.training.warmup_steps);
        let rate = learning_rate(step, warmup, self.progress.steps, self.rollback.peak());
        let inputs = self.run.draw(step, self.examples, self.batches.next_batch())?;
        let result = match self.run.step(inputs, rate, &mut self.optimiser) {
            Ok(result) => Some(result),
            Err(error) => {
                self.roll_back(error)?;
                None
            }
        };
        self.meter.step(result.as_ref());
        let steps_per_epoch = self.batches.steps_per_epoch();
        if let (None, Budget::Minutes(minutes)) = (self.progress.steps, self.run.settings.training.budget)
            && let Some(steps) = self.run.steps_in(minutes, step, &self.meter, steps_per_epoch)
        {
            self.fix_steps(steps)?;
        }
        let Some(result) = result else { return Ok(()) };
        if step.is_multiple_of(REPORT_EVERY) || self.is_last() {
            let progress = self.meter.report(&result, self.progress.steps, steps_per_epoch);
            self.events.report(Event::Progress(progress))?;
        }
        self.progress.pending_validation = Some(result.loss);
        Ok(())
    }

    /// Validates after each epoch and after the last step, and takes a snapshot if one is due. `loss` is the loss of
    /// the step.
    fn validate_if_due(&mut self, loss: f64) -> Result<()> {
        let step = self.progress.step;
        if step.is_multiple_of(self.batches.steps_per_epoch()) || self.is_last() {
            match self.validate() {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => {
                    self.progress.pending_validation = None;
                    return self.roll_back(error);
                }
            }
        }
        self.progress.pending_validation = None;
        self.rollback.take_snapshot(step, loss, &self.run.parameters, &self.optimiser.adam)
    }

    /// Validates the model, and saves it if it is the best so far. Returns false if the observer stopped it.
    fn validate(&mut self) -> Result<bool> {
        let started = Instant::now();
        let RunProgress { step, round, .. } = self.progress;
        let (translator, events) = (self.run.translator()?, &*self.events);
        let epochs = step as f64 / self.batches.steps_per_epoch() as f64;
        let validation = self.run.validation.score(&translator, step, epochs, round, &|| events.should_stop())?;
        let Some(mut validation) = validation else { return Ok(false) };
        // Before the first model: whenever a model is on disk, a checkpoint is, too, so the same command continues.
        if !self.has_checkpoint {
            self.save_checkpoint()?;
        }
        self.rollback.validated();
        self.meter.validation(started.elapsed());
        let Validation { dev_bleu: bleu, dev_chrf: chrf, dev_loss: loss, .. } = validation;
        let now = Scored { step, bleu, chrf: chrf.unwrap_or_default(), loss };
        validation.is_best = self.progress.validated(now, self.run.settings.training.select);
        validation.metric = self.run.metric(self.progress.best.map_or(bleu, |best| best.bleu));
        if validation.is_best {
            self.run.save(&validation, self.examples.len(), self.meter.tokens())?;
        }
        validation.seconds = self.meter.seconds();
        self.events.report(Event::Validated(validation))?;
        Ok(true)
    }

    fn roll_back(&mut self, error: TrainingError) -> Result<()> {
        let event = self.rollback.roll_back(error, &self.run.parameters, &mut self.optimiser.adam)?;
        self.events.report(event)
    }

    /// Saves a checkpoint from time to time. The clock may decide that, because the weights do not depend on it.
    fn save_if_due(&mut self) -> Result<()> {
        let since = self.last_saved.elapsed();
        // Just after a snapshot the checkpoint has half the size: the snapshot is the present state.
        let is_small = self.rollback.snapshot_before(self.progress.step).is_none();
        if since >= self.run.save_every || is_small && since >= self.run.save_every / 2 {
            self.save_checkpoint()?;
        }
        Ok(())
    }

    fn save_checkpoint(&mut self) -> Result<()> {
        let now = Snapshot::now(&self.run.parameters, &self.optimiser.adam);
        let kept = self.rollback.snapshot_before(self.progress.step);
        let snapshots: Vec<Snapshot> = [now].into_iter().chain(kept).collect();
        self.checkpoint(None)?.save(&self.run.training_directory, &snapshots)?;
        (self.last_saved, self.has_checkpoint) = (Instant::now(), true);
        Ok(())
    }

    fn interrupted(mut self) -> Result<Outcome> {
        self.save_checkpoint()?;
        Ok(Outcome::Interrupted { step: self.progress.step, steps: self.progress.steps })
    }

    fn checkpoint(&self, finished: Option<Summary>) -> Result<Checkpoint> {
        let state = RunState {
            progress: self.progress.clone(),
            cursor: self.batches.cursor(),
            counts: self.meter.counts(),
            adam_steps: self.optimiser.adam.steps(),
            rollback: self.rollback.state.clone(),
            log_bytes: self.events.sync_log()?,
        };
        let scaled = self.run.config.decoder.attention.scaled;
        Ok(Checkpoint::new(self.run.identity.clone(), scaled, state, finished))
    }

    fn finish(mut self) -> Result<Outcome> {
        let RunProgress { step, steps, best, .. } = self.progress;
        if steps.is_none() {
            self.fix_steps(step)?;
        }
        let best = match (best, &self.rollback.state.last) {
            (Some(best), _) => best,
            (None, Some(diverged)) => return Err(diverged.clone().into()),
            (None, None) => return Err(TrainingError::NoValidation),
        };
        self.run.save_last()?;
        let (started, events) = (Instant::now(), &*self.events);
        let Some(search) = self.run.fit(best.bleu, &|| events.should_stop())? else { return self.interrupted() };
        self.meter.validation(started.elapsed());
        let summary = Summary {
            steps: step,
            best_step: best.step,
            dev_bleu: best.bleu,
            dev_chrf: Some(best.chrf),
            metric: self.run.metric(best.bleu),
            dev_loss: best.loss,
            search: Some(search),
            stopped_early: steps.is_none_or(|steps| step < steps),
            tokens_per_second: self.meter.tokens_per_second(),
            seconds: self.meter.seconds(),
        };
        self.events.report(Event::Finished(summary.clone()))?;
        self.checkpoint(Some(summary.clone()))?.save(&self.run.training_directory, &[])?;
        Ok(Outcome::Finished(summary))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_learning_rate_rises_then_falls_to_almost_zero() {
        let rate = |step| learning_rate(step, 100, Some(1000), 1e-3);
        assert!((rate(1) - 1e-5).abs() < 1e-9);
        assert!((rate(100) - 1e-3).abs() < 1e-9);
        assert!(rate(101) < 1e-3 && rate(101) > 0.99e-3);
        assert!(rate(1000) > 0.0 && rate(1000) < 2e-6);
        assert!((1..1000).all(|step| (rate(step) < rate(step + 1)) == (step < 100)));
    }

    #[test]
    fn the_warm_up_does_not_depend_on_the_number_of_steps() {
        assert!((1..=100).all(|step| learning_rate(step, 100, Some(50), 1.0) == learning_rate(step, 100, None, 1.0)));
    }
}
