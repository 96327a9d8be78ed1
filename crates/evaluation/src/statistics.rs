//! Sufficient statistics: the counts of each sentence, from which every metric computes its score.

use crate::{Bleu, Chrf, EvaluationError, Ter, bleu, chrf, ter};

/// The counts that a metric needs of one sentence, or their sums over several sentences.
pub trait Statistics: Copy + Default {
    /// Counts one sentence; hypothesis and reference are not tokenised.
    fn of(hypothesis: &str, reference: &str) -> Self;

    /// Adds the counts of other sentences.
    fn add(&mut self, other: &Self);

    /// The score of the sentences together, in points or percent (0 to 100; TER may be larger).
    fn score(&self) -> f64;

    /// Sums over several sentences.
    fn total<'a>(sentences: impl IntoIterator<Item = &'a Self>) -> Self
    where
        Self: 'a,
    {
        let mut total = Self::default();
        sentences.into_iter().for_each(|sentence| total.add(sentence));
        total
    }

    /// Counts each sentence, `[sentences]`.
    ///
    /// # Errors
    ///
    /// [`EvaluationError::Lengths`] if the numbers of sentences differ, [`EvaluationError::Empty`] if there are none.
    fn of_each(hypotheses: &[impl AsRef<str>], references: &[impl AsRef<str>]) -> Result<Vec<Self>, EvaluationError> {
        if hypotheses.len() != references.len() {
            return Err(EvaluationError::Lengths { hypotheses: hypotheses.len(), references: references.len() });
        }
        if hypotheses.is_empty() {
            return Err(EvaluationError::Empty);
        }
        let pairs = hypotheses.iter().zip(references);
        Ok(pairs.map(|(hypothesis, reference)| Self::of(hypothesis.as_ref(), reference.as_ref())).collect())
    }

    /// Sums over a corpus.
    ///
    /// # Errors
    ///
    /// As [`of_each`](Self::of_each).
    fn of_corpus(hypotheses: &[impl AsRef<str>], references: &[impl AsRef<str>]) -> Result<Self, EvaluationError> {
        Ok(Self::total(&Self::of_each(hypotheses, references)?))
    }
}

/// The sufficient statistics of every metric for each sentence of one system.
///
/// The score of the corpus, or of any resample of its sentences, is computed from them without the text.
#[derive(Debug, Clone)]
pub struct SentenceCounts {
    pub(crate) bleu: Vec<bleu::Counts>,
    pub(crate) chrf: Vec<chrf::Counts>,
    pub(crate) ter: Vec<ter::Counts>,
}

impl SentenceCounts {
    /// Counts one hypothesis per reference, `[sentences]`; neither is tokenised.
    ///
    /// # Errors
    ///
    /// If the numbers of sentences differ or are 0. Empty sentences are allowed.
    pub fn new(hypotheses: &[impl AsRef<str>], references: &[impl AsRef<str>]) -> Result<Self, EvaluationError> {
        Ok(Self {
            bleu: Statistics::of_each(hypotheses, references)?,
            chrf: Statistics::of_each(hypotheses, references)?,
            ter: Statistics::of_each(hypotheses, references)?,
        })
    }

    /// BLEU of the corpus.
    pub fn bleu(&self) -> Bleu {
        Statistics::total(&self.bleu).bleu()
    }

    /// chrF2 of the corpus.
    pub fn chrf(&self) -> Chrf {
        Statistics::total(&self.chrf).chrf()
    }

    /// TER of the corpus.
    pub fn ter(&self) -> Ter {
        Statistics::total(&self.ter).ter()
    }
}
