use glosser_alignment::{AttentionMatrix, LabelledAttention, TokenWords, WordAttention};
use glosser_text::{WordRule, texts, words_of_token};
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
    /// `[target token][source token]`, EOS last on both sides. No rows for an empty translation, and of one too long.
    pub attention: AttentionMatrix,
    /// Bytes of `source` that each source token came from.
    pub source_tokens: Vec<Range<usize>>,
    /// Bytes of `text` that each target token became.
    pub target_tokens: Vec<Range<usize>>,
    /// Parts that the sentence was translated in, one by one: several if it is too long for the model, none if it is blank
    /// or its translation was given.
    pub pieces: usize,
    /// Whether the translation, or that of a part, or what might have become a better one, reached its greatest length where
    /// the model would have gone on.
    pub truncated: bool,
    /// Characters of the translation that would have ended the line, each replaced by a space.
    pub line_ends: usize,
}

/// A given translation with what each of its tokens adds to its probability.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoredTranslation {
    /// The translation.
    pub translation: Translation,
    /// Natural logarithm of each target token's probability after those before it, EOS last; none where a side is blank
    /// or too long to be gone through.
    pub token_log_probs: Vec<f32>,
}

/// A translation as words: what people read.
#[derive(Clone, Debug, PartialEq)]
pub struct WordView<'a> {
    /// Words of the source.
    pub source: Vec<&'a str>,
    /// Bytes of the source that each of its words is.
    pub source_ranges: Vec<Range<usize>>,
    /// Words of the target.
    pub target: Vec<&'a str>,
    /// Bytes of the target that each of its words is.
    pub target_ranges: Vec<Range<usize>>,
    /// Weights between them; no rows of a translation that is too long.
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
            pieces: 0,
            truncated: false,
            line_ends: 0,
        }
    }

    /// Whether there is attention: not of a blank side, nor of one that is too long.
    pub fn has_attention(&self) -> bool {
        self.attention.target_len() > 0
    }

    /// Sub-words merged to white-space words.
    pub fn words(&self) -> WordView<'_> {
        self.words_by(WordRule::WhiteSpace)
    }

    /// Sub-words merged to words.
    pub fn words_by(&self, rule: WordRule) -> WordView<'_> {
        let (source_ranges, target_ranges) = (rule.words(&self.source), rule.words(&self.text));
        let is_too_long = self.pieces > 0 && !self.has_attention();
        let attention = if is_too_long { no_attention() } else { self.between(&source_ranges, &target_ranges) };
        WordView {
            source: texts(&self.source, &source_ranges),
            source_ranges,
            target: texts(&self.text, &target_ranges),
            target_ranges,
            attention,
        }
    }

    fn between(&self, source: &[Range<usize>], target: &[Range<usize>]) -> WordAttention {
        let source_of = words_of_token(source, &self.source_tokens);
        let target_of = words_of_token(target, &self.target_tokens);
        WordAttention::merge(
            &self.attention,
            TokenWords { of_token: &source_of, word_count: source.len() },
            TokenWords { of_token: &target_of, word_count: target.len() },
        )
        .expect("a translation has a row for every target token and a column for every source token")
    }
}

impl ScoredTranslation {
    /// Words of the target, each with the sum over its tokens, of which one of several words gives each an equal part; none
    /// where tokens have no probability.
    pub fn word_log_probs(&self, rule: WordRule) -> Vec<(&str, f32)> {
        if self.token_log_probs.is_empty() {
            return Vec::new();
        }
        let text = &self.translation.text;
        let target = rule.words(text);
        let mut sums = vec![0.0; target.len()];
        let of_tokens = words_of_token(&target, &self.translation.target_tokens);
        // EOS is the last token and of no word.
        for (words, log_prob) in of_tokens.into_iter().zip(&self.token_log_probs) {
            let part = f64::from(*log_prob) / words.len() as f64;
            for word in words {
                sums[word] += part;
            }
        }
        target.into_iter().map(|range| &text[range]).zip(sums.into_iter().map(|sum| sum as f32)).collect()
    }
}

impl WordView<'_> {
    /// With its words as labels, to be drawn; of a translation that is too long nothing is to be seen.
    pub fn labelled(&self) -> LabelledAttention<'_> {
        let matrix = self.attention.matrix();
        let (source, target) = (&self.source[..matrix.source_len()], &self.target[..matrix.target_len()]);
        LabelledAttention::new(source, target, &self.attention).expect("one label for each row and column")
    }
}

fn no_attention() -> WordAttention {
    let matrix = AttentionMatrix::from_rows(&[]).expect("no rows have equal lengths");
    WordAttention::new(matrix, Vec::new()).expect("no weight for no row")
}
