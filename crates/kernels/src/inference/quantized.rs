//! Quantisation to 8-bit integers with one scale per row. It is symmetric: the largest magnitude of a row becomes 127.
//! A coarser one uses fewer of the integers, so that a file of them can be compressed.

use crate::simd::ROUND;
use rayon::prelude::*;

/// The largest integer. The smallest is its negative, so that zero stays zero.
const LARGEST: f32 = 127.0;

/// A row whose largest magnitude is smaller becomes a row of zeros: the inverse of its scale would be infinite.
const SMALLEST: f32 = 1e-30;

/// Rows that one task quantises.
const ROWS: usize = 16;

/// A matrix of weights `[rows, cols]` as 8-bit integers.
///
/// A scale has few enough bits that its product with any of the integers is exact. Therefore quantising the result of
/// [`QuantizedMatrix::dequantize`] gives the same matrix again, also if the matrix has fewer bits.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantizedMatrix {
    /// Integers `[rows, cols]`.
    pub values: Vec<i8>,
    /// Scale of each row, `[rows]`: a weight is its integer times the scale.
    pub scales: Vec<f32>,
}

impl QuantizedMatrix {
    /// The most bits of an integer: all 255 integers from -127 to 127 are used.
    pub const MAX_BITS: u32 = 8;

    /// The fewest bits: a row has the integers -127, 0 and 127.
    pub const MIN_BITS: u32 = 2;

    /// Rounds a matrix `[rows, cols]` to the nearest integers. A row with a NaN or an infinity gets the scale NaN.
    pub fn quantize(matrix: &[f32], cols: usize) -> Self {
        Self::quantize_coarsely(matrix, cols, Self::MAX_BITS)
    }

    /// Rounds a matrix `[rows, cols]` to `2 L + 1` integers: those nearest to `127 q / L` for `q` from `-L` to `L`, where
    /// `L = 2^(bits - 1) - 1`. `bits` is clamped to [`Self::MIN_BITS`] and [`Self::MAX_BITS`]. A row with a NaN or an
    /// infinity gets the scale NaN.
    pub fn quantize_coarsely(matrix: &[f32], cols: usize, bits: u32) -> Self {
        let levels = ((1 << (bits.clamp(Self::MIN_BITS, Self::MAX_BITS) - 1)) - 1) as f32;
        // Both are exactly 1 for 8 bits.
        let (narrow, widen) = (levels / LARGEST, LARGEST / levels);
        let mut values = vec![0; matrix.len()];
        let row = |(row, values): (&[f32], &mut [i8])| {
            let scale = exact_scale(largest(row));
            if scale > 0.0 {
                widest!({
                    let (scale, narrow, widen, values) = (scale, narrow, widen, &mut values[..row.len()]);
                    for i in 0..row.len() {
                        let level = row[i] / scale * narrow + ROUND - ROUND;
                        values[i] = (level * widen + ROUND).to_bits() as i8;
                    }
                });
            }
            scale
        };
        let cols = cols.max(1);
        let scales = matrix.par_chunks(cols).zip(values.par_chunks_mut(cols)).with_min_len(ROWS).map(row).collect();
        Self { values, scales }
    }

    /// Returns the weights `[rows, cols]` that the integers represent.
    pub fn dequantize(&self) -> Vec<f32> {
        let cols = self.values.len() / self.scales.len().max(1);
        let mut weights = Vec::with_capacity(self.values.len());
        for (row, scale) in self.values.chunks(cols.max(1)).zip(&self.scales) {
            weights.extend(row.iter().map(|value| f32::from(*value) * scale));
        }
        weights
    }
}

/// Returns the scale of a row of weights. Its 17 bits and the seven of an integer fit the 24 bits of an exact product.
fn exact_scale(largest: f32) -> f32 {
    const LOW_BITS: u32 = 0x7F;
    if largest < SMALLEST {
        return 0.0;
    }
    let scale = largest / LARGEST;
    // Rounded up: with a smaller scale the largest weight would exceed 127.
    if scale.is_finite() { f32::from_bits((scale.to_bits() + LOW_BITS) & !LOW_BITS) } else { f32::NAN }
}

/// Returns the largest magnitude of a row `[D]`; NaN if the row contains NaN.
fn largest(row: &[f32]) -> f32 {
    const SIGN: u32 = 1 << 31;
    // The bits of magnitudes, read as integers, have the same order, with NaN above all others.
    let mut bits = 0;
    widest!(for x in row {
        bits = bits.max(x.to_bits() & !SIGN);
    });
    f32::from_bits(bits)
}

/// Activations `[R, D]` as 8-bit integers, in the groups of four that the processor multiplies together.
#[derive(Debug)]
pub(crate) struct QuantizedRows {
    /// Integers `[R, groups, 4]` with an offset of 128, so that they are unsigned. The last group of a row is padded.
    values: Vec<[u8; 4]>,
    /// `[R]`.
    scales: Vec<f32>,
    /// Groups of a row.
    groups: usize,
}

impl QuantizedRows {
    /// Rounds `rows` `[R, size]` to the nearest integers. A row with a NaN or an infinity gets the scale NaN.
    pub fn quantize(rows: &[f32], size: usize) -> Self {
        let groups = size.div_ceil(4);
        let mut values = vec![[0; 4]; rows.len() / size * groups];
        let quantize = |(row, values): (&[f32], &mut [[u8; 4]])| quantize_row(row, values.as_flattened_mut());
        let scales =
            rows.par_chunks(size).zip(values.par_chunks_mut(groups)).with_min_len(ROWS).map(quantize).collect();
        Self { values, scales, groups }
    }

    /// Returns the integers `[R, groups, 4]` of a range of rows.
    pub fn values(&self, rows: std::ops::Range<usize>) -> &[[u8; 4]] {
        &self.values[rows.start * self.groups..rows.end * self.groups]
    }

    /// Returns the scales `[R]` of a range of rows.
    pub fn scales(&self, rows: std::ops::Range<usize>) -> &[f32] {
        &self.scales[rows]
    }
}

/// Quantises a row `[D]` to `values`, padded to whole groups. Returns its scale: NaN if the row contains NaN or
/// infinity.
fn quantize_row(row: &[f32], values: &mut [u8]) -> f32 {
    let largest = largest(row);
    if !largest.is_finite() {
        return f32::NAN;
    }
    let (scale, inverse) = if largest < SMALLEST { (0.0, 0.0) } else { (largest / LARGEST, LARGEST / largest) };
    widest!({
        let (inverse, values) = (inverse, &mut values[..row.len()]);
        for i in 0..row.len() {
            values[i] = (row[i] * inverse + ROUND).to_bits().wrapping_add(128) as u8;
        }
    });
    scale
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data::values;

    #[test]
    fn values_are_rounded_to_the_nearest_integers_with_127_as_the_largest() {
        let matrix = values(7 * 37, 0);
        let quantized = QuantizedMatrix::quantize(&matrix, 37);
        let rows = QuantizedRows::quantize(&matrix, 37);
        for (row, expected) in matrix.chunks(37).enumerate() {
            let (weights, scale) = (&quantized.values[row * 37..][..37], quantized.scales[row]);
            assert_eq!(weights.iter().map(|value| value.unsigned_abs()).max(), Some(127));
            let activations = rows.values(row..row + 1).as_flattened();
            for (at, x) in expected.iter().enumerate() {
                assert_eq!(f32::from(weights[at]), (x / scale).round_ties_even());
                assert!((f32::from(weights[at]) * scale - x).abs() <= 0.5001 * scale, "{x}");
                let back = (f32::from(activations[at]) - 128.0) * rows.scales(row..row + 1)[0];
                assert!((back - x).abs() <= 0.5001 * scale, "{x} {back}");
            }
        }
    }

    #[test]
    fn quantizing_a_dequantized_matrix_gives_the_same_matrix() {
        for size in [1.0, 3e-5, 1e-25, 7e20] {
            let matrix: Vec<f32> = values(31 * 29, 0).iter().map(|x| x * size).collect();
            let quantized = QuantizedMatrix::quantize(&matrix, 29);
            assert_eq!(QuantizedMatrix::quantize(&quantized.dequantize(), 29), quantized, "{size}");
        }
    }

    #[test]
    fn fewer_bits_use_fewer_integers_and_quantizing_them_at_8_bits_gives_the_same_matrix() {
        let matrix = values(31 * 290, 0);
        for (bits, levels) in [(8, 127), (7, 63), (6, 31), (5, 15), (4, 7), (3, 3), (2, 1)] {
            let quantized = QuantizedMatrix::quantize_coarsely(&matrix, 290, bits);
            let allowed: Vec<i8> =
                (-levels..=levels).map(|q| (f64::from(q) * 127.0 / f64::from(levels)).round() as i8).collect();
            let half_step = 127.0 / levels as f32 / 2.0 + 0.501;
            for (at, (value, x)) in quantized.values.iter().zip(&matrix).enumerate() {
                assert!(allowed.contains(value), "{bits} bits: {value}");
                let scale = quantized.scales[at / 290];
                assert!((f32::from(*value) * scale - x).abs() <= half_step * scale, "{bits} bits: {x} as {value}");
            }
            for row in quantized.values.chunks(290) {
                assert_eq!(row.iter().map(|value| value.unsigned_abs()).max(), Some(127), "{bits} bits");
            }
            assert_eq!(QuantizedMatrix::quantize(&quantized.dequantize(), 290), quantized, "{bits} bits");
        }
    }

    #[test]
    fn zeros_stay_zeros_and_nan_and_infinity_give_nan() {
        let zeros = QuantizedMatrix::quantize(&[0.0, -0.0, 1e-38], 3);
        assert_eq!(zeros, QuantizedMatrix { values: vec![0; 3], scales: vec![0.0] });
        assert_eq!(QuantizedRows::quantize(&[0.0, 0.0], 2).scales(0..1), [0.0]);
        for x in [f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            for row in [[x, 1.0, 2.0], [1.0, 2.0, x]] {
                assert!(QuantizedMatrix::quantize(&row, 3).scales[0].is_nan());
                assert!(QuantizedRows::quantize(&row, 3).scales(0..1)[0].is_nan());
            }
        }
    }
}
