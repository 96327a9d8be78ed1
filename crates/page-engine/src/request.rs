//! Requests in JSON, and their limits.

use crate::error::EngineError;
use glosser_text::LanguagePair;
use serde::Deserialize;

/// The greatest number of alternatives.
const MOST_ALTERNATIVES: usize = 10;

/// The number of choices if the request does not have it.
const CHOICES: usize = 6;

/// The greatest number of choices.
const MOST_CHOICES: usize = 20;

/// The number of dropped extensions of each step if the request does not have it.
const DROPPED: usize = 3;

/// The number of hypotheses in the beam if the request does not have it.
const BEAM_SIZE: usize = 5;

/// The greatest number of hypotheses in the beam.
const GREATEST_BEAM_SIZE: usize = 100;

/// The greatest number of characters of a text if the request does not have it: while a text is translated, no other
/// request is answered.
const CHARACTER_LIMIT: usize = 10_000;

/// A request.
#[derive(Debug, Deserialize)]
#[serde(tag = "request", rename_all = "lowercase")]
pub enum Request {
    /// Loads the models whose files were added.
    Load(Load),
    /// Translates texts.
    Translate(Translate),
    /// Completes the beginning of a translation.
    Complete(Complete),
    /// Lists the words that may follow the beginning of a translation.
    Choices(Choices),
    /// Aligns given translations.
    Align(Align),
    /// Shows the steps of a search.
    Explain(Explain),
    /// Lists what is loaded.
    Information,
}

/// Loads the models.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// The languages of each model; `null` for those that it was trained with, as for all if the list is empty.
    #[serde(default)]
    pub languages: Vec<Option<LanguagePair>>,
    /// The number of hypotheses in the beam.
    #[serde(default = "beam_size")]
    pub beam: usize,
    /// The greatest number of characters of a text.
    #[serde(default = "character_limit")]
    pub character_limit: usize,
}

/// Translates texts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translate {
    /// The texts.
    pub texts: Vec<String>,
    /// The code of their language, or `auto`.
    pub source: String,
    /// The code of the language to translate to.
    pub target: String,
    /// The greatest number of other translations of each.
    #[serde(default)]
    pub alternatives: usize,
    /// Whether the sentences are wanted with words, links and weights.
    #[serde(default)]
    pub alignment: bool,
}

/// Completes the beginning of a translation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Complete {
    /// One sentence.
    pub sentence: String,
    /// The code of its language, or `auto`.
    pub source: String,
    /// The code of the language to translate to.
    pub target: String,
    /// The beginning. Its last word may be incomplete, unless a space follows.
    #[serde(default)]
    pub beginning: String,
}

/// Lists the words that may follow the beginning of a translation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choices {
    /// One sentence.
    pub sentence: String,
    /// The code of its language, or `auto`.
    pub source: String,
    /// The code of the language to translate to.
    pub target: String,
    /// The beginning, whose last word is complete.
    #[serde(default)]
    pub beginning: String,
    /// The greatest number of words.
    #[serde(default = "choices")]
    pub choices: usize,
}

/// Aligns given translations.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Align {
    /// Sentences, each with its translation.
    pub pairs: Vec<(String, String)>,
    /// The code of the language of the sentences.
    pub source: String,
    /// The code of the language of the translations.
    pub target: String,
}

/// Shows the steps of a search.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explain {
    /// One sentence.
    pub sentence: String,
    /// The code of its language, or `auto`.
    pub source: String,
    /// The code of the language to translate to.
    pub target: String,
    /// The beginning of all translations.
    #[serde(default)]
    pub beginning: String,
    /// The number of dropped extensions of each step.
    #[serde(default = "dropped")]
    pub dropped: usize,
}

fn beam_size() -> usize {
    BEAM_SIZE
}

fn character_limit() -> usize {
    CHARACTER_LIMIT
}

fn choices() -> usize {
    CHOICES
}

fn dropped() -> usize {
    DROPPED
}

impl Request {
    /// Reads a request.
    pub fn parse(json: &[u8]) -> Result<Self, EngineError> {
        let request = serde_json::from_slice(json);
        let request = request.map_err(|error| EngineError::other(format!("this is not a request: {error}")))?;
        let (name, number, range) = match &request {
            Self::Load(load) => ("beam", load.beam, 1..=GREATEST_BEAM_SIZE),
            Self::Translate(translate) => ("alternatives", translate.alternatives, 0..=MOST_ALTERNATIVES),
            Self::Choices(choices) => ("choices", choices.choices, 1..=MOST_CHOICES),
            _ => return Ok(request),
        };
        if range.contains(&number) {
            return Ok(request);
        }
        Err(EngineError::other(format!("`{name}` is {number}; give {} to {}", range.start(), range.end())))
    }

    /// The texts whose number of characters is limited.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Load(_) | Self::Information => Vec::new(),
            Self::Translate(translate) => translate.texts.iter().map(String::as_str).collect(),
            Self::Complete(complete) => vec![complete.sentence.as_str(), complete.beginning.as_str()],
            Self::Choices(choices) => vec![choices.sentence.as_str(), choices.beginning.as_str()],
            Self::Align(align) => align.pairs.iter().flat_map(|(source, target)| [&**source, &**target]).collect(),
            Self::Explain(explain) => vec![explain.sentence.as_str(), explain.beginning.as_str()],
        }
    }
}
