//! BLEU of a corpus (Papineni et al. 2002, section 2.3).

use std::fmt;

use crate::ngrams::NGrams;
use crate::numbers::Numbers;
use crate::pairs::pairs;
use crate::sums::Sums;
use crate::white_space::words;
use crate::{EvaluationError, Metric, tokenize_13a};

/// The longest n-gram, N in the paper.
const ORDER: usize = 4;

/// BLEU of a corpus with one reference for each sentence, between 0 and 100, and the figures it is made of.
///
/// Displayed as sacreBLEU does it: signature, score, precisions, brevity penalty, lengths. The version in the
/// signature is that of this program.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bleu {
    /// The brevity penalty times the geometric mean of the precisions: 0 (nothing right) to 100 (the references).
    pub score: f64,
    /// For n-grams of 1, 2, 3 and 4 tokens: how many in a hundred are in the reference, after smoothing.
    pub precisions: [f64; 4],
    /// exp(1 - reference_len / hypothesis_len), or 1 if the hypotheses are no shorter than the references.
    pub brevity_penalty: f64,
    /// hypothesis_len / reference_len, or 0 if the references are empty.
    pub ratio: f64,
    /// Tokens of all hypotheses.
    pub hypothesis_len: usize,
    /// Tokens of all references.
    pub reference_len: usize,
}

impl Bleu {
    /// BLEU of one hypothesis for each reference, neither of them tokenised.
    ///
    /// Counts are summed over the corpus before anything is divided, so this is not the mean of the sentences. Without
    /// any 4-gram in the hypotheses the score is 0, however right they are.
    ///
    /// # Errors
    ///
    /// If the lists differ in length or are empty. Empty sentences are no error.
    pub fn compute(hypotheses: &[impl AsRef<str>], references: &[impl AsRef<str>]) -> Result<Self, EvaluationError> {
        let mut counts = Counts::default();
        for (hypothesis, reference) in pairs(hypotheses, references)? {
            counts.add(&Counts::of(hypothesis, reference));
        }
        Ok(counts.bleu())
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

/// What is summed over the sentences; index n - 1 is for n-grams.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    matches: [usize; ORDER],
    totals: [usize; ORDER],
    hypothesis_len: usize,
    reference_len: usize,
}

impl Sums for Counts {
    fn of(hypothesis: &str, reference: &str) -> Self {
        let (hypothesis, reference) = (tokenize_13a(hypothesis), tokenize_13a(reference));
        let mut numbers = Numbers::default();
        let hypothesis = NGrams::<ORDER>::new(&numbers.of(words(&hypothesis)));
        let reference = NGrams::<ORDER>::new(&numbers.of(words(&reference)));
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
    pub fn bleu(&self) -> Bleu {
        let precisions = self.precisions();
        let brevity_penalty = self.brevity_penalty();
        let ratio = if self.reference_len == 0 { 0.0 } else { quotient(self.hypothesis_len, self.reference_len) };
        Bleu {
            // The exponential of a mean of logarithms can end a rounding error above what went in.
            score: (brevity_penalty * geometric_mean(precisions)).min(100.0),
            precisions,
            brevity_penalty,
            ratio,
            hypothesis_len: self.hypothesis_len,
            reference_len: self.reference_len,
        }
    }

    /// The modified precisions in percent, smoothed by Chen and Cherry's method 3: the first order without a match
    /// counts as half a match, the next as a quarter, and so on.
    ///
    /// Two cases are left unsmoothed, as in sacreBLEU: no match at all, and orders that no hypothesis is long enough
    /// for. Both stay 0 and so does the score.
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

/// 0 if any of them is, as ln 0 is minus infinity and exp of that is 0.
fn geometric_mean(precisions: [f64; ORDER]) -> f64 {
    (precisions.iter().map(|precision| precision.ln()).sum::<f64>() / ORDER as f64).exp()
}

fn quotient(dividend: usize, divisor: usize) -> f64 {
    dividend as f64 / divisor as f64
}
