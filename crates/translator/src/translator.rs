use crate::directory::ModelDirectory;
use crate::expand_placeholders::{ExpandedTokens, expand_placeholders};
use crate::model::{Batch, TargetScores, Weighting, ended};
use crate::pieces::pieces;
use crate::source::Source;
use crate::{
    Copying, Hypothesis, Model, ScoredTranslation, SearchOptions, Searcher, Tokenizers, Translation, TranslatorError,
};
use glosser_alignment::{AttentionMatrix, Shape};
use glosser_text::{Encoding, Item, find_items, placeholder_index};
use rayon::prelude::*;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// Text in, text out: a model with its tokenizers.
///
/// Its first search lays the weights out anew, and later ones use them as they were then: of a model that is still
/// being trained, make a translator each time.
#[derive(Clone, Debug)]
pub struct Translator {
    model: Model,
    tokenizers: Tokenizers,
    copying: Arc<Copying>,
    length_penalty: f32,
    searcher: Arc<OnceLock<Searcher>>,
}

impl Translator {
    /// Tokens of one side that forced decoding takes: its memory grows with the product of both lengths.
    pub const LONGEST_SCORED: usize = 1500;

    /// Tokens of a side up to which a translation has attention: its memory grows with the product of both lengths.
    pub const LONGEST_WEIGHTED: usize = Source::LONGEST_WEIGHTED;

    /// Reads a model directory.
    ///
    /// # Errors
    /// Says which file is missing, damaged or of another version, and what to do.
    pub fn load(directory: &Path) -> Result<Self, TranslatorError> {
        ModelDirectory::new(directory).load()
    }

    /// From its parts, with [`Copying::by_looks`] and the length penalty of [`SearchOptions::STANDARD`].
    pub fn new(model: Model, tokenizers: Tokenizers) -> Self {
        Self {
            model,
            tokenizers,
            copying: Arc::new(Copying::by_looks()),
            length_penalty: SearchOptions::STANDARD.length_penalty,
            searcher: Arc::default(),
        }
    }

    /// The same with another choice of what is copied.
    pub fn with_copying(self, copying: Copying) -> Self {
        Self { copying: Arc::new(copying), ..self }
    }

    /// The same with the length penalty that fits the model.
    pub(crate) fn with_length_penalty(self, length_penalty: f32) -> Self {
        Self { length_penalty, ..self }
    }

    /// How this model is best searched: [`SearchOptions::STANDARD`] with the length penalty that was found to fit it.
    pub fn search_options(&self) -> SearchOptions {
        SearchOptions { length_penalty: self.length_penalty, ..SearchOptions::STANDARD }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The tokenizers.
    pub fn tokenizers(&self) -> &Tokenizers {
        &self.tokenizers
    }

    /// The best translation of each sentence, in order, by [`Translator::search_options`].
    pub fn translate<S: AsRef<str>>(&self, sentences: &[S]) -> Result<Vec<Translation>, TranslatorError> {
        let all = self.translate_with(sentences, &self.search_options(), 1)?;
        Ok(all.into_iter().flatten().collect())
    }

    /// Up to `n_best` translations of each sentence, best first, at least one. The order of the sentences is kept. A
    /// blank sentence has one blank translation; a very long one is translated piece by piece, once, and has no attention
    /// above [`Translator::LONGEST_WEIGHTED`]. Memory grows with the sum of the lengths.
    ///
    /// What is copied is given to the model as stand-ins, and the probability is that of a translation with these; where
    /// the model would end without one, that of the end counts for the stand-in too.
    pub fn translate_with<S: AsRef<str>>(
        &self,
        sentences: &[S],
        options: &SearchOptions,
        n_best: usize,
    ) -> Result<Vec<Vec<Translation>>, TranslatorError> {
        let sources = self.searched(sentences, options, n_best)?;
        Ok(sources.into_par_iter().map(|source| self.translations(source)).collect())
    }

    /// The best translation of each sentence by each of some length penalties, from one search with `options`: a penalty
    /// orders what was found, and does not change it. Of a sentence in several pieces all
    /// are the same.
    pub fn translate_by_penalties<S: AsRef<str>>(
        &self,
        sentences: &[S],
        options: &SearchOptions,
        length_penalties: &[f32],
    ) -> Result<Vec<Vec<String>>, TranslatorError> {
        let sources = self.searched(sentences, options, options.beam_size)?;
        let texts = |source: Source| {
            let best: Vec<usize> = length_penalties.iter().map(|penalty| source.best_by(*penalty)).collect();
            let translations = self.translations(source);
            best.into_iter().map(|rank| translations[rank].text.clone()).collect()
        };
        Ok(sources.into_par_iter().map(texts).collect())
    }

    /// The sentences with up to `n_best` hypotheses each.
    fn searched<'a, S: AsRef<str>>(
        &self,
        sentences: &'a [S],
        options: &SearchOptions,
        n_best: usize,
    ) -> Result<Vec<Source<'a>>, TranslatorError> {
        let texts: Vec<&str> = sentences.iter().map(AsRef::as_ref).collect();
        let mut sources: Vec<Source> = texts.into_par_iter().map(|text| self.source(text)).collect();
        for group in groups(&sources, options.batch_size.saturating_mul(TOKENS_AT_ONCE)) {
            let ids: Vec<Vec<u32>> = group.iter().map(|(source, piece)| sources[*source].ids_of(*piece)).collect();
            for ((source, _), found) in group.iter().zip(self.searcher()?.search(&ids, options)?) {
                sources[*source].take(found, n_best);
            }
        }
        Ok(sources)
    }

    pub(crate) fn searcher(&self) -> Result<&Searcher, TranslatorError> {
        if let Some(searcher) = self.searcher.get() {
            return Ok(searcher);
        }
        let searcher = self.model.searcher()?;
        Ok(self.searcher.get_or_init(|| searcher))
    }

    /// Given translations, with their probability and what the model attends to on the way through them (forced
    /// decoding). The model is given all words as they are; nothing is copied. A pair with a blank side, or one of more
    /// than [`Translator::LONGEST_SCORED`] tokens, gets an empty matrix.
    pub fn score<S: AsRef<str>, T: AsRef<str>>(
        &self,
        pairs: &[(S, T)],
        batch_size: usize,
        weighting: Weighting,
    ) -> Result<Vec<Translation>, TranslatorError> {
        Ok(self.score_tokens(pairs, batch_size, weighting)?.into_iter().map(|scored| scored.translation).collect())
    }

    /// The same, with the probability of each token.
    pub fn score_tokens<S: AsRef<str>, T: AsRef<str>>(
        &self,
        pairs: &[(S, T)],
        batch_size: usize,
        weighting: Weighting,
    ) -> Result<Vec<ScoredTranslation>, TranslatorError> {
        let sources: Vec<Encoding> = pairs.iter().map(|(s, _)| self.encode_source(s.as_ref())).collect();
        let targets: Vec<Encoding> = pairs.iter().map(|(_, t)| self.encode_target(t.as_ref())).collect();
        let possible = |side: &Encoding| (1..=Self::LONGEST_SCORED).contains(&side.ids.len());
        let mut order: Vec<usize> =
            (0..pairs.len()).filter(|i| possible(&sources[*i]) && possible(&targets[*i])).collect();
        order.sort_by_key(|i| (sources[*i].ids.len(), targets[*i].ids.len()));
        let mut results: Vec<ScoredTranslation> = pairs
            .iter()
            .map(|(source, target)| {
                let blank = Translation::blank(source.as_ref());
                let translation = Translation { text: target.as_ref().to_owned(), ..blank };
                ScoredTranslation { translation, token_log_probs: Vec::new() }
            })
            .collect();
        for indices in order.chunks(batch_size.max(1)) {
            let source: Vec<Vec<u32>> = indices.iter().map(|i| ended(&sources[*i].ids)).collect();
            let target: Vec<Vec<u32>> = indices.iter().map(|i| ended(&targets[*i].ids)).collect();
            let forced = self.model.score(&Batch::new(&source, self.model.device())?, &target, weighting)?;
            for (index, forced) in indices.iter().zip(forced) {
                let TargetScores { log_probs, weights } = forced;
                let result = &mut results[*index].translation;
                result.log_prob = log_probs.iter().map(|p| f64::from(*p)).sum::<f64>() as f32;
                result.score = result.log_prob / log_probs.len() as f32;
                result.attention = matrix(&weights);
                result.source_tokens.clone_from(&sources[*index].offsets);
                result.target_tokens.clone_from(&targets[*index].offsets);
                results[*index].token_log_probs = log_probs;
            }
        }
        Ok(results)
    }

    /// The tokens of a source sentence; none if it is blank.
    pub fn encode_source(&self, text: &str) -> Encoding {
        if text.trim().is_empty() { Encoding::default() } else { self.tokenizers.source().encode(text) }
    }

    /// The tokens of a target sentence; none if it is blank.
    pub fn encode_target(&self, text: &str) -> Encoding {
        if text.trim().is_empty() { Encoding::default() } else { self.tokenizers.target().encode(text) }
    }

    pub(crate) fn source<'a>(&self, text: &'a str) -> Source<'a> {
        if text.trim().is_empty() {
            return Source::blank(text);
        }
        let items = self.items(text);
        let ranges: Vec<Range<usize>> = items.iter().map(|item| item.range.clone()).collect();
        let encoding = self.tokenizers.source().encode_with_placeholders(text, &ranges);
        let pieces = pieces(text, &encoding.offsets);
        Source::new(text, items, encoding, pieces)
    }

    fn items(&self, text: &str) -> Vec<Item> {
        let known = self.copying.automatic.then(|| self.tokenizers.training_words());
        find_items(text, &self.copying.terms, known)
    }

    pub(crate) fn translations(&self, mut source: Source) -> Vec<Translation> {
        if source.pieces.is_empty() {
            return vec![Translation::blank(source.text)];
        }
        source.translations().iter().map(|parts| self.joined(&source, parts)).collect()
    }

    /// The translation that the hypotheses of all pieces make together.
    fn joined(&self, source: &Source, parts: &[Hypothesis]) -> Translation {
        let ids: Vec<u32> = parts.iter().flat_map(|part| &part.ids).copied().collect();
        let items: Vec<&str> = source.items.iter().map(|item| source.text_of(item)).collect();
        let decoded = self.tokenizers.target().decode_with_placeholders(&ids, &items);
        // A model can produce a byte that ends lines, and an item have one; one line in must stay one line out.
        let (decoded, line_ends) = decoded.in_one_line();
        let is_item = |ids: &[u32], at: usize| !items.is_empty() && placeholder_index(ids[at]).is_some();
        let columns =
            ExpandedTokens::new(source.text, &source.encoding.offsets, |at| is_item(&source.encoding.ids, at));
        let targets = ExpandedTokens::new(&decoded.text, &decoded.offsets, |at| is_item(&ids, at));
        // One item may have as many words as there are in a line.
        let is_too_long = columns.offsets.len().max(targets.offsets.len()) > Self::LONGEST_WEIGHTED;
        let attention =
            if is_too_long { Vec::new() } else { expand_placeholders(source.rows(parts), &columns, &targets) };
        Translation {
            source: source.text.to_owned(),
            log_prob: parts.iter().map(|part| part.log_prob).sum(),
            score: parts.iter().map(|part| part.score / parts.len() as f32).sum(),
            attention: matrix(&attention),
            source_tokens: columns.offsets,
            target_tokens: targets.offsets,
            text: decoded.text,
            pieces: parts.len(),
            truncated: parts.iter().any(|part| part.truncated),
            line_ends,
        }
    }
}

/// For each sentence of a batch, source tokens that are searched for together: the hypotheses of all of them are in memory
/// at a time.
const TOKENS_AT_ONCE: usize = 1024;

/// All pieces in order, as `(source, piece)`, in groups of at most so many tokens or of one piece.
fn groups(sources: &[Source], most: usize) -> Vec<Vec<(usize, usize)>> {
    let mut groups = vec![Vec::new()];
    let mut tokens = 0;
    for (number, source) in sources.iter().enumerate() {
        for (piece, range) in source.pieces.iter().enumerate() {
            if tokens + range.len() > most && tokens > 0 {
                groups.push(Vec::new());
                tokens = 0;
            }
            tokens += range.len();
            groups.last_mut().expect("one at least").push((number, piece));
        }
    }
    groups
}

fn matrix(rows: &[Vec<f32>]) -> AttentionMatrix {
    let shape = Shape { target_len: rows.len(), source_len: rows.first().map_or(0, Vec::len) };
    AttentionMatrix::new(shape, rows.concat()).expect("every row has a weight for each source token")
}
