//! Validation: the scores of held-out pairs, and the length penalty that suits the model.

use crate::data::examples::Examples;
use crate::error::{Diverged, Result};
use crate::run::validation_metric::Scores;
use crate::tokenization::bleu_tokenization;
use crate::{Sample, Validation};
use candle_core::Device;
use glosser_evaluation::Tokenization;
use glosser_text::Pair;
use glosser_translator::{Batch, DevMetric, FittedSearch, SearchOptions, Translator, Weighting};
use std::collections::HashSet;
use std::slice;

/// Pairs of a forward pass. It holds the logits of all their tokens over the whole vocabulary, for each encoder-decoder:
/// of 64 long pairs these take more memory than a training step.
const BATCH: usize = 16;

/// Share of the loss in the time of a validation, for the display.
const LOSS_SHARE: f64 = 0.2;

/// Sentences that are translated greedily between two checks of whether to stop: less than a second's work, and
/// enough for all threads.
const GREEDY_PART: usize = 128;

/// Sentences that are translated by beam search between two checks of whether to stop.
const BEAM_PART: usize = 64;

/// Sentences of a batch in beam search.
const BEAM_BATCH: usize = 16;

/// The length penalties that are tried.
const LENGTH_PENALTIES: [f32; 11] = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0];

/// Points of BLEU or chrF2 within which two length penalties count as equally good. The penalty of the highest BLEU is
/// extreme if the references of the validation pairs happen to be long, and loses a point on other text
/// (docs/experiments.md).
const INDIFFERENT: f64 = 0.5;

/// [`INDIFFERENT`] as a share of the highest score, for models below 40: half a point of ten is much.
const INDIFFERENT_SHARE: f64 = INDIFFERENT / 40.0;

/// Fewest validation pairs on which a length penalty is fitted; with fewer it is the standard one. The differences that
/// decide are half a point or less. Half a point of BLEU on a thousand sentences is chance, and chance grows with the
/// square root of a smaller number: on a hundred it is one and a half points, on ten five.
pub const FEWEST_FITTED: usize = 100;

/// Pairs that are not trained on.
pub(crate) struct ValidationSet {
    pub pairs: Vec<Pair>,
    pub examples: Examples,
    /// The tokenisation for BLEU, by the script of the targets.
    pub tokenization: Tokenization,
}

impl ValidationSet {
    /// Chooses the tokenisation for BLEU.
    pub fn new(pairs: Vec<Pair>, examples: Examples) -> Self {
        let tokenization = bleu_tokenization(pairs.iter().map(|pair| &pair.target));
        Self { pairs, examples, tokenization }
    }

    /// Returns a note if BLEU does not have its usual tokenisation.
    pub fn note(&self) -> Option<String> {
        let script = match self.tokenization {
            Tokenization::Zh => "in Chinese characters",
            Tokenization::Char => "in a script without spaces",
            _ => return None,
        };
        let name = self.tokenization.name();
        Some(format!("the targets are mostly written {script}: validation uses BLEU-{name}, with the tokeniser {name}"))
    }

    /// Returns the scores after a step, and the sample sentence of this round. `is_best` is false, `seconds` zero and
    /// the metric the default until the caller sets them. Returns `None` if `should_stop`, which gets the share that is
    /// done, before that.
    ///
    /// # Errors
    /// If the loss is NaN or infinite.
    pub fn score(
        &self,
        translator: &Translator,
        step: usize,
        epochs: f64,
        round: usize,
        should_stop: &dyn Fn(f64) -> bool,
    ) -> Result<Option<Validation>> {
        // First: a model with NaN in its weights cannot translate.
        let loss = self.loss(translator, &|share| should_stop(share * LOSS_SHARE))?;
        let Some(dev_loss) = loss else { return Ok(None) };
        if !dev_loss.is_finite() {
            return Err(Diverged { step, what: "the validation loss".into() }.into());
        }
        let (sources, references) = self.sides();
        let greedy = |texts: &[&str]| {
            let found = translator.translate_with(texts, &SearchOptions::GREEDY, 1)?;
            Ok(found.into_iter().flatten().map(|translation| translation.text).collect())
        };
        let go_on = |share| should_stop(LOSS_SHARE + share * (1.0 - LOSS_SHARE));
        let Some(translations) = in_parts(&sources, GREEDY_PART, &go_on, greedy)? else { return Ok(None) };
        let shown = round * 7 % self.pairs.len();
        let sample = Sample {
            source: self.pairs[shown].source.clone(),
            reference: self.pairs[shown].target.clone(),
            translation: translations[shown].clone(),
        };
        let Scores { bleu, chrf } = Scores::new(&translations, &references, self.tokenization)?;
        Ok(Some(Validation {
            step,
            epochs,
            dev_loss,
            dev_bleu: bleu,
            dev_chrf: Some(chrf),
            metric: DevMetric::default(),
            is_best: false,
            seconds: 0.0,
            distinct_translations: translations.iter().collect::<HashSet<_>>().len(),
            distinct_references: references.iter().collect::<HashSet<_>>().len(),
            sample,
        }))
    }

    /// Returns the length penalty nearest to the standard one whose score by `metric` is not much below the highest;
    /// the standard one if there are fewer than [`FEWEST_FITTED`] pairs. Returns `None` if `should_stop` before that.
    pub fn fit_search(
        &self,
        translator: &Translator,
        metric: DevMetric,
        should_stop: &dyn Fn(f64) -> bool,
    ) -> Result<Option<FittedSearch>> {
        let (sources, references) = self.sides();
        let standard = SearchOptions::STANDARD;
        let options = SearchOptions { batch_size: BEAM_BATCH, ..standard };
        let is_fitted = self.pairs.len() >= FEWEST_FITTED;
        let penalties = if is_fitted { &LENGTH_PENALTIES[..] } else { slice::from_ref(&standard.length_penalty) };
        let by_penalties = |texts: &[&str]| Ok(translator.translate_by_penalties(texts, &options, penalties)?);
        let Some(translations) = in_parts(&sources, BEAM_PART, should_stop, by_penalties)? else { return Ok(None) };
        let mut fitted = Vec::with_capacity(penalties.len());
        for (index, length_penalty) in penalties.iter().copied().enumerate() {
            let translations: Vec<&str> = translations.iter().map(|found| found[index].as_str()).collect();
            let Scores { bleu, chrf } = Scores::new(&translations, &references, self.tokenization)?;
            fitted.push(FittedSearch { length_penalty, dev_bleu: bleu, dev_chrf: Some(chrf), metric });
        }
        Ok(choose(fitted, standard.length_penalty))
    }

    fn sides(&self) -> (Vec<&str>, Vec<&str>) {
        self.pairs.iter().map(|pair| (pair.source.as_str(), pair.target.as_str())).unzip()
    }

    fn loss(&self, translator: &Translator, should_stop: &dyn Fn(f64) -> bool) -> Result<Option<f64>> {
        let mut order: Vec<u32> = (0..self.examples.len() as u32).collect();
        order.sort_by_key(|pair| {
            let lengths = self.examples.lengths(*pair as usize);
            (lengths.target, lengths.source)
        });
        let (mut sum, mut tokens) = (0.0, 0);
        for (batch, pairs) in order.chunks(BATCH).enumerate() {
            if should_stop((batch * BATCH) as f64 / order.len() as f64) {
                return Ok(None);
            }
            let (sources, targets): (Vec<_>, Vec<_>) = self.examples.read(pairs)?.into_iter().unzip();
            let source = Batch::new(&sources, &Device::Cpu)?;
            for scores in translator.model().score(&source, &targets, Weighting::Attention)? {
                sum -= scores.log_probs.iter().map(|p| f64::from(*p)).sum::<f64>();
                tokens += scores.log_probs.len();
            }
        }
        Ok(Some(sum / tokens.max(1) as f64))
    }
}

/// Chooses the length penalty nearest to the standard one among those that are not much below the best; the better of
/// two equally near ones.
fn choose(searches: Vec<FittedSearch>, standard: f32) -> Option<FittedSearch> {
    let best = searches.iter().map(FittedSearch::score).max_by(f64::total_cmp)?;
    let distance = |search: &FittedSearch| (search.length_penalty - standard).abs();
    let order = |a: &FittedSearch, b: &FittedSearch| {
        distance(a).total_cmp(&distance(b)).then_with(|| b.score().total_cmp(&a.score()))
    };
    let lowest = best - INDIFFERENT.min(INDIFFERENT_SHARE * best);
    searches.into_iter().filter(|search| search.score() >= lowest).min_by(order)
}

/// Returns the results of `translate` for all sources, in their order, a part of them at a time. Returns `None` if
/// `should_stop` between two parts.
fn in_parts<T: Clone + Default>(
    sources: &[&str],
    part: usize,
    should_stop: &dyn Fn(f64) -> bool,
    translate: impl Fn(&[&str]) -> Result<Vec<T>>,
) -> Result<Option<Vec<T>>> {
    // Sentences of similar length in one part, as search itself would sort them.
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|at| sources[*at].len());
    let mut all = vec![T::default(); sources.len()];
    for (number, some) in order.chunks(part).enumerate() {
        if should_stop((number * part) as f64 / order.len() as f64) {
            return Ok(None);
        }
        let texts: Vec<&str> = some.iter().map(|at| sources[*at]).collect();
        for (at, found) in some.iter().zip(translate(&texts)?) {
            all[*at] = found;
        }
    }
    Ok(Some(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_length_penalty_is_chosen_unless_another_is_clearly_better() {
        for (scores, expected) in [
            ([37.05, 37.30, 37.48], 1.0),
            ([37.05, 37.30, 37.81], 1.5),
            ([37.81, 37.30, 37.05], 0.5),
            ([37.90, 37.30, 37.81], 0.5),
            ([57.05, 57.30, 57.81], 1.5),
            ([10.33, 9.94, 9.83], 0.5),
            ([0.0, 0.0, 0.0], 1.0),
        ] {
            for metric in [DevMetric::Bleu, DevMetric::BleuZh, DevMetric::Chrf] {
                let search = |(length_penalty, score)| {
                    let (dev_bleu, dev_chrf) = if metric == DevMetric::Chrf { (9.0, score) } else { (score, 9.0) };
                    FittedSearch { length_penalty, dev_bleu, dev_chrf: Some(dev_chrf), metric }
                };
                let searches = [0.5, 1.0, 1.5].into_iter().zip(scores).map(search);
                let found = choose(searches.collect(), 1.0).expect("one of three");
                assert_eq!(found.length_penalty, expected, "{metric:?} {scores:?}");
            }
        }
    }
}
