//! The weights of one sentence pair.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The two lengths of a matrix, by name so that they cannot trade places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Number of rows: target positions.
    pub target_len: usize,
    /// Number of columns: source positions.
    pub source_len: usize,
}

/// Attention weights `[target][source]`: row `t` says how much of each source position went into target position `t`.
///
/// Serialised as `{"target_len": …, "source_len": …, "weights": [row-major]}`, which keeps the shape even of a
/// matrix without rows; reading checks the length again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct AttentionMatrix {
    #[serde(flatten)]
    shape: Shape,
    weights: Vec<f32>,
}

/// Why rows or weights do not make a matrix.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MatrixError {
    /// The number of weights is not rows times columns.
    #[error(
        "found {found} weights for {} target rows x {} source columns; pass {} weights, row by row",
        .shape.target_len, .shape.source_len, .shape.target_len.saturating_mul(.shape.source_len)
    )]
    Length {
        /// The shape asked for.
        shape: Shape,
        /// The number of weights given.
        found: usize,
    },
    /// A row differs in length from the first.
    #[error(
        "target row {row} has {found} weights where row 0 has {expected}; give each row one weight per source position"
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
    /// A matrix from its weights, row by row.
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

    /// A matrix from one vector per target position; no rows give a matrix of 0 x 0.
    ///
    /// # Errors
    /// [`MatrixError::Ragged`] names the first row whose length is not that of row 0.
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

    /// All rows, first target position first.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        (0..self.target_len()).map(|target| self.row(target))
    }

    /// What one source position gave to each target position, `[target_len]`.
    ///
    /// # Panics
    /// If `source` is out of range and there is a row to read it from.
    pub fn column(&self, source: usize) -> impl ExactSizeIterator<Item = f32> {
        self.rows().map(move |row| row[source])
    }
}

/// Entropy of one row in nats: 0 for a single sharp link, `ln(source_len)` for weights spread evenly.
///
/// Its exponential is the number of source positions the row effectively looked at. Weights that are not positive
/// add nothing.
pub fn entropy(row: &[f32]) -> f32 {
    let sum: f32 = row.iter().filter(|weight| **weight > 0.0).map(|weight| weight * weight.ln()).sum();
    // Not `-sum`, which would make a sharp row -0.
    0.0 - sum
}

/// The fields as they stand in a file, before the length is checked.
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
