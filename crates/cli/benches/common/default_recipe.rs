//! A training with the default recipe on invented pairs that resemble captions in number of tokens and in frequency of
//! words.

use anyhow::Result;
use glosser_text::{Corpus, Pair};
use glosser_training::{Event, Job, Overrides, PreparedTraining};
use std::path::Path;

/// Sub-words of the default recipe for the 29,000 captions of Multi30k.
pub const VOCAB: usize = 7840;
const PAIRS: usize = 4000;
/// Invented words of a language.
const WORDS: usize = 30_000;

/// Prepares the first `steps` steps in an empty directory; `changes` are TOML settings.
pub fn prepare(directory: &Path, steps: usize, changes: &str) -> Result<PreparedTraining> {
    let corpus = Corpus { name: "invented pairs".to_owned(), pairs: pairs(), lines: Vec::new(), notes: Vec::new() };
    let file = format!("[tokenizer]\nvocab = {VOCAB}\n{changes}").parse()?;
    let overrides = Overrides { file, ..Overrides::default() };
    let job = Job { overrides, ..Job::new(corpus, directory) };
    Ok(PreparedTraining::new(job, steps, &mut |_: &Event| {})?)
}

/// Pairs whose words have frequencies after Zipf, each word with one translation.
fn pairs() -> Vec<Pair> {
    let mut random = Random(1);
    let pair = |_| {
        let count = 8 + random.below(9);
        let words: Vec<usize> = (0..count).map(|_| random.zipf(WORDS)).collect();
        let side = |words: &[usize], consonants, vowels| {
            words.iter().map(|word| invented(*word, consonants, vowels)).collect::<Vec<_>>().join(" ")
        };
        let target = &words[..count - random.below(3)];
        Pair {
            source: side(&words, "bdfghklmnprstvwz", "aeiouäöü"), target: side(target, "bcdfglmnpqrstvxy", "aeiou")
        }
    };
    (0..PAIRS).map(pair).collect()
}

/// Returns the word of a number: its digits as syllables, at least two.
fn invented(number: usize, consonants: &str, vowels: &str) -> String {
    let (consonants, vowels): (Vec<char>, Vec<char>) = (consonants.chars().collect(), vowels.chars().collect());
    let syllables = consonants.len() * vowels.len();
    // Neighbouring numbers get words that differ in every syllable.
    let mut rest = number * 7919 + 31;
    let mut word = String::new();
    while rest > 0 || word.chars().count() < 4 {
        let syllable = rest % syllables;
        word.extend([consonants[syllable % consonants.len()], vowels[syllable / consonants.len()]]);
        rest /= syllables;
    }
    word
}

/// Pseudo-random numbers, the same in every run (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// Draws a number below `bound`, the number n with a probability of about 1 / n.
    fn zipf(&mut self, bound: usize) -> usize {
        let uniform = self.next() as f64 / u64::MAX as f64;
        ((bound as f64).powf(uniform) as usize).min(bound - 1)
    }
}
