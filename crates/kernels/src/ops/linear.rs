//! The linear layer: y = x Wᵀ + b as one operation, forward and backward, beside its reference.

use crate::cpu::buffers::each_row;
use crate::cpu::matmul::{Matrix, matmul, new_matmul};
use crate::cpu::storage::{elements, slice};
use crate::is_fused;
use crate::ops::autograd::{add_column_sums, add_to};
use crate::ops::cross_entropy::{CrossEntropy, LinearCrossEntropy};
use candle_core::{CpuStorage, CustomOp2, D, Layout, Result, Shape, Tensor, bail};
use candle_nn::VarBuilder;

/// y = x Wᵀ + b over the last dimension. Unlike candle's own it flattens the leading dimensions first, so that a
/// batch is one matrix product and the weight's gradient another, and a row's product does not depend on the number
/// of rows.
#[derive(Clone, Debug)]
pub struct Linear {
    weight: Tensor,
    bias: Option<Tensor>,
}

impl Linear {
    /// With `weight` `[size_out, size_in]` and `bias` `[size_out]` of `vb`.
    pub fn new(size_in: usize, size_out: usize, vb: VarBuilder) -> Result<Self> {
        Ok(Self { weight: vb.get((size_out, size_in), "weight")?, bias: Some(vb.get(size_out, "bias")?) })
    }

    /// With `weight` alone.
    pub fn without_bias(size_in: usize, size_out: usize, vb: VarBuilder) -> Result<Self> {
        Ok(Self { weight: vb.get((size_out, size_in), "weight")?, bias: None })
    }

    /// With a weight that belongs to another layer too.
    pub fn tied(weight: Tensor, vb: VarBuilder) -> Result<Self> {
        let bias = Some(vb.get(weight.dim(0)?, "bias")?);
        Ok(Self { weight, bias })
    }

    /// What a part of the input adds to the result: the layer of these `size` inputs from `start` on alone, without the
    /// bias.
    pub fn of_inputs(&self, start: usize, size: usize) -> Result<Self> {
        Ok(Self { weight: self.weight.narrow(1, start, size)?.contiguous()?, bias: None })
    }

    /// `[…, size_in]` to `[…, size_out]`.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        if is_fused(x) {
            return self.fused(x);
        }
        let size_in = x.dim(D::Minus1)?;
        let mut shape = x.dims().to_vec();
        shape.pop();
        shape.push(self.weight.dim(0)?);
        self.reference(&x.reshape((x.elem_count() / size_in, size_in))?)?.reshape(shape)
    }

    pub(crate) fn weight_and_bias(&self) -> (&Tensor, Option<&Tensor>) {
        (&self.weight, self.bias.as_ref())
    }

    fn fused(&self, x: &Tensor) -> Result<Tensor> {
        x.contiguous()?.apply_op2(&self.weight, FusedLinear { bias: self.bias.clone() })
    }

    /// The loss of the layer's results for the rows of `x` `[rows, size_in]` against one gold id a row, summed: a scalar. In
    /// `f32` on the CPU alone.
    ///
    /// # Errors
    /// If a gold id is no word of the vocabulary, or none of the candidates, if there are any.
    pub fn cross_entropy(&self, x: &Tensor, gold: Vec<u32>, loss: CrossEntropy) -> Result<Tensor> {
        x.contiguous()?.apply_op2(&self.weight, LinearCrossEntropy::new(self.bias.clone(), gold, loss)?)
    }

    /// The same in plain tensor operations.
    fn reference(&self, x: &Tensor) -> Result<Tensor> {
        let product = x.matmul(&self.weight.t()?)?;
        match &self.bias {
            Some(bias) => product.broadcast_add(bias),
            None => Ok(product),
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Var};

    fn variable(shape: &[usize], seed: usize) -> Result<Var> {
        let count = shape.iter().product();
        let data: Vec<f32> = (0..count).map(|i| ((i * 7919 + seed * 104_729) % 1013) as f32 / 1013.0 - 0.5).collect();
        Var::from_tensor(&Tensor::from_vec(data, shape, &Device::Cpu)?)
    }

    #[test]
    fn fused_is_the_reference_in_value_and_gradient() -> Result<()> {
        for (rows, size_in, size_out) in [(1, 1, 1), (2, 5, 3), (7, 16, 5), (300, 256, 512)] {
            for has_bias in [true, false] {
                let vars =
                    [variable(&[rows, size_in], 1)?, variable(&[size_out, size_in], 2)?, variable(&[size_out], 3)?];
                let bias = has_bias.then(|| vars[2].as_tensor().clone());
                let linear = Linear { weight: vars[1].as_tensor().clone(), bias };
                let uneven = variable(&[rows, size_out], 4)?;
                let results = |y: Tensor| -> Result<Vec<Vec<f32>>> {
                    let grads = crate::backward(&(&y * uneven.as_tensor())?.sum_all()?)?;
                    let mut all = vec![y.flatten_all()?.to_vec1()?];
                    for var in &vars[..if has_bias { 3 } else { 2 }] {
                        all.push(grads.get(var)?.expect("a gradient").flatten_all()?.to_vec1()?);
                    }
                    Ok(all)
                };
                let (fused, plain) = (results(linear.fused(&vars[0])?)?, results(linear.reference(&vars[0])?)?);
                for (part, (a, b)) in fused.iter().zip(&plain).enumerate() {
                    let size = b.iter().fold(1f32, |size, x| size.max(x.abs()));
                    let worst = a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0f32, f32::max);
                    assert!(worst <= 1e-5 * size, "{rows} {size_in} {size_out} part {part}: {worst} of {size}");
                }
            }
        }
        Ok(())
    }
}
