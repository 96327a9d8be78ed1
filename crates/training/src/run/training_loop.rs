//! The training loop.

use crate::data::batch_sampler::BatchSampler;
use crate::error::{Result, TrainingError};
use crate::events::activity::Activity;
use crate::events::event::{Event, REPORT_EVERY, Summary};
use crate::events::event_log::EventLog;
use crate::run::checkpoint::{Checkpoint, RunState};
use crate::run::meter::{Counts, Meter};
use crate::run::progress::{RunProgress, Scored};
use crate::run::rollback::Rollback;
use crate::run::snapshot::{Snapshot, SnapshotVars};
use crate::run::step::{Optimiser, Run};
use crate::run::time_budget::TimeBudget;
use crate::settings::schedule::{Schedule, warm_up};
use crate::{Budget, Examples, Validation};
use std::time::{Duration, Instant};

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

/// A run with everything that changes from step to step.
pub(crate) struct TrainingLoop<'a, 'o> {
    pub(super) run: Run,
    pub(super) examples: &'a Examples,
    pub(super) batches: BatchSampler<'a>,
    optimiser: Optimiser,
    rollback: Rollback,
    pub(super) meter: Meter,
    pub(super) progress: RunProgress,
    /// The time budget, if the run has one.
    pub(super) budget: Option<TimeBudget>,
    /// Whether it was measured how long the last validation and the fitting of the search take.
    pub(super) is_search_timed: bool,
    last_saved: Instant,
    /// Whether the directory has a checkpoint of this run.
    has_checkpoint: bool,
    pub(super) events: &'a mut EventLog<'o>,
}

impl<'a, 'o> TrainingLoop<'a, 'o> {
    /// Begins a run, or continues one from its checkpoint. `preparation` is the time before it, which counts if the run
    /// is new.
    ///
    /// # Errors
    /// If the checkpoint is damaged.
    pub fn new(run: Run, examples: &'a Examples, events: &'a mut EventLog<'o>, preparation: Duration) -> Result<Self> {
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
        let (mut meter, has_checkpoint) = (Meter::new(counts), run.checkpoint.is_some());
        if !has_checkpoint {
            meter.prepared_in(preparation);
        }
        let budget = match run.identity.settings.training.budget {
            Budget::Minutes(minutes) => {
                Some(TimeBudget::new(minutes, meter.preparation() + meter.seconds(), batches.steps_per_epoch()))
            }
            Budget::Epochs(_) | Budget::Steps(_) | Budget::Schedule(_) => None,
        };
        let (last_saved, is_search_timed) = (Instant::now(), false);
        Ok(Self {
            run,
            examples,
            batches,
            optimiser,
            rollback,
            meter,
            progress,
            budget,
            is_search_timed,
            last_saved,
            has_checkpoint,
            events,
        })
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
            if !is_stopped {
                self.correct_steps_if_due()?;
            }
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
            let RunProgress { step, steps: schedule, .. } = self.progress.clone();
            let steps = schedule.as_ref().map(Schedule::steps);
            self.choose_sample(schedule.as_ref())?;
            if let Some(schedule) = schedule {
                self.run.settings.training.budget = schedule.into();
                self.time_again(&self.costs());
            }
            self.events.report(Event::Resumed { step, steps, validation_pairs: self.run.sampled_pairs() })?;
        } else {
            // First: a checkpoint never belongs to the log of another run.
            self.run.training_directory.remove_checkpoint()?;
            self.events.open_log(&log)?;
            match self.run.settings.training.budget.clone() {
                Budget::Epochs(epochs) => self.fix_steps(Schedule::new(epochs * steps_per_epoch))?,
                Budget::Steps(steps) => self.fix_steps(Schedule::new(steps))?,
                Budget::Schedule(schedule) => self.fix_steps(schedule)?,
                Budget::Minutes(_) => self.choose_sample(None)?,
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
        let (started, translator) = (Instant::now(), self.run.translator()?);
        let validation = self.run.validation().score(&translator, 0, 0.0, 0, &watch_validation(self.events))?;
        self.meter.other_work(started.elapsed());
        let Some(validation) = validation else { return Ok(()) };
        let metric = self.run.metric(validation.dev_bleu);
        self.events.report(Event::Validated(Validation { metric, ..validation }))
    }

    fn is_over(&self) -> bool {
        let RunProgress { step, steps, rounds_without_gain, .. } = &self.progress;
        steps.as_ref().is_some_and(|steps| *step >= steps.steps())
            || *rounds_without_gain >= self.run.settings.training.patience
    }

    fn is_last(&self) -> bool {
        self.progress.steps.as_ref().is_some_and(|steps| steps.steps() == self.progress.step)
    }

    /// Does one step, whose validation is then pending.
    fn step(&mut self) -> Result<()> {
        self.progress.step += 1;
        let (step, warmup) = (self.progress.step, self.run.settings.training.warmup_steps);
        let peak = self.rollback.peak();
        let schedule = self.progress.steps.as_ref();
        let rate =
            schedule.map_or_else(|| warm_up(step, warmup, peak), |steps| steps.learning_rate(step, warmup, peak));
        let inputs = self.run.draw(step, self.examples, self.batches.next_batch())?;
        let result = match self.run.step(inputs, rate, &mut self.optimiser) {
            Ok(result) => Some(result),
            Err(error) => {
                self.roll_back(error)?;
                None
            }
        };
        self.meter.step(result.as_ref());
        self.fix_steps_if_timed()?;
        let steps = self.progress.steps.as_ref().map(Schedule::steps);
        self.events.activity(&Activity::Step { step, steps });
        let Some(result) = result else { return Ok(()) };
        if step.is_multiple_of(REPORT_EVERY) || self.is_last() {
            let seconds_left = self.seconds_left();
            let progress = self.meter.report(&result, steps, seconds_left);
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
        let translator = self.run.translator()?;
        let epochs = step as f64 / self.batches.steps_per_epoch() as f64;
        let validation =
            self.run.validation().score(&translator, step, epochs, round, &watch_validation(self.events))?;
        let Some(mut validation) = validation else { return Ok(false) };
        // Before the first model: whenever a model is on disk, a checkpoint is, too, so the same command continues.
        if !self.has_checkpoint {
            self.save_checkpoint()?;
        }
        self.rollback.validated();
        let Validation { dev_bleu: bleu, dev_chrf: chrf, dev_loss: loss, .. } = validation;
        let now = Scored { step, bleu, chrf: chrf.unwrap_or_default(), loss };
        validation.is_best = self.progress.validated(now, self.run.settings.training.select);
        validation.metric = self.run.metric(self.progress.best.map_or(bleu, |best| best.bleu));
        if validation.is_best {
            self.run.save(&validation, self.examples.len(), self.meter.tokens())?;
        }
        validation.seconds = self.meter.seconds();
        self.time_validation(started);
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
        let steps = self.progress.steps.as_ref().map(Schedule::steps);
        Ok(Outcome::Interrupted { step: self.progress.step, steps })
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
        let RunProgress { step, steps, best, .. } = self.progress.clone();
        if steps.is_none() {
            self.fix_steps(Schedule::new(step))?;
        }
        let best = match (best, &self.rollback.state.last) {
            (Some(best), _) => best,
            (None, Some(diverged)) => return Err(diverged.clone().into()),
            (None, None) => return Err(TrainingError::NoValidation),
        };
        self.run.save_last()?;
        let (started, events) = (Instant::now(), &*self.events);
        let search = self.run.fit(best.bleu, &|share| {
            events.activity(&Activity::FittingSearch { share });
            events.should_stop()
        })?;
        let Some(search) = search else { return self.interrupted() };
        self.meter.validation(started.elapsed());
        let summary = Summary {
            steps: step,
            best_step: best.step,
            dev_bleu: best.bleu,
            dev_chrf: Some(best.chrf),
            metric: self.run.metric(best.bleu),
            dev_loss: best.loss,
            search: Some(search),
            stopped_early: steps.is_none_or(|steps| step < steps.steps()),
            tokens_per_second: self.meter.tokens_per_second(),
            seconds: self.meter.seconds(),
        };
        self.events.report(Event::Finished(summary.clone()))?;
        self.checkpoint(Some(summary.clone()))?.save(&self.run.training_directory, &[])?;
        Ok(Outcome::Finished(summary))
    }
}

/// Returns a function that shows the share of a validation that is done, and returns whether the observer stops it.
fn watch_validation(events: &EventLog) -> impl Fn(f64) -> bool {
    move |share| {
        events.activity(&Activity::Validating { share });
        events.should_stop()
    }
}
