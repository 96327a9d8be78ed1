//! Weights of a model as evidence for links, beside the statistics.

use crate::WordAttention;

/// The smallest weight that counts: a weight that was rounded to zero does not make a link impossible.
const MIN_WEIGHT: f32 = 1e-4;

/// For each direction the weights over words of a model, with their exponent: 0 ignores them, 1 multiplies the probabilities
/// of the statistics by them. If one of the two directions is missing, the other one is used for both.
#[derive(Debug, Clone, Copy, Default)]
pub struct Evidence<'a> {
    /// Weights `[target words][source words]`.
    pub forward: Option<(&'a WordAttention, f32)>,
    /// Weights of a model of the opposite direction, `[source words][target words]`.
    pub reverse: Option<(&'a WordAttention, f32)>,
}

/// The factors of the emissions of both directions.
pub(super) struct Factors {
    /// `[target words][1 + source words]`
    pub(super) forward: Option<Vec<f32>>,
    /// `[source words][1 + target words]`
    pub(super) reverse: Option<Vec<f32>>,
}

impl Evidence<'_> {
    /// The factors for a pair with these numbers of words. Weights of another number of words are ignored.
    pub(super) fn factors(&self, source_len: usize, target_len: usize) -> Factors {
        let own = |given: Option<(&WordAttention, f32)>, generating: usize, generated: usize| {
            let (weights, exponent) = given?;
            let matrix = weights.matrix();
            (exponent != 0.0 && matrix.source_len() == generating && matrix.target_len() == generated)
                .then(|| direct(weights, exponent))
        };
        let other = |given: Option<(&WordAttention, f32)>, generating: usize, generated: usize| {
            let (weights, exponent) = given?;
            let matrix = weights.matrix();
            (exponent != 0.0 && matrix.source_len() == generated && matrix.target_len() == generating)
                .then(|| transposed(weights, exponent))
        };
        Factors {
            forward: own(self.forward, source_len, target_len).or_else(|| other(self.reverse, source_len, target_len)),
            reverse: own(self.reverse, target_len, source_len).or_else(|| other(self.forward, target_len, source_len)),
        }
    }
}

/// The weights of each row, that of the end first: it stands for the empty word.
fn direct(weights: &WordAttention, exponent: f32) -> Vec<f32> {
    let rows = weights.matrix().rows().zip(weights.eos_mass());
    rows.flat_map(|(row, end)| [*end].into_iter().chain(row.iter().copied()).map(|weight| power(weight, exponent)))
        .collect()
}

/// The weights of each column; the empty word has what is missing to a sum of one.
fn transposed(weights: &WordAttention, exponent: f32) -> Vec<f32> {
    let matrix = weights.matrix();
    (0..matrix.source_len())
        .flat_map(|source| {
            let column: Vec<f32> = (0..matrix.target_len()).map(|target| matrix.get(target, source)).collect();
            let missing = 1.0 - column.iter().sum::<f32>();
            [missing].into_iter().chain(column).map(|weight| power(weight, exponent)).collect::<Vec<f32>>()
        })
        .collect()
}

fn power(weight: f32, exponent: f32) -> f32 {
    weight.max(MIN_WEIGHT).powf(exponent)
}
