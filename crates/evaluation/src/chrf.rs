//! chrF, the character n-gram F-score (Popović 2015, section 2).

use std::fmt;

use serde::Serialize;

use crate::ngrams::NGrams;
use crate::statistics::Statistics;
use crate::words::is_white_space;
use crate::{EvaluationError, Metric};

/// The longest n-gram.
const ORDER: usize = 6;

/// β² for β = 2, the 2 in the name: recall has twice the weight of precision.
const BETA_SQUARED: f64 = 4.0;

/// chrF2 of a corpus with one reference per sentence.
///
/// It needs no tokeniser and counts parts of words, so for languages with long words it agrees with human judgement better
/// than BLEU does. Displayed as in sacreBLEU, with the version of this program in the signature.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Chrf {
    /// The F-score in percent: 0 (no common character) to 100 (equal to the references, except for white space).
    pub score: f64,
}

impl Chrf {
    /// Computes chrF2 for one hypothesis per reference, `[sentences]`; neither is tokenised.
    ///
    /// Characters are Unicode code points, so a combining mark is a character. Counts are summed over the corpus and then
    /// divided.
    ///
    /// # Errors
    ///
    /// If the numbers of sentences differ or are 0. Empty sentences are allowed.
    pub fn compute(hypotheses: &[impl AsRef<str>], references: &[impl AsRef<str>]) -> Result<Self, EvaluationError> {
        Ok(Counts::of_corpus(hypotheses, references)?.chrf())
    }
}

impl fmt::Display for Chrf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "chrF2|{} = {:.2}", Metric::Chrf.signature(), self.score)
    }
}

/// Counts of one or several sentences. Index n - 1 of the array is for n-grams.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    orders: [Order; ORDER],
}

/// Numbers of n-grams of one order, and of their matches.
#[derive(Debug, Clone, Copy, Default)]
struct Order {
    hypothesis: usize,
    reference: usize,
    matches: usize,
}

impl Order {
    fn of(hypothesis: &NGrams<ORDER>, reference: &NGrams<ORDER>, n: usize) -> Self {
        let reference_count = reference.count(n);
        Self {
            // As in sacreBLEU, n-grams of a hypothesis do not count if the reference is too short to have any.
            hypothesis: if reference_count > 0 { hypothesis.count(n) } else { 0 },
            reference: reference_count,
            matches: hypothesis.matches(reference, n),
        }
    }
}

impl Statistics for Counts {
    fn of(hypothesis: &str, reference: &str) -> Self {
        let (hypothesis, reference) = (characters(hypothesis), characters(reference));
        Self { orders: std::array::from_fn(|index| Order::of(&hypothesis, &reference, index + 1)) }
    }

    fn add(&mut self, other: &Self) {
        for (sum, other) in self.orders.iter_mut().zip(&other.orders) {
            sum.hypothesis += other.hypothesis;
            sum.reference += other.reference;
            sum.matches += other.matches;
        }
    }

    fn score(&self) -> f64 {
        100.0 * f_score(&self.orders)
    }
}

impl Counts {
    /// chrF2 from the counts.
    pub fn chrf(&self) -> Chrf {
        Chrf { score: self.score() }
    }
}

/// The F-score, 0 to 1. Precision and recall are first averaged over the orders that occur in hypotheses and references.
fn f_score(orders: &[Order]) -> f64 {
    let (mut precision, mut recall, mut effective) = (0.0, 0.0, 0.0);
    for counts in orders.iter().filter(|counts| counts.hypothesis > 0 && counts.reference > 0) {
        precision += counts.matches as f64 / counts.hypothesis as f64;
        recall += counts.matches as f64 / counts.reference as f64;
        effective += 1.0;
    }
    if precision + recall == 0.0 {
        return 0.0;
    }
    precision /= effective;
    recall /= effective;
    (1.0 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall)
}

/// The n-grams of the characters of a line without white space.
fn characters(line: &str) -> NGrams<ORDER> {
    // Symbols start at 1, because 0 marks the end of the sentence. The largest symbol is 0x110000, less than 2^21.
    let symbols: Vec<u32> = line.chars().filter(|&c| !is_white_space(c)).map(|c| u32::from(c) + 1).collect();
    NGrams::new(&symbols)
}
