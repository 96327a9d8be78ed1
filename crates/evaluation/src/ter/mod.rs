//! TER, the translation edit rate (Snover et al. 2006, section 3).
//!
//! Words are lower-cased with the Unicode version of Rust's standard library. sacreBLEU uses Python's version, which may not
//! have the newest letters.

mod edits;
mod shifts;

use std::fmt;

use serde::Serialize;

use crate::statistics::Statistics;
use crate::words::{WordIds, words};
use crate::{EvaluationError, Metric};

/// TER of a corpus with one reference per sentence: edits per 100 words of the references. Lower is better.
///
/// An edit inserts, deletes or replaces one word, or moves a sequence of words to another position (a shift). Words are
/// separated by white space and lower-cased. Displayed as in sacreBLEU, with the version of this program in the signature.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ter {
    /// 100 `edits` / `reference_len`, in percent: 0 for hypotheses that equal the references except for case; no upper bound. If
    /// all references are empty, it is 0 if all hypotheses are empty, and 100 otherwise.
    pub score: f64,
    /// The smallest number of edits found that turn the hypotheses into the references.
    pub edits: usize,
    /// Number of words of all references.
    pub reference_len: usize,
}

impl Ter {
    /// Computes TER for one hypothesis per reference, `[sentences]`; neither is tokenised.
    ///
    /// Edits and words are summed over the corpus and then divided.
    ///
    /// # Errors
    ///
    /// If the numbers of sentences differ or are 0. Empty sentences are allowed.
    pub fn compute(hypotheses: &[impl AsRef<str>], references: &[impl AsRef<str>]) -> Result<Self, EvaluationError> {
        Ok(Counts::of_corpus(hypotheses, references)?.ter())
    }
}

impl fmt::Display for Ter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TER|{} = {:.2}", Metric::Ter.signature(), self.score)
    }
}

/// Counts of one or several sentences.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    edits: usize,
    reference_len: usize,
}

impl Counts {
    /// TER from the counts.
    pub fn ter(&self) -> Ter {
        Ter { score: self.score(), edits: self.edits, reference_len: self.reference_len }
    }
}

impl Statistics for Counts {
    fn of(hypothesis: &str, reference: &str) -> Self {
        let (hypothesis, reference) = (hypothesis.to_lowercase(), reference.to_lowercase());
        let mut ids = WordIds::default();
        let (hypothesis, reference) = (ids.of(words(&hypothesis)), ids.of(words(&reference)));
        let reference_len = reference.len();
        Self { edits: shifts::edits(hypothesis, &reference), reference_len }
    }

    fn add(&mut self, other: &Self) {
        self.edits += other.edits;
        self.reference_len += other.reference_len;
    }

    fn score(&self) -> f64 {
        match (self.edits, self.reference_len) {
            (0, 0) => 0.0,
            (_, 0) => 100.0,
            (edits, words) => 100.0 * (edits as f64 / words as f64),
        }
    }
}
