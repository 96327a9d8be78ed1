//! A bilingual lexicon: expected counts of word pairs, summed from the weights of a corpus.

use std::collections::HashMap;

use serde::Serialize;

use crate::{WordAttention, entropy};

/// The minimum weight that is counted. A softmax gives every word a small weight; counting these would make a pair of nearly
/// every source and target word.
const MIN_WEIGHT: f32 = 0.02;

/// Number of example lines of a pair.
const EXAMPLES: usize = 3;

/// Expected counts of word pairs: the sums of their weights, as in the expectation step of an alignment model.
#[derive(Debug, Clone, Default)]
pub struct LexiconCounter {
    source: Vocabulary,
    target: Vocabulary,
    pairs: HashMap<(usize, usize), Count>,
}

/// A source word with one of its translations.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LexiconEntry<'a> {
    /// The source word.
    pub source: &'a str,
    /// The target word.
    pub target: &'a str,
    /// Expected number of times that the words translate each other: the sum of the weights between them.
    pub count: f64,
    /// `count` as a share of all weight of the source word, 0 to 1.
    pub target_given_source: f64,
    /// `count` as a share of the occurrences of the target word, 0 to 1.
    pub source_given_target: f64,
    /// Mean confidence of the rows of the pair, 0 to 1: 1 if all weight is on one word, 0 if it is equal on all words.
    pub confidence: f64,
    /// The sort key of the entries: ln(1 + `count`) times `confidence` and both shares. With the plain count, articles and
    /// auxiliaries would come before every word with a single translation.
    pub score: f64,
    /// Numbers of the lines where the pair has the largest weights, at most three, in ascending order.
    pub lines: Vec<usize>,
}

/// Words with their ids, and the total weight of each word, `[words]`.
#[derive(Debug, Clone, Default)]
struct Vocabulary {
    ids: HashMap<String, usize>,
    words: Vec<String>,
    totals: Vec<f64>,
}

#[derive(Debug, Clone, Default)]
struct Count {
    weight: f64,
    /// Sum of weight times confidence of its row.
    confidence: f64,
    /// Weight and line, largest weight first.
    examples: Vec<(f32, usize)>,
}

impl LexiconCounter {
    /// Adds a sentence pair: its words, `[source words]` and `[target words]`, and the weights between them. Words that are
    /// empty strings are not counted. `line` is the number of the line for examples.
    ///
    /// # Panics
    /// If the number of words differs from the number of rows or columns.
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
            "one word for each row and column"
        );
        let source: Vec<Option<usize>> = source.iter().map(|word| self.source.id(word.as_ref())).collect();
        for ((word, row), eos_mass) in target.iter().zip(matrix.rows()).zip(attention.eos_mass()) {
            let Some(target) = self.target.id(word.as_ref()) else { continue };
            let confidence = confidence(row, *eos_mass);
            self.target.totals[target] += 1.0;
            for (source, weight) in source.iter().zip(row) {
                let Some(source) = *source else { continue };
                self.source.totals[source] += f64::from(*weight);
                if *weight >= MIN_WEIGHT {
                    self.pairs.entry((source, target)).or_default().add(line, *weight, confidence);
                }
            }
        }
    }

    /// The pairs with an expected count of at least `min_count`, highest [`score`](LexiconEntry::score) first.
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

/// 1 minus the entropy of a row, `[source words]` and EOS, as a share of its maximum.
fn confidence(row: &[f32], eos_mass: f32) -> f64 {
    let weights: Vec<f32> = row.iter().copied().chain([eos_mass]).collect();
    let maximum = (weights.len() as f64).ln();
    if maximum == 0.0 { 1.0 } else { (1.0 - f64::from(entropy(&weights)) / maximum).clamp(0.0, 1.0) }
}

impl Vocabulary {
    /// The id of a word; a new word gets a new id. `None` for an empty string.
    fn id(&mut self, word: &str) -> Option<usize> {
        if word.is_empty() {
            return None;
        }
        if let Some(id) = self.ids.get(word) {
            return Some(*id);
        }
        self.ids.insert(word.to_owned(), self.words.len());
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
