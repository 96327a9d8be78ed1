//! The character F-score of a corpus (Popović 2015).

use std::fmt;

use crate::ngrams::NGrams;
use crate::pairs::pairs;
use crate::sums::Sums;
use crate::white_space::is_white_space;
use crate::{EvaluationError, Metric};

/// The longest n-gram.
const ORDER: usize = 6;

/// β² for β = 2: recall weighs twice as much as precision, the 2 in the name.
const BETA_SQUARED: f64 = 4.0;

/// chrF2 of a corpus with one reference for each sentence.
///
/// It needs no tokeniser and gives credit for parts of words, which is why it agrees with people better than BLEU on
/// languages with long words. Displayed as sacreBLEU does it, with the version of this program in the signature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chrf {
    /// The F-score: 0 (no character in common) to 100 (the references, but for white space).
    pub score: f64,
}

impl Chrf {
    /// chrF2 of one hypothesis for each reference, neither of them tokenised.
    ///
    /// Characters are code points, so a combining mark is one of its own. Counts are summed over the corpus before
    /// anything is divided.
    ///
    /// # Errors
    ///
    /// If the lists differ in length or are empty. Empty sentences are no error.
    pub fn compute(hypotheses: &[impl AsRef<str>], references: &[impl AsRef<str>]) -> Result<Self, EvaluationError> {
        let mut counts = Counts::default();
        for (hypothesis, reference) in pairs(hypotheses, references)? {
            counts.add(&Counts::of(hypothesis, reference));
        }
        Ok(counts.chrf())
    }
}

impl fmt::Display for Chrf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "chrF2|{} = {:.2}", Metric::Chrf.signature(), self.score)
    }
}

/// What is summed over the sentences; index n - 1 is for n-grams.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    orders: [Order; ORDER],
}

/// The n-grams of one order.
#[derive(Debug, Clone, Copy, Default)]
struct Order {
    hypothesis: usize,
    reference: usize,
    matches: usize,
}

impl Order {
    fn of(hypothesis: &NGrams<ORDER>, reference: &NGrams<ORDER>, n: usize) -> Self {
        let wanted = reference.count(n);
        Self {
            // sacreBLEU does not hold n-grams against a hypothesis whose reference is too short to have any.
            hypothesis: if wanted > 0 { hypothesis.count(n) } else { 0 },
            reference: wanted,
            matches: hypothesis.matches(reference, n),
        }
    }
}

impl Sums for Counts {
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
    pub fn chrf(&self) -> Chrf {
        Chrf { score: self.score() }
    }
}

/// Between 0 and 1: precision and recall are averaged over the orders first, over those that occur on both sides.
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

/// The n-grams of the line without its white space.
fn characters(line: &str) -> NGrams<ORDER> {
    // From 1, as 0 marks the end of the sentence. The largest code point then is 0x110000, well within 21 bits.
    let symbols: Vec<u32> = line.chars().filter(|&c| !is_white_space(c)).map(|c| u32::from(c) + 1).collect();
    NGrams::new(&symbols)
}
