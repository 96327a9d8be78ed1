//! A statistical word aligner: learns from sentence pairs alone which words translate each other, without a translator.
//!
//! IBM model 1 (Brown et al. 1993) learns which words translate each other. A hidden Markov model (Vogel et al. 1996) then
//! learns that neighbouring words are mostly aligned to neighbouring words. Both are trained by expectation maximisation in
//! both directions. In the second stage the two directions are trained jointly (Liang et al. 2006): the expected counts are
//! the product of their posteriors, so each direction discards links that the other does not support.
//!
//! # The one decision: expected counts, summed in a fixed order
//!
//! Sampling (as in eflomal) would allow richer models. Expected counts need no random seed, and can be summed in the order of
//! the pairs: pairs are computed in parallel, block by block, and their counts are added one pair after the other. So the
//! result does not depend on the number of threads. The price: only the two directions are summed in parallel.
//!
//! # Papers
//!
//! - Brown et al. 1993, *The mathematics of statistical machine translation*: model 1, the empty word.
//! - Vogel, Ney, Tillmann 1996, *HMM-based word alignment in statistical translation*.
//! - Och, Ney 2003, *A systematic comparison of various statistical alignment models*, sections 2.1 and 3.1: the empty
//!   word in the hidden Markov model, smoothing.
//! - Liang, Taskar, Klein 2006, *Alignment by agreement*: joint training, and links from the product of posteriors.

mod hmm;
mod jumps;
mod evidence;
mod model;
mod storage;
mod training;
mod translation_table;
mod vocabulary;

use crate::{AttentionMatrix, Posteriors, Shape, WordAttention};
use model::Model;
use storage::{Reader, Writer};
use vocabulary::{Sentences, Vocabulary};

pub use evidence::Evidence;
pub use storage::StatisticsError;

/// A trained aligner with a model for each direction. Words with the same first five letters count as one word.
///
/// ```
/// use glosser_alignment::statistical::StatisticalAligner;
///
/// let pairs = [("ein Hund", "a dog"), ("ein Haus", "a house"), ("das Haus", "the house"), ("das Buch", "the book")];
/// let words = pairs.map(|(source, target)| (source.split(' ').collect(), target.split(' ').collect()));
/// let aligner = StatisticalAligner::train(words, |_iteration| ());
/// assert_eq!(aligner.align(&["das", "Haus"], &["the", "house"]).forward_links().to_string(), "0-0 1-1");
/// ```
pub struct StatisticalAligner {
    source: Vocabulary,
    target: Vocabulary,
    forward: Model,
    reverse: Model,
}

impl StatisticalAligner {
    /// The maximum number of words of a side. Time grows with the cube of the number of words.
    pub const MAX_WORDS: usize = 400;
    /// The number of training iterations, each over the whole corpus.
    pub const ITERATIONS: usize = training::STAGES.len();

    /// Trains on the words of pairs, source first. Skips pairs with a blank side or a side of more than
    /// [`MAX_WORDS`](Self::MAX_WORDS) words.
    ///
    /// Calls `progress` after each iteration with its number, 1 to [`ITERATIONS`](Self::ITERATIONS). Needs about 24 bytes of
    /// memory for each two distinct words that occur in one pair anywhere in the corpus. Runs on the current rayon thread
    /// pool; the result does not depend on its number of threads.
    pub fn train<'a>(
        pairs: impl IntoIterator<Item = (Vec<&'a str>, Vec<&'a str>)>,
        progress: impl FnMut(usize),
    ) -> Self {
        let (mut source, mut target) = (Vocabulary::default(), Vocabulary::default());
        let (mut source_side, mut target_side) = (Sentences::new(), Sentences::new());
        for (source_words, target_words) in pairs {
            let (source_words, target_words) = (source.learn(&source_words), target.learn(&target_words));
            if Self::can_align(source_words.len(), target_words.len()) {
                source_side.push(&source_words);
                target_side.push(&target_words);
            }
        }
        let (forward, reverse) = training::train((&source_side, &source), (&target_side, &target), progress);
        Self { source, target, forward, reverse }
    }

    /// Aligns the words of a pair, which may be new. A pair that [cannot be aligned](Self::can_align) has posteriors of zero and no links.
    pub fn align(&self, source: &[&str], target: &[&str]) -> Posteriors {
        self.align_with(source, target, &Evidence::default())
    }

    /// Aligns the words of a pair as [`align`](Self::align) does, with the weights of a model as further evidence: the
    /// probability that a word generates another is multiplied by the weight of this link, raised to its exponent.
    pub fn align_with(&self, source: &[&str], target: &[&str], evidence: &Evidence) -> Posteriors {
        let factors = evidence.factors(source.len(), target.len());
        let (source, target) = (self.source.look_up(source), self.target.look_up(target));
        let direction = |model: &Model, generating: &[u32], generated: &[u32], factors: Option<&[f32]>| {
            let posteriors = if Self::can_align(generating.len(), generated.len()) {
                model.posteriors(generating, generated, factors)
            } else {
                vec![0.0; (generating.len() + 1) * generated.len()]
            };
            word_attention(&posteriors, generating.len(), generated.len())
        };
        let forward = direction(&self.forward, &source, &target, factors.forward.as_deref());
        let reverse = direction(&self.reverse, &target, &source, factors.reverse.as_deref());
        Posteriors::new(forward, reverse).expect("both directions have the words of this pair")
    }

    /// Some passes over the given pairs, starting from these statistics: new pairs are then aligned nearly as well as those
    /// of the training.
    pub fn adapt<'a>(
        &self,
        pairs: impl IntoIterator<Item = (Vec<&'a str>, Vec<&'a str>)>,
        progress: impl FnMut(usize),
    ) -> Self {
        Self::train(pairs, progress)
    }

    /// The statistics as bytes, without what matters little.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.source.write(&mut writer);
        self.target.write(&mut writer);
        self.forward.write(&mut writer);
        self.reverse.write(&mut writer);
        writer.finish()
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// If the bytes are damaged, of another version, or of something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StatisticsError> {
        let mut reader = Reader::new(bytes)?;
        let (source, target) = (Vocabulary::read(&mut reader)?, Vocabulary::read(&mut reader)?);
        let forward = Model::read(&mut reader, source.size(), target.size())?;
        let reverse = Model::read(&mut reader, target.size(), source.size())?;
        reader.finish()?;
        Ok(Self { source, target, forward, reverse })
    }

    /// Whether a pair with these numbers of words can be aligned: both are between 1 and [`MAX_WORDS`](Self::MAX_WORDS).
    pub fn can_align(source_words: usize, target_words: usize) -> bool {
        [source_words, target_words].iter().all(|words| (1..=Self::MAX_WORDS).contains(words))
    }
}

/// Separates posteriors, `[generated][1 + generating]`, into those of words and those of the empty word, which is state 0.
fn word_attention(posteriors: &[f32], generating: usize, generated: usize) -> WordAttention {
    let rows = posteriors.chunks(generating + 1);
    let shape = Shape { target_len: generated, source_len: generating };
    let words = rows.clone().flat_map(|row| &row[1..]).copied().collect();
    let matrix = AttentionMatrix::new(shape, words).expect("a posterior for each state except the empty word");
    WordAttention::new(matrix, rows.map(|row| row[0]).collect()).expect("an empty word for each generated word")
}
