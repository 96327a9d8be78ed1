//! The softmax over source positions: scores to attention weights.

use super::check;
use crate::cpu::storage::{argument_gradient, elements, slice};
use crate::{Lengths, simd};
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

/// Returns attention weights `[B, T, S]` for scores `[B, T, S]`: a softmax over the real positions of each sentence.
/// The weights of padding are zero.
///
/// # Errors
/// If the shape does not match the lengths.
pub fn softmax(scores: &Tensor, lengths: &Lengths) -> Result<Tensor> {
    scores.contiguous()?.apply_op1(Softmax(lengths.clone()))
}

/// Argument: scores `[B, T, S]`. Result: weights `[B, T, S]`.
struct Softmax(Lengths);

impl CustomOp1 for Softmax {
    fn name(&self) -> &'static str {
        "attention-softmax"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let scores = slice(storage, layout)?;
        let (batch, target, source) = layout.shape().dims3()?;
        check(layout, (self.0.batch(), target, self.0.longest()))?;
        let mut weights = vec![0.0; batch * target * source];
        let rows = scores.par_chunks(source).zip(weights.par_chunks_mut(source)).enumerate().with_min_len(64);
        rows.for_each(|(place, (scores, weights))| {
            let real = self.0.as_slice()[place / target];
            weights[..real].copy_from_slice(&scores[..real]);
            widest!(softmax_row(&mut weights[..real]));
        });
        Ok((CpuStorage::F32(weights), layout.shape().clone()))
    }

    fn bwd(&self, scores: &Tensor, weights: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let source = scores.dim(2)?;
        let (weights, mut grad) = (elements(weights)?, grad.flatten_all()?.to_vec1::<f32>()?);
        // On padding the weight is zero, and so is the gradient.
        grad.par_chunks_mut(source).zip(weights.par_chunks(source)).with_min_len(64).for_each(|(grad, weights)| {
            let mean: f32 = weights.iter().zip(&*grad).map(|(w, g)| w * g).sum();
            grad.iter_mut().zip(weights).for_each(|(g, w)| *g = w * (*g - mean));
        });
        argument_gradient(grad, scores)
    }
}

/// Replaces the scores `[S]` of one query by its attention weights.
#[inline(always)]
pub(crate) fn softmax_row(row: &mut [f32]) {
    let largest = simd::max(row);
    for x in &mut *row {
        *x = simd::exp(*x - largest);
    }
    let sum = simd::sum(row);
    for x in row {
        *x /= sum;
    }
}
