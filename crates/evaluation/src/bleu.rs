//! BLEU (Papineni et al. 2002, section 2.3).

use std::fmt;

use serde::Serialize;

use crate::ngrams::NGrams;
use crate::statistics::Statistics;
use crate::words::{WordIds, words};
use crate::{EvaluationError, Metric, tokenize_13a};

/// The longest n-gram, N in the paper.
const ORDER: usize = 4;

/// BLEU of a corpus with one reference per sentence, and the values that it is computed from.
///
/// Displayed as in sacreBLEU: signature, score, precisions, brevity penalty, lengths. The version in the signature is the
/// version of this program.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bleu {
    /// Brevity penalty times the geometric mean of the precisions, in BLEU points: 0 to 100 (equal to the references).
    pub score: f64,
    /// Precisions of n-grams of 1, 2, 3 and 4 tokens, in percent, after smoothing.
    pub precisions: [f64; 4],
    /// exp(1 - `reference_len` / `hypothesis_len`), or 1 if the hypotheses are not shorter than the references.
    pub brevity_penalty: f64,
    /// `hypothesis_len` / `reference_len`, or 0 if the references are empty.
    pub ratio: f64,
    /// Number of tokens of all hypotheses.
    pub hypothesis_len: usize,
    /// Number of tokens of all references.
    pub reference_len: usize,
}

impl Bleu {
    /// Computes BLEU for one hypothesis per reference, `[sentences]`; neither is tokenised.
    ///
    /// Counts are summed over the corpus and then divided, so the result is not the mean over the sentences. If the
    /// hypotheses have no 4-gram, the score is 0, even if they equal the references.
    ///
    /// # Errors
    ///
    /// If the numbers of sentences differ or are 0. Empty sentences are allowed.
    pub fn compute(hypotheses: &[impl AsRef<str>], references: &[impl AsRef<str>]) -> Result<Self, EvaluationError> {
        Ok(Counts::of_corpus(hypotheses, references)?.bleu())
    }
}

impl fmt::Display for Bleu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, two, three, four] = self.precisions;
        write!(f, "BLEU|{} = {:.2} ", Metric::Bleu.signature(), self.score)?;
        write!(f, "{one:.1}/{two:.1}/{three:.1}/{four:.1} ")?;
        write!(f, "(BP = {:.3} ratio = {:.3} ", self.brevity_penalty, self.ratio)?;
        write!(f, "hyp_len = {} ref_len = {})", self.hypothesis_len, self.reference_len)
    }
}

/// Counts of one or several sentences. Index n - 1 of the arrays is for n-grams.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Clipped n-gram matches, `[ORDER]`.
    matches: [usize; ORDER],
    /// n-grams of the hypotheses, `[ORDER]`.
    totals: [usize; ORDER],
    hypothesis_len: usize,
    reference_len: usize,
}

impl Statistics for Counts {
    fn of(hypothesis: &str, reference: &str) -> Self {
        let (hypothesis, reference) = (tokenize_13a(hypothesis), tokenize_13a(reference));
        let mut ids = WordIds::default();
        let hypothesis = NGrams::<ORDER>::new(&ids.of(words(&hypothesis)));
        let reference = NGrams::<ORDER>::new(&ids.of(words(&reference)));
        Self {
            matches: std::array::from_fn(|index| hypothesis.matches(&reference, index + 1)),
            totals: std::array::from_fn(|index| hypothesis.count(index + 1)),
            hypothesis_len: hypothesis.count(1),
            reference_len: reference.count(1),
        }
    }

    fn add(&mut self, other: &Self) {
        for index in 0..ORDER {
            self.matches[index] += other.matches[index];
            self.totals[index] += other.totals[index];
        }
        self.hypothesis_len += other.hypothesis_len;
        self.reference_len += other.reference_len;
    }

    fn score(&self) -> f64 {
        self.bleu().score
    }
}

impl Counts {
    /// BLEU from the counts.
    pub fn bleu(&self) -> Bleu {
        let precisions = self.precisions();
        let brevity_penalty = self.brevity_penalty();
        let ratio = if self.reference_len == 0 { 0.0 } else { quotient(self.hypothesis_len, self.reference_len) };
        Bleu {
            // Because of rounding, the exponential of the mean logarithm can be slightly above 100.
            score: (brevity_penalty * geometric_mean(precisions)).min(100.0),
            precisions,
            brevity_penalty,
            ratio,
            hypothesis_len: self.hypothesis_len,
            reference_len: self.reference_len,
        }
    }

    /// The modified precisions in percent, `[ORDER]`, smoothed by method 3 of Chen and Cherry: the first order without a
    /// match counts as half a match, the next as a quarter, and so on.
    ///
    /// Two cases are not smoothed, as in sacreBLEU: no match of any order, and orders longer than every hypothesis. Their
    /// precisions are 0, and so is the score.
    fn precisions(&self) -> [f64; ORDER] {
        let mut precisions = [0.0; ORDER];
        if self.matches == [0; ORDER] {
            return precisions;
        }
        let mut smoothing = 1.0;
        for ((precision, &matches), &total) in precisions.iter_mut().zip(&self.matches).zip(&self.totals) {
            if total == 0 {
                break;
            }
            *precision = if matches == 0 {
                smoothing *= 2.0;
                100.0 / (smoothing * total as f64)
            } else {
                100.0 * matches as f64 / total as f64
            };
        }
        precisions
    }

    fn brevity_penalty(&self) -> f64 {
        if self.hypothesis_len >= self.reference_len {
            1.0
        } else if self.hypothesis_len == 0 {
            0.0
        } else {
            (1.0 - quotient(self.reference_len, self.hypothesis_len)).exp()
        }
    }
}

/// The geometric mean. It is 0 if any precision is 0: ln 0 is minus infinity, and its exponential is 0.
fn geometric_mean(precisions: [f64; ORDER]) -> f64 {
    (precisions.iter().map(|precision| precision.ln()).sum::<f64>() / ORDER as f64).exp()
}

fn quotient(dividend: usize, divisor: usize) -> f64 {
    dividend as f64 / divisor as f64
}
