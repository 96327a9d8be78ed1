//! Pairs in which stand-ins take the place of words, so that a model learns to carry them through.

use crate::Examples;
use crate::data::examples::PairIds;
use crate::streams::{happens, shuffle};
use candle_core::Result;
use glosser_text::{PLACEHOLDERS, Tokenizer, WordPart, placeholder};
use glosser_translator::Tokenizers;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

/// Pairs that the lexicon is learnt from at most, spread over all: more hardly add to it, and each different pair of words
/// costs some 30 bytes while they are counted.
const MOST_LEARNT_FROM: usize = 30_000;

/// Pairs of words that were seen together less often belong to none.
const FEWEST: u32 = 3;

/// Dice coefficient from which two words translate each other. Of a hundred such pairs of German and English words, drawn
/// from the 2,258 in the captions of Multi30k, none was wrong; nine had one of the words that translate a compound.
const DICE: f64 = 0.3;

/// Words of a sentence that get stand-ins together.
const MOST_REPLACED: usize = 3;

/// Of so many words that get a stand-in, one keeps its place before it.
const BEHIND: u32 = 3;

/// Of so many sentences that get stand-ins, one has one at its end.
const AT_END: u32 = 4;

/// The ids of a word.
type Word = Vec<u32>;

/// Which words translate each other, and how often they are replaced.
pub(crate) struct Placeholders {
    rate: f64,
    lexicon: HashMap<Word, Word>,
    source: Vec<WordPart>,
    target: Vec<WordPart>,
    /// Whether a word is written with the same ids on both sides.
    is_joint: bool,
}

impl Placeholders {
    /// Learns from pairs which words translate each other: those that are each other's best partner, by the Dice
    /// coefficient of the pairs that they stand in. `rate` is the share of pairs to be changed.
    pub fn learn(examples: &Examples, tokenizers: &Tokenizers, rate: f64) -> Result<Self> {
        let parts =
            |tokenizer: &Tokenizer| (0..tokenizer.vocab_size() as u32).map(|id| tokenizer.word_part(id)).collect();
        let (source, target) = (parts(tokenizers.source()), parts(tokenizers.target()));
        let is_joint = tokenizers.is_joint();
        let mut stand_ins = Self { rate, lexicon: HashMap::new(), source, target, is_joint };
        if rate > 0.0 {
            let mut counts = Counts::default();
            // Words alone first: most are rare, and of these no pairs need be counted.
            for count in [Counts::count_alone, Counts::count_together] {
                for pair in (0..examples.len()).step_by(examples.len().div_ceil(MOST_LEARNT_FROM).max(1)) {
                    let (source, target) = examples.ids(pair)?;
                    let words = |ids: &[u32], parts| -> Vec<Word> {
                        single(ids, parts).into_iter().map(|word| ids[word].to_vec()).collect()
                    };
                    count(&mut counts, &words(&source, &stand_ins.source), &words(&target, &stand_ins.target));
                }
            }
            stand_ins.lexicon = counts.lexicon();
        }
        Ok(stand_ins)
    }

    /// Puts up to four stand-ins into some pairs, the same on both sides: in place of a word and its translation, behind
    /// them, or at the end, as names, numbers and emoji stand in sentences.
    pub fn put_into(&self, pairs: &mut [PairIds], rng: &mut ChaCha8Rng) {
        if self.rate == 0.0 {
            return;
        }
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
            // Before EOS.
            let end = |ids: &[u32]| ids.len() - 1..ids.len() - 1;
            places.push((end(source), end(target)));
        }
        let mut numbers: Vec<usize> = (0..PLACEHOLDERS).collect();
        shuffle(&mut numbers, rng);
        let (of_source, of_target): (Vec<_>, Vec<_>) = places.into_iter().unzip();
        put_at(source, of_source, &numbers);
        put_at(target, of_target, &numbers);
    }

    /// Where words and their translations stand, those that are there once. A word that the lexicon does not know is its
    /// own translation, if it is there: it may be a name.
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

/// Puts the stand-ins of these numbers in the places of a sentence.
fn put_at(ids: &mut Vec<u32>, places: Vec<Range<usize>>, numbers: &[usize]) {
    let mut places: Vec<(Range<usize>, &usize)> = places.into_iter().zip(numbers).collect();
    // From the last on, so that places before stay where they are.
    places.sort_by_key(|(place, _)| Reverse((place.start, place.end)));
    for (place, number) in places {
        ids.splice(place, [placeholder(*number)]);
    }
}

fn one_in(count: u32, rng: &mut ChaCha8Rng) -> bool {
    rng.next_u32().is_multiple_of(count)
}

/// The words of a sentence that stand in it once, in order.
fn single(ids: &[u32], parts: &[WordPart]) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for (at, id) in ids.iter().enumerate() {
        match parts[*id as usize] {
            WordPart::Begins | WordPart::Space => words.push(at..at + 1),
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

/// How many pairs words stand in, alone and together.
#[derive(Default)]
struct Counts {
    source: Side,
    target: Side,
    together: HashMap<(u32, u32), u32>,
}

/// Words numbered in the order in which they were first seen, with the number of pairs that have them.
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

    /// The numbers of the words that were seen often enough to be anybody's partner.
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

    /// Counts the words of a pair that stand in it together, once all were counted alone.
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

/// Of equals the first word, since a map has no order.
fn improve(best: &mut (f64, u32), dice: f64, other: u32) {
    if dice > best.0 || dice == best.0 && other < best.1 {
        *best = (dice, other);
    }
}

#[cfg(test)]
#[path = "placeholders_tests.rs"]
mod tests;
