//! The short lists of output words, counted while the training pairs are encoded.

use crate::data::examples::PairIds;
use glosser_alignment::Links;
use glosser_text::{PLACEHOLDERS, TokenBytes, TokenWords, Tokenizer, placeholder};
use glosser_translator::{ShortList, Tokenizers};
use std::cmp::Reverse;
use std::collections::HashMap;

/// Smallest target vocabulary for which there are short lists: in a smaller one the output layer takes little time.
const FEWEST_TOKENS: usize = 2_000;

/// Most pairs that are counted, evenly spread over the corpus.
pub(crate) const MOST_COUNTED: usize = 500_000;

/// Most pairs of tokens that are in memory. The rare ones are forgotten when there are more (lossy counting, Manku &
/// Motwani 2002).
const MOST_IN_MEMORY: usize = 1 << 21;

/// Most translations that a source token keeps, the most frequent ones.
const MOST_TRANSLATIONS: usize = 50;

/// The number of most frequent target tokens that every sentence has.
const FREQUENT: usize = 500;

/// Most tokens of a single character, besides the frequent ones, that every sentence has: words of which training had no
/// example are spelt with them.
const LETTERS: usize = 200;

/// Counts which target tokens occur, and which are parts of words that are linked to the words of each source token.
pub(crate) struct ShortListCounter {
    source_words: TokenWords,
    target_words: TokenWords,
    source_vocab: usize,
    /// How often each target token occurs, `[target vocab]`.
    frequencies: Vec<u32>,
    /// How often a source and a target token are in linked words.
    linked: HashMap<(u32, u32), u32>,
}

impl ShortListCounter {
    /// Makes a counter without counts; `None` if the target vocabulary is small.
    pub fn new(tokenizers: &Tokenizers) -> Option<Self> {
        (tokenizers.target().vocab_size() >= FEWEST_TOKENS).then(|| Self::for_any_vocabulary(tokenizers))
    }

    fn for_any_vocabulary(tokenizers: &Tokenizers) -> Self {
        let (source_words, target_words) = tokenizers.token_words();
        Self {
            source_words,
            target_words,
            source_vocab: tokenizers.source().vocab_size(),
            frequencies: vec![0; tokenizers.target().vocab_size()],
            linked: HashMap::new(),
        }
    }

    /// Counts a pair with the links between the words of its tokens.
    pub fn add(&mut self, (source, target): &PairIds, links: &Links) {
        for token in target {
            self.frequencies[*token as usize] = self.frequencies[*token as usize].saturating_add(1);
        }
        let sources: Vec<&[u32]> = self.source_words.words(source).collect();
        let targets: Vec<&[u32]> = self.target_words.words(target).collect();
        for link in links.iter() {
            let (Some(source), Some(target)) = (sources.get(link.source), targets.get(link.target)) else { continue };
            for (source, target) in source.iter().flat_map(|source| target.iter().map(|target| (*source, *target))) {
                let count = self.linked.entry((source, target)).or_default();
                *count = count.saturating_add(1);
            }
        }
        let mut rare = 1;
        while self.linked.len() > MOST_IN_MEMORY {
            self.linked.retain(|_, count| *count > rare);
            rare *= 2;
        }
    }

    /// Returns the lists: for every sentence the frequent tokens and the letters, for each source token those that it was
    /// linked to most often, and the target token with the same text.
    pub fn finish(self, tokenizers: &Tokenizers) -> ShortList {
        let mut translations: Vec<Vec<(u32, u32)>> = vec![Vec::new(); self.source_vocab];
        for ((source, target), count) in &self.linked {
            translations[*source as usize].push((*count, *target));
        }
        let copies = copies(tokenizers);
        let best = |(source, mut counted): (usize, Vec<(u32, u32)>)| {
            // The order of a hash map is random, that of the result must not be.
            counted.sort_unstable_by_key(|(count, target)| (Reverse(*count), *target));
            let best = counted.iter().take(MOST_TRANSLATIONS).map(|(_, target)| *target);
            best.chain(copies.get(&(source as u32)).copied()).collect()
        };
        let common = self.common(tokenizers.target());
        ShortList::new(self.frequencies.len(), &common, translations.into_iter().enumerate().map(best))
    }

    /// The tokens of every sentence: the most frequent ones; those of one character, or of a part of one; and the bytes
    /// that complete any character.
    fn common(&self, target: &Tokenizer) -> Vec<u32> {
        let bytes = TokenBytes::new(target);
        let first = placeholder(PLACEHOLDERS);
        let mut by_frequency: Vec<u32> = (first..self.frequencies.len() as u32).collect();
        by_frequency.sort_by_key(|token| Reverse(self.frequencies[*token as usize]));
        by_frequency.retain(|token| self.frequencies[*token as usize] > 0);
        let is_letter = |token: &&u32| {
            let text = bytes.of(**token);
            let text = text.strip_prefix(b" ").unwrap_or(text);
            text.is_empty() || text.utf8_chunks().map(|chunk| chunk.valid().chars().count().max(1)).sum::<usize>() == 1
        };
        let completes = |token: &u32| matches!(bytes.of(*token), [0x80..=0xBF]);
        let letters = by_frequency.iter().skip(FREQUENT).filter(is_letter).take(LETTERS);
        let all = by_frequency.iter().take(FREQUENT).chain(letters).copied();
        all.chain((first..self.frequencies.len() as u32).filter(completes)).collect()
    }
}

/// For each source token the target token with the same text, if there is one.
fn copies(tokenizers: &Tokenizers) -> HashMap<u32, u32> {
    let first = placeholder(PLACEHOLDERS);
    if tokenizers.is_joint() {
        return (first..tokenizers.source().vocab_size() as u32).map(|token| (token, token)).collect();
    }
    let (source, target) = (TokenBytes::new(tokenizers.source()), TokenBytes::new(tokenizers.target()));
    let ordinary = |(token, _): &(u32, &[u8])| *token >= first;
    let targets: HashMap<&[u8], u32> =
        (0..).zip(target.iter()).filter(ordinary).map(|(token, text)| (text, token)).collect();
    let sources = (0..).zip(source.iter()).filter(ordinary);
    sources.filter_map(|(token, text)| Some((token, *targets.get(text)?))).collect()
}

#[cfg(test)]
#[path = "short_list_tests.rs"]
mod tests;
