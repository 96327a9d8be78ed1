//! Layers for search: weights packed once, a few rows at a time, no gradients.
//!
//! Inputs and results are slices. The result of a row depends only on that row, bit for bit.

mod attention;
mod gru;
mod linear;
mod packed_int8;
mod panels;
mod quantized;
#[cfg(test)]
mod tests;
mod weight;

pub use attention::{attend, attend_by_scores};
pub use gru::PreparedGru;
pub use linear::PreparedLinear;
pub use quantized::QuantizedMatrix;

use serde::{Deserialize, Serialize};

/// Number type of the large matrix products of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Weights and activations in `f32`.
    F32,
    /// Weights and activations as 8-bit integers, with one scale per row.
    Int8,
}

impl Precision {
    /// Returns whether weights are used without rounding.
    pub fn is_f32(&self) -> bool {
        *self == Self::F32
    }

    /// Returns the precision of files that do not contain one: they are older than the setting.
    pub fn default_for_old_files() -> Self {
        Self::F32
    }
}
