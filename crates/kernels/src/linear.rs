use crate::product::fewest_rows;
use candle_core::{D, Result, Tensor};
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

    /// `[…, size_in]` to `[…, size_out]`.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let size_in = x.dim(D::Minus1)?;
        let rows = x.elem_count() / size_in;
        let mut shape = x.dims().to_vec();
        shape.pop();
        shape.push(self.weight.dim(0)?);
        let flat = x.reshape((rows, size_in))?;
        let enough = fewest_rows(size_in, self.weight.dim(0)?);
        let product = if rows < enough {
            flat.pad_with_zeros(0, 0, enough - rows)?.matmul(&self.weight.t()?)?.narrow(0, 0, rows)?
        } else {
            flat.matmul(&self.weight.t()?)?
        };
        let product = match &self.bias {
            Some(bias) => product.broadcast_add(bias)?,
            None => product,
        };
        product.reshape(shape)
    }
}
