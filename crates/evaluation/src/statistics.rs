//! Sufficient statistics: the counts of each sentence, from which every metric computes its score.

use serde::Serialize;

use crate::{Bleu, Chrf, EvaluationError, Metric, Signature, Ter, Tokenization, bleu, chrf, ter};

/// The counts that a metric needs of one sentence, or their sums over several sentences.
pub trait Statistics: Copy + Default {
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
}

/// Counts each sentence by `count`, which receives a hypothesis, and its references, `[references]`.
///
/// # Errors
///
/// [`EvaluationError::Lengths`] if the numbers of sentences differ, [`EvaluationError::Empty`] if there are no sentences or
/// no references.
pub fn count_each<S>(
    hypotheses: &[impl AsRef<str>],
    references: &[&[impl AsRef<str>]],
    count: impl Fn(&str, &[&str]) -> S,
) -> Result<Vec<S>, EvaluationError> {
    if let Some(other) = references.iter().find(|references| references.len() != hypotheses.len()) {
        return Err(EvaluationError::Lengths { hypotheses: hypotheses.len(), references: other.len() });
    }
    if hypotheses.is_empty() || references.is_empty() {
        return Err(EvaluationError::Empty);
    }
    let of_sentence = |at: usize| references.iter().map(|references| references[at].as_ref()).collect::<Vec<&str>>();
    let sentences = hypotheses.iter().enumerate();
    Ok(sentences.map(|(at, hypothesis)| count(hypothesis.as_ref(), &of_sentence(at))).collect())
}

/// The sufficient statistics of every metric for each sentence of one system.
///
/// The scores of the corpus, of each sentence, or of any resample of the sentences are computed from them without the text.
#[derive(Debug, Clone)]
pub struct SentenceCounts {
    pub(crate) bleu: Vec<bleu::Counts>,
    pub(crate) chrf: Vec<chrf::Counts>,
    pub(crate) chrf_plus_plus: Vec<chrf::Counts>,
    pub(crate) ter: Vec<ter::Counts>,
    references: usize,
    tokenization: Tokenization,
}

/// The scores of one sentence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SentenceScores {
    /// Sentence BLEU: only orders that the sentence has count (effective order).
    pub bleu: f64,
    /// chrF2.
    #[serde(rename = "chrf2")]
    pub chrf: f64,
    /// chrF2++.
    #[serde(rename = "chrf2++")]
    pub chrf_plus_plus: f64,
    /// TER.
    pub ter: f64,
}

impl SentenceCounts {
    /// Counts the hypotheses, `[sentences]`, with one or several references for each, `[references][sentences]`; the texts
    /// are not tokenised. The tokenisation is for BLEU.
    ///
    /// # Errors
    ///
    /// If the numbers of sentences differ or are 0, or there are no references. Empty sentences are allowed.
    pub fn new(
        hypotheses: &[impl AsRef<str>],
        references: &[&[impl AsRef<str>]],
        tokenization: Tokenization,
    ) -> Result<Self, EvaluationError> {
        let chrf = count_each(hypotheses, references, chrf::Counts::both)?;
        let (chrf, chrf_plus_plus) = chrf.into_iter().unzip();
        Ok(Self {
            bleu: count_each(hypotheses, references, |hypothesis, references| {
                bleu::Counts::new(hypothesis, references, tokenization)
            })?,
            chrf,
            chrf_plus_plus,
            ter: count_each(hypotheses, references, ter::Counts::new)?,
            references: references.len(),
            tokenization,
        })
    }

    /// BLEU of the corpus.
    pub fn bleu(&self) -> Bleu {
        Statistics::total(&self.bleu).bleu(self.signature(Metric::Bleu))
    }

    /// chrF2 of the corpus.
    pub fn chrf(&self) -> Chrf {
        Statistics::total(&self.chrf).chrf(self.signature(Metric::Chrf))
    }

    /// chrF2++ of the corpus.
    pub fn chrf_plus_plus(&self) -> Chrf {
        Statistics::total(&self.chrf_plus_plus).chrf(self.signature(Metric::ChrfPlusPlus))
    }

    /// TER of the corpus.
    pub fn ter(&self) -> Ter {
        Statistics::total(&self.ter).ter(self.signature(Metric::Ter))
    }

    /// The scores of each sentence, in order.
    pub fn sentences(&self) -> impl Iterator<Item = SentenceScores> {
        let of_sentence = Signature { is_of_sentence: true, ..self.signature(Metric::Bleu) };
        (0..self.bleu.len()).map(move |at| SentenceScores {
            bleu: self.bleu[at].bleu(of_sentence).score,
            chrf: self.chrf[at].score(),
            chrf_plus_plus: self.chrf_plus_plus[at].score(),
            ter: self.ter[at].score(),
        })
    }

    /// The signature of the score of the corpus by a metric.
    pub fn signature(&self, metric: Metric) -> Signature {
        let Self { references, tokenization, .. } = *self;
        Signature { metric, references, tokenization, is_of_sentence: false, seed: None }
    }
}
