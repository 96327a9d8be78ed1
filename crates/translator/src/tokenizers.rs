use glosser_text::Tokenizer;

/// The tokenizers of a model: one for both sides, or one for each.
#[derive(Clone, Debug)]
pub struct Tokenizers {
    source: Tokenizer,
    /// `None` where the source's serves both sides.
    target: Option<Box<Tokenizer>>,
}

impl Tokenizers {
    /// One for both sides.
    pub fn joint(tokenizer: Tokenizer) -> Self {
        Self { source: tokenizer, target: None }
    }

    /// One for each side.
    pub fn separate(source: Tokenizer, target: Tokenizer) -> Self {
        Self { source, target: Some(Box::new(target)) }
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
}
