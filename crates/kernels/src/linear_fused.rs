//! y = x Wᵀ + b as one operation, forward and backward.

use crate::fresh::each_row;
use crate::gradients::{add_column_sums, add_to};
use crate::product::{Matrix, matmul, new_matmul};
use crate::storage::{elements, slice};
use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};

/// Arguments: `[…, size_in]` and the weight `[size_out, size_in]`, an argument so that a layer learns from constants
/// too. Result: `[…, size_out]`.
pub(crate) struct FusedLinear {
    pub bias: Option<Tensor>,
}

impl CustomOp2 for FusedLinear {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (x, weight) = (slice(s1, l1)?, slice(s2, l2)?);
        let (size_out, size_in) = l2.shape().dims2()?;
        let mut shape = l1.dims().to_vec();
        if shape.pop() != Some(size_in) {
            bail!("linear: {:?} by {:?}", l1.shape(), l2.shape());
        }
        shape.push(size_out);
        let x = Matrix::new(x, x.len() / size_in, size_in);
        let bias = self.bias.as_ref().map(elements).transpose()?;
        let y = linear(x, Matrix::new(weight, size_out, size_in), bias.as_deref())?;
        Ok((CpuStorage::F32(y), shape.into()))
    }

    fn bwd(&self, x: &Tensor, weight: &Tensor, _y: &Tensor, grad: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let grad = grad.contiguous()?;
        self.backward(x, weight, &elements(&grad)?)
    }
}

/// x Wᵀ + b.
///
/// # Errors
/// If the bias is of another size than the weight.
pub(crate) fn linear(x: Matrix, weight: Matrix, bias: Option<&[f32]>) -> Result<Vec<f32>> {
    let Some(bias) = bias else { return Ok(new_matmul(x, weight.transposed())) };
    if bias.len() != weight.rows() {
        bail!("linear: a bias of {} for a weight of {} rows", bias.len(), weight.rows());
    }
    // The bias first, and the product added to it: one pass less over the result.
    let mut y = each_row(x.rows(), bias.len(), |_, y| y.copy_from_slice(bias));
    matmul(&mut y, x, weight.transposed(), true);
    Ok(y)
}

impl FusedLinear {
    /// The backward pass for the elements of the result's gradient.
    pub fn backward(&self, x: &Tensor, weight: &Tensor, grad: &[f32]) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let (size_out, size_in) = weight.dims2()?;
        let rows = x.elem_count() / size_in;
        let grad_rows = Matrix::new(grad, rows, size_out);
        let x_elements = elements(x)?;
        add_to(weight, |gradient, accumulate| {
            matmul(gradient, grad_rows.transposed(), Matrix::new(&x_elements, rows, size_in), accumulate);
        })?;
        if let Some(bias) = &self.bias {
            add_column_sums(bias, grad, size_out)?;
        }
        if !x.track_op() {
            return Ok((None, None));
        }
        let grad_x = new_matmul(grad_rows, Matrix::new(&elements(weight)?, size_out, size_in));
        Ok((Some(Tensor::from_vec(grad_x, x.shape(), x.device())?), None))
    }
}
