//! A translation, found by search or given, as a Python object.

use crate::aligned::Aligned;
use crate::attention::Attention;
use crate::loaded::Loaded;
use pyo3::prelude::*;
use pyo3::types::PyString;
use std::sync::Arc;

/// A translation with its probability, its words, and their links.
///
/// `str(translation)` is its text. In a notebook it is shown as interlinear text with a heat map.
#[pyclass(frozen, module = "glosser")]
pub struct Translation {
    aligned: Aligned,
    /// The model, for a translation that search has found. Its links are those of the attention; better ones are computed
    /// when it is shown.
    model: Option<Arc<Loaded>>,
}

impl Translation {
    /// A translation that a model has found.
    pub fn found(aligned: Aligned, model: &Arc<Loaded>) -> Self {
        Self { aligned, model: Some(model.clone()) }
    }

    /// A translation that was given.
    pub fn given(aligned: Aligned) -> Self {
        Self { aligned, model: None }
    }
}

#[pymethods]
impl Translation {
    /// The source sentence.
    #[getter]
    fn source(&self) -> &str {
        &self.aligned.source
    }

    /// The translation.
    #[getter]
    fn text(&self) -> &str {
        &self.aligned.text
    }

    /// The natural logarithm of its probability; 0 for a blank sentence, and for a given pair that is blank or too
    /// long.
    #[getter]
    fn log_prob(&self) -> f32 {
        self.aligned.log_prob
    }

    /// The order of the translations of one sentence: log_prob, normalized by length.
    #[getter]
    fn score(&self) -> f32 {
        self.aligned.score
    }

    /// The words of the source.
    #[getter]
    fn source_words(&self) -> Vec<String> {
        self.aligned.source_words.clone()
    }

    /// The words of the translation.
    #[getter]
    fn target_words(&self) -> Vec<String> {
        self.aligned.target_words.clone()
    }

    /// Word links as pairs of a source and a target index, counted from 0.
    #[getter]
    fn links(&self) -> Vec<(usize, usize)> {
        self.aligned.links.iter().map(|link| (link.source, link.target)).collect()
    }

    /// The weights between words.
    #[getter]
    fn attention(&self) -> Attention {
        Attention::new(self.aligned.attention.clone())
    }

    /// Faults, with the names that `glosser translate --format jsonl` uses; usually none.
    #[getter]
    fn degraded(&self) -> Vec<&'static str> {
        self.aligned.degraded.clone()
    }

    /// Words of the source that the training text does not have, each once; none in a given translation.
    #[getter]
    fn unknown(&self) -> Vec<String> {
        self.aligned.unknown.clone()
    }

    fn __str__(&self) -> &str {
        &self.aligned.text
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let quoted = |text: &str| PyString::new(py, text).repr().map(|text| text.to_string());
        let Aligned { source, text, log_prob, .. } = &self.aligned;
        Ok(format!("Translation(source={}, text={}, log_prob={log_prob:.4})", quoted(source)?, quoted(text)?))
    }

    /// Return interlinear text with the heat map, as a part of an HTML page.
    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let Some(model) = &self.model else { return Ok(self.aligned.html()) };
        let pair = [(self.aligned.source.clone(), self.aligned.text.clone())];
        let aligned = model.align_forward(py, &pair, 1)?;
        Ok(aligned.first().unwrap_or(&self.aligned).html())
    }
}
