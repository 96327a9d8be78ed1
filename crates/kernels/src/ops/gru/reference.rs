//! The reference of the recurrent sequence, in plain candle operations.

use super::{Direction, Gru};
use crate::Lengths;
use candle_core::{D, Result, Tensor};
use candle_nn::ops::sigmoid;

impl Gru {
    /// The specification of the fused kernel: states `[B, L, H]` for `x` `[B, L, D]` and `start` `[B, H]`.
    pub(super) fn sequence_reference(
        &self,
        x: &Tensor,
        lengths: &Lengths,
        direction: Direction,
        start: &Tensor,
    ) -> Result<Tensor> {
        let (batch, len, size) = x.dims3()?;
        let gates = x.reshape((batch * len, size))?.matmul(&self.input.t()?)?.broadcast_add(&self.bias)?;
        let gates = gates.reshape((batch, len, 3 * self.hidden))?;
        let mask = lengths.mask(gates.dtype(), gates.device())?;
        let mut state = start.clone();
        let mut states = vec![None; len];
        for visit in 0..len {
            let at = direction.position(visit, len);
            let real = mask.narrow(1, at, 1)?;
            let next = self.cell(&gates.narrow(1, at, 1)?.squeeze(1)?, &state)?;
            // Padding leaves the state unchanged, so the backward direction starts at each sentence's own last token.
            let moved = (next - &state)?.broadcast_mul(&real)?;
            state = (state + moved)?;
            states[at] = Some(state.broadcast_mul(&real)?);
        }
        Tensor::stack(&states.into_iter().flatten().collect::<Vec<_>>(), 1)
    }

    /// The equations of [`Gru`] for one time step: next state `[B, H]` for the gate inputs W x + b `[B, 3·H]` and the
    /// state `[B, H]`.
    fn cell(&self, gates: &Tensor, state: &Tensor) -> Result<Tensor> {
        let hidden = self.hidden;
        let products = state.matmul(&self.recurrent.t()?)?;
        let part = |x: &Tensor, index: usize| x.narrow(D::Minus1, index * hidden, hidden);
        let reset = sigmoid(&(part(gates, 0)? + part(&products, 0)?)?)?;
        let update = sigmoid(&(part(gates, 1)? + part(&products, 1)?)?)?;
        let recurrent = part(&products, 2)?.broadcast_add(&self.candidate_bias)?;
        let candidate = (part(gates, 2)? + (reset * recurrent)?)?.tanh()?;
        // (1 - z) n + z h with one multiplication.
        &candidate + (update * (state - &candidate)?)?
    }
}
