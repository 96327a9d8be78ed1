//! Answers in JSON.

use crate::error::EngineError;
use glosser_translator::{AlignedSentences, ListedLanguage, ModelInformation};
use serde::Serialize;

/// An answer: a result or a failure.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Answer<T> {
    Result(T),
    Error(EngineError),
}

/// The answer to a request to load, and to one for information.
#[derive(Debug, Serialize)]
pub struct Loaded {
    /// The languages.
    pub languages: Vec<ListedLanguage>,
    /// Where the models come from.
    pub models: Vec<ModelInformation>,
    /// The number of hypotheses in the beam.
    pub beam: usize,
    /// The greatest number of characters of a text.
    pub character_limit: usize,
    /// The version of the engine.
    pub version: &'static str,
}

/// A translated text.
#[derive(Debug, Serialize)]
pub struct TextAnswer {
    /// The best translation.
    pub text: String,
    /// The code of the language of the text, if it was detected.
    pub detected: Option<String>,
    /// How sure it is, 0 to 100.
    pub confidence: f64,
    /// The sentences, if they were wanted.
    pub sentences: AlignedSentences,
    /// Other translations, best first.
    pub others: Vec<String>,
}

/// Writes a result or a failure.
pub fn to_json<T: Serialize>(result: Result<T, EngineError>) -> Vec<u8> {
    let answer = result.map_or_else(Answer::Error, Answer::Result);
    let failure = |error: serde_json::Error| {
        format!(r#"{{"error":{{"kind":"other","message":"the answer cannot be written: {:?}"}}}}"#, error.classify())
    };
    serde_json::to_vec(&answer).unwrap_or_else(|error| failure(error).into_bytes())
}
