//! Numbers as 8-bit integers, each row with a scale of its own: symmetric, the largest magnitude of a row is 127.

use crate::simd::ROUND;
use rayon::prelude::*;

/// The largest integer. The smallest is its negative, so that zero is zero.
const LARGEST: f32 = 127.0;

/// Rows whose numbers are all smaller are rows of zeros: the inverse of their scale would be no number.
const SMALLEST: f32 = 1e-30;

/// Rows that one task quantises.
const ROWS: usize = 16;

/// A matrix of weights as 8-bit integers.
///
/// A scale has only as many bits that its product with an integer is exact. So the numbers that a quantised matrix
/// stands for are quantised to that very matrix: nothing is lost when they go through [`QuantizedMatrix::dequantize`].
#[derive(Clone, Debug, PartialEq)]
pub struct QuantizedMatrix {
    /// Row after row.
    pub values: Vec<i8>,
    /// What the integers of a row are multiplied with.
    pub scales: Vec<f32>,
}

impl QuantizedMatrix {
    /// The nearest integers to a matrix with rows of `cols` numbers. A row with something in it that is no finite number
    /// has a scale that is none.
    pub fn quantize(matrix: &[f32], cols: usize) -> Self {
        let mut values = vec![0; matrix.len()];
        let row = |(row, values): (&[f32], &mut [i8])| {
            let scale = exact_scale(largest(row));
            if scale > 0.0 {
                widest!({
                    let (scale, values) = (scale, &mut values[..row.len()]);
                    for i in 0..row.len() {
                        values[i] = (row[i] / scale + ROUND).to_bits() as i8;
                    }
                });
            }
            scale
        };
        let cols = cols.max(1);
        let scales = matrix.par_chunks(cols).zip(values.par_chunks_mut(cols)).with_min_len(ROWS).map(row).collect();
        Self { values, scales }
    }

    /// The numbers that the integers stand for.
    pub fn dequantize(&self) -> Vec<f32> {
        let cols = self.values.len() / self.scales.len().max(1);
        let rows = self.values.chunks(cols.max(1)).zip(&self.scales);
        rows.flat_map(|(row, scale)| row.iter().map(move |value| f32::from(*value) * scale)).collect()
    }
}

/// The scale of a row of weights: 17 bits at most, and seven of the integer make the 24 of a product.
fn exact_scale(largest: f32) -> f32 {
    const LOW_BITS: u32 = 0x7F;
    if largest < SMALLEST {
        return 0.0;
    }
    let scale = largest / LARGEST;
    // Rounded up: a scale too small would take the largest number beyond 127.
    if scale.is_finite() { f32::from_bits((scale.to_bits() + LOW_BITS) & !LOW_BITS) } else { f32::NAN }
}

/// The largest magnitude of a row; no number if there is none, which must not be hidden.
fn largest(row: &[f32]) -> f32 {
    const SIGN: u32 = 1 << 31;
    // As integers magnitudes have the same order, and whatever is no number is above them all.
    let mut bits = 0;
    widest!(for x in row {
        bits = bits.max(x.to_bits() & !SIGN);
    });
    f32::from_bits(bits)
}

/// Rows of activations as 8-bit integers, in groups of four as the processor multiplies them.
#[derive(Debug)]
pub(crate) struct QuantizedRows {
    /// The integers, 128 added to each so that they have no sign, the last group of a row filled up.
    values: Vec<[u8; 4]>,
    scales: Vec<f32>,
    groups: usize,
}

impl QuantizedRows {
    /// The nearest integers to rows of `size` numbers.
    pub fn quantize(rows: &[f32], size: usize) -> Self {
        let groups = size.div_ceil(4);
        let mut values = vec![[0; 4]; rows.len() / size * groups];
        let quantize = |(row, values): (&[f32], &mut [[u8; 4]])| quantize_row(row, values.as_flattened_mut());
        let scales =
            rows.par_chunks(size).zip(values.par_chunks_mut(groups)).with_min_len(ROWS).map(quantize).collect();
        Self { values, scales, groups }
    }

    /// `[rows, groups]` of the given rows.
    pub fn values(&self, rows: std::ops::Range<usize>) -> &[[u8; 4]] {
        &self.values[rows.start * self.groups..rows.end * self.groups]
    }

    /// What the integers of the given rows are multiplied with.
    pub fn scales(&self, rows: std::ops::Range<usize>) -> &[f32] {
        &self.scales[rows]
    }
}

/// Returns the scale, which is no number if the row holds something that is none.
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

    fn numbers(count: usize) -> Vec<f32> {
        (0..count).map(|i| ((i * 7919) % 1013) as f32 / 506.5 - 1.0).collect()
    }

    #[test]
    fn integers_are_the_nearest_and_the_largest_is_127() {
        let matrix = numbers(7 * 37);
        let quantized = QuantizedMatrix::quantize(&matrix, 37);
        let rows = QuantizedRows::quantize(&matrix, 37);
        for (row, numbers) in matrix.chunks(37).enumerate() {
            let (weights, scale) = (&quantized.values[row * 37..][..37], quantized.scales[row]);
            assert_eq!(weights.iter().map(|value| value.unsigned_abs()).max(), Some(127));
            let activations = rows.values(row..row + 1).as_flattened();
            for (at, x) in numbers.iter().enumerate() {
                assert!((f32::from(weights[at]) * scale - x).abs() <= 0.5001 * scale, "{x}");
                let back = (f32::from(activations[at]) - 128.0) * rows.scales(row..row + 1)[0];
                assert!((back - x).abs() <= 0.5001 * scale, "{x} {back}");
            }
        }
    }

    #[test]
    fn what_a_quantized_matrix_stands_for_is_quantized_to_the_same_matrix() {
        for size in [1.0, 3e-5, 1e-25, 7e20] {
            let matrix: Vec<f32> = numbers(31 * 29).iter().map(|x| x * size).collect();
            let quantized = QuantizedMatrix::quantize(&matrix, 29);
            assert_eq!(QuantizedMatrix::quantize(&quantized.dequantize(), 29), quantized, "{size}");
        }
    }

    #[test]
    fn zeros_stay_zeros_and_what_is_no_number_is_not_hidden() {
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
