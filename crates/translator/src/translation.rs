//! A translation with its attention, over tokens and over words.

use crate::{ExactLink, Translator};
use glosser_alignment::{AttentionMatrix, LabelledAttention, Links, Shape, TokenWords, WordAttention};
use glosser_text::{ItemKind, WordSplitter, WordSplitters, is_line_end, texts, words, words_of_token};
use std::ops::Range;

/// A translation, found by search or given, with the attention weights of each of its tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct Translation {
    /// The source sentence.
    pub source: String,
    /// Its translation.
    pub text: String,
    /// Natural logarithm of its probability.
    pub log_prob: f32,
    /// The order of the translations of one sentence: `log_prob`, normalized by length.
    pub score: f32,
    /// log p of each target token given the ones before it, EOS last: their sum is `log_prob`. Of several sentences or
    /// pieces, the last one is the sum over all their ends. Tokens that the model does not choose, such as markup,
    /// have 0. Empty if a side is blank, or if a given translation is too long.
    pub token_log_probs: Vec<f32>,
    /// Attention weights `[target tokens + 1][source tokens + 1]`, EOS last on both sides. `None` if a side is blank or
    /// too long.
    pub attention: Option<AttentionMatrix>,
    /// The byte range in `source` of each source token.
    pub source_tokens: Vec<Range<usize>>,
    /// The byte range in `text` of each target token.
    pub target_tokens: Vec<Range<usize>>,
    /// The number of pieces that search translated one by one: several for a sentence that is too long for the model or
    /// has too many copied words, 0 for a blank sentence or a given translation.
    pub pieces: usize,
    /// Whether the search reached the maximum length where the model would have gone on: in this translation, or in
    /// another one that might have become better.
    pub truncated: bool,
    /// The number of characters in the translation that would have ended the line; each is replaced by a space.
    pub line_ends: usize,
    /// The parts of the source that are copied, or translated by a glossary, in order; none in a given translation.
    pub items: Vec<TranslatedItem>,
    /// The byte range in `source` of each word that the training text does not have in any letter case
    /// ([`unknown_words`](glosser_text::unknown_words)); none in a given translation.
    pub unknown_words: Vec<Range<usize>>,
    /// The parts that are copied or translated by a glossary, and markup, with their places in `text`. They replace other
    /// links of these words in every [`LinkReading`](crate::LinkReading) but the attention. None in a given translation.
    pub exact_links: Vec<ExactLink>,
}

/// A part of a source sentence that is copied, or translated by a glossary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranslatedItem {
    /// Its byte range in the source.
    pub source: Range<usize>,
    /// Its kind.
    pub kind: ItemKind,
    /// The index of its term in [`Terms::translated`](glosser_text::Terms::translated).
    pub term: Option<usize>,
    /// Whether the model gave it no place, so that it is where the model would have ended its sentence.
    pub is_appended: bool,
}

/// A translation over words instead of tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct WordView<'a> {
    /// Words of the source.
    pub source: Vec<&'a str>,
    /// Byte range of each source word.
    pub source_ranges: Vec<Range<usize>>,
    /// Words of the target.
    pub target: Vec<&'a str>,
    /// Byte range of each target word.
    pub target_ranges: Vec<Range<usize>>,
    /// Attention weights `[target words][source words]`; without rows if the translation is too long, and zero for a
    /// given translation that was not computed. Of links that are read from statistics, their posteriors.
    pub attention: WordAttention,
    /// The links, unless they are those of the largest weights.
    pub(crate) links: Option<Links>,
}

/// The matrix of some rows of equal lengths.
pub(crate) fn attention_matrix(rows: &[Vec<f32>]) -> AttentionMatrix {
    let shape = Shape { target_len: rows.len(), source_len: rows.first().map_or(0, Vec::len) };
    AttentionMatrix::new(shape, rows.concat()).expect("every row has a weight for each source token")
}

impl Translation {
    /// Returns the words of the source that training never saw, each once, in the order of the source.
    pub fn different_unknown_words(&self) -> Vec<&str> {
        let mut words = Vec::new();
        for word in self.unknown_words.iter().map(|range| &self.source[range.clone()]) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
        words
    }

    /// A translation that the model does not read, because a side is blank or too long: without tokens, of probability
    /// 1.
    pub(crate) fn not_computed(source: &str, text: &str) -> Self {
        Self {
            source: source.to_owned(),
            text: text.to_owned(),
            log_prob: 0.0,
            score: 0.0,
            token_log_probs: Vec::new(),
            attention: None,
            source_tokens: Vec::new(),
            target_tokens: Vec::new(),
            pieces: 0,
            truncated: false,
            line_ends: 0,
            items: Vec::new(),
            unknown_words: Vec::new(),
            exact_links: Vec::new(),
        }
    }

    /// A sentence without anything to translate: each of its words is its own translation, of probability 1.
    pub(crate) fn copied(source: &str) -> Self {
        let line_ends = source.chars().filter(|c| is_line_end(*c)).count();
        let text = source.replace(is_line_end, " ");
        let (source_tokens, target_tokens) = (words(source), words(&text));
        let len = source_tokens.len();
        let row = |token: usize| (0..=len).map(|column| f32::from(u8::from(column == token))).collect();
        let is_short = len <= Translator::MAX_ATTENTION_TOKENS && target_tokens.len() == len;
        let of_words = source_tokens.iter().cloned().zip(target_tokens.iter().cloned());
        let exact = of_words.filter_map(|(word, copy)| ExactLink::new((source, word), (&text, copy)));
        let exact_links = if target_tokens.len() == len { exact.collect() } else { Vec::new() };
        let rows: Vec<Vec<f32>> = if is_short { (0..=len).map(row).collect() } else { Vec::new() };
        Self {
            attention: is_short.then(|| attention_matrix(&rows)),
            token_log_probs: vec![0.0; target_tokens.len() + 1],
            source_tokens,
            target_tokens,
            line_ends,
            exact_links,
            ..Self::not_computed(source, &text)
        }
    }

    /// Merges tokens to white-space words.
    pub fn words(&self) -> WordView<'_> {
        self.words_by(&WordSplitters::WHITE_SPACE)
    }

    /// Merges tokens to words. [`Tokenizers::words`](crate::Tokenizers::words) has the model's definition of a word.
    pub fn words_by(&self, words: &WordSplitters) -> WordView<'_> {
        let (source_ranges, target_ranges) = (words.source.words(&self.source), words.target.words(&self.text));
        let attention = match &self.attention {
            Some(attention) => self.merged(attention, &source_ranges, &target_ranges),
            // Without tokens the words have weights of zero.
            None if self.target_tokens.is_empty() => {
                self.merged(&attention_matrix(&[]), &source_ranges, &target_ranges)
            }
            None => WordAttention::new(attention_matrix(&[]), Vec::new()).expect("neither has a row"),
        };
        WordView {
            source: texts(&self.source, &source_ranges),
            source_ranges,
            target: texts(&self.text, &target_ranges),
            target_ranges,
            attention,
            links: None,
        }
    }

    /// log p of each target word, the sum over its tokens; a token of several words adds an equal part to each. With that
    /// of the end, the last of `token_log_probs`, their sum is `log_prob`. Empty if no token has a probability.
    pub fn word_log_probs(&self, words: &WordSplitter) -> Vec<(&str, f32)> {
        if self.token_log_probs.is_empty() {
            return Vec::new();
        }
        let target = words.words(&self.text);
        let mut sums = vec![0.0; target.len()];
        let words_of_tokens = words_of_token(&target, &self.target_tokens);
        // The last probability, that of EOS, belongs to no word.
        for (words, log_prob) in words_of_tokens.into_iter().zip(&self.token_log_probs) {
            let part = f64::from(*log_prob) / words.len() as f64;
            for word in words {
                sums[word] += part;
            }
        }
        target.into_iter().map(|range| &self.text[range]).zip(sums.into_iter().map(|sum| sum as f32)).collect()
    }

    fn merged(&self, attention: &AttentionMatrix, source: &[Range<usize>], target: &[Range<usize>]) -> WordAttention {
        let source_words = words_of_token(source, &self.source_tokens);
        let target_words = words_of_token(target, &self.target_tokens);
        WordAttention::merge(
            attention,
            TokenWords { of_token: &source_words, word_count: source.len() },
            TokenWords { of_token: &target_words, word_count: target.len() },
        )
        .expect("a translation has a row for every target token and a column for every source token")
    }
}

impl WordView<'_> {
    /// Fraction of the largest weight from which a further source word is linked to the same target word. On the bundled
    /// validation pairs the AER is 11.5 to 11.9 for every value from 1.0 (only the largest) to 0.5; 0.7 links both words
    /// of `au`.
    pub const LINK_THRESHOLD: f32 = 0.7;

    /// Word links: those of the [`LinkReading`](crate::LinkReading), or from the largest weights.
    pub fn links(&self) -> Links {
        let of_weights = || Links::from_attention(&self.attention, Self::LINK_THRESHOLD);
        self.links.clone().unwrap_or_else(of_weights)
    }

    /// Attention weights with those on the end of the source as the last column, `[target words][source words + 1]`: each
    /// row has sum 1.
    pub fn rows(&self) -> Vec<Vec<f32>> {
        let rows = self.attention.matrix().rows().zip(self.attention.eos_mass());
        rows.map(|(row, eos)| row.iter().copied().chain([*eos]).collect()).collect()
    }

    /// Labels the attention with its words, for drawing. Empty if the translation is too long.
    pub fn labelled(&self) -> LabelledAttention<'_> {
        let matrix = self.attention.matrix();
        let (source, target) = (&self.source[..matrix.source_len()], &self.target[..matrix.target_len()]);
        LabelledAttention::new(source, target, &self.attention).expect("one label for each row and column")
    }
}
