//! The result of a layer, computed panel by panel on all threads.

use crate::cpu::buffers::chunks;
use crate::simd;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;
use std::ops::Range;

/// Rows that pass through all panels together: few enough for the cache, many enough to pay for loading the weights.
const ROWS: usize = 96;

/// Up to this number of rows per thread, the threads share the panels instead of the rows, so that each weight is read
/// only once. With few rows, reading the weights takes longer than computing.
const FEW_ROWS: usize = 12;

/// A layer whose results are computed panel by panel.
pub(super) trait Panels: Sync {
    /// Returns the number of columns of the result and of a panel.
    fn cols_and_width(&self) -> (usize, usize);

    /// Computes the columns of one panel for some rows of the input: `out` `[rows, width of a panel]`, with rows
    /// `stride` elements apart. The last panel may be wider than the remaining columns; `out` has room for all of it.
    fn panel<S: Simd>(&self, simd: S, rows: Range<usize>, panel: usize, out: &mut [f32], stride: usize);
}

/// Returns the layer's result `[rows, cols]` for `rows` rows of input.
pub(super) fn forward(layer: &impl Panels, rows: usize) -> Vec<f32> {
    let (cols, width) = layer.cols_and_width();
    let panels = cols.div_ceil(width);
    let threads = rayon::current_num_threads();
    // One thread has nobody to share with, and writes each panel to its place at once.
    if threads > 1 && rows <= FEW_ROWS * threads {
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
    // Tasks of equal size, the same number for each thread.
    let each = rows.div_ceil(rows.div_ceil(ROWS).max(1).next_multiple_of(threads));
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

/// One call of [`Panels::panel`], for the dispatch to an instruction set.
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
