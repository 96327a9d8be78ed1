//! A statistical word aligner: it learns from the pairs alone which words belong together, without a translator.
//!
//! IBM model 1 (Brown et al. 1993) finds which words go with which, and a hidden Markov model (Vogel et al. 1996) then
//! adds that neighbours mostly go with neighbours. Both are trained by expectation maximisation, in both directions; in
//! the second stage the directions train each other (Liang et al. 2006): what counts is the product of their posteriors,
//! so each unlearns what the other does not believe.
//!
//! # The one decision: soft counts in a fixed order
//!
//! Sampling (as in eflomal) would allow for richer models; expectation needs no seed, and its sums can be taken in the
//! order of the pairs. Pairs are computed in parallel, block by block, and added one after the other, so the result does
//! not depend on the number of threads. The price is that adding is not parallel, but for the two directions.
//!
//! # Papers
//!
//! - Brown et al. 1993, *The mathematics of statistical machine translation*: model 1, the empty word.
//! - Vogel, Ney, Tillmann 1996, *HMM-based word alignment in statistical translation*.
//! - Och, Ney 2003, *A systematic comparison of various statistical alignment models*, sections 2.1 and 3.1: the empty
//!   word in the hidden Markov model, smoothing.
//! - Liang, Taskar, Klein 2006, *Alignment by agreement*: joint training, and linking by the product of posteriors.

mod emissions;
mod hmm;
mod jumps;
mod lexicon;
mod model;
mod model1;
mod training;
mod vocabulary;

use crate::{AttentionMatrix, Posteriors, Shape, WordAttention};
use model::{Model, Stage};
use vocabulary::{Sentences, Vocabulary};

/// Both directions, trained on a corpus. Words that begin with the same five letters are one word to it.
///
/// ```
/// use glosser_alignment::statistical::StatisticalAligner;
///
/// let pairs = [("ein Hund", "a dog"), ("ein Haus", "a house"), ("das Haus", "the house"), ("das Buch", "the book")];
/// let aligner = StatisticalAligner::train(&pairs, |_iteration| ());
/// assert_eq!(aligner.align("das Haus", "the house").forward_links().to_string(), "0-0 1-1");
/// ```
pub struct StatisticalAligner {
    source: Vocabulary,
    target: Vocabulary,
    forward: Model,
    reverse: Model,
}

impl StatisticalAligner {
    /// Words of a side up to which a pair is trained on and aligned: time grows with their cube.
    pub const LONGEST: usize = 400;
    /// Passes over the corpus that training takes.
    pub const ITERATIONS: usize = training::STAGES.len();

    /// Learns from pairs of source and target, whose words are what stands between white space. Pairs with a blank side
    /// or more than [`LONGEST`](Self::LONGEST) words on one are passed over.
    ///
    /// `progress` hears the number of each iteration that is done, up to [`ITERATIONS`](Self::ITERATIONS). Memory is
    /// about 24 bytes for each two words that stand in one pair, anywhere in the corpus. Computes on the current threads
    /// of rayon; the result is the same for any number of them.
    pub fn train(pairs: &[(&str, &str)], progress: impl FnMut(usize)) -> Self {
        let (mut source, mut target) = (Vocabulary::default(), Vocabulary::default());
        let (mut source_side, mut target_side) = (Sentences::new(), Sentences::new());
        for (source_text, target_text) in pairs {
            let (source_words, target_words) = (source.learn(source_text), target.learn(target_text));
            if can_align(source_words.len(), target_words.len()) {
                source_side.push(&source_words);
                target_side.push(&target_words);
            }
        }
        let (forward, reverse) = training::train((&source_side, &source), (&target_side, &target), progress);
        Self { source, target, forward, reverse }
    }

    /// Aligns a pair, which need not be one of those trained on. One with a blank side or more than
    /// [`LONGEST`](Self::LONGEST) words on one has posteriors of zero, and thus no links.
    pub fn align(&self, source: &str, target: &str) -> Posteriors {
        let (source, target) = (self.source.look_up(source), self.target.look_up(target));
        let direction = |model: &Model, generating: &[u32], generated: &[u32]| {
            if can_align(generating.len(), generated.len()) {
                let expected = model.expect(generating, generated, Stage::Hmm);
                word_attention(&expected.posteriors, generating.len(), generated.len())
            } else {
                word_attention(&vec![0.0; (generating.len() + 1) * generated.len()], generating.len(), generated.len())
            }
        };
        let (forward, reverse) =
            (direction(&self.forward, &source, &target), direction(&self.reverse, &target, &source));
        Posteriors::new(forward, reverse).expect("both are of this pair")
    }

    /// Whether a pair with so many words can be aligned.
    pub fn can_align(source_words: usize, target_words: usize) -> bool {
        can_align(source_words, target_words)
    }
}

fn can_align(source_words: usize, target_words: usize) -> bool {
    let is_possible = |words| (1..=StatisticalAligner::LONGEST).contains(&words);
    is_possible(source_words) && is_possible(target_words)
}

/// Posteriors `[generated][1 + generating]`, taken apart.
fn word_attention(posteriors: &[f32], generating: usize, generated: usize) -> WordAttention {
    let rows = posteriors.chunks(generating + 1);
    let shape = Shape { target_len: generated, source_len: generating };
    let words = rows.clone().flat_map(|row| &row[1..]).copied().collect();
    let matrix = AttentionMatrix::new(shape, words).expect("a posterior for each state but the empty word");
    WordAttention::new(matrix, rows.map(|row| row[0]).collect()).expect("an empty word for each generated word")
}
