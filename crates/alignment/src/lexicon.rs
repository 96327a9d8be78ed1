//! Word pairs and how often they belong together, counted from the weights of a corpus.

use std::collections::HashMap;

use crate::{WordAttention, entropy};

/// A smaller weight is what a softmax always leaves over: it is not counted, so that a corpus has not nearly as many pairs
/// as it has words squared.
const LEAST: f32 = 0.02;

/// Lines that are kept as examples of a pair.
const EXAMPLES: usize = 3;

/// Expected counts of word pairs: the sums of their weights, as the expectation step of an alignment model has them.
#[derive(Debug, Clone, Default)]
pub struct LexiconCounter {
    source: Vocabulary,
    target: Vocabulary,
    pairs: HashMap<(usize, usize), Count>,
}

/// A source word with a target word that it was translated by.
#[derive(Debug, Clone, PartialEq)]
pub struct LexiconEntry<'a> {
    /// The source word.
    pub source: &'a str,
    /// The target word.
    pub target: &'a str,
    /// How often they belong together: the sum of the weights between them.
    pub count: f64,
    /// The share of what the source word gave that went into this target word.
    pub target_given_source: f64,
    /// The share of the occurrences of the target word that came from this source word.
    pub source_given_target: f64,
    /// How sharp the weights were where the pair was found: 1 for all weight on one word, 0 for weight evenly on all.
    pub confidence: f64,
    /// What entries are ordered by: the logarithm of one more than `count`, times `confidence` and both shares. By the
    /// count itself articles and auxiliaries would come before every word that has one translation.
    pub score: f64,
    /// The lines where the pair has most weight, at most three, in ascending order.
    pub lines: Vec<usize>,
}

/// Words by number, with the weight of each.
#[derive(Debug, Clone, Default)]
struct Vocabulary {
    numbers: HashMap<String, usize>,
    words: Vec<String>,
    totals: Vec<f64>,
}

#[derive(Debug, Clone, Default)]
struct Count {
    weight: f64,
    /// Sum of weight times confidence.
    confidence: f64,
    /// Weight and line, the heaviest first.
    examples: Vec<(f32, usize)>,
}

impl LexiconCounter {
    /// Adds a sentence pair: its words, with empty ones for those that are not to be counted, and the weights between them.
    ///
    /// # Panics
    /// If there is not one word for each row and column.
    pub fn add<S: AsRef<str>, T: AsRef<str>>(
        &mut self,
        line: usize,
        source: &[S],
        target: &[T],
        attention: &WordAttention,
    ) {
        let matrix = attention.matrix();
        assert_eq!(
            (target.len(), source.len()),
            (matrix.target_len(), matrix.source_len()),
            "a word for each row and column"
        );
        let source: Vec<Option<usize>> = source.iter().map(|word| self.source.number(word.as_ref())).collect();
        for ((word, row), eos_mass) in target.iter().zip(matrix.rows()).zip(attention.eos_mass()) {
            let Some(target) = self.target.number(word.as_ref()) else { continue };
            let confidence = confidence(row, *eos_mass);
            self.target.totals[target] += 1.0;
            for (source, weight) in source.iter().zip(row) {
                let Some(source) = *source else { continue };
                self.source.totals[source] += f64::from(*weight);
                if *weight >= LEAST {
                    self.pairs.entry((source, target)).or_default().add(line, *weight, confidence);
                }
            }
        }
    }

    /// The pairs that belong together at least `min_count` times, the best first.
    pub fn entries(&self, min_count: f64) -> Vec<LexiconEntry<'_>> {
        let frequent = self.pairs.iter().filter(|(_, count)| count.weight >= min_count);
        let mut entries: Vec<LexiconEntry> = frequent.map(|(pair, count)| self.entry(*pair, count)).collect();
        entries
            .sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| (a.source, a.target).cmp(&(b.source, b.target))));
        entries
    }

    fn entry(&self, (source, target): (usize, usize), count: &Count) -> LexiconEntry<'_> {
        let target_given_source = count.weight / self.source.totals[source];
        let source_given_target = count.weight / self.target.totals[target];
        let confidence = count.confidence / count.weight;
        let mut lines: Vec<usize> = count.examples.iter().map(|(_, line)| *line).collect();
        lines.sort_unstable();
        LexiconEntry {
            source: &self.source.words[source],
            target: &self.target.words[target],
            count: count.weight,
            target_given_source,
            source_given_target,
            confidence,
            score: count.weight.ln_1p() * confidence * target_given_source * source_given_target,
            lines,
        }
    }
}

/// One minus the entropy of a row, EOS counted, as a share of the greatest it could have.
fn confidence(row: &[f32], eos_mass: f32) -> f64 {
    let whole: Vec<f32> = row.iter().copied().chain([eos_mass]).collect();
    let greatest = (whole.len() as f64).ln();
    if greatest == 0.0 { 1.0 } else { (1.0 - f64::from(entropy(&whole)) / greatest).clamp(0.0, 1.0) }
}

impl Vocabulary {
    fn number(&mut self, word: &str) -> Option<usize> {
        if word.is_empty() {
            return None;
        }
        if let Some(number) = self.numbers.get(word) {
            return Some(*number);
        }
        self.numbers.insert(word.to_owned(), self.words.len());
        self.words.push(word.to_owned());
        self.totals.push(0.0);
        Some(self.words.len() - 1)
    }
}

impl Count {
    fn add(&mut self, line: usize, weight: f32, confidence: f64) {
        self.weight += f64::from(weight);
        self.confidence += f64::from(weight) * confidence;
        if let Some(same) = self.examples.iter().position(|(_, other)| *other == line) {
            if self.examples[same].0 >= weight {
                return;
            }
            self.examples.remove(same);
        }
        let at = self.examples.partition_point(|(other, _)| *other >= weight);
        self.examples.insert(at, (weight, line));
        self.examples.truncate(EXAMPLES);
    }
}
