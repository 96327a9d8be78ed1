//! Contexts: sums of values, weighted by attention.

use super::{Sizes, check, each_pair, sum_over_sources, sum_over_targets};
use crate::cpu::buffers::zeros;
use crate::cpu::storage::{argument_gradient, elements, slice};
use crate::{Lengths, simd};
use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor};

/// Returns contexts `[B, T, D]` for attention weights `[B, T, S]` and values `[B, S, D]` (Bahdanau et al. 2015,
/// equation 5).
///
/// # Errors
/// If a shape does not match the lengths.
pub fn weighted_sum(weights: &Tensor, values: &Tensor, lengths: &Lengths) -> Result<Tensor> {
    weights.contiguous()?.apply_op2(&values.contiguous()?, WeightedSum(lengths.clone()))
}

/// Arguments: weights `[B, T, S]`, values `[B, S, D]`. Result: contexts `[B, T, D]`.
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
        let contexts = sum_over_sources(weights, values, &self.0, sizes);
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
        let grad_values = sum_over_targets(&weight_data, &grad, &self.0, sizes);
        Ok((argument_gradient(grad_weights, weights)?, argument_gradient(grad_values, values)?))
    }
}
