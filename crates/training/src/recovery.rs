//! Going back to where training went well.

use crate::{Event, Parameters};
use anyhow::Result;
use candle_core::{Tensor, Var};
use glosser_kernels::Adam;
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
#[derive(Clone, Copy, Debug)]
pub(crate) struct Diverged {
    pub step: usize,
    pub what: &'static str,
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
pub(crate) struct Recovery {
    kept: State,
    peak: f64,
    since_validation: usize,
    last: Option<Diverged>,
}

/// What a step changes: the weights, and the optimiser's moments.
struct State {
    step: usize,
    loss: f64,
    weights: Vec<Var>,
    adam: Adam,
}

impl State {
    fn copied(step: usize, loss: f64, parameters: &Parameters, adam: &Adam) -> Result<Self> {
        let copy = |weight: Tensor| Var::from_tensor(&weight.copy()?);
        let weights = parameters.tensors().into_values().map(copy).collect::<Result<_, _>>()?;
        Ok(Self { step, loss, weights, adam: adam.clone() })
    }

    /// Takes the place of the state before, in its memory.
    fn renew(&mut self, step: usize, loss: f64, parameters: &Parameters, adam: &Adam) -> Result<()> {
        for (kept, weight) in self.weights.iter().zip(parameters.tensors().into_values()) {
            kept.set(&weight)?;
        }
        self.adam.resume_from(adam);
        (self.step, self.loss) = (step, loss);
        Ok(())
    }
}

impl Recovery {
    /// Before the first step.
    pub fn new(learning_rate: f64, parameters: &Parameters, adam: &Adam) -> Result<Self> {
        let kept = State::copied(0, f64::INFINITY, parameters, adam)?;
        Ok(Self { kept, peak: learning_rate, since_validation: 0, last: None })
    }

    /// The highest learning rate, as it is now.
    pub fn peak(&self) -> f32 {
        self.peak as f32
    }

    /// Keeps the state after a step with this loss, if it is time to and the state is good.
    pub fn keep(&mut self, step: usize, loss: f64, parameters: &Parameters, adam: &Adam) -> Result<()> {
        if step.is_multiple_of(KEEP_EVERY) && loss <= FAR_WORSE * self.kept.loss && are_numbers(parameters)? {
            self.kept.renew(step, loss, parameters, adam)?;
        }
        Ok(())
    }

    /// The weights have passed a validation.
    pub fn validated(&mut self) {
        self.since_validation = 0;
    }

    /// Goes back to the state that was kept, after an error that says that training has diverged.
    ///
    /// # Errors
    /// That error, if going back did not help before; any other error.
    pub fn go_back(&mut self, error: anyhow::Error, parameters: &Parameters, adam: &mut Adam) -> Result<Event> {
        let diverged = match error.downcast_ref::<Diverged>() {
            Some(diverged) if self.since_validation < MOST => *diverged,
            _ => return Err(error),
        };
        for ((_, var), weight) in parameters.named().iter().zip(&self.kept.weights) {
            var.set(weight)?;
        }
        adam.resume_from(&self.kept.adam);
        self.since_validation += 1;
        self.peak /= 2.0;
        self.last = Some(diverged);
        Ok(Event::RolledBack {
            step: diverged.step,
            what: diverged.what.to_owned(),
            back_to: self.kept.step,
            learning_rate: self.peak,
        })
    }

    /// Why there is no model at the end.
    pub fn never_validated(&self) -> String {
        self.last.map_or_else(|| "training ended before the first validation".to_owned(), |last| last.to_string())
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
