//! The short lists of output words, counted while the training pairs are encoded.

use crate::data::examples::PairIds;
use glosser_alignment::Links;
use glosser_text::{PLACEHOLDERS, TokenBytes, TokenWords, Tokenizer, placeholder};
use glosser_translator::{ShortList, Tokenizers};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// Smallest target vocabulary for which there are short lists: in a smaller one the output layer takes little time.
const FEWEST_TOKENS: usize = 2_000;

/// Most pairs that are counted, evenly spread over the corpus.
pub(crate) const MOST_COUNTED: usize = 200_000;

/// Most pairs of tokens that are in memory. The rare ones are forgotten when there are more (lossy counting, Manku &
/// Motwani 2002).
const MOST_IN_MEMORY: usize = 1 << 21;

/// Most translations that a source token keeps of those that it is linked to, the most frequent ones.
const MOST_LINKED: usize = 50;

/// Most further translations that a source token keeps, those that occur with it most surprisingly often. Links are few
/// where words are rare. (With them, 67 instead of 102 of 1,000 translations of Multi30k have a token that is not in their
/// list.)
const MOST_ASSOCIATED: usize = 20;

/// The number of most frequent target tokens that every sentence has.
const FREQUENT: usize = 500;

/// Most tokens of a single character, besides the frequent ones, that every sentence has: words of which training had no
/// example are spelt with them.
const LETTERS: usize = 200;

/// Counts which target tokens occur, which are parts of words that are linked to the words of each source token, and which
/// occur in a pair with it.
pub(crate) struct ShortListCounter {
    source_words: TokenWords,
    target_words: TokenWords,
    /// How often each target token occurs, `[target vocab]`.
    frequencies: Vec<u32>,
    /// How often a source and a target token are in linked words.
    linked: HashMap<(u32, u32), u32>,
    /// How many pairs have a source and a target token.
    together: HashMap<(u32, u32), u32>,
    /// How many pairs have a source token, `[source vocab]`, and a target token, `[target vocab]`.
    pairs_with: [Vec<u32>; 2],
    pairs: u32,
}

impl ShortListCounter {
    /// Makes a counter without counts; `None` if the target vocabulary is small.
    pub fn new(tokenizers: &Tokenizers) -> Option<Self> {
        (tokenizers.target().vocab_size() >= FEWEST_TOKENS).then(|| Self::for_any_vocabulary(tokenizers))
    }

    fn for_any_vocabulary(tokenizers: &Tokenizers) -> Self {
        let (source_words, target_words) = tokenizers.token_words();
        let (source, target) = (tokenizers.source().vocab_size(), tokenizers.target().vocab_size());
        Self {
            source_words,
            target_words,
            frequencies: vec![0; target],
            linked: HashMap::new(),
            together: HashMap::new(),
            pairs_with: [vec![0; source], vec![0; target]],
            pairs: 0,
        }
    }

    /// Counts a pair with the links between the words of its tokens.
    pub fn add(&mut self, (source, target): &PairIds, links: &Links) {
        for token in target {
            self.frequencies[*token as usize] = self.frequencies[*token as usize].saturating_add(1);
        }
        self.count_together(source, target);
        let sources: Vec<&[u32]> = self.source_words.words(source).collect();
        let targets: Vec<&[u32]> = self.target_words.words(target).collect();
        for link in links.iter() {
            let (Some(source), Some(target)) = (sources.get(link.source), targets.get(link.target)) else { continue };
            for (source, target) in source.iter().flat_map(|source| target.iter().map(|target| (*source, *target))) {
                let count = self.linked.entry((source, target)).or_default();
                *count = count.saturating_add(1);
            }
        }
        forget_rare(&mut self.linked);
    }

    fn count_together(&mut self, source: &[u32], target: &[u32]) {
        let [source, target] = [source, target].map(|ids| {
            let mut different: Vec<u32> = ids.iter().copied().filter(|id| *id >= ORDINARY).collect();
            different.sort_unstable();
            different.dedup();
            different
        });
        self.pairs += 1;
        for (counts, ids) in self.pairs_with.iter_mut().zip([&source, &target]) {
            ids.iter().for_each(|id| counts[*id as usize] += 1);
        }
        for pair in source.iter().flat_map(|source| target.iter().map(|target| (*source, *target))) {
            *self.together.entry(pair).or_default() += 1;
        }
        forget_rare(&mut self.together);
    }

    /// The surprise that a source and a target token occur together in this number of pairs: the log-likelihood ratio to
    /// their being independent (Dunning 1993), without the parts that are small for rare tokens. `None` if it is not more
    /// than expected.
    fn surprise(&self, (source, target): (u32, u32), together: u32) -> Option<f64> {
        let [with_source, with_target] = [&self.pairs_with[0][source as usize], &self.pairs_with[1][target as usize]];
        let expected = f64::from(*with_source) * f64::from(*with_target) / f64::from(self.pairs);
        let together = f64::from(together);
        (together > expected).then(|| together * (together / expected).ln() - (together - expected))
    }

    /// Returns the lists: for every sentence the frequent tokens and the letters, for each source token those that it was
    /// linked to most often, those that occur with it, and the target token with the same text.
    pub fn finish(self, tokenizers: &Tokenizers) -> ShortList {
        let (common, copies) = (self.common(tokenizers.target()), copies(tokenizers));
        let sources = self.pairs_with[0].len();
        let linked = self.linked.iter().map(|(pair, count)| (*pair, f64::from(*count)));
        let linked = best(linked, sources, MOST_LINKED);
        let is_further = |(_, target): &(u32, u32)| !common.contains(target);
        let together = self.together.iter().filter(|(pair, _)| is_further(pair));
        let associated = together.filter_map(|(pair, count)| Some((*pair, self.surprise(*pair, *count)?)));
        let associated = best(associated, sources, MOST_ASSOCIATED);
        let all = linked.into_iter().zip(associated).enumerate();
        let all = all.map(|(source, (linked, associated))| {
            let copy = copies.get(&(source as u32)).copied();
            linked.into_iter().chain(associated).chain(copy).collect()
        });
        ShortList::new(self.frequencies.len(), &common.into_iter().collect::<Vec<u32>>(), all)
    }

    /// The tokens of every sentence: the most frequent ones; those of one character, or of a part of one; and the bytes
    /// that complete any character.
    fn common(&self, target: &Tokenizer) -> HashSet<u32> {
        let bytes = TokenBytes::new(target);
        let ordinary = ORDINARY..self.frequencies.len() as u32;
        let mut by_frequency: Vec<u32> = ordinary.clone().collect();
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
        all.chain(ordinary.filter(completes)).collect()
    }
}

/// The id of the first ordinary token, after the control tokens.
const ORDINARY: u32 = placeholder(PLACEHOLDERS);

/// Forgets the rarest pairs of tokens if there are too many.
fn forget_rare(counts: &mut HashMap<(u32, u32), u32>) {
    let mut rare = 1;
    while counts.len() > MOST_IN_MEMORY {
        counts.retain(|_, count| *count > rare);
        rare *= 2;
    }
}

/// The best target tokens of each source token, at most `most`: those of the greatest values.
fn best(pairs: impl Iterator<Item = ((u32, u32), f64)>, sources: usize, most: usize) -> Vec<Vec<u32>> {
    let mut all: Vec<Vec<(f64, u32)>> = vec![Vec::new(); sources];
    pairs.for_each(|((source, target), value)| all[source as usize].push((value, target)));
    let best = |mut targets: Vec<(f64, u32)>| {
        // The order of a hash map is random, that of the result must not be.
        targets.sort_unstable_by(|(a, left), (b, right)| b.total_cmp(a).then(left.cmp(right)));
        targets.into_iter().take(most).map(|(_, target)| target).collect()
    };
    all.into_iter().map(best).collect()
}

/// For each source token the target token with the same text, if there is one.
fn copies(tokenizers: &Tokenizers) -> HashMap<u32, u32> {
    if tokenizers.is_joint() {
        return (ORDINARY..tokenizers.source().vocab_size() as u32).map(|token| (token, token)).collect();
    }
    let (source, target) = (TokenBytes::new(tokenizers.source()), TokenBytes::new(tokenizers.target()));
    let ordinary = |(token, _): &(u32, &[u8])| *token >= ORDINARY;
    let targets: HashMap<&[u8], u32> =
        (0..).zip(target.iter()).filter(ordinary).map(|(token, text)| (text, token)).collect();
    let sources = (0..).zip(source.iter()).filter(ordinary);
    sources.filter_map(|(token, text)| Some((token, *targets.get(text)?))).collect()
}

#[cfg(test)]
#[path = "short_list_tests.rs"]
mod tests;
