//! What the page is told.

use super::History;
use super::pack::pack;
use crate::links::{LINK_THRESHOLD, hard};
use glosser_alignment::entropy;
use glosser_text::{WordRule, texts};
use glosser_translator::{ModelCard, ScoredTranslation, Translation, WordView};
use serde::Serialize;

/// Everything that the page shows.
#[derive(Serialize)]
pub struct Report {
    program: String,
    /// What the sentences were read from.
    corpus: String,
    /// Whether targets were given, or are translations of each model.
    is_translated: bool,
    /// Share of the heaviest weight from which another source word is linked beside it.
    link_threshold: f32,
    /// One, or two that are held against each other.
    models: Vec<ReportedModel>,
    sentences: Vec<Sentence>,
}

/// A model, in words and with its history.
#[derive(Serialize)]
pub struct ReportedModel {
    name: String,
    corpus: String,
    pairs: usize,
    step: usize,
    epochs: f64,
    dev_bleu: f64,
    dev_loss: f64,
    /// None where the directory has no training log.
    history: Option<History>,
}

/// A line of the input.
#[derive(Serialize)]
pub struct Sentence {
    /// From one.
    line: usize,
    source: Vec<String>,
    /// How each model read it.
    readings: Vec<Reading>,
}

/// A pair on its way through a model.
#[derive(Serialize)]
pub struct Reading {
    target: Vec<String>,
    /// Of the whole target with its end; none where a side is blank or too long to be gone through.
    log_prob: Option<f32>,
    /// Of each word; with that of the end they add up to `log_prob`.
    word_log_probs: Vec<f32>,
    origin: View,
    attention: View,
    /// The steps of the search that found the target, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<String>,
}

/// Weights of one kind between the words of a pair.
#[derive(Serialize)]
struct View {
    /// Rows of target words, each with its source words and EOS last, packed.
    weights: String,
    /// Of each row, EOS counted, in nats.
    entropy: Vec<f32>,
    /// As Pharaoh writes them.
    links: String,
}

impl Report {
    /// `sentences` of `corpus`, each with a reading for each model.
    pub fn new(corpus: String, is_translated: bool, models: Vec<ReportedModel>, sentences: Vec<Sentence>) -> Self {
        let program = format!("glosser {}", env!("CARGO_PKG_VERSION"));
        Self { program, corpus, is_translated, link_threshold: LINK_THRESHOLD, models, sentences }
    }
}

impl ReportedModel {
    /// What its card says.
    pub fn new(name: String, card: ModelCard, history: Option<History>) -> Self {
        let from = card.provenance;
        Self {
            name,
            corpus: from.corpus,
            pairs: from.pairs,
            step: from.step,
            epochs: from.epochs,
            dev_bleu: from.dev_bleu,
            dev_loss: from.dev_loss,
            history,
        }
    }
}

impl Sentence {
    /// One that no model has read yet.
    pub fn unread(line: usize, source: &str, rule: WordRule) -> Self {
        let source = texts(source, &rule.words(source)).into_iter().map(str::to_owned).collect();
        Self { line, source, readings: Vec::new() }
    }

    /// Line of the input, from one.
    pub fn line(&self) -> usize {
        self.line
    }

    /// With how another model read it.
    pub fn push(&mut self, reading: Reading) {
        self.readings.push(reading);
    }
}

impl Reading {
    /// `scored` has where the words came from, `attended` the same words with what was attended to.
    pub fn new(scored: &ScoredTranslation, attended: &Translation, rule: WordRule) -> Self {
        let translation = &scored.translation;
        let known = translation.words_by(rule);
        Self {
            target: known.target.iter().map(|word| (*word).to_owned()).collect(),
            log_prob: (!scored.token_log_probs.is_empty()).then(|| rounded(translation.log_prob)),
            word_log_probs: scored.word_log_probs(rule).into_iter().map(|(_, log_prob)| rounded(log_prob)).collect(),
            origin: View::new(&known),
            attention: View::new(&attended.words_by(rule)),
            search: None,
        }
    }

    /// With the steps of the search.
    pub fn with_search(self, search: Option<String>) -> Self {
        Self { search, ..self }
    }
}

impl View {
    fn new(view: &WordView) -> Self {
        let rows = view.attention.matrix().rows().zip(view.attention.eos_mass());
        let rows: Vec<Vec<f32>> = rows.map(|(row, eos)| row.iter().copied().chain([*eos]).collect()).collect();
        Self {
            weights: pack(rows.iter().flatten().copied()),
            entropy: rows.iter().map(|row| rounded(entropy(row))).collect(),
            links: hard(view).to_string(),
        }
    }
}

/// To three digits behind the point: nobody looks at more, and each costs a byte a word.
fn rounded(number: f32) -> f32 {
    (number * 1000.0).round() / 1000.0
}
