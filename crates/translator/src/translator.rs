//! Text in, text out: placeholders, pieces, search, and the translation put together.

use crate::directory::ModelDirectory;
use crate::expand_placeholders::{ExpandedTokens, expand_placeholders};
use crate::pieces::pieces;
use crate::source::Source;
use crate::translation::attention_matrix;
use crate::{Hypothesis, Model, Scorer, SearchOptions, Searcher, Tokenizers, Translation, TranslatorError};
use glosser_text::{Item, ItemKind, Terms, find_items, placeholder_index};
use rayon::prelude::*;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// A model with its tokenizers, laid out for search.
///
/// It keeps the weights that the model had when it was made: for a model that is being trained, make a new translator
/// after each change of the weights.
#[derive(Clone, Debug)]
pub struct Translator {
    scorer: Scorer,
    searcher: Arc<Searcher>,
    copying: Arc<Copying>,
    length_penalty: f32,
}

/// The words of a sentence that are copied unchanged, or translated by a glossary: at most
/// [`PLACEHOLDERS`](glosser_text::PLACEHOLDERS) items per sentence, found by [`find_items`].
///
/// A placeholder replaces each item in the source, and search emits each placeholder of the source exactly once. The
/// model therefore decides only the position of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copying {
    /// Terms with a translation of their own, and terms that must not be translated.
    pub terms: Terms,
    /// Whether numbers, addresses, emoji, and names that are not in the training text are copied.
    pub automatic: bool,
}

impl Copying {
    /// The default: no terms, and everything that is recognised by its form.
    pub fn by_looks() -> Self {
        Self { terms: Terms::default(), automatic: true }
    }
}

impl Translator {
    /// The greatest number of tokens per side for which a translation has attention: memory grows with the product of
    /// both lengths.
    pub const MAX_ATTENTION_TOKENS: usize = Source::MAX_WEIGHTED;

    /// Reads a model directory.
    ///
    /// # Errors
    /// If a file is missing, damaged or of another format version. The message names the file and the remedy.
    pub fn load(directory: &Path) -> Result<Self, TranslatorError> {
        ModelDirectory::new(directory).load()
    }

    /// Combines a model with tokenizers of the same vocabularies, and lays out its weights for search. The length
    /// penalty is that of [`SearchOptions::STANDARD`].
    pub fn new(model: Model, tokenizers: Tokenizers) -> Result<Self, TranslatorError> {
        Self::from_scorer(Scorer::new(model, tokenizers), SearchOptions::STANDARD.length_penalty)
    }

    pub(crate) fn from_scorer(scorer: Scorer, length_penalty: f32) -> Result<Self, TranslatorError> {
        let searcher = Arc::new(Searcher::new(scorer.model())?);
        Ok(Self { scorer, searcher, copying: Arc::new(Copying::by_looks()), length_penalty })
    }

    /// Replaces the rules for copied words.
    pub fn with_copying(self, copying: Copying) -> Self {
        Self { copying: Arc::new(copying), ..self }
    }

    /// The default search of this model: [`SearchOptions::STANDARD`] with the length penalty that was fitted to it.
    pub fn search_options(&self) -> SearchOptions {
        SearchOptions { length_penalty: self.length_penalty, ..SearchOptions::STANDARD }
    }

    /// Returns the scorer of translations that exist already (forced decoding), with the same model.
    pub fn scorer(&self) -> &Scorer {
        &self.scorer
    }

    /// The model.
    pub fn model(&self) -> &Model {
        self.scorer.model()
    }

    /// The tokenizers.
    pub fn tokenizers(&self) -> &Tokenizers {
        self.scorer.tokenizers()
    }

    pub(crate) fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// Returns the best translation of each sentence, in order, by [`Translator::search_options`].
    pub fn translate<S: AsRef<str>>(&self, sentences: &[S]) -> Result<Vec<Translation>, TranslatorError> {
        let all = self.translate_with(sentences, &self.search_options(), 1)?;
        Ok(all.into_iter().flatten().collect())
    }

    /// Returns up to `n_best` translations of each sentence, best first, at least one. The order of the sentences is
    /// kept.
    ///
    /// A blank sentence has one blank translation. A sentence of more than 200 tokens is translated piece by piece and
    /// has one translation; above [`Translator::MAX_ATTENTION_TOKENS`] it has no attention. Memory grows with the total
    /// length of the sentences.
    ///
    /// The probability is that of the translation with its placeholders. Where the model would end the sentence without
    /// one, the placeholder takes the probability of the end.
    pub fn translate_with<S: AsRef<str>>(
        &self,
        sentences: &[S],
        options: &SearchOptions,
        n_best: usize,
    ) -> Result<Vec<Vec<Translation>>, TranslatorError> {
        let sources = self.search(sentences, options, n_best)?;
        Ok(sources.into_par_iter().map(|source| self.translations(source)).collect())
    }

    /// Returns the best translation of each sentence for each of `length_penalties`, `[sentences][penalties]`, from one
    /// search with `options`: the penalty orders the translations that were found, it does not change them. A sentence
    /// in several pieces has the same translation for all penalties.
    pub fn translate_by_penalties<S: AsRef<str>>(
        &self,
        sentences: &[S],
        options: &SearchOptions,
        length_penalties: &[f32],
    ) -> Result<Vec<Vec<String>>, TranslatorError> {
        let sources = self.search(sentences, options, options.beam_size)?;
        let texts = |source: Source| {
            let best: Vec<usize> = length_penalties.iter().map(|penalty| source.best_by(*penalty)).collect();
            let translations = self.translations(source);
            best.into_iter().map(|rank| translations[rank].text.clone()).collect()
        };
        Ok(sources.into_par_iter().map(texts).collect())
    }

    /// Searches all pieces of all sentences; each sentence has up to `n_best` hypotheses afterwards.
    fn search<'a, S: AsRef<str>>(
        &self,
        sentences: &'a [S],
        options: &SearchOptions,
        n_best: usize,
    ) -> Result<Vec<Source<'a>>, TranslatorError> {
        let texts: Vec<&str> = sentences.iter().map(AsRef::as_ref).collect();
        let mut sources: Vec<Source> = texts.into_par_iter().map(|text| self.source(text)).collect();
        for group in groups(&sources, options.batch_size.saturating_mul(TOKENS_AT_ONCE)) {
            let ids: Vec<Vec<u32>> = group.iter().map(|(source, piece)| sources[*source].ids_of(*piece)).collect();
            for ((source, _), found) in group.iter().zip(self.searcher.search(&ids, options)?) {
                sources[*source].take(found, n_best);
            }
        }
        Ok(sources)
    }

    /// Encodes a sentence with its placeholders and divides it into pieces.
    pub(crate) fn source<'a>(&self, text: &'a str) -> Source<'a> {
        if text.trim().is_empty() {
            return Source::blank(text);
        }
        let known = self.copying.automatic.then(|| self.tokenizers().training_words());
        let mut items: Vec<Item> = find_items(text, &self.copying.terms, known);
        if self.tokenizers().profile().translates_numbers {
            items.retain(|item| item.kind != ItemKind::Number);
        }
        let ranges: Vec<Range<usize>> = items.iter().map(|item| item.range.clone()).collect();
        let encoding = self.tokenizers().source().encode_with_placeholders(text, &ranges);
        let pieces = pieces(text, &encoding.offsets);
        Source::new(text, items, encoding, pieces)
    }

    /// The translations of a sentence whose pieces have all been searched, best first.
    pub(crate) fn translations(&self, mut source: Source) -> Vec<Translation> {
        if source.pieces.is_empty() {
            return vec![Translation::not_computed(source.text, "")];
        }
        source.take_translations().iter().map(|parts| self.joined(&source, parts)).collect()
    }

    /// Joins one hypothesis per piece to a translation of the whole sentence.
    fn joined(&self, source: &Source, parts: &[Hypothesis]) -> Translation {
        let ids: Vec<u32> = parts.iter().flat_map(|part| &part.ids).copied().collect();
        let items: Vec<&str> = source.items.iter().map(|item| source.text_of(item)).collect();
        let decoded = self.tokenizers().target().decode_with_placeholders(&ids, &items);
        // The model can produce a character that ends lines, and an item can contain one; the output must stay one
        // line.
        let (decoded, line_ends) = decoded.in_one_line();
        let is_placeholder = |ids: &[u32], at: usize| !items.is_empty() && placeholder_index(ids[at]).is_some();
        let (source_ids, source_offsets) = (&source.encoding.ids, &source.encoding.offsets);
        let sources = ExpandedTokens::new(source.text, source_offsets, |at| is_placeholder(source_ids, at));
        let targets = ExpandedTokens::new(&decoded.text, &decoded.offsets, |at| is_placeholder(&ids, at));
        // Checked after the expansion too, because one item may have thousands of words.
        let is_short = sources.offsets.len().max(targets.offsets.len()) <= Self::MAX_ATTENTION_TOKENS;
        let rows = if is_short { source.rows(parts) } else { None };
        Translation {
            source: source.text.to_owned(),
            log_prob: parts.iter().map(|part| part.log_prob).sum(),
            score: parts.iter().map(|part| part.score / parts.len() as f32).sum(),
            attention: rows.map(|rows| attention_matrix(&expand_placeholders(rows, &sources, &targets))),
            source_tokens: sources.offsets,
            target_tokens: targets.offsets,
            text: decoded.text,
            pieces: parts.len(),
            truncated: parts.iter().any(|part| part.truncated),
            line_ends,
        }
    }
}

/// Source tokens that are searched together, for each sentence of a batch: all their hypotheses are in memory at the
/// same time.
const TOKENS_AT_ONCE: usize = 1024;

/// All pieces in order, as `(source, piece)`, in groups of at most `max_tokens` tokens or of one piece.
fn groups(sources: &[Source], max_tokens: usize) -> Vec<Vec<(usize, usize)>> {
    let mut groups = Vec::new();
    let mut group = Vec::new();
    let mut tokens = 0;
    for (number, source) in sources.iter().enumerate() {
        for (piece, range) in source.pieces.iter().enumerate() {
            if tokens + range.len() > max_tokens && tokens > 0 {
                groups.push(std::mem::take(&mut group));
                tokens = 0;
            }
            tokens += range.len();
            group.push((number, piece));
        }
    }
    groups.push(group);
    groups
}
