//! BLEU (Papineni et al. 2002, section 2.3).

use std::fmt;

use serde::Serialize;

use crate::ngrams::NGrams;
use crate::statistics::{Statistics, count_each};
use crate::words::{WordIds, words};
use crate::{EvaluationError, Metric, Signature, Tokenization};

/// The longest n-gram, N in the paper.
const ORDER: usize = 4;

/// BLEU of a corpus or of a sentence, and the values that it is computed from.
///
/// Displayed as in sacreBLEU: signature, score, precisions, brevity penalty, lengths.
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
    /// Number of tokens of all references; of several references of a sentence, the one with the nearest length counts.
    pub reference_len: usize,
    /// All settings.
    #[serde(skip)]
    pub signature: Signature,
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
    pub fn compute(
        hypotheses: &[impl AsRef<str>],
        references: &[impl AsRef<str>],
        tokenization: Tokenization,
    ) -> Result<Self, EvaluationError> {
        let count = |hypothesis: &str, references: &[&str]| Counts::new(hypothesis, references, tokenization);
        let counts = count_each(hypotheses, &[references], count)?;
        let metric = Metric::Bleu;
        Ok(Counts::total(&counts).bleu(Signature {
            metric,
            references: 1,
            tokenization,
            is_of_sentence: false,
            seed: None,
        }))
    }
}

impl fmt::Display for Bleu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, two, three, four] = self.precisions;
        write!(f, "BLEU|{} = {:.2} ", self.signature, self.score)?;
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
    fn add(&mut self, other: &Self) {
        for index in 0..ORDER {
            self.matches[index] += other.matches[index];
            self.totals[index] += other.totals[index];
        }
        self.hypothesis_len += other.hypothesis_len;
        self.reference_len += other.reference_len;
    }

    fn score(&self) -> f64 {
        self.score_of(ORDER)
    }
}

impl Counts {
    /// Counts one sentence with one or several references; none is tokenised.
    pub fn new(hypothesis: &str, references: &[&str], tokenization: Tokenization) -> Self {
        let hypothesis = tokenization.tokenize(hypothesis);
        let references: Vec<String> = references.iter().map(|reference| tokenization.tokenize(reference)).collect();
        let mut ids = WordIds::default();
        let hypothesis = NGrams::<ORDER>::new(&ids.of(words(&hypothesis)));
        let references: Vec<_> =
            references.iter().map(|reference| NGrams::<ORDER>::new(&ids.of(words(reference)))).collect();
        let hypothesis_len = hypothesis.count(1);
        // Of two equally near lengths the shorter one counts.
        let nearest = references.iter().map(|reference| reference.count(1));
        let nearest = nearest.min_by_key(|length| (length.abs_diff(hypothesis_len), *length));
        Self {
            matches: std::array::from_fn(|index| hypothesis.matches(&references, index + 1)),
            totals: std::array::from_fn(|index| hypothesis.count(index + 1)),
            hypothesis_len,
            reference_len: nearest.unwrap_or(0),
        }
    }

    /// BLEU from the counts.
    pub fn bleu(&self, signature: Signature) -> Bleu {
        let orders = self.totals.iter().filter(|total| **total > 0).count().max(1);
        Bleu {
            score: self.score_of(if signature.is_of_sentence { orders } else { ORDER }),
            precisions: self.precisions(),
            brevity_penalty: self.brevity_penalty(),
            ratio: if self.reference_len == 0 { 0.0 } else { quotient(self.hypothesis_len, self.reference_len) },
            hypothesis_len: self.hypothesis_len,
            reference_len: self.reference_len,
            signature,
        }
    }

    /// The brevity penalty times the geometric mean of the first precisions.
    fn score_of(&self, orders: usize) -> f64 {
        // Because of rounding, the exponential of the mean logarithm can be slightly above 100.
        (self.brevity_penalty() * geometric_mean(&self.precisions()[..orders])).min(100.0)
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
fn geometric_mean(precisions: &[f64]) -> f64 {
    (precisions.iter().map(|precision| precision.ln()).sum::<f64>() / precisions.len() as f64).exp()
}

fn quotient(dividend: usize, divisor: usize) -> f64 {
    dividend as f64 / divisor as f64
}
