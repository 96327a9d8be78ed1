//! Counting and timing of a run. Nothing here reaches the weights.

use crate::event::Progress;
use std::time::{Duration, Instant};

/// What one step did.
pub(crate) struct StepResult {
    /// Per target token.
    pub loss: f64,
    pub gradient_norm: f32,
    pub learning_rate: f32,
    pub tokens: usize,
    pub time: Duration,
}

/// What is counted over the run and since the last report.
pub(crate) struct Meter {
    started: Instant,
    steps: usize,
    pub tokens: u64,
    pub train_time: Duration,
    validations: u32,
    validation_time: Duration,
    recent_loss: f64,
    recent_tokens: usize,
    recent_time: Duration,
}

impl Meter {
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            steps: 0,
            tokens: 0,
            train_time: Duration::ZERO,
            validations: 0,
            validation_time: Duration::ZERO,
            recent_loss: 0.0,
            recent_tokens: 0,
            recent_time: Duration::ZERO,
        }
    }

    /// Counts a step, or one that came to nothing.
    pub fn step(&mut self, result: Option<&StepResult>) {
        self.steps += 1;
        let Some(result) = result else { return };
        self.tokens += result.tokens as u64;
        self.train_time += result.time;
        self.recent_loss += result.loss * result.tokens as f64;
        self.recent_tokens += result.tokens;
        self.recent_time += result.time;
    }

    pub fn validation(&mut self, time: Duration) {
        self.validations += 1;
        self.validation_time += time;
    }

    /// Seconds since the first step.
    pub fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// Target tokens trained on a second.
    pub fn tokens_per_second(&self) -> f64 {
        self.tokens as f64 / self.train_time.as_secs_f64()
    }

    /// Where training stands; what is recent begins anew.
    pub fn report(&mut self, last: &StepResult, steps: Option<usize>, steps_per_epoch: usize) -> Progress {
        let tokens = std::mem::take(&mut self.recent_tokens) as f64;
        let seconds = std::mem::take(&mut self.recent_time).as_secs_f64();
        Progress {
            step: self.steps,
            steps,
            loss: std::mem::take(&mut self.recent_loss) / tokens.max(1.0),
            gradient_norm: last.gradient_norm,
            learning_rate: last.learning_rate,
            tokens_per_second: tokens / seconds,
            seconds: self.seconds(),
            seconds_left: steps.map(|steps| self.seconds_left(steps - self.steps, steps_per_epoch)),
        }
    }

    fn seconds_left(&self, steps: usize, steps_per_epoch: usize) -> f64 {
        let of_step = self.train_time.as_secs_f64() / self.steps.max(1) as f64;
        let of_validation = self.validation_time.as_secs_f64() / f64::from(self.validations.max(1));
        steps as f64 * of_step + (steps as f64 / steps_per_epoch as f64).ceil() * of_validation
    }
}
