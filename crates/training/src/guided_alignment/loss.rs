//! The loss of guided alignment: the cross-entropy of the weights of aligner and attention with links.

use crate::data::word_dropout::WordNumbers;
use crate::settings::GuidedAlignmentSettings;
use candle_core::{Result, Tensor};
use glosser_alignment::Links;
use glosser_attention_decoder::Output;

/// The links of all examples, between the words of the tokenizer, and how much they count.
pub(crate) struct Loss {
    settings: GuidedAlignmentSettings,
    /// The end of the links of each example in `links`.
    ends: Vec<usize>,
    /// Source and target word of each link.
    links: Vec<(u16, u16)>,
}

/// The weights of a target word without links, in a pair that has some.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unlinked {
    /// They are not trained.
    Free,
    /// They are trained to be on the end of the source, because no source word corresponds.
    AtTheEnd,
}

/// Is added to weights, so that the logarithm of zero is finite. It is small beside every weight that matters.
const EPSILON: f64 = 1e-6;

impl Loss {
    /// Makes the loss without the links of any example.
    pub fn new(settings: GuidedAlignmentSettings) -> Self {
        Self { settings, ends: Vec::new(), links: Vec::new() }
    }

    /// Adds the links of the next example. Links of words beyond number 65,535 are ignored.
    pub fn push(&mut self, links: &Links) {
        let numbers = links.iter().map(|link| Some((link.source.try_into().ok()?, link.target.try_into().ok()?)));
        self.links.extend(numbers.flatten());
        self.ends.push(self.links.len());
    }

    /// Returns the links of an example, as numbers of source and target word.
    pub fn links(&self, example: u32) -> &[(u16, u16)] {
        let example = example as usize;
        let start = example.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.links[start..self.ends[example]]
    }

    /// Returns the loss of a batch of these examples, as a scalar. `words` has the word of each token, in the order of
    /// the batch. Returns `None` if only the attention is guided and no word of the batch has a link.
    pub fn compute(&self, output: &Output, examples: &[u32], words: &[WordNumbers]) -> Result<Option<Tensor>> {
        let GuidedAlignmentSettings { aligner_weight, attention_weight, .. } = self.settings;
        let mut sum: Option<Tensor> = None;
        let attention = (Some(&output.weights), attention_weight, Unlinked::Free);
        let aligner = (output.aligner_weights.as_ref(), aligner_weight, Unlinked::AtTheEnd);
        for (weights, factor, unlinked) in [attention, aligner] {
            let Some(weights) = weights.filter(|_| factor > 0.0) else { continue };
            let Some(loss) = self.cross_entropy(weights, examples, words, unlinked)? else { continue };
            let loss = (loss * factor)?;
            sum = Some(match sum {
                Some(sum) => (sum + loss)?,
                None => loss,
            });
        }
        Ok(sum)
    }

    /// Returns the cross-entropy of weights `[batch, target, source]`, as a scalar.
    ///
    /// A target token of a word with n links should put 1/n on the tokens of each linked word, in any distribution
    /// among them. Its cross-entropy is Σ -(1/n) log(weight on the word). The loss is the mean over all target tokens,
    /// linked or not, like the cross-entropy of the target tokens (Chen et al. 2016, "Guided Alignment Training for Topic-Aware Neural
    /// Machine Translation", section 3).
    fn cross_entropy(
        &self,
        weights: &Tensor,
        examples: &[u32],
        words: &[WordNumbers],
        unlinked: Unlinked,
    ) -> Result<Option<Tensor>> {
        let (batch, target_len, source_len) = weights.dims3()?;
        let source_words = words.iter().flat_map(|words| &words.source).max().map_or(1, |last| last + 1);
        // Whether a source token belongs to a source word `[batch, source, words]`.
        let mut membership = vec![0f32; batch * source_len * source_words];
        // The distribution over source words that a target token should have `[batch, target, words]`.
        let mut wanted = vec![0f32; batch * target_len * source_words];
        let mut tokens = 0;
        let mut has_links = false;
        for (row, (example, words)) in examples.iter().zip(words).enumerate() {
            tokens += words.target.len();
            // Placeholders replace words, so the links are not between these words.
            if words.has_placeholders {
                continue;
            }
            for (token, word) in words.source.iter().enumerate() {
                membership[(row * source_len + token) * source_words + word] = 1.0;
            }
            let links = self.links(*example);
            let end = words.source.last().copied().filter(|_| unlinked == Unlinked::AtTheEnd && !links.is_empty());
            for (token, word) in words.target.iter().enumerate() {
                let linked = || links.iter().filter(|(_, target)| usize::from(*target) == *word);
                let count = linked().count();
                for (source, _) in linked() {
                    wanted[(row * target_len + token) * source_words + usize::from(*source)] = 1.0 / count as f32;
                    has_links = true;
                }
                if let (0, Some(end)) = (count, end) {
                    wanted[(row * target_len + token) * source_words + end] = 1.0;
                }
            }
        }
        // The aligner has a loss even so, because the optimiser needs a gradient of its weights, if only zeros.
        if !has_links && unlinked == Unlinked::Free {
            return Ok(None);
        }
        let device = weights.device();
        let membership = Tensor::from_vec(membership, (batch, source_len, source_words), device)?;
        let wanted = Tensor::from_vec(wanted, (batch, target_len, source_words), device)?;
        let on_words = (weights.matmul(&membership)? + EPSILON)?;
        let sum = (wanted * on_words.log()?)?.sum_all()?;
        Ok(Some((sum * (-1.0 / tokens as f64))?))
    }
}

#[cfg(test)]
#[path = "loss_tests.rs"]
mod tests;
