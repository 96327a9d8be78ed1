//! chrF, the character n-gram F-score (Popović 2015, section 2), and chrF++, which adds words (Popović 2017, section 2).

use std::fmt;

use serde::Serialize;

use crate::ngrams::NGrams;
use crate::statistics::{Statistics, count_each};
use crate::words::{WordIds, is_white_space, words};
use crate::{EvaluationError, Metric, Signature, Tokenization};

/// The longest n-gram of characters.
const CHARACTERS: usize = 6;

/// The longest n-gram of words, for chrF++.
const WORDS: usize = 2;

/// β² for β = 2, the 2 in the name: recall has twice the weight of precision.
const BETA_SQUARED: f64 = 4.0;

/// chrF2 or chrF2++ of a corpus.
///
/// It needs no tokeniser and counts parts of words, so for languages with long words it agrees with human judgement better
/// than BLEU does. It also suits text without spaces. Displayed as in sacreBLEU.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Chrf {
    /// The F-score in percent: 0 (no common character) to 100 (equal to the references, except for white space).
    pub score: f64,
    /// All settings.
    #[serde(skip)]
    pub signature: Signature,
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
        let counts =
            count_each(hypotheses, &[references], |hypothesis, references| Counts::both(hypothesis, references).0)?;
        let (metric, tokenization) = (Metric::Chrf, Tokenization::default());
        Ok(Counts::total(&counts).chrf(Signature {
            metric,
            references: 1,
            tokenization,
            is_of_sentence: false,
            seed: None,
        }))
    }
}

impl fmt::Display for Chrf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{} = {:.2}", self.signature.metric.name(), self.signature, self.score)
    }
}

/// Counts of one or several sentences: n-grams of 1 to 6 characters, then those of 1 and 2 words, which are 0 for chrF2.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    orders: [Order; CHARACTERS + WORDS],
}

/// Numbers of n-grams of one order, and of their matches.
#[derive(Debug, Clone, Copy, Default)]
struct Order {
    hypothesis: usize,
    reference: usize,
    matches: usize,
}

impl Order {
    fn new<const ORDER: usize>(hypothesis: &NGrams<ORDER>, reference: &NGrams<ORDER>, n: usize) -> Self {
        let reference_count = reference.count(n);
        Self {
            // As in sacreBLEU, n-grams of a hypothesis do not count if the reference is too short to have any.
            hypothesis: if reference_count > 0 { hypothesis.count(n) } else { 0 },
            reference: reference_count,
            matches: hypothesis.matches(std::slice::from_ref(reference), n),
        }
    }
}

impl Statistics for Counts {
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
    /// Counts one sentence for chrF2 and for chrF2++. Each takes the reference for which it is highest.
    pub fn both(hypothesis: &str, references: &[&str]) -> (Self, Self) {
        let counts: Vec<Self> = references.iter().map(|reference| Self::with_words(hypothesis, reference)).collect();
        (highest(counts.iter().map(|counts| counts.without_words())), highest(counts.iter().copied()))
    }

    fn with_words(hypothesis: &str, reference: &str) -> Self {
        let characters = [characters(hypothesis), characters(reference)];
        let mut ids = WordIds::default();
        let words = [hypothesis, reference].map(|line| NGrams::<WORDS>::new(&ids.of(separate_ends(line))));
        Self {
            orders: std::array::from_fn(|index| match index.checked_sub(CHARACTERS) {
                None => Order::new(&characters[0], &characters[1], index + 1),
                Some(index) => Order::new(&words[0], &words[1], index + 1),
            }),
        }
    }

    fn without_words(mut self) -> Self {
        self.orders[CHARACTERS..].fill(Order::default());
        self
    }

    /// chrF2 or chrF2++ from the counts.
    pub fn chrf(&self, signature: Signature) -> Chrf {
        Chrf { score: self.score(), signature }
    }
}

/// The counts with the highest score, the first of equal ones.
fn highest(counts: impl Iterator<Item = Counts>) -> Counts {
    counts.reduce(|best, next| if next.score() > best.score() { next } else { best }).unwrap_or_default()
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
fn characters(line: &str) -> NGrams<CHARACTERS> {
    // Symbols start at 1, because 0 marks the end of the sentence. The largest symbol is 0x110000, less than 2^21.
    let symbols: Vec<u32> = line.chars().filter(|&c| !is_white_space(c)).map(|c| u32::from(c) + 1).collect();
    NGrams::new(&symbols)
}

/// The words of a line, where ASCII punctuation at the end of a word is a word; if there is none, that at its start.
///
/// As in the program of the author of chrF and in sacreBLEU, `(hi)` becomes `(hi` and `)`.
fn separate_ends(line: &str) -> impl Iterator<Item = &str> {
    words(line).flat_map(|word| {
        let mut characters = word.chars();
        let (first, last) = (characters.next(), characters.next_back());
        let is_mark = |character: Option<char>| character.is_some_and(|character| character.is_ascii_punctuation());
        let (start, end) = if is_mark(last) {
            word.split_at(word.len() - 1)
        } else if last.is_some() && is_mark(first) {
            word.split_at(1)
        } else {
            (word, "")
        };
        [start, end].into_iter().filter(|part| !part.is_empty())
    })
}
