//! The parts of attention: scores, weights, contexts. Each runs over a sentence's own positions in a fixed order, so
//! that padding costs nothing and changes nothing.

use crate::fresh::zeros;
use crate::simd::LANES;
use crate::storage::{elements, slice};
use crate::{Lengths, simd};
use candle_core::{CpuStorage, CustomOp1, CustomOp2, CustomOp3, Layout, Result, Shape, Tensor};
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

/// score(q, k) = vᵀ tanh(q + k) (Bahdanau et al. 2015, section 3.1) without ever holding
/// `[batch, target_len, source_len, size]`: queries `[batch, target_len, size]`, keys `[batch, source_len, size]`,
/// `v` `[size]`, to scores `[batch, target_len, source_len]`. The score of padding is zero.
pub fn additive_scores(queries: &Tensor, keys: &Tensor, v: &Tensor, lengths: &Lengths) -> Result<Tensor> {
    queries.contiguous()?.apply_op3(&keys.contiguous()?, v, AdditiveScores(lengths.clone()))
}

/// vᵀ tanh(q + k) of one pair.
#[inline(always)]
fn additive_score(query: &[f32], key: &[f32], v: &[f32]) -> f32 {
    let width = v.len();
    let (queries, query_tail) = query[..width].as_chunks::<LANES>();
    let (keys, key_tail) = key[..width].as_chunks::<LANES>();
    let (vs, v_tail) = v.as_chunks::<LANES>();
    let mut sums = [0f32; LANES];
    for block in 0..vs.len() {
        for lane in 0..LANES {
            sums[lane] += vs[block][lane] * simd::tanh(queries[block][lane] + keys[block][lane]);
        }
    }
    let mut tail = 0.0;
    for i in 0..v_tail.len() {
        tail += v_tail[i] * simd::tanh(query_tail[i] + key_tail[i]);
    }
    simd::reduce(sums) + tail
}

/// Adds the gradients of query, key and v for a score whose gradient is `grad`. The tanh is computed again: keeping it
/// would hold one number per query, key and unit.
#[inline(always)]
fn additive_gradient(grad: f32, [query, key, v]: [&[f32]; 3], [grad_query, grad_key, grad_v]: [&mut [f32]; 3]) {
    let width = v.len();
    let (query, key) = (&query[..width], &key[..width]);
    let (grad_query, grad_key, grad_v) = (&mut grad_query[..width], &mut grad_key[..width], &mut grad_v[..width]);
    for i in 0..width {
        let y = simd::tanh(query[i] + key[i]);
        let inner = grad * v[i] * (1.0 - y * y);
        grad_query[i] += inner;
        grad_key[i] += inner;
        grad_v[i] += grad * y;
    }
}

struct AdditiveScores(Lengths);

impl CustomOp3 for AdditiveScores {
    fn name(&self) -> &'static str {
        "additive-scores"
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
        let (_, target, width) = l1.shape().dims3()?;
        let sizes = Sizes::of(&self.0, target, width);
        check(l1, (sizes.batch, target, width))?;
        check(l2, (sizes.batch, sizes.source, width))?;
        if l3.shape().dims1()? != width {
            candle_core::bail!("attention: v is {:?} where queries and keys have {width} units", l3.shape());
        }
        let mut scores = zeros(sizes.weights());
        each_pair(
            &mut scores,
            &self.0,
            queries,
            keys,
            sizes,
            #[inline(always)]
            |query, key| additive_score(query, key, v),
        );
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
        let (_, target, width) = queries.dims3()?;
        let sizes = Sizes::of(&self.0, target, width);
        let grad = grad.contiguous()?;
        let (query_data, key_data, v_data, grad) =
            (elements(queries)?, elements(keys)?, elements(v)?, elements(&grad)?);
        let (query_data, key_data, v_data, grad) = (&query_data[..], &key_data[..], &v_data[..], &grad[..]);
        let mut grad_queries = zeros(sizes.queries());
        let mut grad_keys = zeros(sizes.keys());
        // One gradient of v a sentence, added up in order afterwards: the same sum for any number of threads.
        let mut grad_v_parts = vec![0.0; sizes.batch * width];
        grad_queries
            .par_chunks_mut(target * width)
            .zip(grad_keys.par_chunks_mut(sizes.source * width))
            .zip(grad_v_parts.par_chunks_mut(width))
            .enumerate()
            .for_each(|(row, ((grad_queries, grad_keys), grad_v))| {
                let (source, real) = (sizes.source, self.0.as_slice()[row]);
                let keys = &key_data[row * source * width..][..real * width];
                let queries = &query_data[row * target * width..][..target * width];
                let grad = &grad[row * target * source..][..target * source];
                let pairs =
                    queries.chunks_exact(width).zip(grad_queries.chunks_exact_mut(width)).zip(grad.chunks(source));
                widest!(for ((query, grad_query), grad) in pairs {
                    let keys = keys.chunks_exact(width).zip(grad_keys.chunks_exact_mut(width));
                    for ((key, grad_key), g) in keys.zip(grad) {
                        additive_gradient(*g, [query, key, v_data], [grad_query, grad_key, grad_v]);
                    }
                });
            });
        let mut grad_v = vec![0.0; width];
        grad_v_parts.chunks(width).for_each(|part| widest!(simd::add_scaled(&mut grad_v, 1.0, part)));
        Ok((
            Some(Tensor::from_vec(grad_queries, queries.shape(), queries.device())?),
            Some(Tensor::from_vec(grad_keys, keys.shape(), keys.device())?),
            Some(Tensor::from_vec(grad_v, width, v.device())?),
        ))
    }
}

/// score(q, k) = q·k (Luong et al. 2015, section 3.1): queries `[batch, target_len, size]`, keys
/// `[batch, source_len, size]`, to scores `[batch, target_len, source_len]`. The score of padding is zero.
pub fn dot_scores(queries: &Tensor, keys: &Tensor, lengths: &Lengths) -> Result<Tensor> {
    queries.contiguous()?.apply_op2(&keys.contiguous()?, DotScores(lengths.clone()))
}

struct DotScores(Lengths);

impl CustomOp2 for DotScores {
    fn name(&self) -> &'static str {
        "dot-scores"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (queries, keys) = (slice(s1, l1)?, slice(s2, l2)?);
        let (_, target, width) = l1.shape().dims3()?;
        let sizes = Sizes::of(&self.0, target, width);
        check(l1, (sizes.batch, target, width))?;
        check(l2, (sizes.batch, sizes.source, width))?;
        let mut scores = zeros(sizes.weights());
        each_pair(&mut scores, &self.0, queries, keys, sizes, simd::dot);
        Ok((CpuStorage::F32(scores), (sizes.batch, target, sizes.source).into()))
    }

    fn bwd(
        &self,
        queries: &Tensor,
        keys: &Tensor,
        _scores: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let (_, target, width) = queries.dims3()?;
        let sizes = Sizes::of(&self.0, target, width);
        let grad = grad.contiguous()?;
        let (query_data, key_data, grad) = (elements(queries)?, elements(keys)?, elements(&grad)?);
        let grad_queries = contexts(&grad, &key_data, &self.0, sizes);
        let grad_keys = scattered(&grad, &query_data, &self.0, sizes);
        Ok((
            Some(Tensor::from_vec(grad_queries, queries.shape(), queries.device())?),
            Some(Tensor::from_vec(grad_keys, keys.shape(), keys.device())?),
        ))
    }
}

/// Scores `[batch, target_len, source_len]` to weights of the same shape: a softmax over each sentence's own
/// positions. Padding gets zero.
pub fn softmax(scores: &Tensor, lengths: &Lengths) -> Result<Tensor> {
    scores.contiguous()?.apply_op1(Softmax(lengths.clone()))
}

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
        // On padding the weight is zero, so the gradient is too.
        grad.par_chunks_mut(source).zip(weights.par_chunks(source)).with_min_len(64).for_each(|(grad, weights)| {
            let mean: f32 = weights.iter().zip(&*grad).map(|(w, g)| w * g).sum();
            grad.iter_mut().zip(weights).for_each(|(g, w)| *g = w * (*g - mean));
        });
        Ok(Some(Tensor::from_vec(grad, scores.shape(), scores.device())?))
    }
}

/// Scores to weights, in place.
#[inline(always)]
fn softmax_row(row: &mut [f32]) {
    let largest = simd::max(row);
    for x in &mut *row {
        *x = simd::exp(*x - largest);
    }
    let sum = simd::sum(row);
    for x in row {
        *x /= sum;
    }
}

/// The attention of one query on one sentence, outside of any graph: the same numbers as [`additive_scores`] or
/// [`dot_scores`], [`softmax`] and [`weighted_sum`].
///
/// `keys` `[source_len, size of a key]`, `values` `[source_len, size of a value]`; `v` for additive scores, none for dot
/// products. Fills `weights` `[source_len]` and `context` `[size of a value]`.
pub fn attend(
    query: &[f32],
    keys: &[f32],
    values: &[f32],
    v: Option<&[f32]>,
    weights: &mut [f32],
    context: &mut [f32],
) {
    widest!({
        for (score, key) in weights.iter_mut().zip(keys.chunks_exact(query.len())) {
            *score = match v {
                Some(v) => additive_score(query, key, v),
                None => simd::dot(query, key),
            };
        }
    });
    attend_by_scores(values, weights, context);
}

/// The same where the scores are known: they become the weights.
pub fn attend_by_scores(values: &[f32], scores: &mut [f32], context: &mut [f32]) {
    widest!({
        softmax_row(scores);
        context.fill(0.0);
        for (weight, value) in scores.iter().zip(values.chunks_exact(context.len())) {
            simd::add_scaled(context, *weight, value);
        }
    });
}

/// Weights `[batch, target_len, source_len]` and values `[batch, source_len, size]` to contexts
/// `[batch, target_len, size]` (Bahdanau et al. 2015, equation 5).
pub fn weighted_sum(weights: &Tensor, values: &Tensor, lengths: &Lengths) -> Result<Tensor> {
    weights.contiguous()?.apply_op2(&values.contiguous()?, WeightedSum(lengths.clone()))
}

struct WeightedSum(Lengths);

impl CustomOp2 for WeightedSum {
    fn name(&self) -> &'static str {
        "weighted-sum"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (weights, values) = (slice(s1, l1)?, slice(s2, l2)?);
        let (_, target, _) = l1.shape().dims3()?;
        let (_, _, width) = l2.shape().dims3()?;
        let sizes = Sizes::of(&self.0, target, width);
        check(l1, (sizes.batch, target, sizes.source))?;
        check(l2, (sizes.batch, sizes.source, width))?;
        let contexts = contexts(weights, values, &self.0, sizes);
        Ok((CpuStorage::F32(contexts), (sizes.batch, target, width).into()))
    }

    fn bwd(
        &self,
        weights: &Tensor,
        values: &Tensor,
        _contexts: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let sizes = Sizes::of(&self.0, weights.dim(1)?, values.dim(2)?);
        let grad = grad.contiguous()?;
        let (weight_data, value_data, grad) = (elements(weights)?, elements(values)?, elements(&grad)?);
        let mut grad_weights = zeros(sizes.weights());
        each_pair(&mut grad_weights, &self.0, &grad, &value_data, sizes, simd::dot);
        let grad_values = scattered(&weight_data, &grad, &self.0, sizes);
        Ok((
            Some(Tensor::from_vec(grad_weights, weights.shape(), weights.device())?),
            Some(Tensor::from_vec(grad_values, values.shape(), values.device())?),
        ))
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
