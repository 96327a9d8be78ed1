//! The parameters of the score `mlp`, packed for products with some pairs.

use crate::Linear;
use crate::cpu::matmul::Matrix;
use crate::cpu::packed::{Packed, panel_width, times_panel};
use crate::cpu::storage::elements;
use crate::simd::LANES;
use candle_core::{Result, bail};
use pulp::{Simd, WithSimd};

/// W₂, b and v, padded with zeros to whole registers. The padding of every inner value is then tanh(0) = 0.
pub(super) struct Layer {
    /// A.
    pub size: usize,
    /// A with padding.
    pub width: usize,
    /// W₂ᵀ `[width, width]`.
    pub weight: Packed,
    /// `[width]`.
    pub bias: Vec<f32>,
    /// `[width]`.
    pub v: Vec<f32>,
}

impl Layer {
    /// Packs the parameters of the score; `v` is `[A]`.
    ///
    /// # Errors
    /// If the layer does not have A inputs and outputs.
    pub fn new(inner: &Linear, v: &[f32]) -> Result<Self> {
        let size = v.len();
        let bias = inner.bias.as_ref().map(elements).transpose()?;
        if inner.weight.dims() != [size, size] || bias.as_ref().is_some_and(|bias| bias.len() != size) {
            bail!("attention: an inner layer {:?} for vectors of the size {size}", inner.weight.shape());
        }
        let width = size.next_multiple_of(panel_width().max(LANES));
        let mut layer = Self { size, width, weight: padded(inner, width, true)?, bias: vec![0.0; width], v: vec![] };
        if let Some(bias) = bias {
            layer.bias[..size].copy_from_slice(&bias);
        }
        layer.v.extend_from_slice(v);
        layer.v.resize(width, 0.0);
        Ok(layer)
    }

    /// Returns W₂ `[width, width]`.
    pub fn transposed(&self, inner: &Linear) -> Result<Packed> {
        padded(inner, self.width, false)
    }
}

/// Packs the weight of a layer, or the transposed weight, as `[width, width]`.
fn padded(inner: &Linear, width: usize, is_transposed: bool) -> Result<Packed> {
    let size = inner.weight.dim(0)?;
    let mut weight = vec![0.0; width * width];
    for (to, from) in weight.chunks_mut(width).zip(elements(&inner.weight)?.chunks(size)) {
        to[..size].copy_from_slice(from);
    }
    let matrix = Matrix::new(&weight, width, width);
    Ok(Packed::new(if is_transposed { matrix.transposed() } else { matrix }))
}

/// Computes `out = lhs · weight`: `lhs` and `out` `[R, width]`, `weight` `[width, width]`.
pub(super) struct Product<'a> {
    pub lhs: &'a [f32],
    pub weight: &'a Packed,
    pub out: &'a mut [f32],
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Packed { inner, cols, width, .. } = *self.weight;
        for panel in 0..cols / width {
            let out = &mut self.out[panel * width..];
            times_panel(simd, self.lhs, inner, self.weight.panel(panel), out, cols, false);
        }
    }
}
