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
