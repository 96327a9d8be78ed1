//! The linear layer: y = x Wᵀ + b as one operation, forward and backward, beside its reference.

use crate::cpu::buffers::each_row;
use crate::cpu::matmul::{Matrix, matmul, new_matmul};
use crate::cpu::storage::{argument_gradient, elements, slice};
use crate::is_fused;
use crate::ops::autograd::{add_column_sums, add_to};
use crate::ops::cross_entropy::{CrossEntropy, LinearCrossEntropy};
use candle_core::{CpuStorage, CustomOp2, D, Layout, Result, Shape, Tensor, bail};
use candle_nn::VarBuilder;

/// y = x Wᵀ + b over the last dimension. Unlike candle's linear layer it flattens the leading dimensions first: the
/// forward pass of a batch is one matrix product, and a row of the result does not depend on the number of rows.
#[derive(Clone, Debug)]
pub struct Linear {
    /// `[size_out, size_in]`.
    pub(crate) weight: Tensor,
    /// `[size_out]`.
    pub(crate) bias: Option<Tensor>,
}

impl Linear {
    /// Takes `weight` `[size_out, size_in]` and `bias` `[size_out]` from `vb`.
    ///
    /// # Errors
    /// If `vb` has no such tensors.
    pub fn new(size_in: usize, size_out: usize, vb: VarBuilder) -> Result<Self> {
        Ok(Self { weight: vb.get((size_out, size_in), "weight")?, bias: Some(vb.get(size_out, "bias")?) })
    }

    /// Takes only `weight` `[size_out, size_in]` from `vb`.
    ///
    /// # Errors
    /// If `vb` has no such tensor.
    pub fn without_bias(size_in: usize, size_out: usize, vb: VarBuilder) -> Result<Self> {
        Ok(Self { weight: vb.get((size_out, size_in), "weight")?, bias: None })
    }

    /// Shares `weight` `[size_out, size_in]` with another layer and takes `bias` `[size_out]` from `vb`.
    ///
    /// # Errors
    /// If `vb` has no such tensor.
    pub fn tied(weight: Tensor, vb: VarBuilder) -> Result<Self> {
        let bias = Some(vb.get(weight.dim(0)?, "bias")?);
        Ok(Self { weight, bias })
    }

    /// Returns the layer restricted to `size` of its inputs, from `start` on, without the bias: the contribution of
    /// these inputs to the result.
    ///
    /// # Errors
    /// If the layer has fewer inputs.
    pub fn of_inputs(&self, start: usize, size: usize) -> Result<Self> {
        Ok(Self { weight: self.weight.narrow(1, start, size)?.contiguous()?, bias: None })
    }

    /// Returns `[.., size_out]` for `x` `[.., size_in]`.
    ///
    /// # Errors
    /// If the sizes do not match.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        if is_fused(x) {
            return x.contiguous()?.apply_op2(&self.weight, FusedLinear { bias: self.bias.clone() });
        }
        let size_in = x.dim(D::Minus1)?;
        let mut shape = x.dims().to_vec();
        shape.pop();
        shape.push(self.weight.dim(0)?);
        self.reference(&x.reshape((x.elem_count() / size_in, size_in))?)?.reshape(shape)
    }

    /// Returns the loss of the output layer for `x` `[N, D]` and gold ids `[N]`, summed over rows: a scalar. Only for
    /// `f32` on the CPU.
    ///
    /// # Errors
    /// If a gold id is outside the vocabulary, or outside the sampled vocabulary.
    pub fn cross_entropy(&self, x: &Tensor, gold: Vec<u32>, loss: CrossEntropy) -> Result<Tensor> {
        x.contiguous()?.apply_op2(&self.weight, LinearCrossEntropy::new(self.bias.clone(), gold, loss)?)
    }

    /// The reference in plain candle operations: `[R, size_out]` for `x` `[R, size_in]`.
    fn reference(&self, x: &Tensor) -> Result<Tensor> {
        let product = x.matmul(&self.weight.t()?)?;
        match &self.bias {
            Some(bias) => product.broadcast_add(bias),
            None => Ok(product),
        }
    }
}

/// Arguments: `[.., size_in]` and the weight `[size_out, size_in]`; as an argument, the weight is trained even if the
/// input is a constant. Result: `[.., size_out]`.
pub(crate) struct FusedLinear {
    /// `[size_out]`.
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
            bail!("linear: inputs {:?} do not fit a weight {:?}", l1.shape(), l2.shape());
        }
        shape.push(size_out);
        let x = Matrix::new(x, x.len() / size_in, size_in);
        let bias = self.bias.as_ref().map(elements).transpose()?;
        let y = linear(x, Matrix::new(weight, size_out, size_in), bias.as_deref())?;
        Ok((CpuStorage::F32(y), shape.into()))
    }

    fn bwd(&self, x: &Tensor, weight: &Tensor, _y: &Tensor, grad: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let grad = grad.contiguous()?;
        Ok((self.backward(x, weight, &elements(&grad)?)?, None))
    }
}

/// Returns x Wᵀ + b `[R, size_out]` for `x` `[R, size_in]`, `weight` `[size_out, size_in]` and `bias` `[size_out]`.
///
/// # Errors
/// If the size of the bias does not match the weight.
pub(crate) fn linear(x: Matrix, weight: Matrix, bias: Option<&[f32]>) -> Result<Vec<f32>> {
    let Some(bias) = bias else { return Ok(new_matmul(x, weight.transposed())) };
    if bias.len() != weight.rows() {
        bail!("linear: a bias of {} for a weight of {} rows", bias.len(), weight.rows());
    }
    // The product is added to the bias: one pass less over the result.
    let mut y = each_row(x.rows(), bias.len(), |_, y| y.copy_from_slice(bias));
    matmul(&mut y, x, weight.transposed(), true);
    Ok(y)
}

impl FusedLinear {
    /// Computes the backward pass for the result's gradient `grad` `[R, size_out]`: adds to the gradients of `weight`
    /// `[size_out, size_in]` and of the bias, and returns that of `x` `[.., size_in]`, if
    /// `x` is part of the graph.
    ///
    /// # Errors
    /// As [`add_to`].
    pub fn backward(&self, x: &Tensor, weight: &Tensor, grad: &[f32]) -> Result<Option<Tensor>> {
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
            return Ok(None);
        }
        let grad_x = new_matmul(grad_rows, Matrix::new(&elements(weight)?, size_out, size_in));
        argument_gradient(grad_x, x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data::tensor;
    use candle_core::{DType, Var};

    fn variable(shape: &[usize], seed: usize) -> Result<Var> {
        Var::from_tensor(&tensor(shape, seed, 0.5, DType::F32)?)
    }

    #[test]
    fn the_fused_layer_equals_the_reference_in_value_and_gradient() -> Result<()> {
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
                let (fused, plain) = (results(linear.forward(&vars[0])?)?, results(linear.reference(&vars[0])?)?);
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
