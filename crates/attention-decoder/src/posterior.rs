//! Where a known word came from.

use crate::{Decoder, Output};
use candle_core::{D, Result, Tensor};
use glosser_encoder::Annotations;
use glosser_kernels::{Lengths, Pass, log_softmax_rows, tanh};

/// Readouts that are made into logits at a time: some 16 MB for 4,000 words.
const AT_ONCE: usize = 1024;

impl Decoder {
    /// [`Decoder::forward`] through known targets, in evaluation, with its weights replaced by the *posterior*: where each
    /// token came from, now that it is known. With s and y as in [`Decoder`], v the values and a the attention,
    ///
    /// ```text
    /// p(i | word) ~ a(i) p(word | i),    p(word | i) = softmax(E tanh(W [s; v(i); y]) + b)
    /// ```
    ///
    /// normalised over the source positions i (Shankar and Sarawagi 2019, equation 4, at a state that has read the context of
    /// all positions). `gold` has the tokens of each sentence, which `target_in` has one place later.
    ///
    /// Costs an output layer for every source token of every target token.
    pub fn posterior(
        &self,
        target_in: &Tensor,
        gold: &[Vec<u32>],
        lengths: &Lengths,
        annotations: &Annotations,
    ) -> Result<Output> {
        let way = self.way(target_in, lengths, annotations, &mut Pass::Evaluate)?;
        let output = self.output_of(&way, lengths, &mut Pass::Evaluate)?;
        let (hidden, value) = (way.read.dim(D::Minus1)?, way.memory.values.dim(D::Minus1)?);
        let from_value = self.readout.of_inputs(hidden, value)?;
        let (batch, target_len, source_len) = output.weights.dims3()?;
        let mut posterior = vec![0.0; batch * target_len * source_len];
        for (sentence, words) in gold.iter().enumerate() {
            let (sources, targets) = (way.memory.lengths.as_slice()[sentence], words.len());
            let of_sentence = |all: &Tensor, len: usize| all.get(sentence)?.narrow(0, 0, len)?.contiguous();
            let (read, y) = (of_sentence(&way.read, targets)?, of_sentence(&way.y, targets)?);
            let values = of_sentence(&way.memory.values, sources)?;
            // A readout is a sum of what its three inputs add to it: the values' part is the same for all words.
            let nothing = Tensor::zeros((targets, value), values.dtype(), values.device())?;
            let without = self.readout.forward(&Tensor::cat(&[&read, &nothing, &y], 1)?)?;
            let values = from_value.forward(&values)?.unsqueeze(0)?;
            let weights = of_sentence(&output.weights, targets)?.narrow(1, 0, sources)?.to_vec2::<f32>()?;
            let words_at_once = (AT_ONCE / sources).max(1);
            for first in (0..targets).step_by(words_at_once) {
                let count = words_at_once.min(targets - first);
                let inner = without.narrow(0, first, count)?.unsqueeze(1)?.broadcast_add(&values)?;
                let logits = self.output.forward(&tanh(&inner.flatten_to(1)?)?)?;
                let vocab = logits.dim(1)?;
                let mut log_probs = logits.flatten_all()?.to_vec1::<f32>()?;
                log_softmax_rows(&mut log_probs, vocab);
                for word in first..first + count {
                    let rows = log_probs[(word - first) * sources * vocab..].chunks(vocab).take(sources);
                    let likelihoods = rows.map(|row| row[words[word] as usize]);
                    let out = &mut posterior[(sentence * target_len + word) * source_len..][..sources];
                    normalised(&weights[word], likelihoods, out);
                }
            }
        }
        let weights = Tensor::from_vec(posterior, (batch, target_len, source_len), output.weights.device())?;
        Ok(Output { weights, ..output })
    }
}

/// Weights times likelihoods, which are given as logarithms, so that they sum to one.
fn normalised(weights: &[f32], log_likelihoods: impl Iterator<Item = f32>, out: &mut [f32]) {
    for ((out, weight), log_likelihood) in out.iter_mut().zip(weights).zip(log_likelihoods) {
        // A weight that is rounded to zero is still possible: the word may say so.
        *out = weight.max(f32::MIN_POSITIVE).ln() + log_likelihood;
    }
    let most = out.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = out
        .iter_mut()
        .map(|out| {
            *out = (*out - most).exp();
            *out
        })
        .sum();
    out.iter_mut().for_each(|out| *out /= sum);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posteriors_sum_to_one_whatever_the_range() {
        let mut out = [0.0; 3];
        normalised(&[0.5, 0.25, 0.25], [-1.0, -1.0 - 2f32.ln(), -300.0].into_iter(), &mut out);
        assert!((out[0] - 0.8).abs() < 1e-6 && (out[1] - 0.2).abs() < 1e-6 && out[2] < 1e-20, "{out:?}");
        normalised(&[0.0, 1.0, 0.0], [0.0, -500.0, -500.0].into_iter(), &mut out);
        assert!(out[0] > 0.99, "{out:?}");
    }
}
