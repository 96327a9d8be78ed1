//! Matrix products on slices: the only use of the matrix library.

use gemm::Parallelism;

/// A view of a slice as a matrix `[rows, cols]` with any strides.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    data: &'a [f32],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a> Matrix<'a> {
    /// Views `data` `[rows, cols]` as a matrix.
    pub fn new(data: &'a [f32], rows: usize, cols: usize) -> Self {
        Self::strided(data, rows, cols, cols)
    }

    /// Views `data` as a matrix `[rows, cols]` whose rows begin `row_stride` elements apart.
    ///
    /// # Panics
    /// If the last element is outside `data`.
    pub fn strided(data: &'a [f32], rows: usize, cols: usize, row_stride: usize) -> Self {
        assert!(rows == 0 || cols == 0 || (rows - 1) * row_stride + cols <= data.len(), "a matrix beyond its slice");
        Self { data, rows, cols, row_stride, col_stride: 1 }
    }

    /// Returns the number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Returns the number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Returns a row `[cols]` of a matrix that is not transposed.
    pub(crate) fn row(&self, row: usize) -> &'a [f32] {
        assert_eq!(self.col_stride, 1, "a row of a transposed matrix");
        &self.data[row * self.row_stride..][..self.cols]
    }

    /// Copies some columns of every row to `out` `[rows, width]`, where `width` may exceed the number of columns.
    pub(crate) fn copy_columns(&self, columns: std::ops::Range<usize>, out: &mut [f32], width: usize) {
        if self.col_stride == 1 {
            for (row, out) in out.chunks_mut(width).enumerate() {
                let from = &self.data[row * self.row_stride..][columns.clone()];
                out[..from.len()].copy_from_slice(from);
            }
        } else {
            // The elements of a column are contiguous here, those of a row are far apart.
            for (place, column) in columns.enumerate() {
                for row in 0..self.rows {
                    out[row * width + place] = self.data[row * self.row_stride + column * self.col_stride];
                }
            }
        }
    }

    /// Returns the transposed view `[cols, rows]`; nothing is copied.
    pub fn transposed(self) -> Self {
        Self { rows: self.cols, cols: self.rows, row_stride: self.col_stride, col_stride: self.row_stride, ..self }
    }
}

/// Returns the fewest rows that a product `[rows, inner] · [inner, cols]` may have.
///
/// The matrix library adds in a different order for a single row, for a result of at most 256 elements, and for a long
/// inner dimension with at most 64 rows and columns. Products with fewer rows are padded to this number, so that a row
/// has the same bits whatever the other rows are, and a sentence the same translation in any batch.
fn fewest_rows(inner: usize, cols: usize) -> usize {
    if inner > 512 && cols <= 64 { 65 } else { 2.max(256 / cols.max(1) + 1) }
}

/// Computes `out = lhs · rhs`, or `out += lhs · rhs` if `accumulate` is set: `lhs` `[m, k]`, `rhs` `[k, n]`, `out`
/// `[m, n]`. A row of the result does not depend on the number of rows.
///
/// # Panics
/// If the sizes do not match.
pub fn matmul(out: &mut [f32], lhs: Matrix, rhs: Matrix, accumulate: bool) {
    assert_eq!(lhs.cols, rhs.rows, "inner dimensions of a product");
    assert_eq!(out.len(), lhs.rows * rhs.cols, "size of the product");
    let rows = fewest_rows(lhs.cols, rhs.cols);
    if lhs.rows >= rows {
        return multiply(out, lhs, rhs, accumulate);
    }
    let mut filled = vec![0.0; rows * lhs.cols];
    for row in 0..lhs.rows {
        for col in 0..lhs.cols {
            filled[row * lhs.cols + col] = lhs.data[row * lhs.row_stride + col * lhs.col_stride];
        }
    }
    let mut wide = vec![0.0; rows * rhs.cols];
    wide[..out.len()].copy_from_slice(out);
    multiply(&mut wide, Matrix::new(&filled, rows, lhs.cols), rhs, accumulate);
    out.copy_from_slice(&wide[..out.len()]);
}

/// Computes [`matmul`] without other threads, for a task of many that run at the same time. It does not pad few rows: a
/// row of the result may depend on the number of rows.
///
/// # Panics
/// If the sizes do not match.
#[expect(unsafe_code, reason = "the matrix library takes pointers")]
pub(crate) fn matmul_on_this_thread(out: &mut [f32], lhs: Matrix, rhs: Matrix, accumulate: bool) {
    assert_eq!(lhs.cols, rhs.rows, "inner dimensions of a product");
    assert_eq!(out.len(), lhs.rows * rhs.cols, "size of the product");
    // SAFETY: the size of `out` has been checked, and it cannot overlap the shared borrows.
    unsafe { multiply_into(out.as_mut_ptr(), lhs, rhs, accumulate, Parallelism::None) }
}

/// Returns the threads of a product that no other product runs beside.
fn all_threads() -> Parallelism {
    let threads = rayon::current_num_threads();
    if threads > 1 { Parallelism::Rayon(threads) } else { Parallelism::None }
}

/// Returns `lhs · rhs` `[m, n]` of `lhs` `[m, k]` and `rhs` `[k, n]`, without clearing the memory of the result first.
///
/// # Panics
/// If the inner dimensions differ.
#[expect(unsafe_code, reason = "the product fills memory that the vector does not count as filled yet")]
pub(crate) fn new_matmul(lhs: Matrix, rhs: Matrix) -> Vec<f32> {
    assert_eq!(lhs.cols, rhs.rows, "inner dimensions of a product");
    let size = lhs.rows * rhs.cols;
    if lhs.rows < fewest_rows(lhs.cols, rhs.cols) || size == 0 || lhs.cols == 0 {
        let mut out = vec![0.0; size];
        matmul(&mut out, lhs, rhs, false);
        return out;
    }
    let mut out = Vec::with_capacity(size);
    // SAFETY: the capacity is at least `size`, and nothing else refers to this memory; a product that does not
    // accumulate writes every element and reads none.
    unsafe {
        multiply_into(out.as_mut_ptr(), lhs, rhs, false, all_threads());
        out.set_len(size);
    }
    out
}

/// Computes `out` `[m, n]` of `lhs` `[m, k]` and `rhs` `[k, n]`, in the matrix library's order of additions.
#[expect(unsafe_code, reason = "the matrix library takes pointers")]
fn multiply(out: &mut [f32], lhs: Matrix, rhs: Matrix, accumulate: bool) {
    // SAFETY: the caller has checked the size of `out`, which cannot overlap the shared borrows.
    unsafe { multiply_into(out.as_mut_ptr(), lhs, rhs, accumulate, all_threads()) }
}

/// Computes `out` `[m, n]` of `lhs` `[m, k]` and `rhs` `[k, n]`, behind a pointer.
///
/// # Safety
/// `out` is valid for writes of `m · n` elements, for reads too if `accumulate` is set, and overlaps neither matrix.
#[expect(unsafe_code, reason = "the matrix library takes pointers")]
unsafe fn multiply_into(out: *mut f32, lhs: Matrix, rhs: Matrix, accumulate: bool, parallelism: Parallelism) {
    let (m, k, n) = (lhs.rows, lhs.cols, rhs.cols);
    if m == 0 || n == 0 {
        return;
    }
    // SAFETY: every element of a `Matrix` is inside its slice, also after transposing; the caller guarantees the rest.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out,
            1,
            n as isize,
            accumulate,
            lhs.data.as_ptr(),
            lhs.col_stride as isize,
            lhs.row_stride as isize,
            rhs.data.as_ptr(),
            rhs.col_stride as isize,
            rhs.row_stride as isize,
            1.0f32,
            1.0f32,
            false,
            false,
            false,
            parallelism,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data::values;

    #[test]
    fn products_with_any_strides_are_right() {
        let (m, k, n) = (3, 5, 4);
        let (a, b) = (values(m * 7, 1), values(n * k, 2));
        let mut out = vec![1.0; m * n];
        matmul(&mut out, Matrix::strided(&a, m, k, 7), Matrix::new(&b, n, k).transposed(), true);
        for row in 0..m {
            for col in 0..n {
                let sum: f32 = (0..k).map(|i| a[row * 7 + i] * b[col * k + i]).sum();
                assert!((out[row * n + col] - 1.0 - sum).abs() < 1e-5);
            }
        }
    }

    /// The independence of a sentence from the rest of its batch depends on this, at every size that a model uses.
    #[test]
    fn a_row_has_the_same_bits_whatever_the_other_rows_are() {
        for (k, n) in [
            (256, 768),
            (512, 1536),
            (512, 4000),
            (256, 4000),
            (1024, 1536),
            (1280, 256),
            (64, 192),
            (37, 53),
            (16, 8),
            (1536, 48),
            (1000, 1),
        ] {
            let (a, b) = (values(193 * k, 3), values(n * k, 4));
            let rhs = Matrix::new(&b, n, k).transposed();
            let mut all = vec![0.0; 193 * n];
            matmul(&mut all, Matrix::new(&a, 193, k), rhs, false);
            for rows in [1, 2, 3, 5, 8, 17, 64, 100] {
                let mut some = vec![0.0; rows * n];
                matmul(&mut some, Matrix::new(&a[..rows * k], rows, k), rhs, false);
                assert!(some == all[..rows * n], "{rows} rows of {k} by {n}");
            }
        }
    }
}
