//! Attention of one query over one sentence, without a graph.

use crate::ops::attention::{additive_score, softmax_row};
use crate::simd;

/// Computes the attention of one query over one sentence, with the same results as [`additive_scores`] or
/// [`dot_scores`], then [`softmax`] and [`weighted_sum`].
///
/// Arguments: `query` `[A]`, `keys` `[S, A]`, `values` `[S, D]`, and `v` `[A]` for additive scores, `None` for
/// dot-product scores. Fills `weights` `[S]` and `context` `[D]`.
///
/// [`additive_scores`]: crate::additive_scores
/// [`dot_scores`]: crate::dot_scores
/// [`softmax`]: crate::softmax()
/// [`weighted_sum`]: crate::weighted_sum()
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

/// Computes the attention of one query whose scores are known. `scores` `[S]` are replaced by the attention weights;
/// `context` `[D]` is filled with the weighted sum of `values` `[S, D]`.
pub fn attend_by_scores(values: &[f32], scores: &mut [f32], context: &mut [f32]) {
    widest!({
        softmax_row(scores);
        context.fill(0.0);
        for (weight, value) in scores.iter().zip(values.chunks_exact(context.len())) {
            simd::add_scaled(context, *weight, value);
        }
    });
}
