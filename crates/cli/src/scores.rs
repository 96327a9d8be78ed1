//! The scores of a system as JSON.

use crate::comparison::ComparedSystems;
use crate::links::in_one_line;
use anyhow::Result;
use glosser_evaluation::{Bleu, Chrf, Comparison, Estimate, SentenceCounts, SentenceScores, Signature, Ter};
use serde::Serialize;

#[derive(Serialize)]
struct Record<'a> {
    #[serde(flatten)]
    systems: Option<Systems<'a>>,
    bleu: Scored<Bleu>,
    chrf2: Scored<Chrf>,
    #[serde(rename = "chrf2++")]
    chrf2_plus_plus: Scored<Chrf>,
    ter: Scored<Ter>,
}

/// Names of two systems that are compared.
#[derive(Serialize)]
struct Systems<'a> {
    system: &'a str,
    against: &'a str,
}

/// A score with its components.
#[derive(Serialize)]
struct Scored<T> {
    #[serde(flatten)]
    score: T,
    signature: Signature,
    #[serde(flatten)]
    resampled: Option<Resampled>,
}

/// Results of a comparison.
#[derive(Serialize)]
struct Resampled {
    mean: f64,
    /// Lower and upper bound of the 95 % interval.
    interval: [f64; 2],
    against: Against,
    p_value: f64,
    significant: bool,
}

#[derive(Serialize)]
struct Against {
    score: f64,
    mean: f64,
    interval: [f64; 2],
}

/// The scores of a sentence and its texts.
#[derive(Serialize)]
struct Sentence<'a> {
    #[serde(flatten)]
    scores: SentenceScores,
    hypothesis: &'a str,
    references: Vec<&'a str>,
}

/// Returns the scores of a system as one JSON object on one line.
pub fn json(system: &SentenceCounts, compared: Option<&ComparedSystems>) -> Result<String> {
    let (bleu, chrf2, chrf2_plus_plus, ter) = (system.bleu(), system.chrf(), system.chrf_plus_plus(), system.ter());
    Ok(serde_json::to_string(&Record {
        systems: compared.map(|compared| Systems { system: &compared.system, against: &compared.baseline }),
        bleu: scored(bleu, bleu.signature, compared),
        chrf2: scored(chrf2, chrf2.signature, compared),
        chrf2_plus_plus: scored(chrf2_plus_plus, chrf2_plus_plus.signature, compared),
        ter: scored(ter, ter.signature, compared),
    })?)
}

/// Returns the scores of a sentence as one JSON object on one line.
pub fn sentence_json(scores: SentenceScores, hypothesis: &str, references: Vec<&str>) -> Result<String> {
    Ok(in_one_line(serde_json::to_string(&Sentence { scores, hypothesis, references })?))
}

fn scored<T>(score: T, signature: Signature, compared: Option<&ComparedSystems>) -> Scored<T> {
    let of_metric = |comparison: &&Comparison| comparison.signature.metric == signature.metric;
    let comparison = compared.and_then(|compared| compared.comparisons.iter().find(of_metric));
    let signature = comparison.map_or(signature, |comparison| comparison.signature);
    Scored { score, signature, resampled: comparison.map(resampled) }
}

fn resampled(comparison: &Comparison) -> Resampled {
    let Estimate { mean, interval, .. } = comparison.system;
    let Estimate { score, mean: mean_against, interval: interval_against } = comparison.baseline;
    Resampled {
        mean,
        interval,
        against: Against { score, mean: mean_against, interval: interval_against },
        p_value: comparison.p_value,
        significant: comparison.is_significant(),
    }
}
