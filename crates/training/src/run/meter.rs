//! Counters and timings of a run. The weights do not depend on them, except for the steps of a time budget.

use crate::events::event::Progress;
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
}

impl Meter {
    /// Continues with these counts.
    pub fn new(counts: Counts) -> Self {
        Self { counts, started: Instant::now() }
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

    /// Returns the number of target tokens trained on.
    pub fn tokens(&self) -> u64 {
        self.counts.tokens
    }

    /// Returns the seconds spent in steps, without validations.
    pub fn train_seconds(&self) -> f64 {
        self.counts.train_time.as_secs_f64()
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
    pub fn report(&mut self, last: &StepResult, steps: Option<usize>, steps_per_epoch: usize) -> Progress {
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
            seconds_left: steps.map(|steps| self.seconds_left(steps - self.counts.steps, steps_per_epoch)),
        }
    }

    fn seconds_left(&self, steps: usize, steps_per_epoch: usize) -> f64 {
        let counts = &self.counts;
        let per_step = self.train_seconds() / counts.steps.max(1) as f64;
        let per_validation = counts.validation_time.as_secs_f64() / f64::from(counts.validations.max(1));
        steps as f64 * per_step + (steps as f64 / steps_per_epoch as f64).ceil() * per_validation
    }
}
