//! The translation edit rate of a corpus (Snover et al. 2006).
//!
//! Lower case is Unicode's, of the version that Rust knows; Python's is that of its own, which may lack the newest letters.

mod edits;
mod shifts;

use std::fmt;

use crate::numbers::Numbers;
use crate::pairs::pairs;
use crate::sums::Sums;
use crate::white_space::words;
use crate::{EvaluationError, Metric};

/// TER of a corpus with one reference for each sentence: edits in a hundred words of the references, lower is better.
///
/// An edit inserts, deletes or replaces a word, or shifts a run of words to another place. Words are what stands between
/// white space, in lower case. Displayed as sacreBLEU does it, with the version of this program in the signature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ter {
    /// 100 edits / `reference_len`: from 0 (the references, but for case) without an upper bound. If all references are
    /// empty, 0 for hypotheses that are, too, and 100 for others.
    pub score: f64,
    /// Edits that turn the hypotheses into the references, as few as the search finds.
    pub edits: usize,
    /// Words of all references.
    pub reference_len: usize,
}

impl Ter {
    /// TER of one hypothesis for each reference, neither of them tokenised.
    ///
    /// Edits and words are summed over the corpus before they are divided.
    ///
    /// # Errors
    ///
    /// If the lists differ in length or are empty. Empty sentences are no error.
    pub fn compute(hypotheses: &[impl AsRef<str>], references: &[impl AsRef<str>]) -> Result<Self, EvaluationError> {
        let mut counts = Counts::default();
        for (hypothesis, reference) in pairs(hypotheses, references)? {
            counts.add(&Counts::of(hypothesis, reference));
        }
        Ok(counts.ter())
    }
}

impl fmt::Display for Ter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TER|{} = {:.2}", Metric::Ter.signature(), self.score)
    }
}

/// What is summed over the sentences.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    edits: usize,
    reference_len: usize,
}

impl Counts {
    pub fn ter(&self) -> Ter {
        Ter { score: self.score(), edits: self.edits, reference_len: self.reference_len }
    }
}

impl Sums for Counts {
    fn of(hypothesis: &str, reference: &str) -> Self {
        let (hypothesis, reference) = (hypothesis.to_lowercase(), reference.to_lowercase());
        let mut numbers = Numbers::default();
        let (hypothesis, reference) = (numbers.of(words(&hypothesis)), numbers.of(words(&reference)));
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
