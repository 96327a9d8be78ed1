//! How well the alignments of two directions agree: a measure of links that needs no gold links.

use glosser_alignment::Posteriors;

/// The alignment of one held-out pair, once with the weights of the model and once by the statistics alone.
pub(crate) struct AlignedPair<'a> {
    pub with_weights: &'a Posteriors,
    pub statistics_alone: &'a Posteriors,
}

/// Numbers of links of one pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LinkCounts {
    /// Links of the forward direction.
    pub forward: usize,
    /// Links of the reverse direction.
    pub reverse: usize,
    /// Links of both.
    pub common: usize,
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

    fn all(self) -> usize {
        self.forward + self.reverse
    }
}

/// The agreement of the directions over all pairs, 0 to 1: twice the common links as a share of the links of both.
pub(crate) fn agreement(pairs: &[LinkCounts]) -> f64 {
    let sum = |number: fn(&LinkCounts) -> usize| pairs.iter().map(number).sum::<usize>();
    2.0 * sum(|pair| pair.common) as f64 / sum(|pair| pair.all()).max(1) as f64
}

/// The standard error of the difference between two agreements on the same pairs: that of a difference of two ratios, by
/// their first derivatives (the delta method).
pub(crate) fn difference_error(a: &[LinkCounts], b: &[LinkCounts]) -> f64 {
    // How much each pair moves an agreement; the sum is zero.
    let moves = |pairs: &[LinkCounts]| -> Vec<f64> {
        let (agreement, all) = (agreement(pairs), pairs.iter().map(|pair| pair.all()).sum::<usize>().max(1) as f64);
        pairs.iter().map(|pair| (2.0 * pair.common as f64 - agreement * pair.all() as f64) / all).collect()
    };
    moves(a).iter().zip(moves(b)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
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
        assert_eq!(agreement(&[counts(diagonal, diagonal), counts(first, diagonal)]), 0.75);
        assert_eq!(agreement(&[]), 0.0);
    }

    #[test]
    fn the_error_of_a_difference_comes_from_pairs_that_change() {
        let pair = |common| LinkCounts { forward: 4, reverse: 4, common };
        let (some, more) = ([pair(2), pair(3), pair(1), pair(2)], [pair(2), pair(3), pair(3), pair(4)]);
        assert_eq!(difference_error(&some, &some), 0.0);
        // Of 32 links, 0, 0, 4 and 4 more agree: each pair is 2 / 32 away from the mean.
        assert!((difference_error(&some, &more) - 2.0 / 16.0).abs() < 1e-12);
        assert!((agreement(&more) - agreement(&some) - 0.25).abs() < 1e-12);
    }
}
