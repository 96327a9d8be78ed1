//! Packed `f32` weights: a matrix laid out once for the registers of this processor, for many products with few rows.
//!
//! A recurrent layer multiplies a few dozen rows by the same weight at every time step; a search does so with every
//! weight. A general matrix library packs the weight again for each product, which for few rows costs as much as the
//! product itself.

use crate::cpu::buffers::zeros;
use crate::cpu::matmul::Matrix;
use crate::simd;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;
use std::ops::Range;

/// Registers per row of a panel. Two leave enough registers for many independent rows.
const REGISTERS: usize = 2;

/// Rows that are computed together: 24 sums fill the 32 registers of AVX-512 and NEON. In WebAssembly, fewer blocks
/// make less code.
const MOST_ROWS: usize = if cfg!(target_family = "wasm") { MOST_ROWS_NARROW } else { 12 };

/// Rows that are computed together with the 16 registers of AVX2.
const MOST_ROWS_NARROW: usize = 6;

/// Whether larger blocks are compiled.
const HAS_WIDE_BLOCKS: bool = MOST_ROWS > MOST_ROWS_NARROW;

/// Bytes of a cache line. Loading a register across two lines costs twice.
const LINE: usize = 64;

/// A matrix `[inner, cols]` stored as panels `[inner, width]`, where `width` is the size of two registers. The last
/// panel is padded with zeros.
#[derive(Debug)]
pub(crate) struct Packed {
    data: Vec<f32>,
    /// Index of the first panel in `data`, aligned to a cache line.
    start: usize,
    /// Rows of the matrix.
    pub inner: usize,
    /// Columns of the matrix.
    pub cols: usize,
    /// Columns of a panel.
    pub width: usize,
}

impl Packed {
    /// Packs a matrix `[inner, cols]`.
    pub fn new(matrix: Matrix) -> Self {
        Self::with_width(matrix, panel_width())
    }

    /// Packs a matrix `[inner, cols]` into panels of `width` columns.
    fn with_width(matrix: Matrix, width: usize) -> Self {
        let (inner, cols) = (matrix.rows(), matrix.cols());
        let size = cols.div_ceil(width) * width * inner;
        let mut data = zeros(size + LINE / size_of::<f32>());
        let start = data.as_ptr().align_offset(LINE).min(LINE / size_of::<f32>());
        data[start..start + size].par_chunks_mut((width * inner).max(1)).enumerate().with_min_len(4).for_each(
            |(index, panel)| {
                let first = index * width;
                matrix.copy_columns(first..cols.min(first + width), panel, width);
            },
        );
        Self { data, start, inner, cols, width }
    }

    /// Returns the panel `[inner, width]` that begins with column `index · width`.
    #[inline(always)]
    pub fn panel(&self, index: usize) -> &[f32] {
        &self.data[self.start + index * self.inner * self.width..][..self.inner * self.width]
    }

    /// Returns the columns of the matrix that a panel holds.
    pub fn columns(&self, index: usize) -> Range<usize> {
        index * self.width..self.cols.min((index + 1) * self.width)
    }
}

/// Returns the number of columns of a panel on this processor.
pub(crate) fn panel_width() -> usize {
    simd::arch().dispatch(PanelWidth)
}

/// [`panel_width`], for the dispatch to an instruction set.
struct PanelWidth;

impl WithSimd for PanelWidth {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        REGISTERS * S::F32_LANES
    }
}

/// Computes `out = lhs · panel`, or `out += lhs · panel` if `accumulate` is set: `lhs` `[R, inner]`, `panel`
/// `[inner, width]`, `out` `[R, width]` with rows `stride` elements apart. Each element is added over `inner` in order,
/// whatever the other rows are.
#[inline(always)]
pub(crate) fn times_panel<S: Simd>(
    simd: S,
    lhs: &[f32],
    inner: usize,
    panel: &[f32],
    out: &mut [f32],
    stride: usize,
    accumulate: bool,
) {
    let rows = lhs.len() / inner;
    let width = REGISTERS * S::F32_LANES;
    assert!(lhs.len() == rows * inner && panel.len() == inner * width && width <= stride);
    let most = if size_of::<S::f32s>() == 32 { MOST_ROWS_NARROW } else { MOST_ROWS };
    // Blocks of similar size: 32 rows are faster as 11, 11 and 10 than as 12, 12 and 8.
    let blocks = rows.div_ceil(most).max(1);
    let mut first = 0;
    for block in 0..blocks {
        let end = rows * (block + 1) / blocks;
        let lhs = &lhs[first * inner..end * inner];
        let out = &mut out[first * stride..];
        match end - first {
            1 => block_of::<S, 1>(simd, lhs, inner, panel, out, stride, accumulate),
            2 => block_of::<S, 2>(simd, lhs, inner, panel, out, stride, accumulate),
            3 => block_of::<S, 3>(simd, lhs, inner, panel, out, stride, accumulate),
            4 => block_of::<S, 4>(simd, lhs, inner, panel, out, stride, accumulate),
            5 => block_of::<S, 5>(simd, lhs, inner, panel, out, stride, accumulate),
            6 => block_of::<S, 6>(simd, lhs, inner, panel, out, stride, accumulate),
            7 if HAS_WIDE_BLOCKS => block_of::<S, 7>(simd, lhs, inner, panel, out, stride, accumulate),
            8 if HAS_WIDE_BLOCKS => block_of::<S, 8>(simd, lhs, inner, panel, out, stride, accumulate),
            9 if HAS_WIDE_BLOCKS => block_of::<S, 9>(simd, lhs, inner, panel, out, stride, accumulate),
            10 if HAS_WIDE_BLOCKS => block_of::<S, 10>(simd, lhs, inner, panel, out, stride, accumulate),
            11 if HAS_WIDE_BLOCKS => block_of::<S, 11>(simd, lhs, inner, panel, out, stride, accumulate),
            12 if HAS_WIDE_BLOCKS => block_of::<S, 12>(simd, lhs, inner, panel, out, stride, accumulate),
            _ => {}
        }
        first = end;
    }
}

/// Computes [`times_panel`] for `ROWS` rows: `lhs` `[ROWS, inner]`, `panel` `[inner, width]`, `out` `[ROWS, width]`.
/// All sums stay in registers.
#[inline(always)]
#[expect(unsafe_code, reason = "checking a bound would cost more than the load itself")]
fn block_of<S: Simd, const ROWS: usize>(
    simd: S,
    lhs: &[f32],
    inner: usize,
    panel: &[f32],
    out: &mut [f32],
    stride: usize,
    accumulate: bool,
) {
    let (panel, _) = S::as_simd_f32s(panel);
    let width = REGISTERS * S::F32_LANES;
    assert!(lhs.len() == ROWS * inner && panel.len() == REGISTERS * inner);
    let mut sums = [[simd.splat_f32s(0.0); REGISTERS]; ROWS];
    if accumulate {
        for row in 0..ROWS {
            let (out, _) = S::as_simd_f32s(&out[row * stride..][..width]);
            sums[row] = [out[0], out[1]];
        }
    }
    for i in 0..inner {
        let weights = [panel[REGISTERS * i], panel[REGISTERS * i + 1]];
        for row in 0..ROWS {
            // SAFETY: `lhs` has ROWS · inner elements, as asserted, and i < inner.
            let x = simd.splat_f32s(unsafe { *lhs.get_unchecked(row * inner + i) });
            for register in 0..REGISTERS {
                sums[row][register] = simd.mul_add_e_f32s(x, weights[register], sums[row][register]);
            }
        }
    }
    for row in 0..ROWS {
        let (out, _) = S::as_mut_simd_f32s(&mut out[row * stride..][..width]);
        (out[0], out[1]) = (sums[row][0], sums[row][1]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data::values;

    /// The product `[rows, cols]` of `lhs` `[rows, inner]` and the transposed `weight` `[cols, inner]`, panel by panel.
    struct Whole<'a> {
        lhs: &'a [f32],
        rows: usize,
        weight: &'a [f32],
        inner: usize,
        cols: usize,
    }

    impl WithSimd for Whole<'_> {
        type Output = Vec<f32>;

        fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
            let weight = Matrix::new(self.weight, self.cols, self.inner).transposed();
            let packed = Packed::with_width(weight, REGISTERS * S::F32_LANES);
            let mut out = vec![0.0; self.rows * self.cols];
            let mut part = vec![0.0; self.rows * packed.width];
            for index in 0..self.cols.div_ceil(packed.width) {
                times_panel(simd, self.lhs, self.inner, packed.panel(index), &mut part, packed.width, false);
                times_panel(simd, self.lhs, self.inner, packed.panel(index), &mut part, packed.width, true);
                for row in 0..self.rows {
                    for (at, col) in packed.columns(index).enumerate() {
                        out[row * self.cols + col] = part[row * packed.width + at] / 2.0;
                    }
                }
            }
            out
        }
    }

    #[test]
    fn packed_products_are_right_with_wide_and_with_narrow_instructions() {
        for (inner, cols) in [(1, 1), (5, 3), (16, 37), (512, 96)] {
            for rows in [1, 2, 7, 12, 13, 25, 64] {
                let (lhs, weight) = (values(rows * inner, 1), values(inner * cols, 2));
                let whole = || Whole { lhs: &lhs, rows, weight: &weight, inner, cols };
                let wide = simd::arch().dispatch(whole());
                let narrow = whole().with_simd(pulp::Scalar::new());
                let bound = 1e-6 * (inner + 10) as f64;
                for (at, (wide, narrow)) in wide.iter().zip(&narrow).enumerate() {
                    let (row, col) = (at / cols, at % cols);
                    let sum: f64 =
                        (0..inner).map(|i| f64::from(lhs[row * inner + i]) * f64::from(weight[col * inner + i])).sum();
                    assert!((f64::from(*wide) - sum).abs() < bound, "{inner} {cols} {rows}: {wide} {sum}");
                    assert!((f64::from(*narrow) - sum).abs() < bound, "{inner} {cols} {rows}: {narrow} {sum}");
                }
            }
        }
    }
}
