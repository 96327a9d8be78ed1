//! Samples of the target vocabulary for the softmax of a training step.

use crate::Examples;
use crate::streams::below;
use candle_core::Result;
use glosser_kernels::SampledVocabulary;
use rand_chacha::ChaCha8Rng;
use std::cmp::Reverse;

/// Share of the most frequent tokens in a sample. The rest is drawn.
const FREQUENT: f64 = 0.6;

/// Draws a sample of the target vocabulary for each step (sampled softmax, Jean et al. 2015).
pub(crate) struct VocabularySampler {
    /// All tokens, the most frequent first.
    tokens: Vec<u32>,
    /// The number of frequent tokens, which are in every sample.
    frequent: usize,
    /// The number of other tokens that are drawn for a sample.
    drawn: usize,
}

impl VocabularySampler {
    /// Counts the target tokens of the corpus. Returns `None` if a sample of `size` would be the whole vocabulary of
    /// `vocab` tokens, or if `size` is zero.
    pub fn learn(examples: &Examples, vocab: usize, size: usize) -> Option<Self> {
        if size == 0 || size >= vocab {
            return None;
        }
        let mut tokens: Vec<u32> = (0..vocab as u32).collect();
        tokens.sort_by_key(|id| (Reverse(examples.target_count(*id)), *id));
        let frequent = (FREQUENT * size as f64) as usize;
        Some(Self { tokens, frequent, drawn: size - frequent })
    }

    /// Returns the frequent tokens, the gold tokens of the batch, and some of the others, drawn with equal probability.
    pub fn draw(&self, gold: &[u32], rng: &mut ChaCha8Rng) -> Result<SampledVocabulary> {
        let (frequent, others) = self.tokens.split_at(self.frequent);
        let mut is_gold = vec![false; self.tokens.len()];
        gold.iter().for_each(|id| is_gold[*id as usize] = true);
        let (rare_gold, mut others): (Vec<u32>, Vec<u32>) = others.iter().partition(|id| is_gold[**id as usize]);
        let drawn = self.drawn.min(others.len());
        for place in 0..drawn {
            let other = place + below(others.len() - place, rng);
            others.swap(place, other);
        }
        // Each drawn token counts this many times, so that the expected normaliser is the one of the whole vocabulary.
        let weight = others.len() as f32 / drawn.max(1) as f32;
        let certain = frequent.iter().chain(&rare_gold).map(|id| (*id, 1.0));
        SampledVocabulary::new(certain.chain(others[..drawn].iter().map(|id| (*id, weight))).collect())
    }
}

#[cfg(test)]
#[path = "sampled_vocabulary_tests.rs"]
mod tests;
