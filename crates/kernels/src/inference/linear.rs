//! The linear layer for search.

use super::panels::{Panels, forward};
use super::weight::{Rows, Weight};
use crate::cpu::storage::elements;
use crate::{Linear, Precision};
use candle_core::{Result, Tensor, bail};
use pulp::Simd;
use std::ops::Range;

/// A [`Linear`] layer with packed weights, for search.
#[derive(Debug)]
pub struct PreparedLinear {
    /// `[size_in, size_out]`.
    weight: Weight,
    /// `[size_out]`.
    bias: Option<Vec<f32>>,
}

impl PreparedLinear {
    /// Packs the current weights of a layer.
    ///
    /// # Errors
    /// If the weights are not `f32` on the CPU, or too long for 8 bits.
    pub fn new(linear: &Linear, precision: Precision) -> Result<Self> {
        let Linear { weight, bias } = linear;
        let (size_out, size_in) = weight.dims2()?;
        Ok(Self {
            weight: Weight::new(&elements(weight)?, size_out, size_in, precision)?,
            bias: bias.as_ref().map(|bias| elements(bias).map(|bias| bias.to_vec())).transpose()?,
        })
    }

    /// Packs the current weights of some outputs of a layer, in the given order. There is at least one, and each is below
    /// `size_out`. An output has the same value as in the whole layer, bit for bit.
    ///
    /// # Errors
    /// If the weights are not `f32` on the CPU, or too long for 8 bits; if an output does not exist.
    pub fn select_outputs(linear: &Linear, outputs: &[u32], precision: Precision) -> Result<Self> {
        let (size_out, size_in) = linear.weight.dims2()?;
        if let Some(output) = outputs.iter().find(|output| **output as usize >= size_out) {
            bail!("a layer of {size_out} outputs has no output {output}");
        }
        let all = elements(&linear.weight)?;
        let mut rows = Vec::with_capacity(outputs.len() * size_in);
        for output in outputs {
            rows.extend_from_slice(&all[*output as usize * size_in..][..size_in]);
        }
        let pick = |bias: &Tensor| -> Result<Vec<f32>> {
            let all = elements(bias)?;
            Ok(outputs.iter().map(|output| all[*output as usize]).collect())
        };
        Ok(Self {
            weight: Weight::new(&rows, outputs.len(), size_in, precision)?,
            bias: linear.bias.as_ref().map(pick).transpose()?,
        })
    }

    /// Returns `[R, size_out]` for `x` `[R, size_in]`.
    pub fn forward(&self, x: &[f32]) -> Vec<f32> {
        let rows = x.len() / self.weight.inner();
        forward(&LinearRows { layer: self, x: self.weight.rows(x) }, rows)
    }
}

/// A layer and its input `[R, size_in]`.
struct LinearRows<'a> {
    layer: &'a PreparedLinear,
    x: Rows<'a>,
}

impl Panels for LinearRows<'_> {
    fn cols_and_width(&self) -> (usize, usize) {
        (self.layer.weight.cols(), self.layer.weight.width())
    }

    #[inline(always)]
    fn panel<S: Simd>(&self, simd: S, rows: Range<usize>, panel: usize, out: &mut [f32], stride: usize) {
        let PreparedLinear { weight, bias } = self.layer;
        let columns = weight.columns(panel);
        if let Some(bias) = bias {
            for row in 0..rows.len() {
                out[row * stride..][..columns.len()].copy_from_slice(&bias[columns.clone()]);
            }
        }
        weight.times_panel(simd, &self.x, rows, panel, out, stride, bias.is_some());
    }
}
