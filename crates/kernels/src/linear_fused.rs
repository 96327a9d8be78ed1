//! y = x Wᵀ + b as one operation, forward and backward.

use crate::product::{Matrix, product};
use crate::simd;
use crate::storage::{elements, slice};
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};

/// Arguments: `[rows, size_in]`, `[size_out, size_in]` and `[size_out]` or, for no bias, `[0]`. Result:
/// `[rows, size_out]`.
pub(crate) struct FusedLinear;

impl CustomOp3 for FusedLinear {
    fn name(&self) -> &'static str {
        "linear"
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
        let (x, weight, bias) = (slice(s1, l1)?, slice(s2, l2)?, slice(s3, l3)?);
        let (rows, size_in) = l1.shape().dims2()?;
        let (size_out, width) = l2.shape().dims2()?;
        if width != size_in || !(bias.is_empty() || bias.len() == size_out) {
            candle_core::bail!("linear: {:?} by {:?} plus {:?}", l1.shape(), l2.shape(), l3.shape());
        }
        // The bias first, and the product added to it: one pass less over the result.
        let mut y = if bias.is_empty() { vec![0.0; rows * size_out] } else { bias.repeat(rows) };
        let weight = Matrix::new(weight, size_out, size_in).transposed();
        product(&mut y, Matrix::new(x, rows, size_in), weight, !bias.is_empty());
        Ok((CpuStorage::F32(y), (rows, size_out).into()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        _y: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let (rows, size_in) = x.dims2()?;
        let size_out = weight.dim(0)?;
        let (x_data, weight_data, grad) = (elements(x)?, elements(weight)?, elements(grad)?);
        let grad_rows = Matrix::new(&grad, rows, size_out);
        let mut grad_x = vec![0.0; rows * size_in];
        product(&mut grad_x, grad_rows, Matrix::new(&weight_data, size_out, size_in), false);
        let mut grad_weight = vec![0.0; size_out * size_in];
        product(&mut grad_weight, grad_rows.transposed(), Matrix::new(&x_data, rows, size_in), false);
        let mut grad_bias = vec![0.0; bias.elem_count()];
        if !grad_bias.is_empty() {
            grad.chunks(size_out).for_each(|row| simd::widest(|| simd::add_scaled(&mut grad_bias, 1.0, row)));
        }
        let device = x.device();
        Ok((
            Some(Tensor::from_vec(grad_x, (rows, size_in), device)?),
            Some(Tensor::from_vec(grad_weight, (size_out, size_in), device)?),
            Some(Tensor::from_vec(grad_bias, bias.shape(), device)?),
        ))
    }
}
