//! All metrics of one system at once, kept sentence by sentence.

use crate::pairs::pairs;
use crate::sums::Sums;
use crate::{Bleu, Chrf, EvaluationError, Ter, bleu, chrf, ter};

/// What all metrics need to know of each sentence of a system: its sufficient statistics.
///
/// Scores of the whole, and of any choice of its sentences, are made from them without a look at the text.
#[derive(Debug, Clone)]
pub struct SentenceCounts {
    pub(crate) bleu: Vec<bleu::Counts>,
    pub(crate) chrf: Vec<chrf::Counts>,
    pub(crate) ter: Vec<ter::Counts>,
}

impl SentenceCounts {
    /// Of one hypothesis for each reference, neither of them tokenised.
    ///
    /// # Errors
    ///
    /// If the lists differ in length or are empty. Empty sentences are no error.
    pub fn new(hypotheses: &[impl AsRef<str>], references: &[impl AsRef<str>]) -> Result<Self, EvaluationError> {
        let pairs: Vec<(&str, &str)> = pairs(hypotheses, references)?.collect();
        Ok(Self { bleu: of_each(&pairs), chrf: of_each(&pairs), ter: of_each(&pairs) })
    }

    /// BLEU of the whole.
    pub fn bleu(&self) -> Bleu {
        Sums::total(&self.bleu).bleu()
    }

    /// chrF2 of the whole.
    pub fn chrf(&self) -> Chrf {
        Sums::total(&self.chrf).chrf()
    }

    /// TER of the whole.
    pub fn ter(&self) -> Ter {
        Sums::total(&self.ter).ter()
    }
}

fn of_each<S: Sums>(pairs: &[(&str, &str)]) -> Vec<S> {
    pairs.iter().map(|(hypothesis, reference)| S::of(hypothesis, reference)).collect()
}
