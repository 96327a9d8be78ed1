//! The scores of a system as JSON.

use crate::comparison::ComparedSystems;
use anyhow::Result;
use glosser_evaluation::{Comparison, Estimate, Metric, SentenceCounts};
use serde::Serialize;

#[derive(Serialize)]
struct Record<'a> {
    #[serde(flatten)]
    systems: Option<Systems<'a>>,
    bleu: Bleu,
    chrf2: Chrf,
    ter: Ter,
}

/// Names of two systems that are compared.
#[derive(Serialize)]
struct Systems<'a> {
    system: &'a str,
    against: &'a str,
}

#[derive(Serialize)]
struct Bleu {
    score: f64,
    signature: String,
    /// Precisions of n-grams with 1, 2, 3 and 4 tokens.
    precisions: [f64; 4],
    brevity_penalty: f64,
    ratio: f64,
    hypothesis_len: usize,
    reference_len: usize,
    #[serde(flatten)]
    resampled: Option<Resampled>,
}

#[derive(Serialize)]
struct Chrf {
    score: f64,
    signature: String,
    #[serde(flatten)]
    resampled: Option<Resampled>,
}

#[derive(Serialize)]
struct Ter {
    score: f64,
    signature: String,
    edits: usize,
    reference_len: usize,
    #[serde(flatten)]
    resampled: Option<Resampled>,
}

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
    let (bleu, chrf, ter) = (system.bleu(), system.chrf(), system.ter());
    let signature = |metric: Metric| match compared {
        Some(compared) => metric.resampled_signature(compared.seed),
        None => metric.signature(),
    };
    let resampled = |metric| compared.and_then(|compared| resampled(compared, metric));
    Ok(serde_json::to_string(&Record {
        systems: compared.map(|compared| Systems { system: &compared.system, against: &compared.baseline }),
        bleu: Bleu {
            score: bleu.score,
            signature: signature(Metric::Bleu),
            precisions: bleu.precisions,
            brevity_penalty: bleu.brevity_penalty,
            ratio: bleu.ratio,
            hypothesis_len: bleu.hypothesis_len,
            reference_len: bleu.reference_len,
            resampled: resampled(Metric::Bleu),
        },
        chrf2: Chrf { score: chrf.score, signature: signature(Metric::Chrf), resampled: resampled(Metric::Chrf) },
        ter: Ter {
            score: ter.score,
            signature: signature(Metric::Ter),
            edits: ter.edits,
            reference_len: ter.reference_len,
            resampled: resampled(Metric::Ter),
        },
    })?)
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
