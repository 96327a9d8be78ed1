//! Scores or translates the sentences of a report with each of its models.

use super::Sentence;
use super::data::Reading;
use crate::forced_decoding::BATCHES_AT_ONCE;
use crate::search_trace;
use anyhow::Result;
use glosser_text::{Corpus, WordSplitters};
use glosser_translator::{LinkReading, SearchOptions, Translation, Translator, TranslatorError, Weighting};

/// Scores each pair with each model, and reads its links. `incomplete` is called with the line number and the reading of each pair.
pub fn of_pairs(
    models: &[(&Translator, LinkReading)],
    corpus: &Corpus,
    batch_size: usize,
    words: &WordSplitters,
    mut incomplete: impl FnMut(usize, &Translation),
) -> Result<Vec<Sentence>> {
    let mut sentences = Vec::with_capacity(corpus.pairs.len());
    for pairs in corpus.pairs.chunks(batch_size.saturating_mul(BATCHES_AT_ONCE)) {
        let first = sentences.len();
        let unread =
            pairs.iter().enumerate().map(|(at, pair)| Sentence::unread(first + at + 1, &pair.source, &words.source));
        sentences.extend(unread);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|p| (p.source.as_str(), p.target.as_str())).collect();
        for (translator, reading) in models {
            let scorer = translator.scorer();
            let attended = scorer.score(&pairs, batch_size, Weighting::Attention)?;
            let known = scorer.score(&pairs, batch_size, reading.weighting())?;
            for (at, (known, attended)) in known.iter().zip(&attended).enumerate() {
                let view = scorer.links(known, words, *reading)?;
                sentences[first + at].readings.push(Reading::new((known, &view), attended, words, None));
                incomplete(first + at + 1, known);
            }
        }
    }
    Ok(sentences)
}

/// Options for the translation of sentences. All other search options are the defaults of each translator.
pub struct Translating {
    pub beam_size: usize,
    pub batch_size: usize,
    pub words: WordSplitters,
    /// Number of dropped extensions to list per search step, beside all that were kept. `None` lists no search steps.
    pub explained: Option<usize>,
}

/// Translates each sentence with each model. The attention weights come from the search. The alignment weights and
/// the probability of each word come from scoring the translation like a given one. `incomplete` is called with the
/// line number and the reading of each sentence.
pub fn of_sentences(
    models: &[(&Translator, LinkReading)],
    sources: &[String],
    Translating { beam_size, batch_size, words, explained }: &Translating,
    mut incomplete: impl FnMut(usize, &Translation),
) -> Result<Vec<Sentence>> {
    let (beam_size, batch_size, explained) = (*beam_size, *batch_size, *explained);
    let unread = sources.iter().enumerate().map(|(at, source)| Sentence::unread(at + 1, source, &words.source));
    let mut sentences: Vec<Sentence> = unread.collect();
    let at_once = batch_size.saturating_mul(BATCHES_AT_ONCE);
    for (translator, reading) in models {
        let options = SearchOptions { beam_size, batch_size, ..translator.search_options() };
        for (sources, part) in sources.chunks(at_once).zip(sentences.chunks_mut(at_once)) {
            let found = translator.translate_with(sources, &options, 1)?;
            let found: Vec<Translation> = found.into_iter().flatten().collect();
            let pairs: Vec<(&str, &str)> = found.iter().map(|t| (t.source.as_str(), t.text.as_str())).collect();
            let mut known = translator.scorer().score(&pairs, batch_size, reading.weighting())?;
            for (known, found) in known.iter_mut().zip(&found) {
                known.exact_links.clone_from(&found.exact_links);
            }
            for (((sentence, known), found), source) in part.iter_mut().zip(&known).zip(&found).zip(sources) {
                let search =
                    explained.map(|alternatives| search(translator, source, &options, alternatives)).transpose()?;
                let view = translator.scorer().links(known, words, *reading)?;
                sentence.readings.push(Reading::new((known, &view), found, words, search.flatten()));
            }
            for (sentence, known) in part.iter().zip(&known) {
                incomplete(sentence.line, known);
            }
        }
    }
    Ok(sentences)
}

/// The steps of the beam search as text. `None` for a sentence that is blank, or is translated in pieces.
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
