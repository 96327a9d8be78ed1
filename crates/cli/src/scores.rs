//! The scores of a system as JSON.

use crate::comparison::ComparedSystems;
use anyhow::Result;
use glosser_evaluation::{Bleu, Chrf, Comparison, Estimate, Metric, SentenceCounts, Ter};
use serde::Serialize;

#[derive(Serialize)]
struct Record<'a> {
    #[serde(flatten)]
    systems: Option<Systems<'a>>,
    bleu: Scored<Bleu>,
    chrf2: Scored<Chrf>,
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
    signature: String,
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

/// Returns one JSON object on one line.
pub fn json(system: &SentenceCounts, compared: Option<&ComparedSystems>) -> Result<String> {
    Ok(serde_json::to_string(&Record {
        systems: compared.map(|compared| Systems { system: &compared.system, against: &compared.baseline }),
        bleu: scored(system.bleu(), Metric::Bleu, compared),
        chrf2: scored(system.chrf(), Metric::Chrf, compared),
        ter: scored(system.ter(), Metric::Ter, compared),
    })?)
}

fn scored<T>(score: T, metric: Metric, compared: Option<&ComparedSystems>) -> Scored<T> {
    let signature = match compared {
        Some(compared) => metric.resampled_signature(compared.seed),
        None => metric.signature(),
    };
    Scored { score, signature, resampled: compared.and_then(|compared| resampled(compared, metric)) }
}

fn resampled(compared: &ComparedSystems, metric: Metric) -> Option<Resampled> {
    let comparison: &Comparison = compared.comparisons.iter().find(|comparison| comparison.metric == metric)?;
    let Estimate { mean, interval, .. } = comparison.system;
    let Estimate { score, mean: mean_against, interval: interval_against } = comparison.baseline;
    Some(Resampled {
        mean,
        interval,
        against: Against { score, mean: mean_against, interval: interval_against },
        p_value: comparison.p_value,
        significant: comparison.is_significant(),
    })
}
