//! Scores of a perceptron over query and key, for some pairs at a time.
//!
//! The values of the inner layers of all pairs would be `[B, T, S, A]`. A block has at most [`PAIRS`] pairs of target
//! and source position, and the backward pass computes its inner values again.

mod backward;
mod layer;

use super::scores::{additive_score, check_v};
use super::{Sizes, check};
use crate::cpu::buffers::zeros;
use crate::cpu::storage::{argument_gradient, elements, slice};
use crate::{Lengths, Linear, simd};
use backward::{Backward, LayerGradients, tasks};
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};
use layer::{Layer, Product};
use rayon::prelude::*;

/// Pairs of a block, unless one target position has more: enough to pay for reading W₂, and few enough for the cache.
const PAIRS: usize = 128;

/// Returns scores vᵀ tanh(W₂ tanh(q + k) + b) `[B, T, S]` for queries `[B, T, A]`, keys `[B, S, A]`, `v` `[A]` and the
/// layer `inner` with W₂ `[A, A]` and b `[A]`. Scores of padding are zero.
///
/// # Errors
/// If a shape does not match the lengths or the layer.
pub fn mlp_scores(queries: &Tensor, keys: &Tensor, inner: &Linear, v: &Tensor, lengths: &Lengths) -> Result<Tensor> {
    let scores = MlpScores { inner: inner.clone(), lengths: lengths.clone() };
    queries.contiguous()?.apply_op3(&keys.contiguous()?, v, scores)
}

/// Arguments: queries `[B, T, A]`, keys `[B, S, A]`, v `[A]`. Result: scores `[B, T, S]`.
struct MlpScores {
    inner: Linear,
    lengths: Lengths,
}

impl CustomOp3 for MlpScores {
    fn name(&self) -> &'static str {
        "mlp-scores"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
        s3: &CpuStorage,
        l3: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (queries, keys, v) = (slice(s1, l1)?, slice(s2, l2)?, slice(s3, l3)?);
        let (_, target, size) = l1.shape().dims3()?;
        let sizes = Sizes::of(&self.lengths, target, size);
        check(l1, (sizes.batch, target, size))?;
        check(l2, (sizes.batch, sizes.source, size))?;
        check_v(l3, size)?;
        let layer = Layer::new(&self.inner, v)?;
        let scores = Pairs { queries, keys, lengths: self.lengths.as_slice(), sizes }.scores(&layer);
        Ok((CpuStorage::F32(scores), (sizes.batch, target, sizes.source).into()))
    }

    fn bwd(
        &self,
        queries: &Tensor,
        keys: &Tensor,
        v: &Tensor,
        _scores: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let (_, target, size) = queries.dims3()?;
        let sizes = Sizes::of(&self.lengths, target, size);
        let grad = grad.contiguous()?;
        let (query_data, key_data, v_data, grad) =
            (elements(queries)?, elements(keys)?, elements(v)?, elements(&grad)?);
        let (layer, grad) = (Layer::new(&self.inner, &v_data)?, &grad[..]);
        let transposed = layer.transposed(&self.inner)?;
        let pairs = Pairs { queries: &query_data, keys: &key_data, lengths: self.lengths.as_slice(), sizes };
        let (mut grad_queries, mut grad_keys) = (zeros(sizes.queries()), zeros(sizes.keys()));
        let parts: Vec<LayerGradients> = tasks(sizes, &mut grad_queries, &mut grad_keys)
            .into_par_iter()
            .map(|sentences| Backward::new(pairs, &layer, &transposed, grad, sentences).run())
            .collect();
        let grad_v = LayerGradients::add_all(&parts, &self.inner, &layer)?;
        Ok((
            argument_gradient(grad_queries, queries)?,
            argument_gradient(grad_keys, keys)?,
            argument_gradient(grad_v, v)?,
        ))
    }
}

/// Queries and keys, of which each target position meets every real source position of its sentence.
#[derive(Clone, Copy)]
struct Pairs<'a> {
    /// `[B, T, A]`.
    queries: &'a [f32],
    /// `[B, S, A]`.
    keys: &'a [f32],
    /// Source lengths `[B]`.
    lengths: &'a [usize],
    sizes: Sizes,
}

impl<'a> Pairs<'a> {
    /// Returns the query `[A]` of target position `at` of a sentence.
    fn query(&self, sentence: usize, at: usize) -> &'a [f32] {
        let Sizes { target, width: size, .. } = self.sizes;
        &self.queries[(sentence * target + at) * size..][..size]
    }

    /// Returns the keys `[length, A]` of a sentence.
    fn keys(&self, sentence: usize) -> &'a [f32] {
        let Sizes { source, width: size, .. } = self.sizes;
        &self.keys[sentence * source * size..][..self.lengths[sentence] * size]
    }

    /// Returns the elements `[length]` of target position `at` of a sentence among scores or their gradients `[B, T, S]`.
    fn scores_of<'s>(&self, scores: &'s [f32], sentence: usize, at: usize) -> &'s [f32] {
        let Sizes { target, source, .. } = self.sizes;
        &scores[(sentence * target + at) * source..][..self.lengths[sentence]]
    }

    /// Appends the first inner layer tanh(q + k) of a target position and every key of its sentence: `[length, width]`.
    fn push_first_layer(&self, sentence: usize, at: usize, width: usize, first: &mut Vec<f32>) {
        let (query, keys, size) = (self.query(sentence, at), self.keys(sentence), self.sizes.width);
        let start = first.len();
        first.resize(start + self.lengths[sentence] * width, 0.0);
        let first = &mut first[start..];
        widest!(for (first, key) in first.chunks_exact_mut(width).zip(keys.chunks_exact(size)) {
            let (first, query, key) = (&mut first[..size], &query[..size], &key[..size]);
            for i in 0..size {
                first[i] = simd::tanh(query[i] + key[i]);
            }
        });
    }

    /// Returns the scores `[B, T, S]`.
    fn scores(&self, layer: &Layer) -> Vec<f32> {
        let Sizes { target, source, .. } = self.sizes;
        let rows = (PAIRS / source).max(1);
        let mut scores = zeros(self.sizes.weights());
        scores.par_chunks_mut(rows * source).enumerate().for_each_init(Default::default, |buffers, (block, scores)| {
            let (first, second): &mut (Vec<f32>, Vec<f32>) = buffers;
            let position = |row: usize| ((block * rows + row) / target, (block * rows + row) % target);
            first.clear();
            for row in 0..scores.len() / source {
                let (sentence, at) = position(row);
                self.push_first_layer(sentence, at, layer.width, first);
            }
            second.resize(first.len(), 0.0);
            simd::arch().dispatch(Product { lhs: first, weight: &layer.weight, out: second });
            let mut pairs = second.chunks_exact(layer.width);
            for (row, scores) in scores.chunks_mut(source).enumerate() {
                let scores = &mut scores[..self.lengths[position(row).0]];
                widest!(for (score, second) in scores.iter_mut().zip(&mut pairs) {
                    *score = additive_score(second, &layer.bias, &layer.v);
                });
            }
        });
        scores
    }
}
