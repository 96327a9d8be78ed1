//! A statistical word aligner: learns from sentence pairs alone which words translate each other, without a translator.
//!
//! IBM model 1 (Brown et al. 1993) learns which words translate each other. A hidden Markov model (Vogel et al. 1996) then
//! learns that neighbouring words are mostly aligned to neighbouring words. Both are trained by expectation maximisation in
//! both directions. In the second stage the two directions are trained jointly (Liang et al. 2006): the expected counts are
//! the product of their posteriors, so each direction discards links that the other does not support.
//!
//! Small corpora have few examples of each word. So words that begin alike share what they learn (`translation_table`,
//! `groups`), and words that are spelt alike are likely to translate each other (`cognates`). Both also serve words that
//! training never saw.
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
//! - MacKay, Peto 1995, *A hierarchical Dirichlet language model*: a word learns from its group.
//! - Sajjad, Fraser, Schmid 2012, *A statistical model for unsupervised and semi-supervised transliteration mining*: cognates.

mod cognates;
mod evidence;
mod groups;
mod hmm;
mod jumps;
mod model;
mod storage;
mod training;
mod translation_table;
mod vocabulary;

use crate::{AttentionMatrix, Posteriors, Shape, WordAttention};
use cognates::{Cognates, Scratch};
use model::Model;
use training::Models;
use translation_table::Emissions;
use vocabulary::{Sentences, UNKNOWN, Vocabulary, Word};

pub use evidence::Evidence;
use storage::MAGIC;
pub use storage::{Reader, StatisticsError, Writer};

/// A trained aligner with a model for each direction. Words with the same first five letters count as one word, and learn from
/// those with the same first three.
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
    models: Models,
}

impl StatisticalAligner {
    /// The maximum number of words of a side. Time grows with the cube of the number of words.
    pub const MAX_WORDS: usize = 400;
    /// The number of training iterations, each over the whole corpus.
    pub const ITERATIONS: usize = training::STAGES.len();
    /// The number of passes of [`adapt`](Self::adapt).
    pub const PASSES: usize = training::ADAPTATION.len();

    /// Trains on the words of pairs, source first. Skips pairs with a blank side or a side of more than
    /// [`MAX_WORDS`](Self::MAX_WORDS) words.
    ///
    /// Calls `progress` after each iteration with its number, 1 to [`ITERATIONS`](Self::ITERATIONS). Needs about 32 bytes of
    /// memory for each two distinct words that occur in one pair anywhere in the corpus. Runs on the current rayon thread
    /// pool; the result does not depend on its number of threads.
    pub fn train<'a>(
        pairs: impl IntoIterator<Item = (Vec<&'a str>, Vec<&'a str>)>,
        progress: impl FnMut(usize),
    ) -> Self {
        let (mut source, mut target) = (Vocabulary::new(), Vocabulary::new());
        let (source_side, target_side) = sentences(pairs, &mut source, &mut target);
        let models = training::train((&source_side, &source), (&target_side, &target), progress);
        Self { source, target, models }
    }

    /// Aligns the words of a pair, which may be new. A pair that [cannot be aligned](Self::can_align) has posteriors of zero and no links.
    pub fn align(&self, source: &[&str], target: &[&str]) -> Posteriors {
        self.align_with(source, target, &Evidence::default())
    }

    /// Aligns the words of a pair as [`align`](Self::align) does, with the weights of a model as further evidence: the
    /// probability that a word generates another is multiplied by the weight of this link, raised to its exponent.
    pub fn align_with(&self, source: &[&str], target: &[&str], evidence: &Evidence) -> Posteriors {
        if !Self::can_align(source.len(), target.len()) {
            let zeros = |generating: usize, generated: usize| {
                word_attention(&vec![0.0; (generating + 1) * generated], generating, generated)
            };
            return both(zeros(source.len(), target.len()), zeros(target.len(), source.len()));
        }
        let factors = evidence.factors(source.len(), target.len());
        let (source, target) = (self.source.look_up(source), self.target.look_up(target));
        let (mut forward, mut reverse) = self.emissions(&source, &target);
        if let Some(factors) = factors.forward {
            forward.multiply(&factors);
        }
        if let Some(factors) = factors.reverse {
            reverse.multiply(&factors);
        }
        let posteriors = |emissions: &Emissions, model: &Model| {
            let posteriors = hmm::smooth(emissions, &model.jumps).posteriors;
            word_attention(&posteriors, emissions.states - 1, emissions.generated_len())
        };
        both(posteriors(&forward, &self.models.forward), posteriors(&reverse, &self.models.reverse))
    }

    /// The emissions of both directions for the words of a pair.
    fn emissions(&self, source: &[Word], target: &[Word]) -> (Emissions, Emissions) {
        let cognates = &self.models.cognates;
        let is_new = |words: &[Word]| words.iter().any(|word| word.form == UNKNOWN);
        let spelled = (is_new(source) || is_new(target)).then(|| {
            let source = source.iter().map(|word| cognates.source_spelling(self.source.spelling_of(word)));
            let target = target.iter().map(|word| cognates.target_spelling(self.target.spelling_of(word)));
            (source.collect::<Vec<_>>(), target.collect::<Vec<_>>())
        });
        let mut scratch = Scratch::default();
        let mut alike = |source: usize, target: usize| {
            spelled.as_ref().map_or(0.0, |(sources, targets)| {
                cognates.probability(&sources[source], &targets[target], &mut scratch)
            })
        };
        let forward = Emissions::of_words(&self.models.forward.table, source, target, &mut alike);
        let reverse =
            Emissions::of_words(&self.models.reverse.table, target, source, |target, source| alike(source, target));
        (forward, reverse)
    }

    /// A few passes over the given pairs, starting from these statistics: new words are learnt, and what was learnt before is
    /// kept. Calls `progress` after each pass with its number, 1 to [`PASSES`](Self::PASSES).
    pub fn adapt<'a>(
        &self,
        pairs: impl IntoIterator<Item = (Vec<&'a str>, Vec<&'a str>)>,
        progress: impl FnMut(usize),
    ) -> Self {
        let (mut source, mut target) = (self.source.clone(), self.target.clone());
        let (source_side, target_side) = sentences(pairs, &mut source, &mut target);
        let models = training::adapt(&self.models, (&source_side, &source), (&target_side, &target), progress);
        Self { source, target, models }
    }

    /// The statistics as bytes, without what matters little.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(MAGIC);
        self.source.write(&mut writer);
        self.target.write(&mut writer);
        self.models.cognates.write(&mut writer);
        self.models.forward.write(&mut writer);
        self.models.reverse.write(&mut writer);
        writer.finish()
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// If the bytes are damaged, of another version, or of something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StatisticsError> {
        let mut reader = Reader::new(bytes, MAGIC)?;
        let (source, target) = (Vocabulary::read(&mut reader)?, Vocabulary::read(&mut reader)?);
        let cognates = Cognates::read(&mut reader)?;
        let forward = Model::read(&mut reader, &source, &target)?;
        let reverse = Model::read(&mut reader, &target, &source)?;
        reader.finish()?;
        let mut models = Models { forward, reverse, cognates };
        models.use_cognates(&source, &target);
        models.forward.table.estimate_again();
        models.reverse.table.estimate_again();
        Ok(Self { source, target, models })
    }

    /// The number of distinct words that it knows on each side, source first.
    pub fn known_words(&self) -> [usize; 2] {
        // Without the empty word.
        [&self.source, &self.target].map(|side| side.size() - 1)
    }

    /// Whether a pair with these numbers of words can be aligned: both are between 1 and [`MAX_WORDS`](Self::MAX_WORDS).
    pub fn can_align(source_words: usize, target_words: usize) -> bool {
        [source_words, target_words].iter().all(|words| (1..=Self::MAX_WORDS).contains(words))
    }
}

/// Learns the words of pairs. Leaves pairs out that [cannot be aligned](StatisticalAligner::can_align).
fn sentences<'a>(
    pairs: impl IntoIterator<Item = (Vec<&'a str>, Vec<&'a str>)>,
    source: &mut Vocabulary,
    target: &mut Vocabulary,
) -> (Sentences, Sentences) {
    let (mut source_side, mut target_side) = (Sentences::new(), Sentences::new());
    for (source_words, target_words) in pairs {
        if StatisticalAligner::can_align(source_words.len(), target_words.len()) {
            source_side.push(&source.learn(&source_words));
            target_side.push(&target.learn(&target_words));
        }
    }
    (source_side, target_side)
}

/// The posteriors of both directions of one pair.
fn both(forward: WordAttention, reverse: WordAttention) -> Posteriors {
    Posteriors::new(forward, reverse).expect("both directions have the words of this pair")
}

/// Separates posteriors, `[generated][1 + generating]`, into those of words and those of the empty word, which is state 0.
fn word_attention(posteriors: &[f32], generating: usize, generated: usize) -> WordAttention {
    let rows = posteriors.chunks(generating + 1);
    let shape = Shape { target_len: generated, source_len: generating };
    let words = rows.clone().flat_map(|row| &row[1..]).copied().collect();
    let matrix = AttentionMatrix::new(shape, words).expect("a posterior for each state except the empty word");
    WordAttention::new(matrix, rows.map(|row| row[0]).collect()).expect("an empty word for each generated word")
}
