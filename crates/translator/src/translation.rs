use glosser_alignment::{AttentionMatrix, Labelled, WordAttention, Words};
use glosser_text::{word_of_token, words};
use std::ops::Range;

/// A translation, found or given, with what the model attended to for each of its tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct Translation {
    /// The sentence that was translated.
    pub source: String,
    /// Its translation.
    pub text: String,
    /// Natural logarithm of its probability.
    pub log_prob: f32,
    /// What translations of one sentence are ordered by: `log_prob` freed from the length.
    pub score: f32,
    /// `[target token][source token]`, EOS last on both sides. No rows for an empty translation.
    pub attention: AttentionMatrix,
    /// Bytes of `source` that each source token came from.
    pub source_tokens: Vec<Range<usize>>,
    /// Bytes of `text` that each target token became.
    pub target_tokens: Vec<Range<usize>>,
}

/// A translation as words: what people read.
#[derive(Clone, Debug, PartialEq)]
pub struct WordView<'a> {
    /// White-space words of the source.
    pub source: Vec<&'a str>,
    /// White-space words of the target.
    pub target: Vec<&'a str>,
    /// Weights between them.
    pub attention: WordAttention,
}

impl Translation {
    /// What a blank line becomes: an empty line, certainly.
    pub(crate) fn blank(source: &str) -> Self {
        Self {
            source: source.to_owned(),
            text: String::new(),
            log_prob: 0.0,
            score: 0.0,
            attention: AttentionMatrix::from_rows(&[]).expect("no rows have equal lengths"),
            source_tokens: Vec::new(),
            target_tokens: Vec::new(),
        }
    }

    /// Sub-words merged to white-space words.
    pub fn words(&self) -> WordView<'_> {
        let (source, target) = (words(&self.source), words(&self.text));
        let source_of = word_of_token(&source, &self.source_tokens);
        let target_of = word_of_token(&target, &self.target_tokens);
        let attention = WordAttention::merge(
            &self.attention,
            Words { of_subword: &source_of, count: source.len() },
            Words { of_subword: &target_of, count: target.len() },
        )
        .expect("a translation has a row for every target token and a column for every source token");
        WordView {
            source: source.into_iter().map(|range| &self.source[range]).collect(),
            target: target.into_iter().map(|range| &self.text[range]).collect(),
            attention,
        }
    }
}

impl WordView<'_> {
    /// With its words as labels, to be drawn.
    pub fn labelled(&self) -> Labelled<'_> {
        Labelled::new(&self.source, &self.target, &self.attention).expect("one label for each row and column")
    }
}
