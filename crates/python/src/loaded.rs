//! A model in memory, shared by a `Translator` and its translations.

use crate::aligned::Aligned;
use crate::error::raised;
use crate::threads::Threads;
use glosser_alignment::Posteriors;
use glosser_text::WordSplitters;
use glosser_translator::{ModelDirectory, Scorer, Translation, Translator, TranslatorError, Weighting};
use pyo3::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Batches that are computed together: more need less padding. Signals are handled after each such part.
const BATCHES_AT_ONCE: usize = 4;

/// A model with its threads.
pub struct Loaded {
    directory: ModelDirectory,
    pub translator: Translator,
    pub words: WordSplitters,
    pub threads: Threads,
    /// The model of the opposite direction, read when it is first needed; `None` if there is none.
    reverse: OnceLock<Option<Scorer>>,
}

impl Loaded {
    /// Reads a model directory.
    pub fn load(py: Python<'_>, path: &Path, threads: Option<usize>) -> PyResult<Self> {
        let (directory, threads) = (ModelDirectory::new(path), Threads::start(threads)?);
        let translator = threads.run(py, || directory.load())?.map_err(raised)?;
        let words = translator.tokenizers().words();
        Ok(Self { directory, translator, words, threads, reverse: OnceLock::new() })
    }

    /// The model directory.
    pub fn path(&self) -> PathBuf {
        self.directory.path().to_owned()
    }

    /// Applies `work` to items in parts, and handles signals after each part.
    pub fn in_parts<I: Sync, T: Send>(
        &self,
        py: Python<'_>,
        items: &[I],
        batch_size: usize,
        work: impl Fn(&[I]) -> Result<Vec<T>, TranslatorError> + Sync,
    ) -> PyResult<Vec<T>> {
        let mut all = Vec::with_capacity(items.len());
        for part in items.chunks(batch_size.saturating_mul(BATCHES_AT_ONCE)) {
            all.extend(self.threads.run(py, || work(part))?.map_err(raised)?);
            py.check_signals()?;
        }
        Ok(all)
    }

    /// Computes the probability of given pairs.
    pub fn score(&self, py: Python<'_>, pairs: &[(String, String)], batch_size: usize) -> PyResult<Vec<Translation>> {
        let scorer = self.translator.scorer();
        self.in_parts(py, pairs, batch_size, |part| scorer.score(part, batch_size, Weighting::Attention))
    }

    /// Aligns given pairs as `glosser align` does: by the statistics and the aligner, as far as the model has them, and in
    /// both directions if there is a model of the opposite one.
    pub fn align(&self, py: Python<'_>, pairs: &[(String, String)], batch_size: usize) -> PyResult<Vec<Aligned>> {
        let Some(reverse) = self.reverse(py)? else { return self.align_forward(py, pairs, batch_size) };
        let (scorer, reading) = (self.translator.scorer(), self.translator.scorer().default_reading());
        self.in_parts(py, pairs, batch_size, |part| {
            let swapped: Vec<(&str, &str)> = part.iter().map(|(source, target)| (&target[..], &source[..])).collect();
            let forward = scorer.score(part, batch_size, reading.weighting())?;
            let backward = reverse.score(&swapped, batch_size, reading.weighting())?;
            let both = forward.iter().zip(&backward).map(|(forward, backward)| {
                let posteriors = scorer.posteriors(Some(reverse), forward, Some(backward), &self.words, reading)?;
                let links = if reading.needs_statistics() {
                    posteriors.mean_links()
                } else {
                    posteriors.agreed_links(Posteriors::THRESHOLD)
                };
                let view = scorer.links(forward, &self.words, reading)?;
                Ok(Aligned { links, ..Aligned::given(forward, view, reading) })
            });
            both.collect()
        })
    }

    /// Aligns given pairs by the model of this direction.
    pub fn align_forward(
        &self,
        py: Python<'_>,
        pairs: &[(String, String)],
        batch_size: usize,
    ) -> PyResult<Vec<Aligned>> {
        let (scorer, reading) = (self.translator.scorer(), self.translator.scorer().default_reading());
        self.in_parts(py, pairs, batch_size, |part| {
            let scored = scorer.score(part, batch_size, reading.weighting())?;
            let aligned = |pair| Ok(Aligned::given(pair, scorer.links(pair, &self.words, reading)?, reading));
            scored.iter().map(aligned).collect()
        })
    }

    /// The model of the opposite direction, if the model was trained in both.
    fn reverse(&self, py: Python<'_>) -> PyResult<Option<&Scorer>> {
        if let Some(reverse) = self.reverse.get() {
            return Ok(reverse.as_ref());
        }
        let directory = self.directory.reverse();
        let load = || directory.holds_a_model().then(|| Scorer::load(directory.path())).transpose();
        let reverse = self.threads.run(py, load)?.map_err(raised)?;
        Ok(self.reverse.get_or_init(|| reverse).as_ref())
    }
}
