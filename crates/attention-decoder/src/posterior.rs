//! The posterior over source positions of known target tokens.

use crate::decoder::TeacherForced;
use crate::{Decoder, Output};
use candle_core::{D, Result, Tensor};
use glosser_encoder::Annotations;
use glosser_kernels::{Lengths, Linear, Pass, log_softmax_rows, tanh};

/// Pairs of target token and source position whose logits are computed at a time: some 16 MB with 4,000 target tokens.
const PAIRS_AT_A_TIME: usize = 1024;

impl Decoder {
    /// Runs [`Decoder::forward`] in evaluation and replaces its attention weights w(t, i) by the *posterior*: the
    /// probability that token t was translated from source position i, given the token. With s(t), y(t), h(i) as at the
    /// head of this crate,
    ///
    /// ```text
    /// p(i | token) ~ w(t, i) p(token | i),    p(token | i) = softmax(E tanh(W [s(t); h(i); y(t)] + b) + b')
    /// ```
    ///
    /// normalised over the source positions i (Shankar and Sarawagi 2019, equation 4; here s(t) has already read the
    /// context of all positions). `gold` contains the target tokens of each sentence; `target_in` `[batch, target]` has
    /// them one position later, after the beginning of the sentence. The weights of the result are
    /// `[batch, target, source]`.
    ///
    /// This costs one output layer for each pair of source and target token.
    pub fn posterior(
        &self,
        target_in: &Tensor,
        gold: &[Vec<u32>],
        lengths: &Lengths,
        annotations: &Annotations,
    ) -> Result<Output> {
        let forced = self.teacher_forced(target_in, lengths, annotations, &mut Pass::Evaluate)?;
        let output = self.output_of(&forced, lengths, &mut Pass::Evaluate)?;
        let (hidden, value) = (forced.states.dim(D::Minus1)?, forced.memory.values.dim(D::Minus1)?);
        let from_value = self.readout.of_inputs(hidden, value)?;
        let (batch, target, source) = output.weights.dims3()?;
        let mut posterior = vec![0.0; batch * target * source];
        for (sentence, tokens) in gold.iter().enumerate() {
            let rows = &mut posterior[sentence * target * source..][..tokens.len() * source];
            self.posterior_of_sentence(&forced, &from_value, sentence, tokens, rows)?;
        }
        let weights = Tensor::from_vec(posterior, (batch, target, source), output.weights.device())?;
        Ok(Output { weights, ..output })
    }

    /// Writes the posterior of one sentence into `posterior`, `[tokens, source]`. `from_value` is the part of the
    /// readout that reads an annotation.
    fn posterior_of_sentence(
        &self,
        forced: &TeacherForced,
        from_value: &Linear,
        sentence: usize,
        tokens: &[u32],
        posterior: &mut [f32],
    ) -> Result<()> {
        let (sources, targets) = (forced.memory.lengths.as_slice()[sentence], tokens.len());
        let of_sentence = |all: &Tensor, len: usize| all.get(sentence)?.narrow(0, 0, len)?.contiguous();
        let (states, embedded) = (of_sentence(&forced.states, targets)?, of_sentence(&forced.embedded, targets)?);
        let values = of_sentence(&forced.memory.values, sources)?;
        // The readout is a sum over its three inputs, so the values' part is computed once for all tokens.
        let no_value = Tensor::zeros((targets, values.dim(1)?), values.dtype(), values.device())?;
        let without = self.readout.forward(&Tensor::cat(&[&states, &no_value, &embedded], 1)?)?;
        let values = from_value.forward(&values)?.unsqueeze(0)?;
        let weights = of_sentence(&forced.attended.weights, targets)?.narrow(1, 0, sources)?.to_vec2::<f32>()?;
        let mut rows = posterior.chunks_mut(forced.attended.weights.dim(D::Minus1)?).zip(&weights);
        let at_a_time = (PAIRS_AT_A_TIME / sources).max(1);
        for (first, tokens) in (0..targets).step_by(at_a_time).zip(tokens.chunks(at_a_time)) {
            let inner = without.narrow(0, first, tokens.len())?.unsqueeze(1)?.broadcast_add(&values)?;
            let log_likelihoods = self.log_likelihoods(&tanh(&inner.flatten_to(1)?)?, tokens)?;
            for (log_likelihoods, (row, weights)) in log_likelihoods.chunks(sources).zip(&mut rows) {
                normalised(weights, log_likelihoods, &mut row[..sources]);
            }
        }
        Ok(())
    }

    /// Returns log p(token | i) of each token and source position, `[tokens, source]`, from readouts
    /// `[tokens · source, embed]`.
    fn log_likelihoods(&self, readouts: &Tensor, tokens: &[u32]) -> Result<Vec<f32>> {
        let logits = self.output.forward(readouts)?;
        let (pairs, vocab) = logits.dims2()?;
        let mut log_probs = logits.flatten_all()?.to_vec1::<f32>()?;
        log_softmax_rows(&mut log_probs, vocab);
        let sources = pairs / tokens.len();
        Ok(log_probs.chunks(vocab).enumerate().map(|(pair, row)| row[tokens[pair / sources] as usize]).collect())
    }
}

/// Writes weights times likelihoods, scaled to sum one; all three slices have one value per source position.
fn normalised(weights: &[f32], log_likelihoods: &[f32], posterior: &mut [f32]) {
    for ((out, weight), log_likelihood) in posterior.iter_mut().zip(weights).zip(log_likelihoods) {
        // A weight that was rounded to zero is still possible if the token is likely enough.
        *out = weight.max(f32::MIN_POSITIVE).ln() + log_likelihood;
    }
    // Subtracting the maximum keeps `exp` in range.
    let max = posterior.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for out in posterior.iter_mut() {
        *out = (*out - max).exp();
    }
    let sum: f32 = posterior.iter().sum();
    posterior.iter_mut().for_each(|out| *out /= sum);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posteriors_sum_to_one_for_very_unlikely_tokens_and_zero_weights() {
        let mut out = [0.0; 3];
        normalised(&[0.5, 0.25, 0.25], &[-1.0, -1.0 - 2f32.ln(), -300.0], &mut out);
        assert!((out[0] - 0.8).abs() < 1e-6 && (out[1] - 0.2).abs() < 1e-6 && out[2] < 1e-20, "{out:?}");
        normalised(&[0.0, 1.0, 0.0], &[0.0, -500.0, -500.0], &mut out);
        assert!(out[0] > 0.99, "{out:?}");
    }
}
