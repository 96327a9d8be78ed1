//! Computes a layer's result panel by panel, shared among threads.

use crate::cpu::buffers::chunks;
use crate::simd;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;
use std::ops::Range;

/// Rows that go through all panels together: few enough to stay in the cache, many enough to pay for the weights.
const ROWS: usize = 96;

/// With at most so many rows for each thread, threads share the panels and not the rows: the weights, which take longer
/// to read than to use, are then read once.
const FEW_ROWS: usize = 12;

/// A layer whose results are computed panel by panel.
pub(super) trait Panels: Sync {
    /// Columns of a row of the result, and of a panel.
    fn cols_and_width(&self) -> (usize, usize);

    /// Computes the columns of one panel for some rows of the input, to `out`, where rows are `stride` apart. The width
    /// of the last panel may exceed the columns that are left: `out` then has room for them.
    fn panel<S: Simd>(&self, simd: S, rows: Range<usize>, panel: usize, out: &mut [f32], stride: usize);
}

/// All columns for `rows` rows of input, `[rows, cols]`.
pub(super) fn forward(layer: &impl Panels, rows: usize) -> Vec<f32> {
    let (cols, width) = layer.cols_and_width();
    let panels = cols.div_ceil(width);
    let threads = rayon::current_num_threads();
    if rows <= FEW_ROWS * threads {
        let mut out = vec![0.0; rows * cols];
        let mut parts = vec![0.0; panels * rows * width];
        parts.par_chunks_mut((rows * width).max(1)).enumerate().with_min_len(4).for_each(|(panel, out)| {
            simd::arch().dispatch(OnePanel { layer, rows: 0..rows, panel, out, stride: width });
        });
        for (panel, part) in parts.chunks((rows * width).max(1)).enumerate() {
            let first = panel * width;
            let real = width.min(cols - first);
            for (out, part) in out.chunks_mut(cols).zip(part.chunks(width)) {
                out[first..first + real].copy_from_slice(&part[..real]);
            }
        }
        return out;
    }
    // Tasks of one size, as many for each thread.
    let each = rows.div_ceil(rows.div_ceil(ROWS).next_multiple_of(threads));
    chunks(rows * cols, each * cols, |chunk, out| {
        let rows = chunk * each..chunk * each + out.len() / cols;
        let whole = cols / width;
        for panel in 0..whole {
            let out = &mut out[panel * width..];
            simd::arch().dispatch(OnePanel { layer, rows: rows.clone(), panel, out, stride: cols });
        }
        if whole < panels {
            let mut part = vec![0.0; rows.len() * width];
            simd::arch().dispatch(OnePanel { layer, rows, panel: whole, out: &mut part, stride: width });
            for (out, part) in out.chunks_mut(cols).zip(part.chunks(width)) {
                let first = whole * width;
                out[first..].copy_from_slice(&part[..cols - first]);
            }
        }
    })
}

struct OnePanel<'a, L> {
    layer: &'a L,
    rows: Range<usize>,
    panel: usize,
    out: &'a mut [f32],
    stride: usize,
}

impl<L: Panels> WithSimd for OnePanel<'_, L> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.layer.panel(simd, self.rows, self.panel, self.out, self.stride);
    }
}
