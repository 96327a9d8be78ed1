//! Rolling back after NaN or infinity: to the last good snapshot, with half the learning rate.
//!
//! It depends on the number of the step and the loss only, never on the clock, so the same seed rolls back at the same
//! steps.

use crate::error::{Diverged, Result, TrainingError};
use crate::run::snapshot::{Snapshot, SnapshotVars};
use crate::{Event, Parameters};
use candle_core::{Tensor, Var};
use glosser_kernels::Adam;
use serde::{Deserialize, Serialize};

/// Steps between two snapshots. A snapshot copies three values for each weight, some 30 ms for seven million weights:
/// a thousandth of the time of 200 steps, which is about a minute at that size. Rolling back loses no more than that
/// minute.
const SNAPSHOT_EVERY: usize = 200;

/// No snapshot is taken if the loss is this many times the loss of the snapshot before: losses rise before they become
/// infinite. The losses of two batches differ by about a fifth.
const FAR_WORSE: f64 = 1.5;

/// Most roll-backs without a validation in between. After the last one, the learning rate is an eighth: if that does
/// not help, the reason is another.
const MOST: usize = 3;

/// The snapshot to roll back to, in memory, and the present learning rate.
pub(crate) struct Rollback {
    weights: Vec<(String, Var)>,
    adam: Adam,
    pub state: RollbackState,
}

/// The state of [`Rollback`], except for weights and moments.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RollbackState {
    /// The present highest learning rate.
    peak: f64,
    /// Roll-backs since the last validation.
    since_validation: usize,
    /// The reason of the last roll-back.
    pub last: Option<Diverged>,
    /// The step of the snapshot.
    kept_step: usize,
    /// The loss of that step; `None` before the first step.
    kept_loss: Option<f64>,
    /// Steps of the optimiser at the snapshot.
    kept_adam_steps: u32,
}

impl Rollback {
    /// Takes the first snapshot, before the first step.
    pub fn new(learning_rate: f64, parameters: &Parameters, adam: &Adam) -> Result<Self> {
        let copy =
            |(name, weight): (String, Tensor)| Ok::<_, candle_core::Error>((name, Var::from_tensor(&weight.copy()?)?));
        let weights = parameters.tensors().into_iter().map(copy).collect::<Result<_, _>>()?;
        let state = RollbackState {
            peak: learning_rate,
            since_validation: 0,
            last: None,
            kept_step: 0,
            kept_loss: None,
            kept_adam_steps: adam.steps(),
        };
        Ok(Self { weights, adam: adam.clone(), state })
    }

    /// Continues from the state of a checkpoint. The caller copies its snapshot into the variables returned.
    pub fn resume(&mut self, state: &RollbackState) -> SnapshotVars<'_> {
        self.state = state.clone();
        self.adam.set_steps(state.kept_adam_steps);
        SnapshotVars { weights: &self.weights, adam: &mut self.adam }
    }

    /// Returns the snapshot, unless it is of this step.
    pub fn snapshot_before(&self, step: usize) -> Option<Snapshot<'_>> {
        (self.state.kept_step != step).then(|| Snapshot::kept(&self.weights, &self.adam))
    }

    /// Returns the present highest learning rate.
    pub fn peak(&self) -> f32 {
        self.state.peak as f32
    }

    /// Takes a snapshot after a step with this loss, if one is due and the state is good.
    pub fn take_snapshot(&mut self, step: usize, loss: f64, parameters: &Parameters, adam: &Adam) -> Result<()> {
        let is_good = self.state.kept_loss.is_none_or(|kept| loss <= FAR_WORSE * kept);
        if step.is_multiple_of(SNAPSHOT_EVERY) && is_good && are_finite(parameters)? {
            // In the memory of the former snapshot.
            for ((_, kept), weight) in self.weights.iter().zip(parameters.tensors().into_values()) {
                kept.set(&weight)?;
            }
            self.adam.resume_from(adam);
            (self.state.kept_step, self.state.kept_loss) = (step, Some(loss));
            self.state.kept_adam_steps = adam.steps();
        }
        Ok(())
    }

    /// Resets the count of roll-backs, because the weights have passed a validation.
    pub fn validated(&mut self) {
        self.state.since_validation = 0;
    }

    /// Rolls back to the snapshot, if `error` is that training has diverged.
    ///
    /// # Errors
    /// Returns `error` if it is another one, or rolling back has not helped before.
    pub fn roll_back(&mut self, error: TrainingError, parameters: &Parameters, adam: &mut Adam) -> Result<Event> {
        let state = &mut self.state;
        let diverged = match error {
            TrainingError::Diverged(diverged) if state.since_validation < MOST => diverged,
            error => return Err(error),
        };
        for ((_, var), (_, weight)) in parameters.named().iter().zip(&self.weights) {
            var.set(weight)?;
        }
        adam.resume_from(&self.adam);
        state.since_validation += 1;
        state.peak /= 2.0;
        state.last = Some(diverged.clone());
        Ok(Event::RolledBack {
            step: diverged.step,
            what: diverged.what.into_owned(),
            back_to: state.kept_step,
            learning_rate: state.peak,
        })
    }
}

/// Returns whether no weight is NaN or infinite: the loss of a step does not show what the step did to the weights.
fn are_finite(parameters: &Parameters) -> Result<bool> {
    for weight in parameters.tensors().into_values() {
        if !weight.sqr()?.sum_all()?.to_scalar::<f32>()?.is_finite() {
            return Ok(false);
        }
    }
    Ok(true)
}
