//! The gated recurrent unit over padded batches.

pub(crate) mod cell;
mod fused;
mod reference;
mod steps;

use crate::{Lengths, is_fused};
use candle_core::{D, Result, Tensor};
use candle_nn::VarBuilder;

/// Which end of a sentence a recurrent layer starts from. Backward starts at each sentence's *own* last token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the first token to the last.
    Forward,
    /// From the last token to the first.
    Backward,
}

impl Direction {
    /// The position visited as number `visit` of `len`.
    pub(crate) fn position(self, visit: usize, len: usize) -> usize {
        match self {
            Direction::Forward => visit,
            Direction::Backward => len - 1 - visit,
        }
    }
}

/// A gated recurrent unit with the reset after the product, as cuDNN and PyTorch compute it:
///
/// ```text
/// r = σ(Wr x + Ur h + br)          reset
/// z = σ(Wz x + Uz h + bz)          update
/// n = tanh(Wn x + bn + r ∘ (Un h + cn))
/// h' = (1 - z) ∘ n + z ∘ h
/// ```
///
/// `input.weight` is `[3·hidden, input]` and `input.bias` `[3·hidden]`, rows in the order r, z, n;
/// `recurrent.weight` is `[3·hidden, hidden]`; `recurrent.bias` is cn, `[1, hidden]` (PyTorch's two biases of r and
/// of z always occur as their sum and are one here).
#[derive(Clone, Debug)]
pub struct Gru {
    pub(crate) input: Tensor,
    pub(crate) bias: Tensor,
    pub(crate) recurrent: Tensor,
    pub(crate) candidate_bias: Tensor,
    pub(crate) hidden: usize,
}

impl Gru {
    /// From the weights of `vb`.
    pub fn new(size_in: usize, hidden: usize, vb: VarBuilder) -> Result<Self> {
        Ok(Self {
            input: vb.get((3 * hidden, size_in), "input.weight")?,
            bias: vb.get(3 * hidden, "input.bias")?,
            recurrent: vb.get((3 * hidden, hidden), "recurrent.weight")?,
            candidate_bias: vb.get((1, hidden), "recurrent.bias")?,
            hidden,
        })
    }

    /// Size of the state.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// Reads whole sentences: one or two inputs `[batch, len, size]`, side by side, from the state `start`
    /// `[batch, hidden]` to the states `[batch, len, hidden]`, zero on padding.
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

    /// Reads whole sentences with two layers, `forward` from the left and `backward` from the right, both from a state of
    /// zeros: `[batch, len, input]` to `[batch, len, 2·hidden]`.
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
