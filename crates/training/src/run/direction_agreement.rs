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

#[cfg(test)]
mod tests {
    use super::*;
    use glosser_alignment::{AttentionMatrix, WordAttention};

    /// The alignment of two words with two words, from the weights of both directions; the rest belongs to the empty word.
    fn posteriors(forward: [[f32; 2]; 2], reverse: [[f32; 2]; 2]) -> Posteriors {
        let direction = |rows: [[f32; 2]; 2]| {
            let empty = rows.map(|row| 1.0 - row[0] - row[1]).to_vec();
            let matrix = AttentionMatrix::from_rows(&rows.map(Vec::from)).expect("a matrix");
            WordAttention::new(matrix, empty).expect("a row for each word")
        };
        Posteriors::new(direction(forward), direction(reverse)).expect("one pair")
    }

    #[test]
    fn links_of_both_directions_are_counted_over_all_pairs() {
        let diagonal = [[0.9, 0.1], [0.1, 0.9]];
        // The second word is linked to the first one, or to none.
        let (first, none) = ([[0.9, 0.1], [0.9, 0.1]], [[0.9, 0.1], [0.1, 0.1]]);
        let counts = |forward, reverse| {
            let (with_weights, statistics_alone) = (&posteriors(forward, none), &posteriors(none, reverse));
            LinkCounts::of(&AlignedPair { with_weights, statistics_alone })
        };
        assert_eq!(counts(diagonal, diagonal), LinkCounts { forward: 2, reverse: 2, common: 2 });
        assert_eq!(counts(first, diagonal), LinkCounts { forward: 2, reverse: 2, common: 1 });
        assert_eq!(counts(diagonal, none), LinkCounts { forward: 2, reverse: 1, common: 1 });
        let both = counts(diagonal, diagonal).and(counts(first, diagonal));
        assert_eq!(both.agreement(), 0.75);
        assert_eq!(LinkCounts::default().agreement(), 0.0);
    }
}
