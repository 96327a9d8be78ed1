//! The training loop, flat and visible.

use crate::data::batch_sampler::BatchSampler;
use crate::events::event::{Event, Summary};
use crate::events::event_log::EventLog;
use crate::parameters::is_of_aligner;
use crate::run::checkpoint::{Best, Checkpoint, RunProgress};
use crate::run::meter::{Counts, Meter};
use crate::run::rollback::Rollback;
use crate::run::snapshot::{Snapshot, restore};
use crate::run::step::Run;
use crate::{Budget, Examples, learning_rate};
use anyhow::{Context, Result};
use glosser_kernels::{Adam, AdamConfig, Gradients};
use std::time::Instant;

/// Steps between reports.
pub(crate) const REPORT_EVERY: usize = 20;

/// What came of a run.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It is over.
    Finished(Summary),
    /// An earlier run of the same command has finished, and the model is there.
    AlreadyFinished(Summary),
    /// It was to stop, and is saved: the same command goes on from there.
    Interrupted {
        /// Steps done.
        step: usize,
        /// Steps of the whole run, once known.
        steps: Option<usize>,
    },
}

/// What changes from step to step.
pub(crate) struct TrainingLoop<'a, 'l> {
    run: Run,
    examples: &'a Examples,
    order: BatchSampler<'a>,
    adam: Adam,
    gradients: Gradients,
    rollback: Rollback,
    meter: Meter,
    progress: RunProgress,
    last_saved: Instant,
    stop: &'a dyn Fn() -> bool,
    events: &'a mut EventLog<'l>,
}

impl<'a, 'l> TrainingLoop<'a, 'l> {
    /// Of a new run, or of one that was interrupted.
    ///
    /// # Errors
    /// If the state that it was saved in is damaged.
    pub fn new(
        run: Run,
        examples: &'a Examples,
        stop: &'a dyn Fn() -> bool,
        events: &'a mut EventLog<'l>,
    ) -> Result<Self> {
        let training = &run.settings.training;
        let mut order = BatchSampler::new(examples, training.batch_tokens, training.seed);
        let weight_decay = training.weight_decay as f32;
        let config = AdamConfig { beta1: 0.9, beta2: 0.999, epsilon: 1e-9, weight_decay };
        let mut adam = Adam::new(config, run.parameters.named()).clipping_separately(is_of_aligner);
        let mut rollback = Rollback::new(training.learning_rate, &run.parameters, &adam)?;
        let (mut progress, mut counts) = (RunProgress::default(), Counts::default());
        if let Some(state) = &run.interrupted {
            order.resume(state.cursor);
            adam.set_steps(state.adam_steps);
            let kept = rollback.resume(&state.rollback);
            let now = (&run.parameters.named()[..], &mut adam);
            Checkpoint::restore(&run.training_directory, |numbers| restore(numbers, now, kept))?;
            (progress, counts) = (state.progress.clone(), state.counts.clone());
        }
        let (meter, gradients, last_saved) = (Meter::new(counts), Gradients::default(), Instant::now());
        Ok(Self { run, examples, order, adam, gradients, rollback, meter, progress, last_saved, stop, events })
    }

    /// To the last step, or until it is to stop.
    pub fn run(mut self) -> Result<Outcome> {
        self.begin()?;
        loop {
            if let Some(loss) = self.progress.pending_validation {
                self.settle(loss)?;
            }
            self.save_if_due()?;
            // What is not settled yet was stopped in the middle.
            let is_settled = self.progress.pending_validation.is_none();
            if is_settled && self.is_over() {
                return self.finish();
            }
            if !is_settled || (self.stop)() {
                return self.interrupted();
            }
            self.step()?;
        }
    }

    fn begin(&mut self) -> Result<()> {
        let per_epoch = self.order.steps_per_epoch();
        self.events.report(self.run.prepared(self.examples.len(), per_epoch))?;
        let log = self.run.training_directory.log();
        if let Some(state) = &self.run.interrupted {
            self.events.resume_log(&log, state.log_bytes)?;
            let RunProgress { step, steps, .. } = self.progress;
            self.run.settings.training.budget = steps.map_or(self.run.settings.training.budget, Budget::Steps);
            self.events.report(Event::Resumed { step, steps })?;
        } else {
            // A state never stands beside the log of another run.
            self.run.training_directory.remove_checkpoint()?;
            self.events.open_log(&log)?;
            match self.run.settings.training.budget {
                Budget::Epochs(epochs) => self.fix_steps(epochs * per_epoch)?,
                Budget::Steps(steps) => self.fix_steps(steps)?,
                Budget::Minutes(_) => {}
            }
        }
        if self.run.from.is_some() && self.progress.step == 0 {
            // How good the model is that training goes on from; it is never the best of what this run makes. Stopped in the
            // middle of this, a run has taken no step, and begins with it again.
            if let Some(before) = self.run.validation.score(&self.run.translator()?, 0, 0, self.stop)? {
                self.events.report(before.told(0, per_epoch, false, 0.0))?;
            }
        }
        Ok(())
    }

    /// Says and saves the number of steps: repeated with it, the run gives the same weights.
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

    /// One step, which is then to be settled.
    fn step(&mut self) -> Result<()> {
        self.progress.step += 1;
        let step = self.progress.step;
        let training = &self.run.settings.training;
        let rate = learning_rate(step, training.warmup_steps, self.progress.steps, self.rollback.peak());
        let pairs = self.order.next_batch();
        let result = match self.run.step(step, rate, self.examples, pairs, &mut self.adam, &mut self.gradients) {
            Ok(result) => Some(result),
            Err(error) => {
                self.go_back(error)?;
                None
            }
        };
        self.meter.step(result.as_ref());
        let per_epoch = self.order.steps_per_epoch();
        if let (None, Budget::Minutes(minutes)) = (self.progress.steps, self.run.settings.training.budget)
            && let Some(fixed) = self.run.steps_in(minutes, step, &self.meter, per_epoch)
        {
            self.fix_steps(fixed)?;
        }
        let Some(result) = result else { return Ok(()) };
        if step.is_multiple_of(REPORT_EVERY) || self.is_last() {
            let progress = self.meter.report(&result, self.progress.steps, per_epoch);
            self.events.report(Event::Progress(progress))?;
        }
        self.progress.pending_validation = Some(result.loss);
        Ok(())
    }

    /// What follows a step with this loss: at the end of an epoch a validation, and now and then keeping what it has led to.
    fn settle(&mut self, loss: f64) -> Result<()> {
        let step = self.progress.step;
        if step.is_multiple_of(self.order.steps_per_epoch()) || self.is_last() {
            match self.validate() {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => {
                    self.progress.pending_validation = None;
                    return self.go_back(error);
                }
            }
        }
        self.progress.pending_validation = None;
        self.rollback.keep(step, loss, &self.run.parameters, &self.adam)
    }

    /// Scores the model, and saves it if it is the best. False if it was to stop before that.
    fn validate(&mut self) -> Result<bool> {
        let started = Instant::now();
        let RunProgress { step, round, .. } = self.progress;
        let scores = self.run.validation.score(&self.run.translator()?, step, round, self.stop)?;
        let Some(scores) = scores else { return Ok(false) };
        self.rollback.validated();
        self.meter.validation(started.elapsed());
        let now = Best { step, bleu: scores.bleu, loss: scores.loss };
        let is_best = self.progress.validated(now);
        let per_epoch = self.order.steps_per_epoch();
        if is_best {
            self.run.save(&now, self.examples.len(), self.meter.tokens(), per_epoch)?;
        }
        self.events.report(scores.told(step, per_epoch, is_best, self.meter.seconds()))?;
        Ok(true)
    }

    fn go_back(&mut self, error: anyhow::Error) -> Result<()> {
        let event = self.rollback.go_back(error, &self.run.parameters, &mut self.adam)?;
        self.events.report(event)
    }

    /// When the state is saved changes nothing of the weights, so that may be decided by the clock.
    fn save_if_due(&mut self) -> Result<()> {
        let since = self.last_saved.elapsed();
        // Just when what going back leads to was renewed, one copy serves for both: half the bytes.
        let is_kept = self.rollback.kept_before(self.progress.step).is_none();
        if since >= self.run.save_every || is_kept && since >= self.run.save_every / 2 {
            self.save_state()?;
        }
        Ok(())
    }

    fn save_state(&mut self) -> Result<()> {
        let now = Snapshot::now(&self.run.parameters, &self.adam);
        let kept = self.rollback.kept_before(self.progress.step);
        let moved: Vec<Snapshot> = [now].into_iter().chain(kept).collect();
        self.state()?.save(&self.run.training_directory, &moved)?;
        self.last_saved = Instant::now();
        Ok(())
    }

    fn interrupted(mut self) -> Result<Outcome> {
        self.save_state()?;
        Ok(Outcome::Interrupted { step: self.progress.step, steps: self.progress.steps })
    }

    fn state(&self) -> Result<Checkpoint> {
        Ok(Checkpoint::new(
            self.run.identity.clone(),
            self.progress.clone(),
            self.order.place(),
            self.meter.counts(),
            self.adam.steps(),
            self.rollback.state(),
            self.events.sync_log()?,
        ))
    }

    fn finish(mut self) -> Result<Outcome> {
        let RunProgress { step, steps, best, .. } = self.progress;
        if steps.is_none() {
            self.fix_steps(step)?;
        }
        let best = best.with_context(|| self.rollback.never_validated())?;
        self.run.save_last()?;
        let started = Instant::now();
        let Some(search) = self.run.fit_search(self.stop)? else { return self.interrupted() };
        self.meter.validation(started.elapsed());
        let summary = Summary {
            steps: step,
            best_step: best.step,
            dev_bleu: best.bleu,
            dev_loss: best.loss,
            search: Some(search),
            stopped_early: steps.is_none_or(|steps| step < steps),
            tokens_per_second: self.meter.tokens_per_second(),
            seconds: self.meter.seconds(),
        };
        self.events.report(Event::Finished(summary.clone()))?;
        self.state()?.finished(summary.clone()).save(&self.run.training_directory, &[])?;
        Ok(Outcome::Finished(summary))
    }
}
