use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;
use glosser_kernels::{Gru, Lengths};

/// Two recurrent units that read every sentence from its two ends.
#[derive(Clone, Debug)]
pub struct BidirectionalGru {
    forward: Gru,
    backward: Gru,
}

impl BidirectionalGru {
    /// With `hidden` units in each direction.
    pub fn new(size_in: usize, hidden: usize, vb: VarBuilder) -> Result<Self> {
        Ok(Self {
            forward: Gru::new(size_in, hidden, vb.pp("forward"))?,
            backward: Gru::new(size_in, hidden, vb.pp("backward"))?,
        })
    }

    /// `[batch, len, input]` to `[batch, len, 2·hidden]`: at each position what was read up to it from the left, then
    /// what was read up to it from the right. Zero on padding.
    pub fn forward(&self, x: &Tensor, lengths: &Lengths) -> Result<Tensor> {
        Gru::from_both_ends(&self.forward, &self.backward, x, lengths)
    }
}

#[cfg(test)]
#[path = "bidirectional_tests.rs"]
mod tests;
