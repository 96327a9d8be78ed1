//! The probability of a text as a sequence of letters, from the frequent n-grams of a language.

use std::collections::HashMap;

use crate::words::ngrams::{CharacterNgrams, LONGEST, Ngram};

/// The count of a letter that the text does not have.
const UNSEEN: f64 = 0.05;

/// The number of letters that any text might have.
const ALPHABET: f64 = 5000.0;

/// A letter model of order 3: each letter given the two before it, interpolated with shorter histories (Witten and Bell
/// 1991, method C).
#[derive(Clone, Debug)]
pub(super) struct NgramModel {
    counts: HashMap<Ngram, f64>,
    /// The sum of the counts of the n-grams that continue a history, and their number.
    histories: HashMap<Ngram, (f64, f64)>,
    letters: f64,
}

impl NgramModel {
    /// Returns the model of these n-grams; `None` if there are none.
    pub(super) fn new(ngrams: &CharacterNgrams) -> Option<Self> {
        let mut counts: HashMap<Ngram, f64> = HashMap::new();
        let mut histories: HashMap<Ngram, (f64, f64)> = HashMap::new();
        let mut letters = 0.0;
        // In the order of the file, so that the sums are always the same.
        for (ngram, count) in ngrams.counts() {
            counts.insert(ngram, count);
            match ngram.history() {
                Some(history) => {
                    let (sum, kinds) = histories.entry(history).or_default();
                    *sum += count;
                    *kinds += 1.0;
                }
                None => letters += count,
            }
        }
        (!counts.is_empty()).then_some(Self { counts, histories, letters })
    }

    /// Returns the natural logarithm of the probability of letters as from [`letters`](crate::words::ngrams::letters), after
    /// the first one.
    pub(super) fn log_prob(&self, letters: &[char]) -> f64 {
        let places = (1..letters.len()).map(|at| {
            let start = (at + 1).saturating_sub(LONGEST);
            // The word before does not count.
            let space = letters[start..at].iter().rposition(|c| *c == ' ');
            self.probability(&letters[start + space.unwrap_or(0)..=at]).ln()
        });
        places.sum()
    }

    /// Returns the natural logarithm of the probability of the same letters in any order.
    pub(super) fn unordered_log_prob(&self, letters: &[char]) -> f64 {
        letters.iter().skip(1).map(|c| self.probability(&[*c]).ln()).sum()
    }

    /// Returns the probability of the last character after those before it.
    fn probability(&self, run: &[char]) -> f64 {
        let count = Ngram::of(run.iter().copied()).and_then(|ngram| self.counts.get(&ngram)).copied().unwrap_or(0.0);
        let [_, shorter @ ..] = run else { return 1.0 / ALPHABET };
        if shorter.is_empty() {
            return (count + UNSEEN) / (self.letters + UNSEEN * ALPHABET);
        }
        let history = Ngram::of(run[..run.len() - 1].iter().copied());
        let known = history.and_then(|history| Some((history, self.histories.get(&history)?)));
        let Some((history, (sum, kinds))) = known else { return self.probability(shorter) };
        // The n-grams that are not stored belong to the rest.
        let all = self.counts.get(&history).copied().unwrap_or(0.0).max(*sum);
        (count + (all - sum + kinds) * self.probability(shorter)) / (all + kinds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::ngrams::{NgramCollector, letters};

    fn model(lines: &[&str]) -> NgramModel {
        let mut collector = NgramCollector::default();
        lines.iter().for_each(|line| collector.add(line));
        NgramModel::new(&collector.finish()).expect("n-grams")
    }

    #[test]
    fn the_probabilities_of_all_continuations_sum_to_one_at_most() {
        let model = model(&["the cat sat", "the hat that sat", "a cat", "a cat"]);
        for history in ["", " ", " t", "th", "at", "xy"] {
            let run = |c: char| history.chars().chain([c]).collect::<Vec<char>>();
            let sum: f64 = "abcdefghijklmnopqrstuvwxyz ".chars().map(|c| model.probability(&run(c))).sum();
            assert!((0.1..=1.0).contains(&sum), "{history:?}: {sum}");
        }
    }

    #[test]
    fn text_of_the_language_is_more_probable_than_the_same_letters_in_another_order() {
        let model = model(&["the cat sat on the mat", "that cat sat on that mat", "the hat"]);
        let (text, mixed) = (letters("the cat"), letters("hte tca"));
        assert!(model.log_prob(&text) > model.log_prob(&mixed) + 3.0);
        assert!((model.unordered_log_prob(&text) - model.unordered_log_prob(&mixed)).abs() < 1e-9);
        assert!(model.log_prob(&text) > model.unordered_log_prob(&text));
        assert_eq!(model.log_prob(&letters("12")), 0.0);
        assert!(NgramModel::new(&CharacterNgrams::default()).is_none());
    }
}
