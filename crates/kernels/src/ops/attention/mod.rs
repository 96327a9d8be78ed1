//! The steps of attention: scores, weights, contexts. Each runs over the real positions of a sentence in a fixed order,
//! so padding costs nothing and influences nothing.

mod mlp;
mod scores;
mod softmax;
mod weighted_sum;

pub use mlp::mlp_scores;
pub(crate) use scores::additive_score;
pub use scores::{additive_scores, dot_scores};
pub use softmax::softmax;
pub(crate) use softmax::softmax_row;
pub use weighted_sum::weighted_sum;

use crate::cpu::buffers::zeros;
use crate::{Lengths, simd};
use candle_core::{Layout, Result};
use rayon::prelude::*;

/// Sizes of one application of attention.
#[derive(Clone, Copy)]
struct Sizes {
    /// B.
    batch: usize,
    /// T.
    target: usize,
    /// S.
    source: usize,
    /// A for queries and keys, D for values and contexts.
    width: usize,
}

impl Sizes {
    fn of(lengths: &Lengths, target: usize, width: usize) -> Self {
        Self { batch: lengths.batch(), target, source: lengths.longest(), width }
    }

    /// Returns the number of elements of `[B, T, S]`.
    fn weights(&self) -> usize {
        self.batch * self.target * self.source
    }

    /// Returns the number of elements of `[B, T, width]`.
    fn queries(&self) -> usize {
        self.batch * self.target * self.width
    }

    /// Returns the number of elements of `[B, S, width]`.
    fn keys(&self) -> usize {
        self.batch * self.source * self.width
    }
}

/// Checks the shape of an argument.
///
/// # Errors
/// If it is not the expected one.
fn check(layout: &Layout, expected: (usize, usize, usize)) -> Result<()> {
    if layout.shape().dims3()? != expected {
        candle_core::bail!("attention: a tensor has the shape {:?}, expected {expected:?}", layout.shape());
    }
    Ok(())
}

/// Computes `out[b, t, s] = score(queries[b, t], keys[b, s])` for every real source position: `queries`
/// `[B, T, width]`, `keys` `[B, S, width]`, `out` `[B, T, S]`. `score` must be inlinable.
fn each_pair(
    out: &mut [f32],
    lengths: &Lengths,
    queries: &[f32],
    keys: &[f32],
    sizes: Sizes,
    score: impl Fn(&[f32], &[f32]) -> f32 + Sync,
) {
    let Sizes { target, source, width, .. } = sizes;
    out.par_chunks_mut(target * source).zip(lengths.as_slice()).enumerate().for_each(|(row, (out, real))| {
        let queries = &queries[row * target * width..][..target * width];
        let keys = &keys[row * source * width..][..real * width];
        widest!({
            for (out, query) in out.chunks_exact_mut(source).zip(queries.chunks_exact(width)) {
                for (out, key) in out.iter_mut().zip(keys.chunks_exact(width)) {
                    *out = score(query, key);
                }
            }
        });
    });
}

/// Returns `out[b, t] = Σ_s weights[b, t, s] · values[b, s]` over the real source positions in order: `weights`
/// `[B, T, S]`, `values` `[B, S, width]`, result `[B, T, width]`.
fn sum_over_sources(weights: &[f32], values: &[f32], lengths: &Lengths, sizes: Sizes) -> Vec<f32> {
    let Sizes { target, source, width, .. } = sizes;
    let mut out = zeros(sizes.queries());
    out.par_chunks_mut(target * width).zip(lengths.as_slice()).enumerate().for_each(|(row, (out, real))| {
        let weights = &weights[row * target * source..][..target * source];
        let values = &values[row * source * width..][..real * width];
        widest!({
            for (out, weights) in out.chunks_exact_mut(width).zip(weights.chunks_exact(source)) {
                for (weight, value) in weights.iter().zip(values.chunks_exact(width)) {
                    simd::add_scaled(out, *weight, value);
                }
            }
        });
    });
    out
}

/// Returns `out[b, s] = Σ_t weights[b, t, s] · queries[b, t]` for the real source positions, zero on padding: `weights`
/// `[B, T, S]`, `queries` `[B, T, width]`, result `[B, S, width]`.
fn sum_over_targets(weights: &[f32], queries: &[f32], lengths: &Lengths, sizes: Sizes) -> Vec<f32> {
    let Sizes { target, source, width, .. } = sizes;
    let mut out = zeros(sizes.keys());
    out.par_chunks_mut(source * width).zip(lengths.as_slice()).enumerate().for_each(|(row, (out, real))| {
        let weights = &weights[row * target * source..][..target * source];
        let queries = &queries[row * target * width..][..target * width];
        let out = &mut out[..real * width];
        widest!({
            for (weights, query) in weights.chunks_exact(source).zip(queries.chunks_exact(width)) {
                for (out, weight) in out.chunks_exact_mut(width).zip(weights) {
                    simd::add_scaled(out, *weight, query);
                }
            }
        });
    });
    out
}
