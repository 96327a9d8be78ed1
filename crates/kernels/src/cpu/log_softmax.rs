//! Log probabilities of logits.

use crate::simd::{self, LANES};
use rayon::prelude::*;

/// Replaces each row of `logits` `[R, V]` by its log probabilities, in place: x - log Σ exp(x). `vocab` is V.
pub fn log_softmax_rows(logits: &mut [f32], vocab: usize) {
    logits.par_chunks_mut(vocab).for_each(|row| {
        widest!({
            let log_sum = log_sum_exp(row);
            for x in row {
                *x -= log_sum;
            }
        });
    });
}

/// Returns log Σ exp(x) of one row `[V]`. The largest element is subtracted first, so that nothing overflows.
#[inline(always)]
pub(crate) fn log_sum_exp(row: &[f32]) -> f32 {
    let largest = simd::max(row);
    let (blocks, rest) = row.as_chunks::<LANES>();
    let mut sums = [0f32; LANES];
    for block in blocks {
        for lane in 0..LANES {
            sums[lane] += simd::exp(block[lane] - largest);
        }
    }
    let mut tail = 0.0;
    for x in rest {
        tail += simd::exp(x - largest);
    }
    largest + (simd::reduce(sums) + tail).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_of_each_row_sum_to_one() {
        let mut logits: Vec<f32> = (0..3 * 37).map(|i| ((i * 7919) % 101) as f32 * 0.3).collect();
        log_softmax_rows(&mut logits, 37);
        for row in logits.chunks(37) {
            let sum: f64 = row.iter().map(|x| f64::from(*x).exp()).sum();
            assert!((sum - 1.0).abs() < 1e-5, "{sum}");
        }
    }
}
