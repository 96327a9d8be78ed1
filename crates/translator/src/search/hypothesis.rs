//! The hypotheses of a beam as chains of tokens, and the finished translations.

use glosser_text::TextPlace;
use std::sync::Arc;

/// A finished translation over token ids.
#[derive(Clone, Debug, PartialEq)]
pub struct Hypothesis {
    /// Token ids without EOS.
    pub ids: Vec<u32>,
    /// log p of all tokens, EOS included.
    pub log_prob: f32,
    /// log p of each token given the ones before it, EOS last.
    pub token_log_probs: Vec<f32>,
    /// The order of hypotheses: `log_prob / length^length_penalty`, where the length counts EOS.
    pub score: f32,
    /// Attention weights over the source tokens: one row per token, EOS last.
    pub weights: Vec<Vec<f32>>,
    /// Other weights of the same tokens, computed after the search; `None` if only the attention was wanted.
    pub other_weights: Option<Vec<Vec<f32>>>,
    /// Whether the search reached the maximum length where the model would have gone on: in this hypothesis, or in
    /// another one that might have become better.
    pub truncated: bool,
    /// The placeholders that the model gave no place to, one bit each: it would have ended without them, so that they
    /// were put where it would have ended.
    pub appended: u8,
}

/// The last token of a hypothesis, linked to the tokens before it. Hypotheses with a common beginning share its nodes.
pub(super) struct Node {
    pub before: Option<Arc<Node>>,
    pub token: u32,
    /// The attention weights of this token, one per source token.
    pub weights: Vec<f32>,
    /// Sum over this token and all before it.
    pub log_prob: f64,
    pub len: usize,
    /// The place in the text after the bytes of this token.
    pub place: TextPlace,
    /// The placeholders of the source that the hypothesis does not have yet, one bit each.
    pub missing: u8,
    /// The placeholders that were put in because the model would have ended without them, one bit each.
    pub appended: u8,
}

/// Frees the chain in a loop: the recursion of the default would need a stack as deep as a translation is long.
impl Drop for Node {
    fn drop(&mut self) {
        let mut next = self.before.take();
        while let Some(mut node) = next.and_then(Arc::into_inner) {
            next = node.before.take();
        }
    }
}

/// Whether a hypothesis already contains its last two tokens followed by this one.
pub(super) fn would_repeat(node: Option<&Arc<Node>>, token: u32) -> bool {
    let tokens = || std::iter::successors(node, |node| node.before.as_ref()).map(|node| node.token);
    let mut last = tokens();
    let (Some(second), Some(first)) = (last.next(), last.next()) else { return false };
    let threes = tokens().zip(tokens().skip(1)).zip(tokens().skip(2));
    threes.into_iter().any(|three| three == ((token, second), first))
}

/// The nodes of a hypothesis, last token first.
fn nodes(end: &Arc<Node>) -> impl Iterator<Item = &Arc<Node>> {
    std::iter::successors(Some(end), |node| node.before.as_ref())
}

/// The tokens of a hypothesis and their log p; none before the first token.
pub(super) fn tokens_and_log_prob(node: &Option<Arc<Node>>) -> (Vec<u32>, f64) {
    let Some(end) = node else { return (Vec::new(), 0.0) };
    let mut tokens: Vec<u32> = nodes(end).map(|node| node.token).collect();
    tokens.reverse();
    (tokens, end.log_prob)
}

/// The finished translation that ends with this node.
pub(super) fn hypothesis(end: &Arc<Node>, length_penalty: f32, truncated: bool) -> Hypothesis {
    let (mut ids, mut weights): (Vec<u32>, Vec<Vec<f32>>) =
        nodes(end).map(|node| (node.token, node.weights.clone())).unzip();
    let log_prob_before = |node: &Arc<Node>| node.before.as_ref().map_or(0.0, |before| before.log_prob);
    let mut token_log_probs: Vec<f32> = nodes(end).map(|node| (node.log_prob - log_prob_before(node)) as f32).collect();
    ids.reverse();
    weights.reverse();
    token_log_probs.reverse();
    // EOS
    ids.pop();
    let score = normalized(end.log_prob, end.len, length_penalty);
    let (log_prob, score) = (end.log_prob as f32, score as f32);
    let (other_weights, appended) = (None, end.appended);
    Hypothesis { ids, log_prob, token_log_probs, score, weights, other_weights, truncated, appended }
}

/// The score of a hypothesis: its log probability, normalized by its number of tokens, EOS included.
pub(crate) fn normalized(log_prob: f64, tokens: usize, length_penalty: f32) -> f64 {
    log_prob / (tokens as f64).powf(f64::from(length_penalty))
}
