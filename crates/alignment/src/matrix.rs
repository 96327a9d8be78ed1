//! Attention weights of one sentence pair.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::counted::counted;

/// The two lengths of a matrix. They have names, so that a caller cannot exchange them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Number of rows: target positions.
    pub target_len: usize,
    /// Number of columns: source positions.
    pub source_len: usize,
}

/// Attention weights, `[target][source]`: row `t` holds the weight of each source position for target position `t`.
///
/// Serialised as `{"target_len": …, "source_len": …, "weights": [row-major]}`, so that a matrix without rows keeps its
/// shape too. Deserialising checks the number of weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct AttentionMatrix {
    #[serde(flatten)]
    shape: Shape,
    weights: Vec<f32>,
}

/// The reason why rows or weights are not a matrix.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MatrixError {
    /// The number of weights differs from rows times columns.
    #[error(
        "found {} for {} x {}; pass {}, row by row",
        counted(*found, "weight"), counted(.shape.target_len, "target row"), counted(.shape.source_len, "source column"),
        counted(.shape.target_len.saturating_mul(.shape.source_len), "weight")
    )]
    Length {
        /// The requested shape.
        shape: Shape,
        /// The number of weights.
        found: usize,
    },
    /// A row and the first row differ in length.
    #[error(
        "target row {row} has {}, but row 0 has {expected}; pass one weight per source position in each row",
        counted(*found, "weight")
    )]
    Ragged {
        /// The first row that differs.
        row: usize,
        /// Its length.
        found: usize,
        /// The length of the first row.
        expected: usize,
    },
}

impl AttentionMatrix {
    /// Creates a matrix from its weights, row by row, `[target_len * source_len]`.
    ///
    /// # Errors
    /// [`MatrixError::Length`] unless there are `target_len * source_len` weights.
    pub fn new(shape: Shape, weights: Vec<f32>) -> Result<Self, MatrixError> {
        // checked_mul: the shape may come from a file, and must not wrap round to a length that fits.
        if shape.target_len.checked_mul(shape.source_len) != Some(weights.len()) {
            return Err(MatrixError::Length { shape, found: weights.len() });
        }
        Ok(Self { shape, weights })
    }

    /// Creates a matrix from one vector per target position, `[target][source]`. Without rows it is 0 x 0.
    ///
    /// # Errors
    /// [`MatrixError::Ragged`] with the first row whose length differs from row 0.
    pub fn from_rows(rows: &[Vec<f32>]) -> Result<Self, MatrixError> {
        let expected = rows.first().map_or(0, Vec::len);
        if let Some(row) = rows.iter().position(|row| row.len() != expected) {
            return Err(MatrixError::Ragged { row, found: rows[row].len(), expected });
        }
        let shape = Shape { target_len: rows.len(), source_len: expected };
        Ok(Self { shape, weights: rows.concat() })
    }

    /// Number of target positions (rows).
    pub fn target_len(&self) -> usize {
        self.shape.target_len
    }

    /// Number of source positions (columns).
    pub fn source_len(&self) -> usize {
        self.shape.source_len
    }

    /// The weight of one source position at one target position.
    ///
    /// # Panics
    /// If either index is out of range.
    pub fn get(&self, target: usize, source: usize) -> f32 {
        self.row(target)[source]
    }

    /// The weights of one target position over the source, `[source_len]`.
    ///
    /// # Panics
    /// If `target` is out of range.
    pub fn row(&self, target: usize) -> &[f32] {
        assert!(target < self.target_len(), "target row {target} of {}", self.target_len());
        &self.weights[target * self.source_len()..][..self.source_len()]
    }

    /// The rows in order of target position, `[target_len]` slices of `[source_len]`.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        (0..self.target_len()).map(|target| self.row(target))
    }

    /// The weights of one source position for every target position, `[target_len]`.
    ///
    /// # Panics
    /// If `source` is out of range and the matrix has rows.
    pub fn column(&self, source: usize) -> impl ExactSizeIterator<Item = f32> {
        self.rows().map(move |row| row[source])
    }
}

/// Entropy of one row of weights, `[source]`, in nats: 0 for all weight on one position, `ln(source_len)` for equal weights.
///
/// Its exponential is the effective number of source positions that share the weight. Weights that are zero, negative or
/// NaN add nothing.
pub fn entropy(row: &[f32]) -> f32 {
    let sum: f32 = row.iter().filter(|weight| **weight > 0.0).map(|weight| weight * weight.ln()).sum();
    // Not `-sum`: it would be -0 for a row with all weight on one position.
    0.0 - sum
}

/// The fields as read from a file, before the length is checked.
#[derive(Deserialize)]
struct Unchecked {
    target_len: usize,
    source_len: usize,
    weights: Vec<f32>,
}

impl TryFrom<Unchecked> for AttentionMatrix {
    type Error = MatrixError;

    fn try_from(read: Unchecked) -> Result<Self, MatrixError> {
        Self::new(Shape { target_len: read.target_len, source_len: read.source_len }, read.weights)
    }
}
