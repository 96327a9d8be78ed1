//! The tokenizers of a model, and the text that it was trained on.

use glosser_text::{
    Encoding, LanguageProfile, MappedText, TextPreparation, TextProfile, TokenWords, Tokenizer, TrainingWords,
    WordSplitter, WordSplitters,
};
use std::ops::Range;
use std::sync::Arc;

/// The tokenizers of a model, one for both sides or one for each, the words of the source text that it was trained on,
/// and the profile of that text.
#[derive(Clone, Debug)]
pub struct Tokenizers {
    source: Tokenizer,
    /// `None` if one tokenizer serves both sides.
    target: Option<Box<Tokenizer>>,
    training_words: Arc<TrainingWords>,
    profile: Arc<TextProfile>,
    /// The rules of both sides by that profile.
    preparations: Arc<[TextPreparation; 2]>,
}

impl Tokenizers {
    /// One tokenizer for both sides, without training words, and with the default profile.
    pub fn joint(tokenizer: Tokenizer) -> Self {
        Self {
            source: tokenizer,
            target: None,
            training_words: Arc::default(),
            profile: Arc::default(),
            preparations: Arc::default(),
        }
    }

    /// One tokenizer for each side, without training words, and with the default profile.
    pub fn separate(source: Tokenizer, target: Tokenizer) -> Self {
        Self { target: Some(Box::new(target)), ..Self::joint(source) }
    }

    /// Replaces the words of the source side of the training text.
    pub fn with_training_words(self, training_words: TrainingWords) -> Self {
        Self { training_words: Arc::new(training_words), ..self }
    }

    /// Replaces the profile of the training text.
    pub fn with_profile(self, profile: TextProfile) -> Self {
        let preparations = [&profile.source, &profile.target].map(TextPreparation::new);
        Self { profile: Arc::new(profile), preparations: Arc::new(preparations), ..self }
    }

    /// Whether one tokenizer serves both sides.
    pub fn is_joint(&self) -> bool {
        self.target.is_none()
    }

    /// The tokenizer of the source side.
    pub fn source(&self) -> &Tokenizer {
        &self.source
    }

    /// The tokenizer of the target side.
    pub fn target(&self) -> &Tokenizer {
        self.target.as_deref().unwrap_or(&self.source)
    }

    /// The words of the source side of the training text.
    pub fn training_words(&self) -> &TrainingWords {
        &self.training_words
    }

    /// The definition of a word of both sides.
    pub fn words(&self) -> WordSplitters {
        WordSplitters {
            source: WordSplitter::new(self.profile.source.words, self.source()),
            target: WordSplitter::new(self.profile.target.words, self.target()),
        }
    }

    /// The words of token ids of the source and of the target.
    pub fn token_words(&self) -> (TokenWords, TokenWords) {
        (
            TokenWords::new(self.source(), self.profile.source.words),
            TokenWords::new(self.target(), self.profile.target.words),
        )
    }

    /// The profile of the training text.
    pub fn profile(&self) -> &TextProfile {
        &self.profile
    }

    /// The profile by which texts in the source language are recognised.
    pub fn language_profile(&self) -> LanguageProfile {
        LanguageProfile::new(Arc::clone(&self.training_words), &self.profile)
    }

    /// The rules by which a source becomes text like that of training.
    pub fn source_text(&self) -> &TextPreparation {
        &self.preparations[0]
    }

    /// The rules by which a target becomes text like that of training.
    pub fn target_text(&self) -> &TextPreparation {
        &self.preparations[1]
    }

    /// Returns the tokens of the source of a training pair. Offsets are those of `text`.
    pub fn encode_source(&self, text: &str) -> Encoding {
        encode(self.source(), &self.source_text().characters(text))
    }

    /// Returns the tokens of the target of a training pair. Offsets are those of `text`.
    pub fn encode_target(&self, text: &str) -> Encoding {
        encode(self.target(), &self.target_text().characters(text))
    }
}

/// Returns the tokens of a prepared text. Offsets are those of its original.
pub(crate) fn encode(tokenizer: &Tokenizer, text: &MappedText) -> Encoding {
    let Encoding { ids, offsets } = tokenizer.encode(text.text());
    Encoding { ids, offsets: origins(text, offsets) }
}

/// Converts ranges of a prepared text to those of its original.
pub(crate) fn origins(text: &MappedText, ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    if text.is_unchanged() { ranges } else { ranges.into_iter().map(|range| text.origin(range)).collect() }
}
