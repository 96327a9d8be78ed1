use crate::Parameters;
use candle_core::Result;
use glosser_kernels::move_towards;

/// An exponential moving average of the weights (Polyak and Juditsky 1992): between two steps the weights wander about
/// a place that the average is nearer to.
pub(crate) struct Average {
    decay: f32,
    /// Of the training.
    weights: Parameters,
    average: Parameters,
    steps: u32,
}

impl Average {
    /// Of weights that are being trained; `decay` is what the average keeps of itself at each step.
    pub fn new(weights: &Parameters, decay: f32) -> Result<Self> {
        Ok(Self { decay, weights: weights.clone(), average: weights.copied()?, steps: 0 })
    }

    /// The average so far.
    pub fn parameters(&self) -> &Parameters {
        &self.average
    }

    /// Begins again with what the weights are now.
    pub fn restart(&mut self) -> Result<()> {
        self.steps = 0;
        for ((_, average), (_, weights)) in self.average.named().iter().zip(self.weights.named()) {
            move_towards(average, &weights, 1.0)?;
        }
        Ok(())
    }

    /// Counts in what the weights are now.
    pub fn step(&mut self) -> Result<()> {
        self.steps += 1;
        // At first there is little to remember, and the initial weights are no part of a good average.
        let steps = self.steps as f32;
        let decay = self.decay.min(steps / (steps + 10.0));
        for ((_, average), (_, weights)) in self.average.named().iter().zip(self.weights.named()) {
            move_towards(average, &weights, 1.0 - decay)?;
        }
        Ok(())
    }
}
