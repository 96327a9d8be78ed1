//! Layers laid out for search: the same weights again and again, a few rows at a time, no gradients.
//!
//! Numbers go in and out as slices, row after row. A row's result depends on that row alone, bit for bit.

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

/// The numbers that the large products of a search are computed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Weights and activations as they are.
    F32,
    /// Weights and activations as 8-bit integers, each row with a scale of its own.
    Int8,
}

impl Precision {
    /// Whether nothing is rounded.
    pub fn is_f32(&self) -> bool {
        *self == Self::F32
    }

    /// What files mean that do not say: they are older than the choice.
    pub fn default_for_old_files() -> Self {
        Self::F32
    }
}
