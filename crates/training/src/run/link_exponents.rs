//! How much the weights of a model count beside its statistics, fitted on validation pairs without gold links.

use crate::error::Result;
use crate::run::direction_agreement::{AlignedPair, LinkCounts, agreement, difference_error};
use glosser_alignment::statistical::{Evidence, StatisticalAligner};
use glosser_alignment::{Posteriors, WordAttention};
use glosser_text::Pair;
use glosser_translator::{LinkExponents, LinkReading, Scorer};
use rayon::prelude::*;

/// The exponents that are tried.
const EXPONENTS: [f32; 7] = [0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0];

/// Most pairs that are aligned.
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

/// Returns the exponents with which the alignments of the two directions agree best on these pairs, which are not in
/// the statistics; the standard ones if there are too few pairs, or no statistics. Only the exponent of the weights that
/// the model uses is fitted: those of the aligner, if there is one. (The posterior takes ten times as long.) Returns
/// `None` if `should_stop` before that.
pub(crate) fn fit_exponents(
    scorer: &Scorer,
    pairs: &[Pair],
    should_stop: &dyn Fn(f64) -> bool,
) -> Result<Option<LinkExponents>> {
    let Some(aligner) = scorer.statistics()?.filter(|_| pairs.len() >= FEWEST_PAIRS) else {
        return Ok(Some(LinkExponents::STANDARD));
    };
    let pairs: Vec<(&str, &str)> = pairs
        .iter()
        .step_by((pairs.len() / MOST_PAIRS).max(1))
        .take(MOST_PAIRS)
        .map(|pair| (pair.source.as_str(), pair.target.as_str()))
        .collect();
    let Some(pairs) = weigh(scorer, &pairs, should_stop)? else { return Ok(None) };
    if pairs.len() < FEWEST_PAIRS {
        return Ok(Some(LinkExponents::STANDARD));
    }
    let best = best_exponent(aligner, &pairs);
    Ok(Some(match scorer.has_aligner() {
        true => LinkExponents { aligner: best, ..LinkExponents::STANDARD },
        false => LinkExponents { posterior: best, ..LinkExponents::STANDARD },
    }))
}

/// Computes the weights of the aligner, or else the posterior, for the pairs that model and statistics can align.
fn weigh<'a>(
    scorer: &Scorer,
    pairs: &[(&'a str, &'a str)],
    should_stop: &dyn Fn(f64) -> bool,
) -> Result<Option<Vec<WeighedPair<'a>>>> {
    let words = scorer.tokenizers().words();
    let mut weighed = Vec::with_capacity(pairs.len());
    for batch in pairs.chunks(BATCH) {
        if should_stop(weighed.len() as f64 / pairs.len() as f64) {
            return Ok(None);
        }
        for ((source, target), scored) in
            batch.iter().zip(scorer.score(batch, BATCH, LinkReading::Joint.weighting())?)
        {
            let (source, target) = (words.source.texts(source), words.target.texts(target));
            if scored.attention.is_some() && StatisticalAligner::can_align(source.len(), target.len()) {
                weighed.push(WeighedPair { source, target, weights: scored.words_by(&words).attention });
            }
        }
    }
    Ok(Some(weighed))
}

/// Returns the smallest exponent whose agreement is not clearly worse than the best one. A network that knows nothing
/// would otherwise count where the directions agree better by chance.
fn best_exponent(aligner: &StatisticalAligner, pairs: &[WeighedPair]) -> f32 {
    let alone: Vec<Posteriors> = pairs.par_iter().map(|pair| aligner.align(&pair.source, &pair.target)).collect();
    let count_links = |exponent: f32| -> Vec<LinkCounts> {
        let count = |(pair, alone): (&WeighedPair, &Posteriors)| {
            let evidence = Evidence { forward: Some((&pair.weights, exponent)), reverse: None };
            let with_weights = &aligner.align_with(&pair.source, &pair.target, &evidence);
            LinkCounts::of(&AlignedPair { with_weights, statistics_alone: alone })
        };
        pairs.par_iter().zip(&alone).map(count).collect()
    };
    EXPONENTS[smallest_good(&EXPONENTS.map(count_links))]
}

/// Returns the place of the first counts whose agreement is at most two standard errors of the difference worse than the
/// best one (as the "1 SE rule" of Breiman et al. 1984, section 3.4.3, but stricter against chance).
fn smallest_good(tried: &[Vec<LinkCounts>]) -> usize {
    let Some(best) = tried.iter().max_by(|a, b| agreement(a).total_cmp(&agreement(b))) else { return 0 };
    let is_good =
        |counts: &Vec<LinkCounts>| agreement(best) - agreement(counts) <= 2.0 * difference_error(best, counts);
    tried.iter().position(is_good).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use glosser_alignment::{AttentionMatrix, Shape};

    const PAIRS: [(&str, &str); 6] = [
        ("ein Hund", "a dog"),
        ("ein Mann", "a man"),
        ("der Hund", "the dog"),
        ("der Mann sieht", "the man sees"),
        ("sieht der Hund ein Haus", "the dog sees a house"),
        ("ein Haus", "a house"),
    ];

    /// The pairs with nearly the whole weight of each target word on the source word at `place(target, source words)`.
    fn weighed(place: impl Fn(usize, usize) -> usize) -> Vec<WeighedPair<'static>> {
        let weigh = |(source, target): (&'static str, &'static str)| {
            let (source, target): (Vec<&str>, Vec<&str>) = (source.split(' ').collect(), target.split(' ').collect());
            let shape = Shape { target_len: target.len(), source_len: source.len() };
            let row = |at: usize| {
                let place = place(at, source.len());
                (0..source.len()).map(move |source| if source == place { 0.99 } else { 0.01 })
            };
            let matrix = AttentionMatrix::new(shape, (0..target.len()).flat_map(row).collect()).expect("a matrix");
            let weights = WordAttention::new(matrix, vec![0.01; target.len()]).expect("a row for each word");
            WeighedPair { source, target, weights }
        };
        PAIRS.map(weigh).into()
    }

    #[test]
    fn the_smallest_exponent_that_is_not_clearly_worse_is_chosen() {
        let pairs = |common: [usize; 4]| common.map(|common| LinkCounts { forward: 4, reverse: 4, common }).to_vec();
        let (some, one_more, many_more) = (pairs([2, 2, 2, 2]), pairs([2, 2, 2, 3]), pairs([4, 3, 4, 4]));
        // One link more in one pair is chance; several in every pair are not.
        assert_eq!(smallest_good(&[some.clone(), one_more.clone()]), 0);
        assert_eq!(smallest_good(&[some.clone(), one_more, many_more.clone()]), 2);
        assert_eq!(smallest_good(&[many_more, some]), 0);
        assert_eq!(smallest_good(&[]), 0);
    }

    #[test]
    fn weights_that_contradict_the_statistics_do_not_count() {
        let words = weighed(|target, _| target);
        let pairs = words.iter().map(|pair| (pair.source.clone(), pair.target.clone()));
        let aligner = StatisticalAligner::train(pairs, |_iteration| ());
        assert_eq!(best_exponent(&aligner, &weighed(|target, words| (target + 1) % words)), 0.0);
    }
}
