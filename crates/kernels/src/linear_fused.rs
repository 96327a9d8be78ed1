//! y = x Wᵀ + b as one operation, forward and backward.

use crate::gradients::{add_column_sums, add_to};
use crate::product::{Matrix, product};
use crate::storage::{elements, slice};
use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

/// Arguments: `[rows, size_in]` and the weight `[size_out, size_in]`, an argument so that a layer learns from constants
/// too. Result: `[rows, size_out]`.
pub(crate) struct FusedLinear {
    pub bias: Option<Tensor>,
}

impl CustomOp2 for FusedLinear {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (x, weight) = (slice(s1, l1)?, slice(s2, l2)?);
        let (rows, size_in) = l1.shape().dims2()?;
        let (size_out, width) = l2.shape().dims2()?;
        let mut y = vec![0.0; rows * size_out];
        if let Some(bias) = &self.bias {
            let bias = elements(bias)?;
            if bias.len() != size_out {
                bail!("linear: a bias of {} for {:?}", bias.len(), l2.shape());
            }
            // The bias first, and the product added to it: one pass less over the result.
            let bias = &bias[..];
            y.par_chunks_mut(size_out).with_min_len(32).for_each(|y| y.copy_from_slice(bias));
        }
        if width != size_in {
            bail!("linear: {:?} by {:?}", l1.shape(), l2.shape());
        }
        let weight = Matrix::new(weight, size_out, size_in).transposed();
        product(&mut y, Matrix::new(x, rows, size_in), weight, self.bias.is_some());
        Ok((CpuStorage::F32(y), (rows, size_out).into()))
    }

    fn bwd(&self, x: &Tensor, weight: &Tensor, _y: &Tensor, grad: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let grad = grad.contiguous()?;
        self.backward(x, weight, &elements(&grad)?)
    }
}

impl FusedLinear {
    /// The backward pass for the elements of the result's gradient.
    pub fn backward(&self, x: &Tensor, weight: &Tensor, grad: &[f32]) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let (rows, size_in) = x.dims2()?;
        let size_out = weight.dim(0)?;
        let grad_rows = Matrix::new(grad, rows, size_out);
        let x_elements = elements(x)?;
        add_to(weight, |gradient, accumulate| {
            product(gradient, grad_rows.transposed(), Matrix::new(&x_elements, rows, size_in), accumulate);
        })?;
        if let Some(bias) = &self.bias {
            add_column_sums(bias, grad, size_out)?;
        }
        if !x.track_op() {
            return Ok((None, None));
        }
        let mut grad_x = vec![0.0; rows * size_in];
        product(&mut grad_x, grad_rows, Matrix::new(&elements(weight)?, size_out, size_in), false);
        Ok((Some(Tensor::from_vec(grad_x, (rows, size_in), x.device())?), None))
    }
}
