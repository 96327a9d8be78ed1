//! Multiplications and additions of the matrix products of a model. Element-wise work and padding are not counted.

use glosser_translator::ModelConfig;

/// Counts the forward pass of one encoder-decoder over pairs with these numbers of source and target tokens, of which each
/// target token has this number of logits. A backward pass has twice as many operations.
pub fn forward_flops(model: &ModelConfig, pairs: &[(usize, usize)], logits: usize) -> f64 {
    let ModelConfig { embed, encoder, decoder, .. } = model;
    let sources: usize = pairs.iter().map(|(source, _)| source).sum();
    let targets: usize = pairs.iter().map(|(_, target)| target).sum();
    // Every target token is scored against every source token.
    let scores: usize = pairs.iter().map(|(source, target)| source * target).sum();
    let (hidden, value) = (decoder.hidden, 2 * encoder.hidden + embed);
    let product = |rows: usize, inner: usize, cols: usize| 2 * rows * inner * cols;
    let gru = |rows, inner, hidden: usize| product(rows, inner + hidden, 3 * hidden);
    let first_layer = 2 * gru(sources, *embed, encoder.hidden);
    let other_layers = (encoder.layers - 1) * 2 * gru(sources, 2 * encoder.hidden, encoder.hidden);
    let attention =
        |size, query| product(sources, value, size) + product(targets, query, size) + product(scores, size, 1);
    let attended = attention(decoder.attention.size, hidden) + product(scores, value, 1);
    // The weights alone are needed of the aligner, not its context.
    let aligner = decoder.aligner.as_ref().map_or(0, |aligner| attention(aligner.size, 2 * hidden));
    let layers = gru(targets, *embed, hidden) + gru(targets, hidden + value, hidden);
    let output = product(targets, hidden + value + embed, *embed) + product(targets, *embed, logits);
    (first_layer + other_layers + attended + aligner + layers + output) as f64
}
