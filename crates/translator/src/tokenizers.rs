//! The tokenizers of a model and the words of its training text.

use glosser_text::{Tokenizer, TrainingWords};
use std::sync::Arc;

/// The tokenizers of a model, one for both sides or one for each, and the words of the source text that it was trained
/// on.
#[derive(Clone, Debug)]
pub struct Tokenizers {
    source: Tokenizer,
    /// `None` if one tokenizer serves both sides.
    target: Option<Box<Tokenizer>>,
    training_words: Arc<TrainingWords>,
}

impl Tokenizers {
    /// One tokenizer for both sides, without training words.
    pub fn joint(tokenizer: Tokenizer) -> Self {
        Self { source: tokenizer, target: None, training_words: Arc::default() }
    }

    /// One tokenizer for each side, without training words.
    pub fn separate(source: Tokenizer, target: Tokenizer) -> Self {
        Self { source, target: Some(Box::new(target)), training_words: Arc::default() }
    }

    /// Replaces the words of the source side of the training text.
    pub fn with_training_words(self, training_words: TrainingWords) -> Self {
        Self { training_words: Arc::new(training_words), ..self }
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
}
