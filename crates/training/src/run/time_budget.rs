//! The arithmetic of a time budget: how many steps end in time, with everything that takes time beside them.

use serde::{Deserialize, Serialize};

/// Share of the time left in which steps are timed before their number is fixed.
const TIMED_SHARE: f64 = 0.1;

/// The steps are timed anew when half of the time left for them is over. The last time is when less than this share of
/// the budget is left.
const LAST_SHARE: f64 = 1.0 / 32.0;

/// Seconds from which a budget is kept to [`LONG_TOLERANCE`], not to [`SHORT_TOLERANCE`].
const LONG: f64 = 300.0;

/// Deviation at the end, as a share of the budget, from which the number of steps is corrected.
const LONG_TOLERANCE: f64 = 0.02;
const SHORT_TOLERANCE: f64 = 0.04;

/// The smallest such deviation, in seconds.
const LEAST_TOLERANCE: f64 = 0.5;

/// Time of a validation token as a share of a training token's, until a validation is timed. There is no backward pass,
/// but one word is computed at a time, over the whole vocabulary.
const VALIDATION_COST: f64 = 1.8;

/// Time of a validation token when search is fitted, at the end, as a share of a training token's, until it is timed.
/// The beam has five hypotheses.
const FITTING_COST: f64 = 4.0;

/// The same for a model that is still in its warm-up: it repeats words up to the greatest length, and every search is
/// done a second time, without repetitions.
const UNTRAINED_FITTING_COST: f64 = 11.0;

/// The time of all work beside the steps, as a number of steps: on a machine that becomes slower, all become slower.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Costs {
    /// Time of a validation.
    pub validation: f64,
    /// Time from the last validation to the end.
    pub finish: f64,
}

impl Costs {
    /// Estimates the costs before anything is timed, for validation pairs of so many target tokens, and a model whose
    /// training ends after the warm-up, or within it.
    pub fn estimate(validation_tokens: usize, tokens_per_step: f64, is_trained: bool) -> Self {
        let steps = validation_tokens as f64 / tokens_per_step.max(1.0);
        let fitting = if is_trained { FITTING_COST } else { UNTRAINED_FITTING_COST };
        Self { validation: VALIDATION_COST * steps, finish: fitting * steps }
    }

    /// Returns the time that a run of `steps` steps takes after `step`, as a number of steps.
    pub fn left(&self, step: usize, steps: usize, steps_per_epoch: usize) -> f64 {
        let epoch_ends = steps / steps_per_epoch - step / steps_per_epoch;
        let last = usize::from(!steps.is_multiple_of(steps_per_epoch));
        steps.saturating_sub(step) as f64 + (epoch_ends + last) as f64 * self.validation + self.finish
    }

    /// Returns the largest number of steps of a run that needs at most `time` after `step`, as a number of steps. There
    /// is at least one further step, except at the end of an epoch, whose validation can be the last one.
    pub fn steps_within(&self, time: f64, step: usize, steps_per_epoch: usize) -> usize {
        let first = if step > 0 && step.is_multiple_of(steps_per_epoch) { step } else { step + 1 };
        let (mut least, mut most) = (first, step + 1 + time.max(0.0) as usize);
        while least < most {
            let middle = least + (most - least).div_ceil(2);
            if self.left(step, middle, steps_per_epoch) <= time {
                least = middle;
            } else {
                most = middle - 1;
            }
        }
        least
    }
}

/// The state of a run: its clock, which begins with the preparation of the corpus, and its speed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Seconds since the beginning.
    pub now: f64,
    /// Steps done.
    pub step: usize,
    /// Seconds of a step, of those that were timed last.
    pub seconds_per_step: f64,
}

/// A time budget, and when the steps are counted next.
#[derive(Clone, Debug)]
pub(crate) struct TimeBudget {
    minutes: f64,
    /// The same in seconds.
    seconds: f64,
    next_count: f64,
    steps_per_epoch: usize,
}

impl TimeBudget {
    /// Begins to time steps at second `now`.
    pub fn new(minutes: f64, now: f64, steps_per_epoch: usize) -> Self {
        let seconds = minutes * 60.0;
        Self { minutes, seconds, next_count: now + TIMED_SHARE * (seconds - now), steps_per_epoch }
    }

    /// Returns whether the steps are to be counted, because enough have been timed.
    pub fn is_due(&self, now: f64) -> bool {
        now >= self.next_count
    }

    /// Returns the number of steps of a whole run that ends in time.
    pub fn steps(&self, at: Moment, costs: &Costs) -> usize {
        costs.steps_within((self.seconds - at.now) / at.seconds_per_step, at.step, self.steps_per_epoch)
    }

    /// Returns the second in which a run of `steps` steps ends.
    pub fn end(&self, at: Moment, costs: &Costs, steps: usize) -> f64 {
        at.now + at.seconds_per_step * costs.left(at.step, steps, self.steps_per_epoch)
    }

    /// Returns the number of steps of the whole run if it has to be another than `steps`, so that the run ends in time.
    pub fn correction(&self, at: Moment, costs: &Costs, steps: usize) -> Option<usize> {
        let share = if self.seconds >= LONG { LONG_TOLERANCE } else { SHORT_TOLERANCE };
        let tolerance = LEAST_TOLERANCE.max(share * self.seconds);
        let is_off = (self.end(at, costs, steps) - self.seconds).abs() > tolerance;
        Some(self.steps(at, costs)).filter(|corrected| is_off && *corrected != steps)
    }

    /// Times steps until half of the time left for them is over.
    pub fn time_again(&mut self, at: Moment, costs: &Costs) {
        let left = self.seconds - at.now - at.seconds_per_step * (costs.finish + costs.validation);
        self.next_count = if left < LAST_SHARE * self.seconds { f64::INFINITY } else { at.now + left / 2.0 };
    }

    /// Returns whether all work beside the steps takes so little that it need not be timed.
    pub fn is_cheap(&self, at: Moment, costs: &Costs) -> bool {
        (costs.validation + costs.finish) * at.seconds_per_step < 0.005 * self.seconds
    }

    /// Returns the minutes of the budget.
    pub fn minutes(&self) -> f64 {
        self.minutes
    }
}

#[cfg(test)]
#[path = "time_budget_tests.rs"]
mod tests;
