//! Packed 8-bit weights: a quarter of the bytes of `f32`, and four products in one instruction.

use super::quantized::{QuantizedMatrix, QuantizedRows};
use crate::cpu::int8_dot::{Group, Instructions, LONGEST, MOST_ROWS, WIDTH};
use candle_core::{Result, bail};
use rayon::prelude::*;
use std::ops::Range;

/// A matrix `[inner, cols]` of 8-bit integers with one scale per column, in panels of [`WIDTH`] columns. The last panel
/// is padded with zeros.
#[derive(Debug)]
pub(crate) struct PackedInt8 {
    panels: Vec<Panel>,
    /// Rows of the matrix.
    pub inner: usize,
    /// Columns of the matrix.
    pub cols: usize,
    instructions: Instructions,
}

/// [`WIDTH`] columns of a matrix.
#[derive(Debug)]
struct Panel {
    groups: Vec<Group>,
    /// Corrects for the zero point: activations are `u8` with an offset of 128, so a dot product starts at -128 times
    /// the sum of its column.
    start: [i32; WIDTH],
    scales: [f32; WIDTH],
}

impl PackedInt8 {
    /// Quantises and packs a weight `[cols, inner]`.
    ///
    /// # Errors
    /// If `inner` exceeds [`LONGEST`].
    pub fn new(weight: &[f32], cols: usize, inner: usize) -> Result<Self> {
        Self::with_instructions(weight, cols, inner, Instructions::available()[0])
    }

    /// Quantises and packs a weight `[cols, inner]`, to be multiplied with the given instructions.
    fn with_instructions(weight: &[f32], cols: usize, inner: usize, instructions: Instructions) -> Result<Self> {
        if inner > LONGEST {
            bail!("an 8-bit layer takes at most {LONGEST} inputs, not {inner}");
        }
        let weight = QuantizedMatrix::quantize(weight, inner);
        let columns = weight.values.par_chunks(WIDTH * inner).zip(weight.scales.par_chunks(WIDTH));
        let panels = columns.map(|(columns, scales)| Panel::new(columns, scales, inner)).collect();
        Ok(Self { panels, inner, cols, instructions })
    }

    /// Computes `out = rows · panel`, or `out += rows · panel` if `accumulate` is set, for a range of rows `[R, inner]`
    /// and a panel `[inner, WIDTH]`; `out` is `[R, WIDTH]` with rows `stride` elements apart.
    #[inline(always)]
    pub fn times_panel(
        &self,
        rows: &QuantizedRows,
        range: Range<usize>,
        panel: usize,
        out: &mut [f32],
        stride: usize,
        accumulate: bool,
    ) {
        let panel = &self.panels[panel];
        // Blocks of similar size: 32 rows are faster as 11, 11 and 10 than as 12, 12 and 8.
        let blocks = range.len().div_ceil(self.instructions.best_rows()).max(1);
        let mut sums = [[0; WIDTH]; MOST_ROWS];
        for block in 0..blocks {
            let start_of = |block: usize| range.len() * block / blocks;
            let (first, end) = (start_of(block), start_of(block + 1));
            let block = range.start + first..range.start + end;
            let sums = &mut sums[..block.len()];
            self.instructions.dot(rows.values(block.clone()), &panel.groups, &panel.start, sums);
            let out = out[first * stride..].chunks_mut(stride);
            for ((out, sums), scale) in out.zip(sums).zip(rows.scales(block)) {
                let out = &mut out[..WIDTH];
                if !accumulate {
                    out.fill(0.0);
                }
                for col in 0..WIDTH {
                    out[col] += sums[col] as f32 * (scale * panel.scales[col]);
                }
            }
        }
    }
}

impl Panel {
    /// Packs at most [`WIDTH`] columns: `columns` `[WIDTH, inner]` and their `scales` `[WIDTH]`.
    fn new(columns: &[i8], scales: &[f32], inner: usize) -> Self {
        let mut panel =
            Self { groups: vec![Group([[0; 4]; WIDTH]); inner.div_ceil(4)], start: [0; WIDTH], scales: [0.0; WIDTH] };
        panel.scales[..scales.len()].copy_from_slice(scales);
        for (col, column) in columns.chunks(inner).enumerate() {
            panel.start[col] = -128 * column.iter().map(|value| i32::from(*value)).sum::<i32>();
            // Copies of four bytes, whose number is known, are single instructions.
            let (fours, rest) = column.as_chunks::<4>();
            for (group, values) in panel.groups.iter_mut().zip(fours) {
                group.0[col] = *values;
            }
            if let Some(group) = panel.groups.get_mut(fours.len()) {
                group.0[col][..rest.len()].copy_from_slice(rest);
            }
        }
        panel
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data::values;

    /// Twice the product of all rows, panel by panel: written first, then accumulated.
    fn product(packed: &PackedInt8, rows: &QuantizedRows, count: usize) -> Vec<f32> {
        let mut out = vec![f32::NAN; count * packed.cols.next_multiple_of(WIDTH)];
        for panel in 0..packed.panels.len() {
            for accumulate in [false, true] {
                let stride = packed.cols.next_multiple_of(WIDTH);
                packed.times_panel(rows, 0..count, panel, &mut out[panel * WIDTH..], stride, accumulate);
            }
        }
        out
    }

    #[test]
    fn packed_products_are_those_of_the_rounded_values_with_the_same_bits_for_all_instructions() -> Result<()> {
        for (inner, cols) in [(1, 1), (5, 3), (16, 37), (512, 96)] {
            for count in [1, 2, 7, 12, 13, 25, 64] {
                let (x, weight) = (values(count * inner, 1), values(inner * cols, 2));
                let rows = QuantizedRows::quantize(&x, inner);
                let rounded = QuantizedMatrix::quantize(&weight, inner).dequantize();
                let all: Vec<Vec<f32>> = Instructions::available()
                    .into_iter()
                    .map(|kind| Ok(product(&PackedInt8::with_instructions(&weight, cols, inner, kind)?, &rows, count)))
                    .collect::<Result<_>>()?;
                assert!(all.iter().all(|other| *other == all[0]), "{inner} {cols} {count}");
                for (row, out) in all[0].chunks(cols.next_multiple_of(WIDTH)).enumerate() {
                    let (values, scale) = (rows.values(row..row + 1).as_flattened(), rows.scales(row..row + 1)[0]);
                    for (col, out) in out[..cols].iter().enumerate() {
                        let products = (0..inner).map(|i| {
                            (f64::from(values[i]) - 128.0) * f64::from(scale) * f64::from(rounded[col * inner + i])
                        });
                        let sum = 2.0 * products.sum::<f64>();
                        assert!((f64::from(*out) - sum).abs() <= 1e-6 * sum.abs().max(1.0), "{out} {sum}");
                    }
                }
            }
        }
        Ok(())
    }

    #[test]
    fn a_weight_too_long_for_exact_sums_is_rejected() {
        let message = PackedInt8::new(&vec![1.0; LONGEST + 1], 1, LONGEST + 1).expect_err("too long").to_string();
        assert!(message.contains("65536") && message.contains("65537"), "{message}");
    }
}
