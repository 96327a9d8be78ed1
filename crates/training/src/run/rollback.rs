//! Going back to where training went well.

use crate::run::snapshot::Snapshot;
use crate::{Event, Parameters};
use anyhow::Result;
use candle_core::{Tensor, Var};
use glosser_kernels::Adam;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// Steps between two states that are kept. Keeping one copies three numbers a weight, some 30 ms for seven million: of
/// 200 steps, which take most of a minute at that size, a thousandth; and no more than that minute is lost by going
/// back.
const KEEP_EVERY: usize = 200;

/// A state whose loss is so many times that of the state kept before is not kept: a run on its way to infinity passes
/// through large numbers first. The loss of a single batch differs from that of another by a fifth or so.
const FAR_WORSE: f64 = 1.5;

/// Times that training goes back without a validation in between. The last has an eighth of the learning rate: what that
/// does not help is not a matter of the rate.
const MOST: usize = 3;

/// Something that must be a number is none.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Diverged {
    pub step: usize,
    pub what: Cow<'static, str>,
}

impl fmt::Display for Diverged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is no longer a number at step {}: training has diverged. The best model so far is kept; train again with \
             a lower training.learning_rate (half, say)",
            self.what, self.step
        )
    }
}

impl std::error::Error for Diverged {}

/// The last state that was good, in memory, and the learning rate that is left. All of it is decided by steps and
/// losses, so a run that goes back is repeated exactly by its seed like any other.
pub(crate) struct Rollback {
    weights: Vec<(String, Var)>,
    adam: Adam,
    state: RollbackState,
}

/// How the run went so far, but for weights and moments.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RollbackState {
    /// The highest learning rate, as it is now.
    peak: f64,
    /// Times that training went back since a validation.
    since_validation: usize,
    last: Option<Diverged>,
    /// The step after which weights and moments were kept.
    kept_step: usize,
    /// Its loss; none before the first step.
    kept_loss: Option<f64>,
    /// Steps that the optimiser had taken.
    kept_adam_steps: u32,
}

impl Rollback {
    /// Before the first step.
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

    /// Goes on from where another left off, whose kept numbers are put into the places that are returned.
    pub fn resume(&mut self, state: &RollbackState) -> (&[(String, Var)], &mut Adam) {
        self.state = state.clone();
        self.adam.set_steps(state.kept_adam_steps);
        (&self.weights, &mut self.adam)
    }

    /// How the run went so far.
    pub fn state(&self) -> RollbackState {
        self.state.clone()
    }

    /// What was kept, unless it was kept after this very step.
    pub fn kept_before(&self, step: usize) -> Option<Snapshot<'_>> {
        (self.state.kept_step != step).then(|| Snapshot::kept(&self.weights, &self.adam))
    }

    /// The highest learning rate, as it is now.
    pub fn peak(&self) -> f32 {
        self.state.peak as f32
    }

    /// Keeps the state after a step with this loss, if it is time to and the state is good.
    pub fn keep(&mut self, step: usize, loss: f64, parameters: &Parameters, adam: &Adam) -> Result<()> {
        let is_good = self.state.kept_loss.is_none_or(|kept| loss <= FAR_WORSE * kept);
        if step.is_multiple_of(KEEP_EVERY) && is_good && are_numbers(parameters)? {
            // In the memory of what was kept before.
            for ((_, kept), weight) in self.weights.iter().zip(parameters.tensors().into_values()) {
                kept.set(&weight)?;
            }
            self.adam.resume_from(adam);
            (self.state.kept_step, self.state.kept_loss) = (step, Some(loss));
            self.state.kept_adam_steps = adam.steps();
        }
        Ok(())
    }

    /// The weights have passed a validation.
    pub fn validated(&mut self) {
        self.state.since_validation = 0;
    }

    /// Goes back to the state that was kept, after an error that says that training has diverged.
    ///
    /// # Errors
    /// That error, if going back did not help before; any other error.
    pub fn go_back(&mut self, error: anyhow::Error, parameters: &Parameters, adam: &mut Adam) -> Result<Event> {
        let state = &mut self.state;
        let diverged = match error.downcast_ref::<Diverged>() {
            Some(diverged) if state.since_validation < MOST => diverged.clone(),
            _ => return Err(error),
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

    /// Why there is no model at the end.
    pub fn never_validated(&self) -> String {
        let last = &self.state.last;
        last.as_ref().map_or_else(|| "training ended before the first validation".to_owned(), ToString::to_string)
    }
}

/// A step can leave weights that only the next one will show to be none.
fn are_numbers(parameters: &Parameters) -> Result<bool> {
    for weight in parameters.tensors().into_values() {
        if !weight.sqr()?.sum_all()?.to_scalar::<f32>()?.is_finite() {
            return Ok(false);
        }
    }
    Ok(true)
}
