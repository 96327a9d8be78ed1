use crate::gru_fused::GruSequence;
use crate::{Lengths, Linear, is_fused};
use candle_core::{D, Result, Tensor};
use candle_nn::VarBuilder;
use candle_nn::ops::sigmoid;

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
    input: Linear,
    recurrent: Tensor,
    candidate_bias: Tensor,
    hidden: usize,
}

impl Gru {
    /// From the weights of `vb`.
    pub fn new(size_in: usize, hidden: usize, vb: VarBuilder) -> Result<Self> {
        Ok(Self {
            input: Linear::new(size_in, 3 * hidden, vb.pp("input"))?,
            recurrent: vb.get((3 * hidden, hidden), "recurrent.weight")?,
            candidate_bias: vb.get((1, hidden), "recurrent.bias")?,
            hidden,
        })
    }

    /// Size of the state.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// Reads whole sentences: `x` `[batch, len, input]` from the state `start` `[batch, hidden]` to the states
    /// `[batch, len, hidden]`, zero on padding.
    pub fn sequence(&self, x: &Tensor, lengths: &Lengths, direction: Direction, start: &Tensor) -> Result<Tensor> {
        // One product for all positions: only the recurrent one must wait for the state.
        let gates = self.input.forward(x)?;
        if !is_fused(x) {
            return self.sequence_reference(&gates, lengths, direction, start);
        }
        // An operation of the graph takes three arguments: the bias and the start travel together.
        let bias_and_start = Tensor::cat(&[&self.candidate_bias, start], 0)?;
        if [&gates, &self.recurrent, &bias_and_start].iter().any(|argument| argument.track_op()) {
            gates.apply_op3(&self.recurrent, &bias_and_start, GruSequence::new(lengths, direction))
        } else {
            gates.apply_op3_no_bwd(&self.recurrent, &bias_and_start, &GruSequence::without_backward(lengths, direction))
        }
    }

    /// One step: `x` `[batch, input]` and `state` `[batch, hidden]` to the next state.
    pub fn step(&self, x: &Tensor, state: &Tensor) -> Result<Tensor> {
        let lengths = Lengths::new(vec![1; x.dim(0)?])?;
        self.sequence(&x.unsqueeze(1)?, &lengths, Direction::Forward, state)?.squeeze(1)
    }

    /// The same in plain candle operations: the specification of the fused kernel.
    fn sequence_reference(
        &self,
        gates: &Tensor,
        lengths: &Lengths,
        direction: Direction,
        start: &Tensor,
    ) -> Result<Tensor> {
        let len = gates.dim(1)?;
        let mask = lengths.mask(gates.dtype(), gates.device())?;
        let mut state = start.clone();
        let mut states = vec![None; len];
        for visit in 0..len {
            let at = direction.position(visit, len);
            let real = mask.narrow(1, at, 1)?;
            let next = self.cell(&gates.narrow(1, at, 1)?.squeeze(1)?, &state)?;
            // On padding the state waits, so that the backward direction begins at each sentence's own last token.
            let moved = (next - &state)?.broadcast_mul(&real)?;
            state = (state + moved)?;
            states[at] = Some(state.broadcast_mul(&real)?);
        }
        Tensor::stack(&states.into_iter().flatten().collect::<Vec<_>>(), 1)
    }

    /// The equations above, for gate inputs `[batch, 3·hidden]` already multiplied.
    fn cell(&self, gates: &Tensor, state: &Tensor) -> Result<Tensor> {
        let hidden = self.hidden;
        let products = state.matmul(&self.recurrent.t()?)?;
        let part = |x: &Tensor, index: usize| x.narrow(D::Minus1, index * hidden, hidden);
        let reset = sigmoid(&(part(gates, 0)? + part(&products, 0)?)?)?;
        let update = sigmoid(&(part(gates, 1)? + part(&products, 1)?)?)?;
        let recurrent = part(&products, 2)?.broadcast_add(&self.candidate_bias)?;
        let candidate = (part(gates, 2)? + (reset * recurrent)?)?.tanh()?;
        // (1 - z) n + z h, with one product
        &candidate + (update * (state - &candidate)?)?
    }
}

#[cfg(test)]
#[path = "gru_tests.rs"]
mod tests;
