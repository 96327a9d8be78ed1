//! TER, the translation edit rate (Snover et al. 2006, section 3).
//!
//! Words are lower-cased with the Unicode version of Rust's standard library. sacreBLEU uses Python's version, which may not
//! have the newest letters.

mod edits;
mod shifts;

use std::fmt;

use serde::{Serialize, Serializer};

use crate::statistics::{Statistics, count_each};
use crate::words::{WordIds, words};
use crate::{EvaluationError, Metric, Signature, Tokenization};

/// TER of a corpus: edits per 100 words of the references. Lower is better.
///
/// An edit inserts, deletes or replaces one word, or moves a sequence of words to another position (a shift). Words are
/// separated by white space and lower-cased. Of several references of a sentence, the one with the fewest edits counts.
/// Displayed as in sacreBLEU.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ter {
    /// 100 `edits` / `reference_len`, in percent: 0 for hypotheses that equal the references except for case; no upper bound. If
    /// all references are empty, it is 0 if all hypotheses are empty, and 100 otherwise.
    pub score: f64,
    /// The smallest number of edits found that turn the hypotheses into the references.
    pub edits: usize,
    /// Number of words of the references; of several references of a sentence, the mean of their lengths.
    #[serde(serialize_with = "as_integer")]
    pub reference_len: f64,
    /// All settings.
    #[serde(skip)]
    pub signature: Signature,
}

/// Writes a whole number as an integer.
fn as_integer<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if number.fract() == 0.0 { serializer.serialize_u64(*number as u64) } else { serializer.serialize_f64(*number) }
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
        let counts = count_each(hypotheses, &[references], Counts::new)?;
        let (metric, tokenization) = (Metric::Ter, Tokenization::default());
        Ok(Counts::total(&counts).ter(Signature {
            metric,
            references: 1,
            tokenization,
            is_of_sentence: false,
            seed: None,
        }))
    }
}

impl fmt::Display for Ter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TER|{} = {:.2}", self.signature, self.score)
    }
}

/// Counts of one or several sentences.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    edits: usize,
    reference_len: f64,
}

impl Counts {
    /// Counts one sentence with one or several references; none is tokenised.
    pub fn new(hypothesis: &str, references: &[&str]) -> Self {
        let hypothesis = hypothesis.to_lowercase();
        let (mut fewest, mut reference_words) = (None, 0);
        for reference in references {
            let reference = reference.to_lowercase();
            let mut ids = WordIds::default();
            let (hypothesis, reference) = (ids.of(words(&hypothesis)), ids.of(words(&reference)));
            reference_words += reference.len();
            let edits = shifts::edits(hypothesis, &reference);
            fewest = Some(fewest.map_or(edits, |fewest: usize| fewest.min(edits)));
        }
        Self { edits: fewest.unwrap_or(0), reference_len: reference_words as f64 / references.len().max(1) as f64 }
    }

    /// TER from the counts.
    pub fn ter(&self, signature: Signature) -> Ter {
        Ter { score: self.score(), edits: self.edits, reference_len: self.reference_len, signature }
    }
}

impl Statistics for Counts {
    fn add(&mut self, other: &Self) {
        self.edits += other.edits;
        self.reference_len += other.reference_len;
    }

    fn score(&self) -> f64 {
        if self.reference_len > 0.0 {
            100.0 * (self.edits as f64 / self.reference_len)
        } else if self.edits > 0 {
            100.0
        } else {
            0.0
        }
    }
}
