//! What two directions say of one pair.

use crate::{AttentionMatrix, Link, Links, MergeError, Shape, WordAttention};

/// How probable it is that two words belong together, by each direction.
#[derive(Debug, Clone, PartialEq)]
pub struct Posteriors {
    forward: WordAttention,
    reverse: WordAttention,
}

impl Posteriors {
    /// From those of the forward direction, `[target words][source words]`, and of the other, `[source words][target
    /// words]`.
    ///
    /// # Errors
    /// [`MergeError::Directions`] if they are not of as many words.
    pub fn new(forward: WordAttention, reverse: WordAttention) -> Result<Self, MergeError> {
        let (source_of, target_of) = (forward.matrix().source_len(), forward.matrix().target_len());
        let (source, target) = (reverse.matrix().target_len(), reverse.matrix().source_len());
        // Without words on a side there is no row that says how many the other has.
        let is_empty = target_of == 0 && source == 0;
        if !is_empty && (source_of, target_of) != (source, target) {
            return Err(MergeError::Directions { forward: (source_of, target_of), reverse: (source, target) });
        }
        Ok(Self { forward, reverse })
    }

    /// For each target word, `[target words][source words]`, the probability that each source word generated it; the
    /// mass beside the matrix is that of no word at all. All zero for a pair that cannot be aligned.
    pub fn forward(&self) -> &WordAttention {
        &self.forward
    }

    /// The same from the other direction, for each source word: `[source words][target words]`.
    pub fn reverse(&self) -> &WordAttention {
        &self.reverse
    }

    /// The product of both directions, `[target words][source words]`: near 1 only where both are sure.
    pub fn agreement(&self) -> AttentionMatrix {
        let (forward, reverse) = (self.forward.matrix(), self.reverse.matrix());
        let shape = Shape { target_len: forward.target_len(), source_len: forward.source_len() };
        let products = forward.rows().enumerate().flat_map(|(target, row)| {
            row.iter().enumerate().map(move |(source, posterior)| posterior * reverse.get(source, target))
        });
        AttentionMatrix::new(shape, products.collect()).expect("one product for each weight")
    }

    /// One link at most for each target word: with its most probable source word, unless no word at all is more probable.
    pub fn forward_links(&self) -> Links {
        Links::from_attention(&self.forward, 1.0)
    }

    /// One link at most for each source word; source first, as everywhere.
    pub fn reverse_links(&self) -> Links {
        Links::from_attention(&self.reverse, 1.0).transposed()
    }

    /// Every link whose [`agreement`](Self::agreement) is above `threshold`: a lower one finds more links, and more
    /// wrong ones.
    pub fn agreed_links(&self, threshold: f32) -> Links {
        let agreement = self.agreement();
        let links = agreement.rows().enumerate().flat_map(|(target, row)| {
            let above = row.iter().enumerate().filter(|(_, product)| **product > threshold);
            above.map(move |(source, _)| Link { source, target })
        });
        links.collect()
    }
}
