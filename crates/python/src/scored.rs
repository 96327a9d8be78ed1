//! A given pair with its probability, as a Python object.

use glosser_text::WordSplitter;
use glosser_translator::Translation;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// The probability of a given translation and of each of its words.
#[pyclass(frozen, module = "glosser")]
pub struct ScoredPair {
    source: String,
    target: String,
    /// `log_prob` and `score`; `None` if the pair has no probability.
    scores: Option<(f32, f32)>,
    words: Vec<(String, f32)>,
    /// log p of each token, EOS last.
    token_log_probs: Vec<f32>,
}

impl ScoredPair {
    /// Takes the probabilities over tokens, and adds them over the words of the target.
    pub fn new(scored: Translation, words: &WordSplitter) -> Self {
        let of_words = scored.word_log_probs(words);
        let of_words = of_words.into_iter().map(|(word, log_prob)| (word.to_owned(), log_prob)).collect();
        let Translation { source, text, log_prob, score, token_log_probs, .. } = scored;
        let has_probability = !token_log_probs.is_empty();
        Self {
            scores: has_probability.then_some((log_prob, score)),
            source,
            target: text,
            words: of_words,
            token_log_probs,
        }
    }
}

#[pymethods]
impl ScoredPair {
    /// The source sentence.
    #[getter]
    fn source(&self) -> &str {
        &self.source
    }

    /// Its given translation.
    #[getter]
    fn target(&self) -> &str {
        &self.target
    }

    /// The natural logarithm of its probability; None if a side is blank or too long for the model.
    #[getter]
    fn log_prob(&self) -> Option<f32> {
        self.scores.map(|(log_prob, _)| log_prob)
    }

    /// log_prob, normalized by length; None like log_prob.
    #[getter]
    fn score(&self) -> Option<f32> {
        self.scores.map(|(_, score)| score)
    }

    /// Each word of the target with its log probability. The sum, with end_log_prob, is log_prob.
    #[getter]
    fn word_log_probs(&self) -> Vec<(String, f32)> {
        self.words.clone()
    }

    /// The log probability that the translation ends after its last word; None like log_prob.
    #[getter]
    fn end_log_prob(&self) -> Option<f32> {
        self.token_log_probs.last().copied()
    }

    /// The number of sub-words of the target, including its end: the length for a perplexity per token.
    #[getter]
    fn tokens(&self) -> usize {
        self.token_log_probs.len()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let quoted = |text: &str| PyString::new(py, text).repr().map(|text| text.to_string());
        let log_prob = self.log_prob().map_or_else(|| "None".to_owned(), |log_prob| format!("{log_prob:.4}"));
        Ok(format!(
            "ScoredPair(source={}, target={}, log_prob={log_prob})",
            quoted(&self.source)?,
            quoted(&self.target)?
        ))
    }
}
