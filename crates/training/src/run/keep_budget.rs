//! The training loop's number of steps: fixed, and corrected if the run would not end with its time budget.

use crate::error::{Result, TrainingError};
use crate::events::activity::Activity;
use crate::events::event::Event;
use crate::run::step::Run;
use crate::run::time_budget::{Costs, Moment};
use crate::run::training_loop::TrainingLoop;
use crate::run::validation_sample::{ALWAYS_VALIDATED, most_tokens};
use crate::settings::Schedule;
use std::time::Instant;

/// Share of a budget by which a run may be longer before a note says that the budget is too short.
const NOTED_EXCESS: f64 = 0.1;

/// Seconds of a validation, and of all work after the last one.
pub(super) struct Timed {
    validation: f64,
    finish: f64,
}

impl TrainingLoop<'_, '_> {
    /// Fixes, reports and saves the number of steps: a run with this schedule has the same weights.
    pub(super) fn fix_steps(&mut self, schedule: Schedule) -> Result<()> {
        let steps = schedule.steps();
        let corrected = Some(schedule.clone()).filter(Schedule::is_corrected);
        self.run.settings.training.budget = schedule.clone().into();
        self.choose_sample(Some(&schedule))?;
        self.progress.steps = Some(schedule);
        if self.progress.best.is_some() {
            self.run.save_settings()?;
        }
        let validation_pairs = self.run.sampled_pairs();
        self.events.report(Event::StepsFixed { steps, schedule: corrected, validation_pairs })
    }

    /// Chooses the validation pairs that a run of this schedule uses; `None` is one whose steps are not fixed.
    pub(super) fn choose_sample(&mut self, schedule: Option<&Schedule>) -> Result<()> {
        let most = self.most_validation_tokens(schedule.map(Schedule::planned));
        self.run.sample = self.run.validation_part.sample(most)?;
        Ok(())
    }

    fn most_validation_tokens(&self, planned: Option<usize>) -> usize {
        let epochs = planned.map_or(f64::INFINITY, |steps| steps as f64 / self.batches.steps_per_epoch() as f64);
        most_tokens(self.examples, epochs)
    }

    /// Returns the clock of the run, which began with its preparation.
    fn now(&self) -> f64 {
        self.meter.preparation() + self.meter.seconds()
    }

    pub(super) fn moment(&self) -> Moment {
        Moment { now: self.now(), step: self.progress.step, seconds_per_step: self.meter.seconds_per_step() }
    }

    /// Returns the time of validation and of fitting the search, as it was measured last, or else estimated.
    pub(super) fn costs(&self) -> Costs {
        self.meter.costs().unwrap_or_else(|| self.estimated_costs(self.progress.steps.as_ref().map(Schedule::planned)))
    }

    fn estimated_costs(&self, planned: Option<usize>) -> Costs {
        let tokens = self.run.validation_part.examples.target_tokens().min(self.most_validation_tokens(planned));
        let tokens_per_step = self.examples.target_tokens() as f64 / self.batches.steps_per_epoch() as f64;
        let warmup = self.run.settings.training.warmup_steps;
        Costs::estimate(tokens, tokens_per_step, planned.is_none_or(|steps| steps > warmup))
    }

    /// Returns the seconds to the end, once the number of steps is fixed.
    pub(super) fn seconds_left(&self) -> Option<f64> {
        let (at, steps) = (self.moment(), self.progress.steps.as_ref()?.steps());
        Some(at.seconds_per_step * self.costs().left(at.step, steps, self.batches.steps_per_epoch()))
    }

    /// Fixes the number of steps of a time budget once enough steps are timed: within the warm-up, in which the
    /// learning rate does not depend on that number, and before a validation whose pairs depend on it.
    pub(super) fn fix_steps_if_timed(&mut self) -> Result<()> {
        let Some(budget) = self.budget.as_ref().filter(|_| self.progress.steps.is_none()) else { return Ok(()) };
        let mut at = self.moment();
        let is_warm = at.step >= self.run.settings.training.warmup_steps;
        let is_validated = at.step.is_multiple_of(self.batches.steps_per_epoch());
        if !(is_warm || budget.is_due(at.now) || is_validated && self.may_be_sampled()) {
            return Ok(());
        }
        let mut costs = self.estimated_costs(None);
        if is_validated {
            at.now += costs.validation * at.seconds_per_step;
        }
        costs = self.estimated_costs(Some(budget.steps(at, &costs)));
        let steps = budget.steps(at, &costs);
        let note = self.note_on_budget(at, &costs, steps);
        self.fix_steps(Schedule::new(steps))?;
        note.into_iter().try_for_each(|note| self.events.note(note))?;
        self.time_again(&costs);
        Ok(())
    }

    /// Times steps anew.
    pub(super) fn time_again(&mut self, costs: &Costs) {
        let at = self.moment();
        self.budget.iter_mut().for_each(|budget| budget.time_again(at, costs));
        self.meter.time_again();
    }

    /// Whether the number of validation pairs may depend on the number of steps.
    fn may_be_sampled(&self) -> bool {
        self.run.validation_part.examples.target_tokens() > ALWAYS_VALIDATED
    }

    /// Returns what takes time beside the steps, or that the budget is too short for it.
    fn note_on_budget(&self, at: Moment, costs: &Costs, steps: usize) -> Option<String> {
        let budget = self.budget.as_ref()?;
        let (minutes, preparation) = (budget.minutes(), self.meter.preparation());
        let unit = if minutes == 1.0 { "minute" } else { "minutes" };
        let end = budget.end(at, costs, steps);
        let beside = end - at.now - (steps - at.step) as f64 * at.seconds_per_step;
        let parts = format!(
            "preparing took {preparation:.0} seconds, and validating and fitting the search take about {beside:.0}"
        );
        if end > 60.0 * minutes * (1.0 + NOTED_EXCESS) {
            return Some(format!(
                "a budget of {minutes} {unit} is too short: {parts}; training ends after about {:.1} minutes",
                end / 60.0
            ));
        }
        (preparation + beside >= 1.0).then(|| format!("the budget of {minutes} {unit} counts everything: {parts}"))
    }

    /// Corrects the number of steps if the run would end too early or too late, each time half of the time for steps is
    /// over.
    pub(super) fn correct_steps_if_due(&mut self) -> Result<()> {
        let (Some(budget), Some(schedule)) = (self.budget.clone(), self.progress.steps.clone()) else { return Ok(()) };
        let step = self.progress.step;
        if step >= schedule.steps() || !budget.is_due(self.now()) || !self.time_search()? {
            return Ok(());
        }
        let costs = self.costs();
        if let Some(steps) = budget.correction(self.moment(), &costs, schedule.steps()) {
            // A step that was rolled back at the end of an epoch was not validated.
            let steps = if self.progress.best.is_some() { steps } else { steps.max(step + 1) };
            let is_independent =
                step <= self.run.settings.training.warmup_steps && (self.progress.round == 0 || !self.may_be_sampled());
            let corrected = if is_independent { Schedule::new(steps) } else { schedule.corrected(step, steps) };
            self.fix_steps(corrected)?;
        }
        self.time_again(&costs);
        Ok(())
    }

    /// Measures what validation and fitting will take, once in a run, unless it is little. Returns false if the
    /// observer stops it.
    fn time_search(&mut self) -> Result<bool> {
        let is_cheap = self.budget.as_ref().is_none_or(|budget| budget.is_cheap(self.moment(), &self.costs()));
        if self.is_search_timed || is_cheap {
            return Ok(true);
        }
        let (started, events) = (Instant::now(), &*self.events);
        let best_bleu = self.progress.best.map(|best| best.bleu);
        let timed = self.run.time_search(best_bleu, &|share| {
            events.activity(&Activity::TimingSearch { share });
            events.should_stop()
        })?;
        self.meter.other_work(started.elapsed());
        let Some(Timed { validation, finish }) = timed else { return Ok(!self.events.should_stop()) };
        self.is_search_timed = true;
        let seconds_per_step = self.meter.seconds_per_step();
        self.meter.set_costs(Costs { validation: validation / seconds_per_step, finish: finish / seconds_per_step });
        Ok(true)
    }

    /// Notes what a validation took.
    pub(super) fn time_validation(&mut self, started: Instant) {
        let time = started.elapsed();
        self.meter.validation(time);
        let (former, seconds_per_step) = (self.costs(), self.meter.seconds_per_step());
        if seconds_per_step > 0.0 {
            let validation = time.as_secs_f64() / seconds_per_step;
            self.meter.set_costs(Costs { validation, finish: former.finish * validation / former.validation });
        }
    }
}

impl Run {
    /// Validates a part of the validation pairs and fits the search on it, to know how long that takes for all. The
    /// weights do not depend on it. Returns `None` if `should_stop` before the end, or if weights are NaN.
    fn time_search(&self, best_bleu: Option<f64>, should_stop: &dyn Fn(f64) -> bool) -> Result<Option<Timed>> {
        let trial = self.validation().trial()?;
        let share = self.validation().examples.target_tokens() as f64 / trial.examples.target_tokens() as f64;
        let started = Instant::now();
        // As at the end, of the saved model, if there is one.
        let translator = match best_bleu {
            Some(_) => self.directory.load()?,
            None => self.translator()?,
        };
        let loaded = Instant::now();
        match trial.score(&translator, 0, 0.0, 0, &|share| should_stop(share / 3.0)) {
            Ok(Some(_)) => {}
            Ok(None) | Err(TrainingError::Diverged(_)) => return Ok(None),
            Err(error) => return Err(error),
        }
        let validated = Instant::now();
        let fit = self.fit_on(&trial, &translator, best_bleu.unwrap_or_default(), &|share| {
            should_stop((1.0 + 2.0 * share) / 3.0)
        })?;
        Ok(fit.map(|_| Timed {
            validation: share * (validated - loaded).as_secs_f64(),
            finish: (loaded - started).as_secs_f64() + share * validated.elapsed().as_secs_f64(),
        }))
    }
}
