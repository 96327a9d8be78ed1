//! Which target words the softmax of a step is over.

use crate::Examples;
use crate::streams::below;
use candle_core::Result;
use glosser_kernels::SampledVocabulary;
use rand_chacha::ChaCha8Rng;
use std::cmp::Reverse;

/// Of the candidates so much are the most frequent words, in every step; the rest is drawn.
const FREQUENT: f64 = 0.6;

/// Draws the candidates of each step. Which words are frequent is counted in the corpus.
pub(crate) struct VocabularySampler {
    /// The most frequent first.
    words: Vec<u32>,
    frequent: usize,
    drawn: usize,
}

impl VocabularySampler {
    /// That draws about `candidates` of a vocabulary of `vocab` words; `None` if these are all.
    pub fn learn(examples: &Examples, vocab: usize, candidates: usize) -> Option<Self> {
        if candidates == 0 || candidates >= vocab {
            return None;
        }
        let mut words: Vec<u32> = (0..vocab as u32).collect();
        words.sort_by_key(|id| (Reverse(examples.target_count(*id)), *id));
        let frequent = (FREQUENT * candidates as f64) as usize;
        Some(Self { words, frequent, drawn: candidates - frequent })
    }

    /// The frequent words, the gold ones, and some of the others, each of which is as likely to be drawn.
    pub fn draw(&self, gold: &[u32], rng: &mut ChaCha8Rng) -> Result<SampledVocabulary> {
        let (frequent, others) = self.words.split_at(self.frequent);
        let mut is_gold = vec![false; self.words.len()];
        gold.iter().for_each(|id| is_gold[*id as usize] = true);
        let (rare, mut others): (Vec<u32>, Vec<u32>) = others.iter().partition(|id| is_gold[**id as usize]);
        let drawn = self.drawn.min(others.len());
        for place in 0..drawn {
            let other = place + below(others.len() - place, rng);
            others.swap(place, other);
        }
        let each = others.len() as f32 / drawn.max(1) as f32;
        let certain = frequent.iter().chain(&rare).map(|id| (*id, 1.0));
        SampledVocabulary::new(certain.chain(others[..drawn].iter().map(|id| (*id, each))).collect())
    }
}

#[cfg(test)]
#[path = "sampled_vocabulary_tests.rs"]
mod tests;
