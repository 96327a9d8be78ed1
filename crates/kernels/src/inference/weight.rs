//! The packed weight of a layer, in either [`Precision`].

use super::packed_int8::PackedInt8;
use super::quantized::QuantizedRows;
use crate::Precision;
use crate::cpu::int8_dot::WIDTH;
use crate::cpu::matmul::Matrix;
use crate::cpu::packed::{Packed, times_panel};
use candle_core::Result;
use pulp::Simd;
use std::ops::Range;

/// A matrix `[inner, cols]` in panels of columns.
#[derive(Debug)]
pub(crate) enum Weight {
    F32(Packed),
    Int8(PackedInt8),
}

/// Input `[R, inner]` in the precision of a weight.
pub(crate) enum Rows<'a> {
    F32(&'a [f32]),
    Int8(QuantizedRows),
}

impl Weight {
    /// Packs a weight `[size_out, size_in]` as a matrix `[size_in, size_out]`.
    ///
    /// # Errors
    /// If `size_in` is too long for 8 bits.
    pub fn new(weight: &[f32], size_out: usize, size_in: usize, precision: Precision) -> Result<Self> {
        Ok(match precision {
            Precision::F32 => Self::F32(Packed::new(Matrix::new(weight, size_out, size_in).transposed())),
            Precision::Int8 => Self::Int8(PackedInt8::new(weight, size_out, size_in)?),
        })
    }

    /// Returns the number of rows of the matrix.
    pub fn inner(&self) -> usize {
        match self {
            Self::F32(packed) => packed.inner,
            Self::Int8(packed) => packed.inner,
        }
    }

    /// Returns the number of columns of the matrix.
    pub fn cols(&self) -> usize {
        match self {
            Self::F32(packed) => packed.cols,
            Self::Int8(packed) => packed.cols,
        }
    }

    /// Returns the number of columns of a panel.
    pub fn width(&self) -> usize {
        match self {
            Self::F32(packed) => packed.width,
            Self::Int8(_) => WIDTH,
        }
    }

    /// Returns the columns of the matrix that a panel holds.
    pub fn columns(&self, panel: usize) -> Range<usize> {
        panel * self.width()..self.cols().min((panel + 1) * self.width())
    }

    /// Converts input `x` `[R, inner]` for [`Weight::times_panel`] of this weight, or of another one with the same
    /// precision and `inner`.
    pub fn rows<'a>(&self, x: &'a [f32]) -> Rows<'a> {
        match self {
            Self::F32(_) => Rows::F32(x),
            Self::Int8(packed) => Rows::Int8(QuantizedRows::quantize(x, packed.inner)),
        }
    }

    /// Computes `out = rows · panel`, or `out += rows · panel` if `accumulate` is set, for a range of rows `[R, inner]`
    /// and a panel `[inner, width]`; `out` is `[R, width]` with rows `stride` elements apart.
    #[expect(clippy::too_many_arguments, reason = "a product with the position of each operand")]
    #[inline(always)]
    pub fn times_panel<S: Simd>(
        &self,
        simd: S,
        rows: &Rows,
        range: Range<usize>,
        panel: usize,
        out: &mut [f32],
        stride: usize,
        accumulate: bool,
    ) {
        match (self, rows) {
            (Self::F32(packed), Rows::F32(x)) => {
                let x = &x[range.start * packed.inner..range.end * packed.inner];
                times_panel(simd, x, packed.inner, packed.panel(panel), out, stride, accumulate);
            }
            (Self::Int8(packed), Rows::Int8(rows)) => {
                packed.times_panel(rows, range, panel, out, stride, accumulate);
            }
            _ => unreachable!("the rows have a different precision than the weight"),
        }
    }
}
