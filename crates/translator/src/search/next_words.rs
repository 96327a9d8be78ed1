//! The most probable next words after a given beginning of a translation.

use super::beginning::continues_word;
use super::ensemble::{EnsembleStep, select};
use super::extension::{Limits, placeholders};
use super::outputs::Outputs;
use super::{SearchOptions, Searcher};
use crate::model::Batch;
use candle_core::Result;
use glosser_attention_decoder::{PreparedMemory, State};
use glosser_text::{BOS, EOS, PAD, TextPlace, placeholder_index};

/// The greatest number of tokens of a word.
const LONGEST_WORD: usize = 16;

/// Number of incomplete words that are followed for each word that is wanted.
const INCOMPLETE_PER_WORD: usize = 4;

/// A possible next word.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NextWord {
    /// Its tokens: EOS for the end, or a placeholder.
    pub tokens: Vec<u32>,
    /// Its probability given the source and the beginning: that of its tokens, and of a word boundary after them.
    pub probability: f64,
    /// Whether other tokens could continue it.
    pub is_open: bool,
}

/// An incomplete word.
struct Part {
    tokens: Vec<u32>,
    log_prob: f64,
    place: TextPlace,
    /// Whether it has more than a space.
    has_text: bool,
}

/// The rules of a search for next words.
struct Rules<'a> {
    searcher: &'a Searcher,
    limits: Limits,
    /// The placeholders that the beginning does not have, one bit each.
    missing: u8,
    /// For each token, whether it continues the word before it.
    continues: Vec<bool>,
    /// Whether the beginning has words, which no token may continue.
    follows_word: bool,
}

impl Searcher {
    /// Returns about `most` or more of the most probable next words after the first tokens of a translation, in no
    /// order; one word may be there twice, in other tokens. `has_spaces` tells whether words of the target are written
    /// apart: otherwise a word is a token, with the tokens that complete its characters. A word that the model would
    /// continue is not complete: the probability counts only what begins a new word.
    pub(crate) fn next_words(
        &self,
        source: &[u32],
        options: &SearchOptions,
        prefix: &[u32],
        has_spaces: bool,
        most: usize,
    ) -> Result<Vec<NextWord>> {
        let limits = self.task(source, options).limits;
        let rules = Rules {
            searcher: self,
            limits,
            missing: limits.placeholders & !placeholders(prefix),
            continues: self.token_bytes().iter().map(|token| continues_word(token, has_spaces)).collect(),
            follows_word: !prefix.is_empty(),
        };
        let (mut states, memories) = self.ensemble.start(&Batch::new(&[source], &self.device)?)?;
        let mut previous = vec![BOS];
        for token in prefix {
            states = self.ensemble.step(&previous, &[0], &states, &memories, &Outputs::All)?.states;
            previous = vec![*token];
        }
        let first = Part { tokens: Vec::new(), log_prob: 0.0, place: TextPlace::default(), has_text: false };
        self.grow(&rules, vec![first], previous, (states, &memories[..]), most)
    }

    fn grow(
        &self,
        rules: &Rules,
        mut parts: Vec<Part>,
        mut previous: Vec<u32>,
        (mut states, memories): (Vec<State>, &[PreparedMemory]),
        most: usize,
    ) -> Result<Vec<NextWord>> {
        let mut found: Vec<NextWord> = Vec::new();
        while !parts.is_empty() {
            let rows = vec![0; previous.len()];
            let EnsembleStep { log_probs, states: after, .. } =
                self.ensemble.step(&previous, &rows, &states, memories, &Outputs::All)?;
            let (log_probs, vocab) = log_probs.of(0..previous.len());
            let mut longer: Vec<(usize, Part)> = Vec::new();
            let kept = most.saturating_mul(INCOMPLETE_PER_WORD);
            for (parent, (part, row)) in parts.iter().zip(log_probs.chunks(vocab)).enumerate() {
                rules.extend(part, row, kept, &mut found, |part| longer.push((parent, part)));
            }
            // A word is never more probable than its beginning.
            found.sort_by(|a, b| b.probability.total_cmp(&a.probability));
            found.truncate(kept);
            let least = found.get(most.saturating_sub(1)).map_or(0.0, |word| word.probability);
            longer.retain(|(_, part)| part.log_prob.exp() > least);
            longer.sort_by(|(_, a), (_, b)| b.log_prob.total_cmp(&a.log_prob));
            longer.truncate(kept);
            let parents: Vec<usize> = longer.iter().map(|(parent, _)| *parent).collect();
            states = select(&after, &parents);
            parts = longer.into_iter().map(|(_, part)| part).collect();
            previous = parts.iter().filter_map(|part| part.tokens.last().copied()).collect();
        }
        Ok(found)
    }
}

impl Rules<'_> {
    /// Extends an incomplete word by one of the `kept` most probable tokens: complete words go to `found`, others to
    /// `longer`. `row` has the log probabilities `[vocab]`.
    fn extend(&self, part: &Part, row: &[f32], kept: usize, found: &mut Vec<NextWord>, mut longer: impl FnMut(Part)) {
        let is_first = part.tokens.is_empty();
        // The probability of all tokens that may follow, and of those that begin another word.
        let (mut possible, mut boundary) = (0.0, 0.0);
        let mut next: Vec<(u32, f64)> = Vec::new();
        for (token, log_prob) in (0..).zip(row).filter(|(_, log_prob)| !log_prob.is_nan()) {
            let log_prob = f64::from(*log_prob);
            let continues = self.continues.get(token as usize).copied().unwrap_or(false);
            if part.has_text && !continues {
                boundary += log_prob.exp();
            } else if !(is_first && self.follows_word && continues) && self.may_follow(part, token) {
                possible += log_prob.exp();
                next.push((token, log_prob));
            }
        }
        let probability = part.log_prob.exp();
        if part.has_text && part.place.is_between_characters() && boundary > 0.0 {
            let tokens = part.tokens.clone();
            found.push(NextWord { tokens, probability: probability * boundary, is_open: true });
        }
        if next.len() > kept {
            next.select_nth_unstable_by(kept, |(_, a), (_, b)| b.total_cmp(a));
            next.truncate(kept);
        }
        // The first token of a word does not continue the word before it.
        let scale = if is_first && possible > 0.0 { possible.ln() } else { 0.0 };
        for (token, log_prob) in next {
            let log_prob = part.log_prob + log_prob - scale;
            let tokens: Vec<u32> = part.tokens.iter().copied().chain([token]).collect();
            let text = self.searcher.token_bytes().of(token);
            let place = self.place_after(part.place, token).unwrap_or_default();
            if text.is_empty() || is_sign(text) && place.is_between_characters() {
                found.push(NextWord { tokens, probability: log_prob.exp(), is_open: false });
                continue;
            }
            let has_text = part.has_text || text != b" ";
            if tokens.len() < LONGEST_WORD {
                longer(Part { tokens, log_prob, place, has_text });
            }
        }
    }

    fn place_after(&self, place: TextPlace, token: u32) -> Option<TextPlace> {
        match &self.searcher.writable {
            Some(writable) => writable.after(place, token, self.limits.may_have_tabs),
            None => Some(place),
        }
    }

    fn may_follow(&self, part: &Part, token: u32) -> bool {
        let is_allowed = match token {
            PAD | BOS => false,
            EOS => self.follows_word && self.missing == 0 && part.tokens.is_empty(),
            _ if placeholder_index(token).is_some() => {
                part.tokens.is_empty() && placeholders(&[token]) & self.missing != 0
            }
            _ => true,
        };
        is_allowed && self.place_after(part.place, token).is_some()
    }
}

/// Whether a token is a sign, which is a word by itself, with or without a space before it.
fn is_sign(token: &[u8]) -> bool {
    let text = token.strip_prefix(b" ").unwrap_or(token);
    let first = text.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    first.is_some_and(|c| !c.is_alphanumeric() && !c.is_whitespace() && !matches!(c, '\'' | '’'))
}
