//! Additive and dot-product attention scores.

use super::{Sizes, check, each_pair, sum_over_sources, sum_over_targets};
use crate::cpu::buffers::zeros;
use crate::cpu::storage::{argument_gradient, elements, slice};
use crate::simd::LANES;
use crate::{Lengths, simd};
use candle_core::{CpuStorage, CustomOp2, CustomOp3, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

/// Returns additive scores vᵀ tanh(q + k) (Bahdanau et al. 2015, section 3.1) `[B, T, S]` for queries `[B, T, A]`, keys
/// `[B, S, A]` and `v` `[A]`. Scores of padding are zero. The tensor `[B, T, S, A]` of all tanh is never stored.
///
/// # Errors
/// If a shape does not match the lengths.
pub fn additive_scores(queries: &Tensor, keys: &Tensor, v: &Tensor, lengths: &Lengths) -> Result<Tensor> {
    queries.contiguous()?.apply_op3(&keys.contiguous()?, v, AdditiveScores(lengths.clone()))
}

/// Returns vᵀ tanh(q + k) for `query` `[A]`, `key` `[A]` and `v` `[A]`.
#[inline(always)]
pub(crate) fn additive_score(query: &[f32], key: &[f32], v: &[f32]) -> f32 {
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

/// Adds the gradients of a query, a key and v, all `[A]`, for a score whose gradient is `grad`. The tanh is recomputed:
/// storing it would need `[B, T, S, A]`.
#[inline(always)]
pub(super) fn additive_gradient(
    grad: f32,
    [query, key, v]: [&[f32]; 3],
    [grad_query, grad_key, grad_v]: [&mut [f32]; 3],
) {
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

/// Checks the shape of v, for queries and keys of the size `width`.
///
/// # Errors
/// If it has another size.
pub(super) fn check_v(v: &Layout, width: usize) -> Result<()> {
    if v.shape().dims1()? != width {
        candle_core::bail!("attention: v has the shape {:?}, queries and keys have the size {width}", v.shape());
    }
    Ok(())
}

/// Arguments: queries `[B, T, A]`, keys `[B, S, A]`, v `[A]`. Result: scores `[B, T, S]`.
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
        check_v(l3, width)?;
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
        // One gradient of v per sentence, added in order afterwards: the same sum for any number of threads.
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
            argument_gradient(grad_queries, queries)?,
            argument_gradient(grad_keys, keys)?,
            argument_gradient(grad_v, v)?,
        ))
    }
}

/// Returns dot-product scores q·k (Luong et al. 2015, section 3.1) `[B, T, S]` for queries `[B, T, A]` and keys
/// `[B, S, A]`. Scores of padding are zero.
///
/// # Errors
/// If a shape does not match the lengths.
pub fn dot_scores(queries: &Tensor, keys: &Tensor, lengths: &Lengths) -> Result<Tensor> {
    queries.contiguous()?.apply_op2(&keys.contiguous()?, DotScores(lengths.clone()))
}

/// Arguments: queries `[B, T, A]`, keys `[B, S, A]`. Result: scores `[B, T, S]`.
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
        let grad_queries = sum_over_sources(&grad, &key_data, &self.0, sizes);
        let grad_keys = sum_over_targets(&grad, &query_data, &self.0, sizes);
        Ok((argument_gradient(grad_queries, queries)?, argument_gradient(grad_keys, keys)?))
    }
}
