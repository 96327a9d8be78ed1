use crate::directory::ModelDirectory;
use crate::model::{Batch, Forced, Weighting, ended};
use crate::pieces::pieces;
use crate::spread::{Spread, spread_matrix};
use crate::{
    Copying, Hypothesis, Model, ScoredTranslation, SearchOptions, Searcher, Tokenizers, Translation, TranslatorError,
};
use glosser_alignment::{AttentionMatrix, Shape};
use glosser_text::{EOS, Encoding, Item, find_items, number_of_stand_in};
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
    searcher: Arc<OnceLock<Searcher>>,
}

impl Translator {
    /// Tokens of one side that forced decoding takes: its memory grows with the product of both lengths.
    pub const LONGEST_FORCED: usize = 1500;

    /// Reads a model directory.
    ///
    /// # Errors
    /// Says which file is missing, damaged or of another version, and what to do.
    pub fn load(directory: &Path) -> Result<Self, TranslatorError> {
        ModelDirectory::new(directory).load()
    }

    /// From its parts, with [`Copying::by_looks`].
    pub fn new(model: Model, tokenizers: Tokenizers) -> Self {
        Self { model, tokenizers, copying: Arc::new(Copying::by_looks()), searcher: Arc::default() }
    }

    /// The same with another choice of what is copied.
    pub fn with_copying(self, copying: Copying) -> Self {
        Self { copying: Arc::new(copying), ..self }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The tokenizers.
    pub fn tokenizers(&self) -> &Tokenizers {
        &self.tokenizers
    }

    /// The best translation of each sentence, in order, by [`SearchOptions::STANDARD`].
    pub fn translate<S: AsRef<str>>(&self, sentences: &[S]) -> Result<Vec<Translation>, TranslatorError> {
        let all = self.translate_with(sentences, &SearchOptions::STANDARD, 1)?;
        Ok(all.into_iter().flatten().collect())
    }

    /// Up to `n_best` translations of each sentence, best first, at least one. The order of the sentences is kept. A
    /// blank sentence has one blank translation; a very long one is translated piece by piece, once.
    ///
    /// What is copied is given to the model as stand-ins, and the probability is that of a translation with these; where
    /// the model would end without one, that of the end counts for the stand-in too.
    pub fn translate_with<S: AsRef<str>>(
        &self,
        sentences: &[S],
        options: &SearchOptions,
        n_best: usize,
    ) -> Result<Vec<Vec<Translation>>, TranslatorError> {
        let texts: Vec<&str> = sentences.iter().map(AsRef::as_ref).collect();
        let sources: Vec<Source> = texts.into_par_iter().map(|text| self.source(text)).collect();
        let ids: Vec<Vec<u32>> = sources.iter().flat_map(Source::ids_of_pieces).collect();
        let mut found = self.searcher()?.search(&ids, options)?.into_iter();
        let found = sources.iter().map(|source| found.by_ref().take(source.pieces.len()).collect());
        let found: Vec<(&Source, Vec<Vec<Hypothesis>>)> = sources.iter().zip(found).collect();
        Ok(found.into_par_iter().map(|(source, found)| self.translations(source, found, n_best)).collect())
    }

    fn searcher(&self) -> Result<&Searcher, TranslatorError> {
        if let Some(searcher) = self.searcher.get() {
            return Ok(searcher);
        }
        let searcher = self.model.searcher()?;
        Ok(self.searcher.get_or_init(|| searcher))
    }

    /// Given translations, with their probability and what the model attends to on the way through them (forced
    /// decoding). The model is given all words as they are; nothing is copied. A pair with a blank side, or one of more
    /// than [`Translator::LONGEST_FORCED`] tokens, gets an empty matrix.
    pub fn force<S: AsRef<str>, T: AsRef<str>>(
        &self,
        pairs: &[(S, T)],
        batch_size: usize,
        weighting: Weighting,
    ) -> Result<Vec<Translation>, TranslatorError> {
        Ok(self.force_by_token(pairs, batch_size, weighting)?.into_iter().map(|scored| scored.translation).collect())
    }

    /// The same, with the probability of each token.
    pub fn force_by_token<S: AsRef<str>, T: AsRef<str>>(
        &self,
        pairs: &[(S, T)],
        batch_size: usize,
        weighting: Weighting,
    ) -> Result<Vec<ScoredTranslation>, TranslatorError> {
        let sources: Vec<Encoding> = pairs.iter().map(|(s, _)| self.encode_source(s.as_ref())).collect();
        let targets: Vec<Encoding> = pairs.iter().map(|(_, t)| self.encode_target(t.as_ref())).collect();
        let possible = |side: &Encoding| (1..=Self::LONGEST_FORCED).contains(&side.ids.len());
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
            let forced = self.model.force(&Batch::new(&source, self.model.device())?, &target, weighting)?;
            for (index, forced) in indices.iter().zip(forced) {
                let Forced { log_probs, weights } = forced;
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

    fn source<'a>(&self, text: &'a str) -> Source<'a> {
        if text.trim().is_empty() {
            return Source { text, items: Vec::new(), encoding: Encoding::default(), pieces: Vec::new() };
        }
        let items = self.items(text);
        let ranges: Vec<Range<usize>> = items.iter().map(|item| item.range.clone()).collect();
        let encoding = self.tokenizers.source().encode_with_stand_ins(text, &ranges);
        let pieces = pieces(text, &encoding.offsets);
        Source { text, items, encoding, pieces }
    }

    fn items(&self, text: &str) -> Vec<Item> {
        let known = self.copying.automatic.then(|| self.tokenizers.known_words());
        find_items(text, &self.copying.terms, known)
    }

    /// From the hypotheses of each piece.
    fn translations(&self, source: &Source, mut found: Vec<Vec<Hypothesis>>, n_best: usize) -> Vec<Translation> {
        match found.len() {
            0 => vec![Translation::blank(source.text)],
            1 => {
                let all = found.swap_remove(0).into_iter().take(n_best.max(1));
                all.map(|best| self.joined(source, vec![best])).collect()
            }
            _ => vec![self.joined(source, found.into_iter().filter_map(|all| all.into_iter().next()).collect())],
        }
    }

    /// The translation that the hypotheses of all pieces make together.
    fn joined(&self, source: &Source, parts: Vec<Hypothesis>) -> Translation {
        let columns = source.encoding.ids.len() + 1;
        let last = parts.len() - 1;
        let (mut ids, mut rows) = (Vec::new(), Vec::new());
        let (mut log_prob, mut score) = (0.0, 0.0);
        for (index, (part, piece)) in parts.iter().zip(&source.pieces).enumerate() {
            ids.extend_from_slice(&part.ids);
            log_prob += part.log_prob;
            score += part.score / parts.len() as f32;
            // A piece's own EOS stands for the sentence's: its column is the last, its row is kept of the last piece.
            let own = if index == last { part.weights.len() } else { part.ids.len() };
            for weights in &part.weights[..own] {
                let mut row = vec![0.0; columns];
                row[piece.clone()].copy_from_slice(&weights[..piece.len()]);
                row[columns - 1] = weights[piece.len()];
                rows.push(row);
            }
        }
        let items: Vec<&str> = source.items.iter().map(|item| source.text_of(item)).collect();
        let decoded = self.tokenizers.target().decode_with_stand_ins(&ids, &items);
        let is_item = |ids: &[u32], at: usize| !items.is_empty() && number_of_stand_in(ids[at]).is_some();
        let columns = Spread::new(source.text, &source.encoding.offsets, |at| is_item(&source.encoding.ids, at));
        let targets = Spread::new(&decoded.text, &decoded.offsets, |at| is_item(&ids, at));
        Translation {
            source: source.text.to_owned(),
            // A model can produce a byte that ends lines; one line in must stay one line out.
            text: decoded.text.replace(['\n', '\r'], " "),
            log_prob,
            score,
            attention: matrix(&spread_matrix(rows, &columns, &targets)),
            source_tokens: columns.offsets,
            target_tokens: targets.offsets,
        }
    }
}

/// A sentence on its way into the model.
struct Source<'a> {
    text: &'a str,
    /// What the stand-ins of the encoding stand for, by their numbers.
    items: Vec<Item>,
    encoding: Encoding,
    pieces: Vec<Range<usize>>,
}

impl Source<'_> {
    /// What the translation has in place of an item.
    fn text_of<'a>(&'a self, item: &'a Item) -> &'a str {
        item.target.as_deref().unwrap_or(&self.text[item.range.clone()])
    }

    fn ids_of_pieces(&self) -> impl Iterator<Item = Vec<u32>> {
        self.pieces.iter().map(|piece| self.encoding.ids[piece.clone()].iter().copied().chain([EOS]).collect())
    }
}

fn matrix(rows: &[Vec<f32>]) -> AttentionMatrix {
    let shape = Shape { target_len: rows.len(), source_len: rows.first().map_or(0, Vec::len) };
    AttentionMatrix::new(shape, rows.concat()).expect("every row has a weight for each source token")
}
