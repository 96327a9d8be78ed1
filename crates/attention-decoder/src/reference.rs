//! Attention in plain tensor operations: the specification of the kernels, and the path for other devices and types.

use candle_core::{D, Result, Tensor};
use glosser_kernels::Lengths;

/// q + k for every query `[batch, target_len, size]` and key `[batch, source_len, size]`:
/// `[batch, target_len, source_len, size]`.
pub(crate) fn every_pair(queries: &Tensor, keys: &Tensor) -> Result<Tensor> {
    queries.unsqueeze(2)?.broadcast_add(&keys.unsqueeze(1)?)
}

/// vᵀ tanh(q + k).
pub(crate) fn additive_scores(queries: &Tensor, keys: &Tensor, v: &Tensor) -> Result<Tensor> {
    every_pair(queries, keys)?.tanh()?.broadcast_mul(v)?.sum(D::Minus1)
}

/// q·k.
pub(crate) fn dot_scores(queries: &Tensor, keys: &Tensor) -> Result<Tensor> {
    queries.matmul(&keys.transpose(1, 2)?.contiguous()?)
}

/// Scores `[batch, target_len, source_len]` to weights, padding to zero.
pub(crate) fn softmax(scores: &Tensor, lengths: &Lengths) -> Result<Tensor> {
    let bias = lengths.bias(scores.dtype(), scores.device())?.unsqueeze(1)?;
    candle_nn::ops::softmax(&scores.broadcast_add(&bias)?, D::Minus1)
}

/// Σ weight · value.
pub(crate) fn weighted_sum(weights: &Tensor, values: &Tensor) -> Result<Tensor> {
    weights.matmul(&values.contiguous()?)
}
