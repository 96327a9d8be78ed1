//! How well the alignments of two directions agree: a measure of links that needs no gold links.

use glosser_alignment::Posteriors;

/// The alignment of one held-out pair, once with the weights of the model and once by the statistics alone.
pub(crate) struct AlignedPair<'a> {
    pub with_weights: &'a Posteriors,
    pub statistics_alone: &'a Posteriors,
}

/// Numbers of links, which can be summed over pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LinkCounts {
    /// Links of the forward direction.
    forward: usize,
    /// Links of the reverse direction.
    reverse: usize,
    /// Links of both.
    common: usize,
}

impl LinkCounts {
    /// Counts the links of a pair: those of the forward direction with the weights of the model, and those of the reverse
    /// direction by the statistics alone. The reverse direction does not know the weights, so they increase the agreement
    /// only if they bring the forward direction nearer to the truth.
    pub fn of(pair: &AlignedPair) -> Self {
        let forward = pair.with_weights.forward_links();
        let reverse = pair.statistics_alone.reverse_links();
        let common = forward.iter().filter(|link| reverse.contains(link)).count();
        Self { forward: forward.len(), reverse: reverse.len(), common }
    }

    pub fn and(self, other: Self) -> Self {
        Self {
            forward: self.forward + other.forward,
            reverse: self.reverse + other.reverse,
            common: self.common + other.common,
        }
    }

    /// The agreement, 0 to 1: twice the common links as a share of the links of both directions.
    pub fn agreement(self) -> f64 {
        2.0 * self.common as f64 / (self.forward + self.reverse).max(1) as f64
    }
}
