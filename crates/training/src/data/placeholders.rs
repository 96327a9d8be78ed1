//! Pairs in which placeholders replace words, so that a model learns to copy placeholders.

use crate::Examples;
use crate::data::examples::PairIds;
use crate::streams::{happens, shuffle};
use candle_core::Result;
use glosser_text::{PLACEHOLDERS, SideProfile, Tokenizer, WordPart, placeholder};
use glosser_translator::Tokenizers;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

/// Most pairs that the lexicon is learnt from, spread over the corpus. Further pairs hardly add to it, and each
/// distinct pair of words takes some 30 bytes while they are counted.
const MOST_LEARNT_FROM: usize = 30_000;

/// Fewest pairs in which two words of the lexicon occur together.
const FEWEST: u32 = 3;

/// Lowest Dice coefficient of two words that translate each other. Of a hundred such pairs of German and English
/// words, drawn from the 2,258 of Multi30k, none was wrong; nine had one of several words that translate a compound.
const DICE: f64 = 0.3;

/// Most words of a sentence that are replaced.
const MOST_REPLACED: usize = 3;

/// One of this many words is not replaced: the placeholder is put after it.
const BEHIND: u32 = 3;

/// One of this many changed sentences gets another placeholder at its end.
const AT_END: u32 = 4;

/// The token ids of a word.
type Word = Vec<u32>;

/// Replaces words that translate each other by placeholders.
pub(crate) struct Placeholders {
    /// The share of pairs that are changed.
    rate: f64,
    /// The translation of each word.
    lexicon: HashMap<Word, Word>,
    source: Vec<WordPart>,
    target: Vec<WordPart>,
    /// Whether a word has the same ids in source and target.
    is_joint: bool,
}

impl Placeholders {
    /// Learns a lexicon from the pairs: two words translate each other if each has its highest Dice coefficient with
    /// the other. `rate` is the share of pairs that are changed.
    ///
    /// # Errors
    /// If the ids cannot be read from their file.
    pub fn learn(examples: &Examples, tokenizers: &Tokenizers, rate: f64) -> Result<Self> {
        let parts = |tokenizer: &Tokenizer, side: &SideProfile| {
            (0..tokenizer.vocab_size() as u32).map(|id| tokenizer.word_part(id, side.words)).collect()
        };
        let profile = tokenizers.profile();
        let source = parts(tokenizers.source(), &profile.source);
        let target = parts(tokenizers.target(), &profile.target);
        let is_joint = tokenizers.is_joint();
        let mut placeholders = Self { rate, lexicon: HashMap::new(), source, target, is_joint };
        if rate > 0.0 {
            let mut counts = Counts::default();
            // First single words: most are rare, and pairs with a rare word need not be counted.
            for count in [Counts::count_alone, Counts::count_together] {
                for pair in (0..examples.len()).step_by(examples.len().div_ceil(MOST_LEARNT_FROM).max(1)) {
                    let (source, target) = examples.ids(pair)?;
                    let words = |ids: &[u32], parts| -> Vec<Word> {
                        single(ids, parts).into_iter().map(|word| ids[word].to_vec()).collect()
                    };
                    count(&mut counts, &words(&source, &placeholders.source), &words(&target, &placeholders.target));
                }
            }
            placeholders.lexicon = counts.lexicon();
        }
        Ok(placeholders)
    }

    /// Puts up to four placeholders into some pairs, the same in source and target: instead of a word and its
    /// translation, after them, or at the end, where names, numbers and emoji are in sentences.
    pub fn put_into(&self, pairs: &mut [PairIds], rng: &mut ChaCha8Rng) {
        for pair in pairs {
            if happens(self.rate, rng) {
                self.put_into_pair(pair, rng);
            }
        }
    }

    fn put_into_pair(&self, (source, target): &mut PairIds, rng: &mut ChaCha8Rng) {
        let mut places = self.places(source, target);
        shuffle(&mut places, rng);
        places.truncate(1 + rng.next_u32() as usize % MOST_REPLACED);
        for (source, target) in &mut places {
            if one_in(BEHIND, rng) {
                (source.start, target.start) = (source.end, target.end);
            }
        }
        if one_in(AT_END, rng) {
            // The position before EOS.
            let end = |ids: &[u32]| ids.len() - 1..ids.len() - 1;
            places.push((end(source), end(target)));
        }
        let mut numbers: Vec<usize> = (0..PLACEHOLDERS).collect();
        shuffle(&mut numbers, rng);
        let (of_source, of_target): (Vec<_>, Vec<_>) = places.into_iter().unzip();
        put_at(source, of_source, &numbers);
        put_at(target, of_target, &numbers);
    }

    /// Returns the positions of words and their translations that occur once. A word that is not in the lexicon is its
    /// own translation, because it may be a name.
    fn places(&self, source: &[u32], target: &[u32]) -> Vec<(Range<usize>, Range<usize>)> {
        let words: HashMap<&[u32], Range<usize>> =
            single(target, &self.target).into_iter().map(|range| (&target[range.clone()], range)).collect();
        let partner = |word: &[u32]| match self.lexicon.get(word) {
            Some(translation) => words.get(translation.as_slice()),
            None if self.is_joint => words.get(word),
            None => None,
        };
        let places = single(source, &self.source);
        places.into_iter().filter_map(|place| Some((place.clone(), partner(&source[place])?.clone()))).collect()
    }
}

/// Puts the placeholders of these numbers into a sentence.
fn put_at(ids: &mut Vec<u32>, places: Vec<Range<usize>>, numbers: &[usize]) {
    let mut places: Vec<(Range<usize>, &usize)> = places.into_iter().zip(numbers).collect();
    // From the last to the first, so that the positions before do not change.
    places.sort_by_key(|(place, _)| Reverse((place.start, place.end)));
    for (place, number) in places {
        ids.splice(place, [placeholder(*number)]);
    }
}

fn one_in(count: u32, rng: &mut ChaCha8Rng) -> bool {
    rng.next_u32().is_multiple_of(count)
}

/// Returns the positions of the words that occur once in a sentence, in order.
fn single(ids: &[u32], parts: &[WordPart]) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for (at, id) in ids.iter().enumerate() {
        match parts[*id as usize] {
            WordPart::Begins | WordPart::Space => words.push(at..at + 1),
            WordPart::Whole => match words.last_mut() {
                Some(word) if *word == (at - 1..at) && parts[ids[at - 1] as usize] == WordPart::Space => word.end += 1,
                _ => words.push(at..at + 1),
            },
            WordPart::Continues => {
                if let Some(word) = words.last_mut().filter(|word| word.end == at) {
                    word.end += 1;
                }
            }
            WordPart::Outside => {}
        }
    }
    words.retain(|word| word.len() > 1 || parts[ids[word.start] as usize] != WordPart::Space);
    let mut counts: HashMap<&[u32], usize> = HashMap::new();
    for word in &words {
        *counts.entry(&ids[word.clone()]).or_default() += 1;
    }
    words.iter().filter(|word| counts[&ids[(*word).clone()]] == 1).cloned().collect()
}

/// The numbers of pairs with a word, and with two words.
#[derive(Default)]
struct Counts {
    source: Side,
    target: Side,
    together: HashMap<(u32, u32), u32>,
}

/// The words of one side, numbered in the order of their first occurrence, with the number of pairs that have them.
#[derive(Default)]
struct Side {
    numbers: HashMap<Word, u32>,
    words: Vec<(Word, u32)>,
}

impl Side {
    fn count(&mut self, word: &Word) {
        let next = self.words.len() as u32;
        let number = *self.numbers.entry(word.clone()).or_insert(next);
        if number == next {
            self.words.push((word.clone(), 0));
        }
        self.words[number as usize].1 += 1;
    }

    /// Returns the numbers of the words that are frequent enough for the lexicon.
    fn frequent(&self, words: &[Word]) -> Vec<u32> {
        let numbers = words.iter().filter_map(|word| self.numbers.get(word).copied());
        numbers.filter(|number| self.words[*number as usize].1 >= FEWEST).collect()
    }
}

impl Counts {
    /// Counts each word of a pair.
    fn count_alone(&mut self, source: &[Word], target: &[Word]) {
        source.iter().for_each(|word| self.source.count(word));
        target.iter().for_each(|word| self.target.count(word));
    }

    /// Counts each two words of a pair. All single words must have been counted.
    fn count_together(&mut self, source: &[Word], target: &[Word]) {
        let target = self.target.frequent(target);
        for source in self.source.frequent(source) {
            for target in &target {
                *self.together.entry((source, *target)).or_default() += 1;
            }
        }
    }

    fn lexicon(self) -> HashMap<Word, Word> {
        let mut best_of_source = vec![(0.0, u32::MAX); self.source.words.len()];
        let mut best_of_target = vec![(0.0, u32::MAX); self.target.words.len()];
        for (&(source, target), &together) in &self.together {
            let alone = self.source.words[source as usize].1 + self.target.words[target as usize].1;
            let dice = 2.0 * f64::from(together) / f64::from(alone);
            if together >= FEWEST && dice >= DICE {
                improve(&mut best_of_source[source as usize], dice, target);
                improve(&mut best_of_target[target as usize], dice, source);
            }
        }
        let mutual = (0..).zip(&best_of_source).filter(|(source, (_, target))| {
            best_of_target.get(*target as usize).is_some_and(|(_, best)| best == source)
        });
        let word = |side: &Side, number: u32| side.words[number as usize].0.clone();
        mutual.map(|(source, (_, target))| (word(&self.source, source), word(&self.target, *target))).collect()
    }
}

/// Keeps the word with the higher coefficient; of two equal ones the first, because a map has no order.
fn improve(best: &mut (f64, u32), dice: f64, other: u32) {
    if dice > best.0 || dice == best.0 && other < best.1 {
        *best = (dice, other);
    }
}

#[cfg(test)]
#[path = "placeholders_tests.rs"]
mod tests;
