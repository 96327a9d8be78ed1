use glosser_text::{Tokenizer, TrainingWords};
use std::sync::Arc;

/// The tokenizers of a model, one for both sides or one for each, and the words of the source text that it was trained on.
#[derive(Clone, Debug)]
pub struct Tokenizers {
    source: Tokenizer,
    /// `None` where the source's serves both sides.
    target: Option<Box<Tokenizer>>,
    training_words: Arc<TrainingWords>,
}

impl Tokenizers {
    /// One for both sides. No words are known.
    pub fn joint(tokenizer: Tokenizer) -> Self {
        Self { source: tokenizer, target: None, training_words: Arc::default() }
    }

    /// One for each side. No words are known.
    pub fn separate(source: Tokenizer, target: Tokenizer) -> Self {
        Self { source, target: Some(Box::new(target)), training_words: Arc::default() }
    }

    /// The same with the words of the source text of training.
    pub fn with_training_words(self, training_words: TrainingWords) -> Self {
        Self { training_words: Arc::new(training_words), ..self }
    }

    /// Whether one serves both sides.
    pub fn is_joint(&self) -> bool {
        self.target.is_none()
    }

    /// The source's.
    pub fn source(&self) -> &Tokenizer {
        &self.source
    }

    /// The target's.
    pub fn target(&self) -> &Tokenizer {
        self.target.as_deref().unwrap_or(&self.source)
    }

    /// The words of the source text of training.
    pub fn training_words(&self) -> &TrainingWords {
        &self.training_words
    }
}
