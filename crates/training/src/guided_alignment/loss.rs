//! The part of the loss that is about links: how far the weights of aligner and attention are from given ones.

use crate::GuidedAlignmentSettings;
use crate::data::word_dropout::WordNumbers;
use candle_core::{Result, Tensor};
use glosser_alignment::Links;
use glosser_attention_decoder::Output;

/// The links of all examples, with what they count. Words are those of the resegmenter.
pub(crate) struct Loss {
    settings: GuidedAlignmentSettings,
    /// Where the links of each example end.
    ends: Vec<usize>,
    /// Source and target word of each link.
    links: Vec<(u16, u16)>,
}

/// Where target words look that have no link, in a pair that has others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unlinked {
    /// Where they like.
    Anywhere,
    /// At the end of the source: there is no word for them.
    AtTheEnd,
}

/// Keeps the logarithm of no weight at all a number, and small beside any weight that counts.
const LEAST: f64 = 1e-6;

impl Loss {
    /// Of no example yet.
    pub fn new(settings: GuidedAlignmentSettings) -> Self {
        Self { settings, ends: Vec::new(), links: Vec::new() }
    }

    /// Adds the links of the next example. Words beyond what sixteen bits count have none.
    pub fn push(&mut self, links: &Links) {
        let numbers = links.iter().map(|link| Some((link.source.try_into().ok()?, link.target.try_into().ok()?)));
        self.links.extend(numbers.flatten());
        self.ends.push(self.links.len());
    }

    fn of(&self, example: u32) -> &[(u16, u16)] {
        let example = example as usize;
        let start = example.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.links[start..self.ends[example]]
    }

    /// What is added to the loss of a batch of these examples, for each of which there is the word of each token, in the
    /// order of the batch. `None` where the attention has nothing to follow, and there is no aligner, whose weights have a
    /// gradient in any case, if only of zeros.
    pub fn loss(&self, output: &Output, examples: &[u32], words: &[WordNumbers]) -> Result<Option<Tensor>> {
        let GuidedAlignmentSettings { aligner_weight, attention_weight, .. } = self.settings;
        let mut sum: Option<Tensor> = None;
        let attended = (Some(&output.weights), attention_weight, Unlinked::Anywhere);
        let aligned = (output.aligner_weights.as_ref(), aligner_weight, Unlinked::AtTheEnd);
        for (weights, weight, unlinked) in [attended, aligned] {
            let Some(weights) = weights.filter(|_| weight > 0.0) else { continue };
            let Some(loss) = self.cross_entropy(weights, examples, words, unlinked)? else { continue };
            let loss = (loss * weight)?;
            sum = Some(match sum {
                Some(sum) => (sum + loss)?,
                None => loss,
            });
        }
        Ok(sum)
    }

    /// Of weights `[batch, target_len, source_len]`.
    ///
    /// A target token of a word with n links is to put 1/n on the tokens of each word that it is linked to, however it
    /// shares that among them; its cross-entropy is Σ -(1/n) log(weight of the word). Of these the mean over all target
    /// tokens is taken, linked or not, as that of the words' own loss (guided alignment, Chen et al. 2016, "Guided
    /// Alignment Training for Topic-Aware Neural Machine Translation", section 3).
    fn cross_entropy(
        &self,
        weights: &Tensor,
        examples: &[u32],
        words: &[WordNumbers],
        unlinked: Unlinked,
    ) -> Result<Option<Tensor>> {
        let (batch, target_len, source_len) = weights.dims3()?;
        let source_words = words.iter().flat_map(|words| &words.source).max().map_or(1, |last| last + 1);
        let mut is_in = vec![0f32; batch * source_len * source_words];
        let mut share = vec![0f32; batch * target_len * source_words];
        let mut tokens = 0;
        let mut is_guided = false;
        for (row, (example, words)) in examples.iter().zip(words).enumerate() {
            tokens += words.target.len();
            // Stand-ins have changed which words there are.
            if words.has_stand_ins {
                continue;
            }
            for (token, word) in words.source.iter().enumerate() {
                is_in[(row * source_len + token) * source_words + word] = 1.0;
            }
            let links = self.of(*example);
            let end = words.source.last().copied().filter(|_| unlinked == Unlinked::AtTheEnd && !links.is_empty());
            for (token, word) in words.target.iter().enumerate() {
                let linked = || links.iter().filter(|(_, target)| usize::from(*target) == *word);
                let count = linked().count();
                for (source, _) in linked() {
                    share[(row * target_len + token) * source_words + usize::from(*source)] = 1.0 / count as f32;
                    is_guided = true;
                }
                if let (0, Some(end)) = (count, end) {
                    share[(row * target_len + token) * source_words + end] = 1.0;
                }
            }
        }
        if !is_guided && unlinked == Unlinked::Anywhere {
            return Ok(None);
        }
        let device = weights.device();
        let is_in = Tensor::from_vec(is_in, (batch, source_len, source_words), device)?;
        let share = Tensor::from_vec(share, (batch, target_len, source_words), device)?;
        let of_words = (weights.matmul(&is_in)? + LEAST)?;
        let sum = (share * of_words.log()?)?.sum_all()?;
        Ok(Some((sum * (-1.0 / tokens as f64))?))
    }
}

#[cfg(test)]
#[path = "loss_tests.rs"]
mod tests;
