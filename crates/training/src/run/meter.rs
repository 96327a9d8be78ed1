//! Counters and timings of a run. The weights do not depend on them, except for the steps of a time budget.

use crate::events::event::Progress;
use crate::run::time_budget::Costs;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// The result of a step.
pub(crate) struct StepResult {
    /// Cross-entropy per target token, in nats.
    pub loss: f64,
    /// Norm of the gradient before clipping.
    pub gradient_norm: f32,
    pub learning_rate: f32,
    /// Target tokens of the batch.
    pub tokens: usize,
    pub time: Duration,
}

/// The counters, over the whole run and since the last report.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Counts {
    steps: usize,
    tokens: u64,
    train_time: Duration,
    validations: u32,
    validation_time: Duration,
    /// Loss since the last report, summed over tokens.
    recent_loss: f64,
    recent_tokens: usize,
    recent_time: Duration,
    /// Seconds in which the program was running.
    seconds: f64,
    /// Seconds of the preparation before the first step. Earlier versions did not count it.
    #[serde(default)]
    preparation: f64,
    /// The time of validation and of fitting the search, once it was measured.
    #[serde(default)]
    costs: Option<Costs>,
}

impl Counts {
    /// Returns the seconds of the run until these counts were saved.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Returns the target tokens per second, without validations.
    pub fn tokens_per_second(&self) -> f64 {
        self.tokens as f64 / self.train_time.as_secs_f64()
    }
}

pub(crate) struct Meter {
    counts: Counts,
    started: Instant,
    /// Steps, and their seconds, before those that are being timed.
    before: (usize, f64),
}

impl Meter {
    /// Continues with these counts.
    pub fn new(counts: Counts) -> Self {
        let mut meter = Self { counts, started: Instant::now(), before: (0, 0.0) };
        meter.time_again();
        meter
    }

    pub fn counts(&self) -> Counts {
        Counts { seconds: self.seconds(), ..self.counts.clone() }
    }

    /// Counts a step; one that was rolled back has no result.
    pub fn step(&mut self, result: Option<&StepResult>) {
        let counts = &mut self.counts;
        counts.steps += 1;
        let Some(result) = result else { return };
        counts.tokens += result.tokens as u64;
        counts.train_time += result.time;
        counts.recent_loss += result.loss * result.tokens as f64;
        counts.recent_tokens += result.tokens;
        counts.recent_time += result.time;
    }

    pub fn validation(&mut self, time: Duration) {
        self.counts.validations += 1;
        self.counts.validation_time += time;
    }

    /// Counts other work that is not of a step.
    pub fn other_work(&mut self, time: Duration) {
        self.counts.validation_time += time;
    }

    /// Counts the preparation of a new run.
    pub fn prepared_in(&mut self, time: Duration) {
        self.counts.preparation = time.as_secs_f64();
    }

    /// Returns the seconds of the preparation.
    pub fn preparation(&self) -> f64 {
        self.counts.preparation
    }

    /// Returns what validation and fitting take, once it was measured.
    pub fn costs(&self) -> Option<Costs> {
        self.counts.costs
    }

    pub fn set_costs(&mut self, costs: Costs) {
        self.counts.costs = Some(costs);
    }

    /// Begins to time steps anew.
    pub fn time_again(&mut self) {
        self.before = (self.counts.steps, self.seconds_of_steps());
    }

    /// Returns the seconds of a step, with everything between steps except for validations, of those that are timed
    /// now; if there is none, of all steps.
    pub fn seconds_per_step(&self) -> f64 {
        let (steps, seconds) = if self.counts.steps > self.before.0 { self.before } else { (0, 0.0) };
        (self.seconds_of_steps() - seconds) / (self.counts.steps - steps).max(1) as f64
    }

    fn seconds_of_steps(&self) -> f64 {
        self.seconds() - self.counts.validation_time.as_secs_f64()
    }

    /// Returns the number of target tokens trained on.
    pub fn tokens(&self) -> u64 {
        self.counts.tokens
    }

    /// Returns the seconds of the run, without the time in which it was interrupted.
    pub fn seconds(&self) -> f64 {
        self.counts.seconds + self.started.elapsed().as_secs_f64()
    }

    /// Returns the target tokens per second, without validations.
    pub fn tokens_per_second(&self) -> f64 {
        self.counts.tokens_per_second()
    }

    /// Returns a report, and starts the counters of the next one.
    pub fn report(&mut self, last: &StepResult, steps: Option<usize>, seconds_left: Option<f64>) -> Progress {
        let tokens = std::mem::take(&mut self.counts.recent_tokens) as f64;
        let seconds = std::mem::take(&mut self.counts.recent_time).as_secs_f64();
        Progress {
            step: self.counts.steps,
            steps,
            loss: std::mem::take(&mut self.counts.recent_loss) / tokens.max(1.0),
            gradient_norm: last.gradient_norm,
            learning_rate: last.learning_rate,
            tokens_per_second: tokens / seconds,
            seconds: self.seconds(),
            seconds_left,
        }
    }
}
