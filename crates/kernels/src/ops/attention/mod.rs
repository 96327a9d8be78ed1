//! The parts of attention: scores, weights, contexts. Each runs over a sentence's own positions in a fixed order, so
//! that padding costs nothing and changes nothing.

mod scores;
mod softmax;
mod weighted_sum;

pub(crate) use scores::additive_score;
pub use scores::{additive_scores, dot_scores};
pub use softmax::softmax;
pub(crate) use softmax::softmax_row;
pub use weighted_sum::weighted_sum;

use crate::cpu::buffers::zeros;
use crate::{Lengths, simd};
use candle_core::{Layout, Result};
use rayon::prelude::*;

/// Sizes of one application: `[batch, target_len, source_len]` and the size of a key or a value.
#[derive(Clone, Copy)]
struct Sizes {
    batch: usize,
    target: usize,
    source: usize,
    width: usize,
}

impl Sizes {
    fn of(lengths: &Lengths, target: usize, width: usize) -> Self {
        Self { batch: lengths.batch(), target, source: lengths.longest(), width }
    }

    fn weights(&self) -> usize {
        self.batch * self.target * self.source
    }

    fn queries(&self) -> usize {
        self.batch * self.target * self.width
    }

    fn keys(&self) -> usize {
        self.batch * self.source * self.width
    }
}

fn check(layout: &Layout, expected: (usize, usize, usize)) -> Result<()> {
    if layout.shape().dims3()? != expected {
        candle_core::bail!("attention: got a tensor of {:?} where the lengths want {expected:?}", layout.shape());
    }
    Ok(())
}

/// `out[row, t, s] = score(queries[row, t], keys[row, s])` for every real source position. `score` must be inlinable.
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

/// `out[row, t] = Σ_s weights[row, t, s] · values[row, s]`, over real source positions in their order.
fn contexts(weights: &[f32], values: &[f32], lengths: &Lengths, sizes: Sizes) -> Vec<f32> {
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

/// `out[row, s] = Σ_t weights[row, t, s] · queries[row, t]`, for real source positions.
fn scattered(weights: &[f32], queries: &[f32], lengths: &Lengths, sizes: Sizes) -> Vec<f32> {
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
