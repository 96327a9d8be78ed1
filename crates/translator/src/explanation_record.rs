//! The steps of a search as plain data for other programs: the JSON of `glosser explain --format json`.

use crate::{ActiveHypothesis, Expansion, Explanation, SearchStep, Status, Translation};
use serde::Serialize;

/// A search with all its steps.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExplanationRecord<'a> {
    /// The source sentence.
    pub source: &'a str,
    /// The steps.
    pub steps: Vec<StepRecord<'a>>,
    /// Finished translations, best first.
    pub translations: Vec<EndedRecord<'a>>,
}

/// A finished translation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EndedRecord<'a> {
    /// Its text.
    pub translation: &'a str,
    /// Natural logarithm of its probability.
    pub log_prob: f32,
    /// `log_prob`, normalized by length.
    pub score: f32,
}

/// One step of a search.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepRecord<'a> {
    /// Hypotheses that the step extends, best first.
    pub live: &'a [ActiveHypothesis],
    /// Extensions, best first.
    pub considered: Vec<ExtensionRecord<'a>>,
}

/// A possible next token of a hypothesis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExtensionRecord<'a> {
    /// Index of the hypothesis in `live`.
    pub parent: usize,
    /// The token.
    pub token: &'a str,
    /// Total log probability of the hypothesis with this token.
    pub log_prob: f64,
    /// Distance to the best extension of the step.
    pub behind: f64,
    /// What became of it.
    pub fate: Status,
}

impl<'a> ExplanationRecord<'a> {
    /// Describes a search.
    pub fn new(explanation: &'a Explanation) -> Self {
        let translations = explanation.translations.iter().map(|Translation { text, log_prob, score, .. }| {
            EndedRecord { translation: text, log_prob: *log_prob, score: *score }
        });
        Self {
            source: explanation.translations.first().map_or("", |translation| &translation.source),
            steps: explanation.steps.iter().map(StepRecord::new).collect(),
            translations: translations.collect(),
        }
    }
}

impl<'a> StepRecord<'a> {
    fn new(step: &'a SearchStep) -> Self {
        let best = step.expansions.first().map_or(0.0, |extension| extension.log_prob);
        let extension = |extension: &'a Expansion| ExtensionRecord {
            parent: extension.parent,
            token: &extension.token,
            log_prob: extension.log_prob,
            behind: best - extension.log_prob,
            fate: extension.status,
        };
        Self { live: &step.active, considered: step.expansions.iter().map(extension).collect() }
    }
}
