//! Alignment posteriors of one pair in both directions.

use crate::{AttentionMatrix, Link, Links, MergeError, Shape, WordAttention};

/// For each two words of a pair, the probability in each direction that they translate each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Posteriors {
    forward: WordAttention,
    reverse: WordAttention,
}

impl Posteriors {
    /// The default threshold of [`agreed_links`](Self::agreed_links).
    pub const THRESHOLD: f32 = 0.1;

    /// Combines the posteriors of the forward direction, `[target words][source words]`, with those of the reverse
    /// direction, `[source words][target words]`.
    ///
    /// # Errors
    /// [`MergeError::Directions`] if the two matrices have different numbers of source or target words.
    pub fn new(forward: WordAttention, reverse: WordAttention) -> Result<Self, MergeError> {
        let forward_lengths = (forward.matrix().source_len(), forward.matrix().target_len());
        let reverse_lengths = (reverse.matrix().target_len(), reverse.matrix().source_len());
        // A matrix without rows does not know its number of columns.
        let has_no_rows = forward.matrix().target_len() == 0 && reverse.matrix().target_len() == 0;
        if !has_no_rows && forward_lengths != reverse_lengths {
            return Err(MergeError::Directions { forward: forward_lengths, reverse: reverse_lengths });
        }
        Ok(Self { forward, reverse })
    }

    /// For each target word the probability that each source word generated it, `[target words][source words]`. The
    /// [`eos_mass`](WordAttention::eos_mass) is the probability that no source word did. All zero for a pair that cannot be
    /// aligned.
    pub fn forward(&self) -> &WordAttention {
        &self.forward
    }

    /// For each source word the probability that each target word generated it, `[source words][target words]`.
    pub fn reverse(&self) -> &WordAttention {
        &self.reverse
    }

    /// The product of both directions, `[target words][source words]`: near 1 only where both directions are certain.
    pub fn agreement(&self) -> AttentionMatrix {
        let (forward, reverse) = (self.forward.matrix(), self.reverse.matrix());
        let shape = Shape { target_len: forward.target_len(), source_len: forward.source_len() };
        let products = forward.rows().enumerate().flat_map(|(target, row)| {
            row.iter().enumerate().map(move |(source, posterior)| posterior * reverse.get(source, target))
        });
        AttentionMatrix::new(shape, products.collect()).expect("one product for each weight")
    }

    /// Links each target word to its most probable source word, unless it is more probable that no source word generated it.
    pub fn forward_links(&self) -> Links {
        Links::from_attention(&self.forward, 1.0)
    }

    /// Links each source word to its most probable target word, unless it is more probable that no target word generated
    /// it. The source comes first in each link.
    pub fn reverse_links(&self) -> Links {
        Links::from_attention(&self.reverse, 1.0).transposed()
    }

    /// Every link whose [`agreement`](Self::agreement) is above `threshold`, a probability. A lower threshold finds more
    /// links, and more wrong ones.
    pub fn agreed_links(&self, threshold: f32) -> Links {
        let agreement = self.agreement();
        let links = agreement.rows().enumerate().flat_map(|(target, row)| {
            let above = row.iter().enumerate().filter(|(_, product)| **product > threshold);
            above.map(move |(source, _)| Link { source, target })
        });
        links.collect()
    }

    /// Every link for which the mean of both posteriors is above one half: one direction is certain, or both find it
    /// likely.
    pub fn mean_links(&self) -> Links {
        let (forward, reverse) = (self.forward.matrix(), self.reverse.matrix());
        let links = forward.rows().enumerate().flat_map(|(target, row)| {
            let likely = row.iter().enumerate();
            let likely = likely.filter(move |(source, posterior)| **posterior + reverse.get(*source, target) > 1.0);
            likely.map(move |(source, _)| Link { source, target })
        });
        links.collect()
    }
}
