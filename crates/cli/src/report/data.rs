//! The data of the report page.

use super::pack::pack;
use crate::history::History;
use crate::links::hard;
use glosser_alignment::entropy;
use glosser_text::{WordSplitter, WordSplitters};
use glosser_translator::{ModelCard, Translation, WordView};
use serde::Serialize;

/// The data of the page; serialised as JSON inside it.
#[derive(Serialize)]
pub struct Report {
    program: String,
    /// Name of the file that the sentences were read from.
    corpus: String,
    /// Whether the targets are translations of the models. Otherwise they were given.
    is_translated: bool,
    /// Threshold of the links, relative to the largest weight; see `Links::from_attention`.
    link_threshold: f32,
    /// One model, or two models to compare.
    models: Vec<ReportedModel>,
    sentences: Vec<Sentence>,
}

/// A model: its model card and its training history.
#[derive(Serialize)]
pub struct ReportedModel {
    name: String,
    corpus: String,
    pairs: usize,
    step: usize,
    epochs: f64,
    /// The score that chose the model, with its name.
    dev_score: String,
    dev_loss: f64,
    /// `None` if the model directory has no training log.
    history: Option<History>,
}

/// A line of the input.
#[derive(Serialize)]
pub struct Sentence {
    /// Line number, from 1.
    pub line: usize,
    source: Vec<String>,
    /// One reading per model.
    pub readings: Vec<Reading>,
}

/// A sentence pair as scored by one model.
#[derive(Serialize)]
pub struct Reading {
    target: Vec<String>,
    /// Log probability of the whole target with its end. `None` if a side is blank or too long to be scored.
    log_prob: Option<f32>,
    /// Log probability of each word, `[target words]`. Their sum plus that of the end is `log_prob`.
    word_log_probs: Vec<f32>,
    /// Weights of the aligner, or posteriors, or probabilities of links: the page calls them alignment.
    origin: View,
    /// Attention weights, before each word was chosen.
    attention: View,
    /// The steps of the beam search that found the target, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<String>,
}

/// Weights of one kind between the words of a pair.
#[derive(Serialize)]
struct View {
    /// Weights, `[target words][source words + EOS]`, packed.
    weights: String,
    /// Entropy of each row, including EOS, in nats, `[target words]`.
    entropy: Vec<f32>,
    /// Links in the Pharaoh format.
    links: String,
}

impl Report {
    /// A report on `sentences` of the file `corpus`, each with one reading per model.
    pub fn new(corpus: String, is_translated: bool, models: Vec<ReportedModel>, sentences: Vec<Sentence>) -> Self {
        let program = format!("glosser {}", env!("CARGO_PKG_VERSION"));
        Self { program, corpus, is_translated, link_threshold: WordView::LINK_THRESHOLD, models, sentences }
    }
}

impl ReportedModel {
    /// A model from its card.
    pub fn new(name: String, card: ModelCard, history: Option<History>) -> Self {
        let from = card.provenance;
        let dev_score = from.score();
        Self {
            name,
            corpus: from.corpus,
            pairs: from.pairs,
            step: from.step,
            epochs: from.epochs,
            dev_score,
            dev_loss: from.dev_loss,
            history,
        }
    }
}

impl Sentence {
    /// A sentence without readings.
    pub fn unread(line: usize, source: &str, words: &WordSplitter) -> Self {
        let source = words.texts(source).into_iter().map(str::to_owned).collect();
        Self { line, source, readings: Vec::new() }
    }
}

impl Reading {
    /// Combines `scored`, whose words and links are `known`, `attended`, the same words with the attention weights, and
    /// the steps of the beam search.
    pub fn new(
        (scored, known): (&Translation, &WordView),
        attended: &Translation,
        words: &WordSplitters,
        search: Option<String>,
    ) -> Self {
        Self {
            target: known.target.iter().map(|word| (*word).to_owned()).collect(),
            log_prob: (!scored.token_log_probs.is_empty()).then(|| rounded(scored.log_prob)),
            word_log_probs: scored
                .word_log_probs(&words.target)
                .into_iter()
                .map(|(_, log_prob)| rounded(log_prob))
                .collect(),
            origin: View::new(known),
            attention: View::new(&attended.words_by(words)),
            search,
        }
    }
}

impl View {
    fn new(view: &WordView) -> Self {
        let rows = view.rows();
        Self {
            weights: pack(rows.iter().flatten().copied()),
            entropy: rows.iter().map(|row| rounded(entropy(row))).collect(),
            links: hard(view).to_string(),
        }
    }
}

/// Rounds to three decimals: the page shows no more, and each further digit costs a byte per word.
fn rounded(number: f32) -> f32 {
    (number * 1000.0).round() / 1000.0
}
