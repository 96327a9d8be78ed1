//! How much the weights of a model count beside its statistics, fitted on validation pairs without gold links.

use crate::error::Result;
use crate::run::direction_agreement::{AlignedPair, LinkCounts};
use glosser_alignment::statistical::{Evidence, StatisticalAligner};
use glosser_alignment::{Posteriors, WordAttention};
use glosser_text::Pair;
use glosser_translator::{LinkExponents, Scorer, Weighting};
use rayon::prelude::*;

/// The exponents that are tried.
const EXPONENTS: [f32; 7] = [0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0];

/// Most pairs that are aligned: they are enough, and take about a second.
const MOST_PAIRS: usize = 400;

/// Fewest pairs that exponents are fitted on.
const FEWEST_PAIRS: usize = 20;

/// Pairs of a forward pass, between two checks of whether to stop.
const BATCH: usize = 32;

/// A pair of the validation set with the weights of the model.
struct WeighedPair<'a> {
    source: Vec<&'a str>,
    target: Vec<&'a str>,
    /// `[target words][source words]`
    weights: WordAttention,
}

/// Returns the exponents with which the alignments of the two directions agree best on these pairs, which are not in the
/// statistics; the standard ones if there are too few pairs, or no statistics. Returns `None` if `should_stop` before that.
pub(crate) fn fit_exponents(
    scorer: &Scorer,
    pairs: &[Pair],
    should_stop: &dyn Fn() -> bool,
) -> Result<Option<LinkExponents>> {
    let Some(aligner) = scorer.statistics()? else { return Ok(Some(LinkExponents::STANDARD)) };
    let pairs: Vec<(&str, &str)> = pairs
        .iter()
        .step_by((pairs.len() / MOST_PAIRS).max(1))
        .take(MOST_PAIRS)
        .map(|pair| (pair.source.as_str(), pair.target.as_str()))
        .collect();
    let mut fitted = LinkExponents::STANDARD;
    for (weighting, exponent) in
        [(Weighting::Aligner, &mut fitted.aligner), (Weighting::Posterior, &mut fitted.posterior)]
    {
        let Some(pairs) = weigh(scorer, &pairs, weighting, should_stop)? else { return Ok(None) };
        if pairs.len() >= FEWEST_PAIRS {
            *exponent = best_exponent(aligner, &pairs);
        }
    }
    Ok(Some(fitted))
}

/// Computes the weights of the model, without those of pairs that model or statistics cannot align.
fn weigh<'a>(
    scorer: &Scorer,
    pairs: &[(&'a str, &'a str)],
    weighting: Weighting,
    should_stop: &dyn Fn() -> bool,
) -> Result<Option<Vec<WeighedPair<'a>>>> {
    let words = scorer.tokenizers().words();
    let mut weighed = Vec::with_capacity(pairs.len());
    for batch in pairs.chunks(BATCH) {
        if should_stop() {
            return Ok(None);
        }
        for ((source, target), scored) in batch.iter().zip(scorer.score(batch, BATCH, weighting)?) {
            let (source, target) = (words.source.texts(source), words.target.texts(target));
            if scored.attention.is_some() && StatisticalAligner::can_align(source.len(), target.len()) {
                weighed.push(WeighedPair { source, target, weights: scored.words_by(&words).attention });
            }
        }
    }
    Ok(Some(weighed))
}

/// Returns the exponent of the best agreement; the smallest of several equally good ones.
fn best_exponent(aligner: &StatisticalAligner, pairs: &[WeighedPair]) -> f32 {
    let alone: Vec<Posteriors> = pairs.par_iter().map(|pair| aligner.align(&pair.source, &pair.target)).collect();
    let agreement = |exponent: f32| {
        let counts = pairs.par_iter().zip(&alone).map(|(pair, alone)| {
            let evidence = Evidence { forward: Some((&pair.weights, exponent)), reverse: None };
            let with_weights = &aligner.align_with(&pair.source, &pair.target, &evidence);
            LinkCounts::of(&AlignedPair { with_weights, statistics_alone: alone })
        });
        counts.reduce(LinkCounts::default, LinkCounts::and).agreement()
    };
    let mut best = (EXPONENTS[0], f64::NEG_INFINITY);
    for exponent in EXPONENTS {
        let agreement = agreement(exponent);
        if agreement > best.1 {
            best = (exponent, agreement);
        }
    }
    best.0
}
