//! The gated recurrent unit (GRU) over padded batches.

pub(crate) mod cell;
mod fused;
mod reference;
mod steps;

use crate::{Lengths, is_fused};
use candle_core::{D, Result, Tensor};
use candle_nn::VarBuilder;

/// The direction in which a recurrent layer reads. `Backward` starts at each sentence's own last token, not in the
/// padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the first token to the last.
    Forward,
    /// From the last token to the first.
    Backward,
}

impl Direction {
    /// Returns the token position of time step `visit` in a sentence of `len` tokens. The function is its own inverse.
    pub(crate) fn position(self, visit: usize, len: usize) -> usize {
        match self {
            Direction::Forward => visit,
            Direction::Backward => len - 1 - visit,
        }
    }
}

/// A gated recurrent unit (Cho et al. 2014), with the reset gate applied after the matrix product as in cuDNN and
/// PyTorch:
///
/// ```text
/// r = σ(Wr x + Ur h + br)          reset
/// z = σ(Wz x + Uz h + bz)          update
/// n = tanh(Wn x + bn + r ∘ (Un h + cn))
/// h' = (1 - z) ∘ n + z ∘ h
/// ```
///
/// Weights: `input.weight` `[3·H, D]` and `input.bias` `[3·H]` with rows in the order r, z, n; `recurrent.weight`
/// `[3·H, H]`; `recurrent.bias` `[1, H]`, which is cn. PyTorch has two biases for each of r and z, which only occur as
/// a sum; they are one bias here.
#[derive(Clone, Debug)]
pub struct Gru {
    /// `[3·H, D]`.
    pub(crate) input: Tensor,
    /// `[3·H]`.
    pub(crate) bias: Tensor,
    /// `[3·H, H]`.
    pub(crate) recurrent: Tensor,
    /// `[1, H]`.
    pub(crate) candidate_bias: Tensor,
    pub(crate) hidden: usize,
}

impl Gru {
    /// Takes the weights from `vb`; `size_in` is D.
    ///
    /// # Errors
    /// If `vb` lacks one of them.
    pub fn new(size_in: usize, hidden: usize, vb: VarBuilder) -> Result<Self> {
        Ok(Self {
            input: vb.get((3 * hidden, size_in), "input.weight")?,
            bias: vb.get(3 * hidden, "input.bias")?,
            recurrent: vb.get((3 * hidden, hidden), "recurrent.weight")?,
            candidate_bias: vb.get((1, hidden), "recurrent.bias")?,
            hidden,
        })
    }

    /// Returns H, the size of the state.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// Returns the states `[B, L, H]` of whole sentences, zero on padding, from the starting states `start` `[B, H]`.
    /// `inputs` are one or two tensors `[B, L, ..]` whose sizes add up to D: they are read as if concatenated.
    ///
    /// # Errors
    /// If a shape does not match, or the layer is trained while no argument is part of the graph.
    pub fn sequence(
        &self,
        inputs: &[&Tensor],
        lengths: &Lengths,
        direction: Direction,
        start: &Tensor,
    ) -> Result<Tensor> {
        if is_fused(start) {
            fused::sequences(&[(self, direction)], inputs, lengths, start)
        } else {
            self.sequence_reference(&Tensor::cat(inputs, D::Minus1)?, lengths, direction, start)
        }
    }

    /// Returns the concatenated states `[B, L, 2·H]` of two layers, one per direction, for `x` `[B, L, D]`. Both start
    /// from a state of zeros.
    ///
    /// # Errors
    /// As [`Gru::sequence`].
    pub fn bidirectional(forward: &Self, backward: &Self, x: &Tensor, lengths: &Lengths) -> Result<Tensor> {
        let start = |layers: usize| Tensor::zeros((x.dim(0)?, layers * forward.hidden), x.dtype(), x.device());
        if is_fused(x) {
            let layers = [(forward, Direction::Forward), (backward, Direction::Backward)];
            return fused::sequences(&layers, &[x], lengths, &start(2)?);
        }
        let states = [
            forward.sequence_reference(x, lengths, Direction::Forward, &start(1)?)?,
            backward.sequence_reference(x, lengths, Direction::Backward, &start(1)?)?,
        ];
        Tensor::cat(&states, D::Minus1)
    }
}

#[cfg(test)]
mod tests;
