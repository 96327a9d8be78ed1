//! A model, as a Python object.

use crate::aligned::Aligned;
use crate::arguments::{self, SearchArguments, Texts, in_range};
use crate::loaded::Loaded;
use crate::scored::ScoredPair;
use crate::translation::Translation;
use glosser_translator::TranslatorError;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyList;
use std::path::PathBuf;
use std::sync::Arc;

/// A model that translates, aligns and scores.
///
/// path: the model directory, a str or a path.
/// threads: the number of threads that compute; None for one per processor.
///
/// Several Python threads can use one translator at once. Other Python threads run while it computes.
#[pyclass(frozen, module = "glosser")]
pub struct Translator {
    model: Arc<Loaded>,
}

impl Translator {
    /// Returns up to `n_best` translations of each text.
    fn search(
        &self,
        py: Python<'_>,
        texts: &[String],
        arguments: &SearchArguments,
        n_best: usize,
    ) -> PyResult<Vec<Vec<Translation>>> {
        let model = &self.model;
        let options = arguments.options(&model.translator)?;
        let changed = arguments.changed(&model.translator)?;
        let translator = changed.as_ref().unwrap_or(&model.translator);
        let words = |translation: &_| Aligned::found(translation, &model.words, options.max_length.is_some());
        let found = model.in_parts(py, texts, options.batch_size, |part| {
            let found = translator.translate_with(part, &options, n_best)?;
            Ok::<_, TranslatorError>(found.iter().map(|best| best.iter().map(words).collect::<Vec<_>>()).collect())
        })?;
        let shared = |best: Vec<Aligned>| best.into_iter().map(|one| Translation::found(one, model)).collect();
        Ok(found.into_iter().map(shared).collect())
    }
}

#[pymethods]
impl Translator {
    #[new]
    #[pyo3(signature = (path, *, threads=None))]
    fn new(py: Python<'_>, path: PathBuf, threads: Option<usize>) -> PyResult<Self> {
        Ok(Self { model: Arc::new(Loaded::load(py, &path, threads)?) })
    }

    /// The model directory, as it was given.
    #[getter]
    fn path(&self) -> String {
        self.model.path().display().to_string()
    }

    /// Return the best translation of a text, or of each of several texts.
    ///
    /// texts: a str, which gives one Translation, or an iterable of str, which gives a list. Each text is a line:
    ///     usually a sentence, or several with split.
    /// beam_size: the number of hypotheses in the beam; 1 is greedy search.
    /// length_penalty: a greater value prefers longer translations; None for the one that was fitted to the model.
    /// max_length: the most sub-words of a translation; None for twice the source length plus 20.
    /// split: whether a text of several sentences is translated sentence by sentence: "always", "never", or "auto": if
    ///     the sources of the training pairs are single sentences.
    /// glossary: terms with their translations, as a dict or as the path of a file with one term, a tab and its
    ///     translation per line.
    /// keep: terms that are copied, as an iterable or as the path of a file with one term per line.
    /// copy: whether names, numbers, addresses and emoji are copied unchanged.
    /// batch_size: the number of sentences per batch; it changes speed and memory, never the result.
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    #[pyo3(signature = (
        texts, *, beam_size=5, length_penalty=None, max_length=None, split="auto", glossary=None, keep=None, copy=true,
        batch_size=32
    ))]
    fn translate<'py>(
        &self,
        py: Python<'py>,
        texts: &Bound<'py, PyAny>,
        beam_size: usize,
        length_penalty: Option<f32>,
        max_length: Option<usize>,
        split: &str,
        glossary: Option<&Bound<'py, PyAny>>,
        keep: Option<&Bound<'py, PyAny>>,
        copy: bool,
        batch_size: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Texts { texts, is_one } = Texts::read(texts)?;
        let arguments =
            SearchArguments { beam_size, length_penalty, max_length, split, glossary, keep, copy, batch_size };
        // Each text has one translation.
        let mut best: Vec<Translation> = self.search(py, &texts, &arguments, 1)?.into_iter().flatten().collect();
        match best.pop() {
            Some(only) if is_one => Ok(Bound::new(py, only)?.into_any()),
            last => Ok(PyList::new(py, best.into_iter().chain(last).collect::<Vec<_>>())?.into_any()),
        }
    }

    /// Return up to n translations of a text, or of each of several texts, best first.
    ///
    /// A text gives a list of translations, an iterable of texts a list of such lists. A text that is translated in
    /// several pieces has one translation. The other arguments are those of translate.
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    #[pyo3(signature = (
        texts, n, *, beam_size=None, length_penalty=None, max_length=None, split="auto", glossary=None, keep=None,
        copy=true, batch_size=32
    ))]
    fn translate_n_best<'py>(
        &self,
        py: Python<'py>,
        texts: &Bound<'py, PyAny>,
        n: usize,
        beam_size: Option<usize>,
        length_penalty: Option<f32>,
        max_length: Option<usize>,
        split: &str,
        glossary: Option<&Bound<'py, PyAny>>,
        keep: Option<&Bound<'py, PyAny>>,
        copy: bool,
        batch_size: usize,
    ) -> PyResult<Bound<'py, PyList>> {
        let Texts { texts, is_one } = Texts::read(texts)?;
        in_range("n", n, usize::MAX)?;
        let beam_size = beam_size.unwrap_or(n.max(5));
        if n > beam_size {
            return Err(PyValueError::new_err(format!("n is {n}, more than beam_size; give beam_size={n} or more")));
        }
        let arguments =
            SearchArguments { beam_size, length_penalty, max_length, split, glossary, keep, copy, batch_size };
        let all = self.search(py, &texts, &arguments, n)?;
        if is_one { PyList::new(py, all.into_iter().flatten().collect::<Vec<_>>()) } else { PyList::new(py, all) }
    }

    /// Align the words of given translations.
    ///
    /// pairs: an iterable of pairs (source, target).
    ///
    /// The links are those of `glosser align`: by the statistics of the model and its aligner, and in both directions if
    /// the model was trained in both. attention has the probability of each link, or without statistics the weights of
    /// the aligner. A pair with a blank side has no links; one that is too long has none either, and is degraded.
    #[pyo3(signature = (pairs, *, batch_size=32))]
    fn align(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = arguments::pairs)] pairs: Vec<(String, String)>,
        batch_size: usize,
    ) -> PyResult<Vec<Translation>> {
        in_range("batch_size", batch_size, usize::MAX)?;
        let aligned = self.model.align(py, &pairs, batch_size)?;
        Ok(aligned.into_iter().map(Translation::given).collect())
    }

    /// Compute the probability of given translations, as `glosser score` does.
    ///
    /// pairs: an iterable of pairs (source, target).
    #[pyo3(signature = (pairs, *, batch_size=32))]
    fn score(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = arguments::pairs)] pairs: Vec<(String, String)>,
        batch_size: usize,
    ) -> PyResult<Vec<ScoredPair>> {
        in_range("batch_size", batch_size, usize::MAX)?;
        let scored = self.model.score(py, &pairs, batch_size)?;
        Ok(scored.into_iter().map(|pair| ScoredPair::new(pair, &self.model.words.target)).collect())
    }

    fn __repr__(&self) -> String {
        format!("Translator({:?})", self.path())
    }
}
