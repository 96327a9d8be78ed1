//! Statistics of a part of the corpus: its size, and how much its word order differs between the languages.

use std::collections::HashSet;

use crate::example::{Example, Link, form};

/// Statistics of one part of the corpus.
#[derive(Clone, PartialEq, Debug)]
pub struct Statistics {
    /// Number of sentence pairs.
    pub pairs: usize,
    /// Numbers of white-space words, English and French.
    pub words: [usize; 2],
    /// Numbers of distinct words in lower case without punctuation, English and French.
    pub distinct: [usize; 2],
    /// Number of sure links.
    pub sure: usize,
    /// Number of links that are only possible.
    pub possible: usize,
    /// Alignment error rate (0 to 1) of a baseline that links each French word to the English word at the same relative
    /// position.
    pub diagonal_aer: f64,
    /// Share of pairs with two crossing sure links, 0 to 1.
    pub crossing: f64,
    /// Share of pairs with a word that has more than one sure link, 0 to 1.
    pub not_one_to_one: f64,
}

impl Statistics {
    /// Computes the statistics of `examples`.
    pub fn of(examples: &[Example]) -> Self {
        let links = || examples.iter().flat_map(|example| &example.links);
        let share = |holds: fn(&Example) -> bool| {
            examples.iter().filter(|example| holds(example)).count() as f64 / examples.len() as f64
        };
        Self {
            pairs: examples.len(),
            words: sides(examples, |words| words.len()),
            distinct: sides(examples, |words| words.iter().map(|word| form(word)).collect::<HashSet<_>>().len()),
            sure: links().filter(|link| link.sure).count(),
            possible: links().filter(|link| !link.sure).count(),
            diagonal_aer: diagonal_aer(examples),
            crossing: share(crosses),
            not_one_to_one: share(branches),
        }
    }
}

fn sides(examples: &[Example], count: impl Fn(&[&str]) -> usize) -> [usize; 2] {
    let words = |side: fn(&Example) -> &str| -> Vec<&str> {
        examples.iter().flat_map(|example| side(example).split_whitespace()).collect()
    };
    [count(&words(|example| &example.source)), count(&words(|example| &example.target))]
}

/// AER = 1 - (|A ∩ S| + |A ∩ P|) / (|A| + |S|), where P includes S (Och and Ney 2003), of the diagonal A.
fn diagonal_aer(examples: &[Example]) -> f64 {
    let (mut agreed, mut total) = (0, 0);
    for example in examples {
        let source = example.source.split_whitespace().count();
        let target = example.target.split_whitespace().count();
        for j in 0..target {
            // round(j * (S - 1) / (T - 1)) in integer arithmetic
            let i = (2 * j * (source - 1) + (target - 1)) / (2 * (target - 1)).max(1);
            let gold = example.links.iter().find(|link| (link.source, link.target) == (i, j));
            agreed += gold.map_or(0, |link| if link.sure { 2 } else { 1 });
        }
        total += target + example.links.iter().filter(|link| link.sure).count();
    }
    1.0 - f64::from(agreed) / total as f64
}

fn sure_pairs(example: &Example, holds: impl Fn(&Link, &Link) -> bool) -> bool {
    let sure: Vec<&Link> = example.links.iter().filter(|link| link.sure).collect();
    sure.iter().any(|one| sure.iter().any(|other| holds(one, other)))
}

fn crosses(example: &Example) -> bool {
    sure_pairs(example, |one, other| one.source < other.source && one.target > other.target)
}

fn branches(example: &Example) -> bool {
    sure_pairs(example, |one, other| (one.source == other.source) != (one.target == other.target))
}
