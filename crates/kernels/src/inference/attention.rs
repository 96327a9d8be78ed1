//! Attention of one query on one sentence, without a graph.

use crate::ops::attention::{additive_score, softmax_row};
use crate::simd;

/// The attention of one query on one sentence, outside of any graph: the same numbers as [`additive_scores`] or
/// [`dot_scores`], [`softmax`] and [`weighted_sum`].
///
/// `keys` `[source_len, size of a key]`, `values` `[source_len, size of a value]`; `v` for additive scores, none for dot
/// products. Fills `weights` `[source_len]` and `context` `[size of a value]`.
pub fn attend(
    query: &[f32],
    keys: &[f32],
    values: &[f32],
    v: Option<&[f32]>,
    weights: &mut [f32],
    context: &mut [f32],
) {
    widest!({
        for (score, key) in weights.iter_mut().zip(keys.chunks_exact(query.len())) {
            *score = match v {
                Some(v) => additive_score(query, key, v),
                None => simd::dot(query, key),
            };
        }
    });
    attend_by_scores(values, weights, context);
}

/// The same where the scores are known: they become the weights.
pub fn attend_by_scores(values: &[f32], scores: &mut [f32], context: &mut [f32]) {
    widest!({
        softmax_row(scores);
        context.fill(0.0);
        for (weight, value) in scores.iter().zip(values.chunks_exact(context.len())) {
            simd::add_scaled(context, *weight, value);
        }
    });
}
