//! Sentences on their way through the models of a report.

use super::Sentence;
use super::data::Reading;
use crate::search_trace;
use anyhow::Result;
use glosser_text::{Corpus, WordRule};
use glosser_translator::{ScoredTranslation, SearchOptions, Translation, Translator, TranslatorError, Weighting};

/// Batches that are sorted by length together.
const BATCHES_AT_ONCE: usize = 16;

/// Each pair, as each translator reads it.
pub fn of_pairs(
    translators: &[Translator],
    corpus: &Corpus,
    batch_size: usize,
    rule: WordRule,
    mut incomplete: impl FnMut(usize, &ScoredTranslation),
) -> Result<Vec<Sentence>> {
    let mut sentences = Vec::with_capacity(corpus.pairs.len());
    for pairs in corpus.pairs.chunks(batch_size.saturating_mul(BATCHES_AT_ONCE)) {
        let first = sentences.len();
        let unread = pairs.iter().enumerate().map(|(at, pair)| Sentence::unread(first + at + 1, &pair.source, rule));
        sentences.extend(unread);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|p| (p.source.as_str(), p.target.as_str())).collect();
        for translator in translators {
            let attended = translator.score(&pairs, batch_size, Weighting::Attention)?;
            let known = translator.score_tokens(&pairs, batch_size, Weighting::Aligner)?;
            for (at, (known, attended)) in known.iter().zip(&attended).enumerate() {
                sentences[first + at].push(Reading::new(known, attended, rule));
                incomplete(first + at + 1, known);
            }
        }
    }
    Ok(sentences)
}

/// How sentences are translated, and what is told of it. What is not said here is as it fits each translator.
pub struct Translating {
    pub beam_size: usize,
    pub batch_size: usize,
    pub rule: WordRule,
    /// At each step of a search so many of the best dropped ways are told, and all that were kept; nothing without a number.
    pub explained: Option<usize>,
}

/// Each sentence, as each translator translates it. Attention is that of the search; their origin, and the probability of
/// each word, come from going through the translation once more, as if it were given.
pub fn of_sentences(
    translators: &[Translator],
    sources: &[String],
    &Translating { beam_size, batch_size, rule, explained }: &Translating,
    mut incomplete: impl FnMut(usize, &ScoredTranslation),
) -> Result<Vec<Sentence>> {
    let unread = sources.iter().enumerate().map(|(at, source)| Sentence::unread(at + 1, source, rule));
    let mut sentences: Vec<Sentence> = unread.collect();
    let at_once = batch_size.saturating_mul(BATCHES_AT_ONCE);
    for translator in translators {
        let options = SearchOptions { beam_size, batch_size, ..translator.search_options() };
        for (sources, part) in sources.chunks(at_once).zip(sentences.chunks_mut(at_once)) {
            let found = translator.translate_with(sources, &options, 1)?;
            let found: Vec<Translation> = found.into_iter().flatten().collect();
            let pairs: Vec<(&str, &str)> = found.iter().map(|t| (t.source.as_str(), t.text.as_str())).collect();
            let known = translator.score_tokens(&pairs, batch_size, Weighting::Aligner)?;
            for (((sentence, known), found), source) in part.iter_mut().zip(&known).zip(&found).zip(sources) {
                let search =
                    explained.map(|alternatives| search(translator, source, &options, alternatives)).transpose()?;
                sentence.push(Reading::new(known, found, rule).with_search(search.flatten()));
            }
            for (sentence, known) in part.iter().zip(&known) {
                incomplete(sentence.line(), known);
            }
        }
    }
    Ok(sentences)
}

/// The steps of a search as text; none of a sentence that is blank, or translated in pieces.
fn search(
    translator: &Translator,
    sentence: &str,
    options: &SearchOptions,
    alternatives: usize,
) -> Result<Option<String>> {
    match translator.explain(sentence, options, "", alternatives) {
        Ok(explanation) => Ok(Some(search_trace::text(&explanation))),
        Err(TranslatorError::NothingToExplain | TranslatorError::SeveralPieces { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
