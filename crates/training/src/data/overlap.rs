//! Validation pairs that are also training pairs: the model has seen them, and validation is too good to be true.

use crate::events::diagnostic::Warning;
use glosser_text::{Pair, fnv1a};
use std::collections::HashMap;

/// A byte that no text contains, between the sides of a pair.
const END: u8 = 0xFF;

/// Finds the validation pairs among the training pairs. Memory: 50 bytes per validation pair.
pub(crate) struct Overlap {
    /// The hashes of the pair and of the source of each validation pair.
    dev: Vec<[u64; 2]>,
    /// The hashes of pairs and sources, and whether a training pair has them.
    found: HashMap<u64, bool>,
}

impl Overlap {
    pub fn new(dev: &[Pair]) -> Self {
        let dev: Vec<[u64; 2]> = dev.iter().map(|pair| [pair_hash(pair), source_hash(pair)]).collect();
        let found = dev.iter().flatten().map(|hash| (*hash, false)).collect();
        Self { dev, found }
    }

    /// Adds a training pair.
    pub fn add(&mut self, pair: &Pair) {
        for hash in [pair_hash(pair), source_hash(pair)] {
            self.found.entry(hash).and_modify(|found| *found = true);
        }
    }

    /// Returns a warning if validation pairs, or many of their sources, are in the training pairs.
    pub fn warning(&self) -> Option<Warning> {
        let is_found = |hash: &u64| self.found.get(hash).copied().unwrap_or_default();
        let pairs = self.dev.iter().filter(|[pair, _]| is_found(pair)).count();
        let sources = self.dev.iter().filter(|[pair, source]| !is_found(pair) && is_found(source)).count();
        let of = self.dev.len();
        // A few short sentences occur everywhere.
        let is_much = pairs > 0 || 20 * sources >= of.max(1) && sources > 1;
        is_much.then_some(Warning::ValidationPairsInTraining { pairs, sources, of })
    }
}

/// Returns the hash of a pair, without white space around its sides.
pub(crate) fn pair_hash(pair: &Pair) -> u64 {
    fnv1a(pair.source.trim().bytes().chain([END]).chain(pair.target.trim().bytes()))
}

fn source_hash(pair: &Pair) -> u64 {
    fnv1a(pair.source.trim().bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair((source, target): (&str, &str)) -> Pair {
        Pair { source: source.to_owned(), target: target.to_owned() }
    }

    fn warning(dev: &[(&str, &str)], training: &[(&str, &str)]) -> Option<Warning> {
        let mut overlap = Overlap::new(&dev.iter().copied().map(pair).collect::<Vec<_>>());
        training.iter().copied().map(pair).for_each(|pair| overlap.add(&pair));
        overlap.warning()
    }

    #[test]
    fn validation_pairs_and_their_sources_are_counted_among_the_training_pairs() {
        let dev = [("a", "x"), ("a", "y"), ("b", "x"), ("c", "z"), ("c ", "z")];
        let training = [("a", "x"), ("a", "x"), ("c", " z"), ("d", "x")];
        let expected = Warning::ValidationPairsInTraining { pairs: 3, sources: 1, of: 5 };
        assert_eq!(warning(&dev, &training), Some(expected));
        assert_eq!(warning(&dev, &[("d", "x")]), None);
    }

    #[test]
    fn a_few_sources_with_other_translations_are_no_fault() {
        let dev: Vec<String> = (0..100).map(|at| at.to_string()).collect();
        let dev: Vec<(&str, &str)> = dev.iter().map(|source| (source.as_str(), "x")).collect();
        let training: Vec<(&str, &str)> = dev.iter().map(|(source, _)| (*source, "y")).collect();
        assert_eq!(warning(&dev, &training[..4]), None);
        let expected = Warning::ValidationPairsInTraining { pairs: 0, sources: 5, of: 100 };
        assert_eq!(warning(&dev, &training[..5]), Some(expected));
    }
}
