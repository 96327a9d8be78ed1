//! Text in, text out: placeholders, pieces, search, and the translation put together.

use crate::directory::ModelDirectory;
use crate::expand_placeholders::{ExpandedTokens, expand_log_probs, expand_placeholders};
use crate::given::Given;
use crate::lines::{Lines, join_texts};
use crate::load_ensemble::load_ensemble;
use crate::model_files::ModelFiles;
use crate::pieces::pieces;
use crate::put_back::{GivenMarks, put_back};
use crate::source::Source;
use crate::tokenizers::origins;
use crate::translation::attention_matrix;
use crate::{
    ExactLink, Hypothesis, LineTranslation, Model, ModelCard, Scorer, SearchOptions, Searcher, ShortList, Tokenizers,
    Translation, TranslatorError, Weighting,
};
use glosser_text::{
    CaseShape, Decoded, InlineMark, Item, ItemKind, PlacedItem, Split, Terms, WordRule, find_items, placeholder_index,
    unknown_words,
};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
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
    split: Split,
    length_penalty: f32,
}

/// The words of a sentence that are copied unchanged, or translated by a glossary, found by [`find_items`].
///
/// A placeholder replaces each item in the source, and search emits each placeholder of the source exactly once. The
/// model therefore decides only the position of an item. A sentence with more than
/// [`PLACEHOLDERS`](glosser_text::PLACEHOLDERS) items is translated in pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copying {
    /// Terms with a translation of their own, and terms that must not be translated.
    pub terms: Terms,
    /// Whether numbers, addresses, variables, emoji, and names that are not in the training text are copied.
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

    /// Reads several model directories as one ensemble: at each step, the logits are the mean of those of all
    /// encoder-decoders. The models have the same tokenizers; copied words, the preparation of the text and the statistics
    /// are those of the first. The length penalty is the mean of those that were fitted to the models.
    ///
    /// # Errors
    /// Those of [`Translator::load`]; if there is no directory; if the models have different tokenizers or languages.
    pub fn load_ensemble(directories: &[PathBuf]) -> Result<Self, TranslatorError> {
        load_ensemble(directories)
    }

    /// Reads a model from its files in memory, each by its name in the model directory
    /// ([`ModelDirectory::read_files`]), with its card. `name` is the name of the model in messages.
    ///
    /// # Errors
    /// As for a directory: if a file is missing, damaged or of another format version.
    pub fn from_bytes(name: &str, files: &BTreeMap<String, Vec<u8>>) -> Result<(ModelCard, Self), TranslatorError> {
        ModelFiles::Memory { name, files }.load()
    }

    /// Combines a model with tokenizers of the same vocabularies, and lays out its weights for search. The length
    /// penalty is that of [`SearchOptions::STANDARD`].
    pub fn new(model: Model, tokenizers: Tokenizers) -> Result<Self, TranslatorError> {
        Self::from_scorer(Scorer::new(model, tokenizers), SearchOptions::STANDARD.length_penalty)
    }

    /// Searches with short lists of output words from now on, which are of the vocabularies of the model.
    ///
    /// # Errors
    /// If a list has a token that the model does not have.
    pub fn with_short_list(self, list: ShortList) -> Result<Self, TranslatorError> {
        let scorer = self.scorer.with_short_list(Some(list));
        Ok(Self { searcher: searcher(&scorer)?, scorer, ..self })
    }

    pub(crate) fn from_scorer(scorer: Scorer, length_penalty: f32) -> Result<Self, TranslatorError> {
        Ok(Self {
            searcher: searcher(&scorer)?,
            scorer,
            copying: Arc::new(Copying::by_looks()),
            split: Split::Auto,
            length_penalty,
        })
    }

    /// Replaces the rules for copied words.
    pub fn with_copying(self, copying: Copying) -> Self {
        Self { copying: Arc::new(copying), ..self }
    }

    /// Replaces the choice whether a line of several sentences is translated sentence by sentence.
    pub fn with_split(self, split: Split) -> Self {
        Self { split, ..self }
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

    /// Returns the best translation of each line, in order, by [`Translator::search_options`].
    pub fn translate<S: AsRef<str>>(&self, lines: &[S]) -> Result<Vec<Translation>, TranslatorError> {
        let all = self.translate_with(lines, &self.search_options(), 1)?;
        Ok(all.into_iter().flatten().collect())
    }

    /// Returns up to `n_best` translations of each line, best first, at least one. The order of the lines is kept.
    ///
    /// A blank line has one blank translation. A line of several sentences is translated sentence by sentence, unless
    /// [`Split`] says otherwise. A sentence of more than 200 tokens, or with more than
    /// [`PLACEHOLDERS`](glosser_text::PLACEHOLDERS) copied words, is translated piece by piece and has one translation;
    /// above [`Translator::MAX_ATTENTION_TOKENS`] it has no attention. Memory grows with the total length of the lines.
    ///
    /// The probability is that of the translation with its placeholders; with [`SearchOptions::short_list`], that among the
    /// words of the short list. Where the model would end the sentence without
    /// one, the placeholder takes the probability of the end.
    pub fn translate_with<S: AsRef<str>>(
        &self,
        lines: &[S],
        options: &SearchOptions,
        n_best: usize,
    ) -> Result<Vec<Vec<Translation>>, TranslatorError> {
        self.translate_weighted(lines, options, n_best, Weighting::Attention)
    }

    /// Returns the sentences of each line with up to `n_best` translations of each, as [`Translator::translate_with`]
    /// finds them. The order of the lines is kept.
    pub fn translate_sentences<S: AsRef<str>>(
        &self,
        lines: &[S],
        options: &SearchOptions,
        n_best: usize,
    ) -> Result<Vec<LineTranslation>, TranslatorError> {
        let lines = Lines::new(lines, |line| self.sentences(line));
        let sources = self.search(&lines.sentences(), options, n_best)?;
        let translations: Vec<Vec<Translation>> =
            sources.into_par_iter().map(|source| self.translations(source)).collect();
        Ok(lines.join(translations, LineTranslation::new))
    }

    /// Returns the best translation of each line for each of `length_penalties`, `[lines][penalties]`, from one search
    /// with `options`: the penalty orders the translations that were found, it does not change them. A sentence in
    /// several pieces has the same translation for all penalties.
    pub fn translate_by_penalties<S: AsRef<str>>(
        &self,
        lines: &[S],
        options: &SearchOptions,
        length_penalties: &[f32],
    ) -> Result<Vec<Vec<String>>, TranslatorError> {
        let lines = Lines::new(lines, |line| self.sentences(line));
        // More than the beam size can end, if several do in the last step: another penalty may prefer any of them.
        let sources = self.search(&lines.sentences(), options, options.beam_size.saturating_mul(2))?;
        let texts = |source: Source| -> Vec<String> {
            let best: Vec<usize> = length_penalties.iter().map(|penalty| source.best_by(*penalty)).collect();
            let translations = self.translations(source);
            best.into_iter().map(|rank| translations[rank].text.clone()).collect()
        };
        let texts: Vec<Vec<String>> = sources.into_par_iter().map(texts).collect();
        Ok(lines.join(texts, |line, ranges, texts| {
            let of_penalty = |rank: usize| {
                let parts: Vec<&str> = texts.iter().map(|texts| texts[rank].as_str()).collect();
                join_texts(line, ranges, &parts).0
            };
            (0..length_penalties.len()).map(of_penalty).collect()
        }))
    }

    /// The byte ranges of the sentences of a line, which are translated one by one; none if it is blank.
    pub fn sentences(&self, line: &str) -> Vec<Range<usize>> {
        self.tokenizers().source_text().sentences(line, self.split, self.tokenizers().training_words())
    }

    /// Searches all pieces of all sentences; each sentence has up to `n_best` hypotheses afterwards.
    pub(crate) fn search<'a>(
        &self,
        sentences: &[&'a str],
        options: &SearchOptions,
        n_best: usize,
    ) -> Result<Vec<Source<'a>>, TranslatorError> {
        let mut sources: Vec<Source> = sentences.par_iter().map(|text| self.source(text)).collect();
        for group in groups(&sources, options.batch_size.saturating_mul(TOKENS_AT_ONCE)) {
            let ids: Vec<Vec<u32>> = group.iter().map(|(source, piece)| sources[*source].ids_of(*piece)).collect();
            for ((source, _), found) in group.iter().zip(self.searcher.search(&ids, options)?) {
                sources[*source].take(found, n_best);
            }
        }
        Ok(sources)
    }

    /// Writes a sentence as the training text is, encodes it with its placeholders, and divides it into pieces.
    pub(crate) fn source<'a>(&self, text: &'a str) -> Source<'a> {
        if text.trim().is_empty() {
            return Source::blank(text);
        }
        let (rules, words) = (self.tokenizers().source_text(), self.tokenizers().training_words());
        let (read, shape) = rules.read(text, Some(words));
        let mut items: Vec<Item> =
            find_items(read.text(), &self.copying.terms, self.copying.automatic.then_some(words));
        if self.tokenizers().profile().translates_numbers {
            items.retain(|item| item.kind != ItemKind::Number);
        }
        let kept: Vec<Range<usize>> = items.iter().map(|item| item.range.clone()).collect();
        let (read, word_shape) = rules.known_forms(read, &kept, words);
        let shape = if shape == CaseShape::Usual { word_shape } else { shape };
        let (read, marks) = rules.take_out_marks(read, &mut items);
        if rules.has_rules() && has_nothing_to_translate(read.text(), &items) {
            return Source::copied(text);
        }
        let ranges: Vec<Range<usize>> = items.iter().map(|item| item.range.clone()).collect();
        let mut encoding = self.tokenizers().source().encode_with_placeholders(read.text(), &ranges);
        let pieces = pieces(read.text(), &encoding);
        let has_words = self.tokenizers().profile().source.words != WordRule::SubWords;
        let unknown = if has_words { unknown_words(read.text(), &ranges, words) } else { Vec::new() };
        let tokens_without_marks = if marks.is_empty() { Vec::new() } else { trimmed(read.text(), &encoding.offsets) };
        encoding.offsets = origins(&read, encoding.offsets);
        encoding.offsets.iter_mut().for_each(|token| skip_marks(text, token, &marks));
        for item in &mut items {
            item.range = read.origin(item.range.clone());
        }
        let mut source = Source::new(text, items, encoding, pieces);
        (source.marks, source.tokens_without_marks, source.shape) = (marks, tokens_without_marks, shape);
        source.unknown_words = unknown.into_iter().map(|word| read.origin(word)).collect();
        source
    }

    /// The translations of a sentence whose pieces have all been searched, best first.
    pub(crate) fn translations(&self, source: Source) -> Vec<Translation> {
        self.translations_from(source, None)
    }

    /// [`Translator::translations`] that have a given beginning.
    pub(crate) fn translations_from(&self, mut source: Source, given: Option<&Given>) -> Vec<Translation> {
        if source.is_copied {
            return vec![Translation::copied(source.text)];
        }
        if source.pieces.is_empty() {
            return vec![Translation::not_computed(source.text, "")];
        }
        source.take_translations().iter().map(|parts| self.joined(&source, parts, given)).collect()
    }

    /// Joins one hypothesis per piece to a translation of the whole sentence.
    pub(crate) fn joined(&self, source: &Source, parts: &[Hypothesis], given: Option<&Given>) -> Translation {
        let ids: Vec<u32> = parts.iter().flat_map(|part| &part.ids).copied().collect();
        let items = source.placed_items();
        let placed = parts.iter().enumerate().flat_map(|(piece, part)| source.items_in(&items, piece, &part.ids));
        let placed: Vec<&PlacedItem> = placed.collect();
        let decoded = self.tokenizers().target().decode_with_placeholders(&ids, placed.iter().copied());
        // The model can produce a character that ends lines, and an item can contain one; the output must stay one
        // line.
        let (mut decoded, line_ends) = decoded.in_one_line();
        given.iter().for_each(|given| given.write_into(&mut decoded));
        let given = given.map_or_else(GivenMarks::default, |given| given.marks.clone());
        self.write_case(&mut decoded, source, &ids, given.end);
        let is_placeholder = |ids: &[u32], at: usize| !items.is_empty() && placeholder_index(ids[at]).is_some();
        let (source_ids, source_offsets) = (&source.encoding.ids, &source.encoding.offsets);
        let sources = ExpandedTokens::new(source.text, source_offsets, |at| is_placeholder(source_ids, at));
        let targets = ExpandedTokens::new(&decoded.text, &decoded.offsets, |at| is_placeholder(&ids, at));
        // Checked after the expansion too, because one item may have thousands of words.
        let is_short = sources.offsets.len().max(targets.offsets.len()) <= Self::MAX_ATTENTION_TOKENS;
        let matrix = |rows: Option<Vec<Vec<f32>>>| {
            rows.filter(|_| is_short).map(|rows| attention_matrix(&expand_placeholders(rows, &sources, &targets)))
        };
        let (attention, weights) = (matrix(source.rows(parts)), matrix(source.other_rows(parts)));
        let translation = Translation {
            source: source.text.to_owned(),
            log_prob: parts.iter().map(|part| part.log_prob).sum(),
            score: parts.iter().map(|part| part.score / parts.len() as f32).sum(),
            exact_links: item_links(source, &placed, &ids, &decoded),
            token_log_probs: expand_log_probs(&token_log_probs(parts), &targets),
            attention,
            source_tokens: sources.offsets,
            target_tokens: targets.offsets,
            text: decoded.text,
            pieces: parts.len(),
            truncated: parts.iter().any(|part| part.truncated),
            line_ends,
            items: source.translated_items(parts),
            unknown_words: source.unknown_words.clone(),
        };
        put_back(translation, &source.marks, &source.tokens_without_marks, &given, weights)
    }

    /// Changes the letter case of a decoded text to that of its source, except in copied items and before byte `start`.
    fn write_case(&self, decoded: &mut Decoded, source: &Source, ids: &[u32], start: usize) {
        let is_item = |id: &u32| placeholder_index(*id).is_some_and(|number| number < source.items.len());
        let items = ids.iter().zip(&decoded.offsets).filter(|(id, _)| is_item(id));
        let items = items.map(|(_, range)| range.start.max(start)..range.end).filter(|range| range.end > start);
        let kept: Vec<Range<usize>> = (start > 0).then_some(0..start).into_iter().chain(items).collect();
        if let Some(changed) = self.tokenizers().target_text().write_case(&decoded.text, source.shape, &kept) {
            decoded.offsets.iter_mut().for_each(|range| *range = changed.place(range.clone()));
            decoded.text = changed.text().to_owned();
        }
    }
}

/// Lays out the weights of a model for search, with its tokenizers and short lists.
fn searcher(scorer: &Scorer) -> Result<Arc<Searcher>, TranslatorError> {
    let searcher = Searcher::new(scorer.model())?.with_whole_characters(scorer.tokenizers());
    Ok(Arc::new(searcher.with_short_list(scorer.short_list().cloned())?))
}

/// The items with their places in the decoded translation. `placed` are those of its placeholders, in order.
fn item_links(source: &Source, placed: &[&PlacedItem], ids: &[u32], decoded: &Decoded) -> Vec<ExactLink> {
    let places = ids.iter().zip(&decoded.offsets).filter(|(id, _)| placeholder_index(**id).is_some());
    let links = placed.iter().zip(places).filter_map(|(item, (_, place))| {
        let origin = source.items[item.index].range.clone();
        ExactLink::new((source.text, origin), (&decoded.text, place.clone()))
    });
    links.collect()
}

/// log p of each token of the pieces of a sentence, `[target tokens + 1]`. The last one is the sum over the ends of all
/// pieces.
fn token_log_probs(parts: &[Hypothesis]) -> Vec<f32> {
    let (mut all, mut ends) = (Vec::new(), 0.0);
    for (end, of_tokens) in parts.iter().filter_map(|part| part.token_log_probs.split_last()) {
        all.extend(of_tokens);
        ends += f64::from(*end);
    }
    all.push(ends as f32);
    all
}

/// Removes the marks at the beginning of a token, after the space that belongs to it.
fn skip_marks(text: &str, token: &mut Range<usize>, marks: &[InlineMark]) {
    for mark in marks.iter().map(|mark| &mark.origin) {
        if token.start <= mark.start && mark.end < token.end && text[token.start..mark.start].trim().is_empty() {
            token.start = mark.end;
        }
    }
}

/// Whether a sentence has no letter outside its items, and no item with a translation of its own.
fn has_nothing_to_translate(text: &str, items: &[Item]) -> bool {
    let is_in_item = |at: usize| {
        let next = items.partition_point(|item| item.range.end <= at);
        items.get(next).is_some_and(|item| item.range.start <= at)
    };
    items.iter().all(|item| item.target.is_none())
        && text.char_indices().filter(|(_, c)| c.is_alphabetic()).all(|(at, _)| is_in_item(at))
}

/// The tokens without the white space at their beginning.
fn trimmed(text: &str, tokens: &[Range<usize>]) -> Vec<Range<usize>> {
    let start = |token: &Range<usize>| token.end - text[token.clone()].trim_start().len();
    tokens.iter().map(|token| start(token)..token.end).collect()
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
