use crate::data::examples::Examples;
use crate::run::rollback::Diverged;
use crate::{Event, Sample, Validation};
use anyhow::{Result, ensure};
use candle_core::Device;
use glosser_evaluation::Bleu;
use glosser_text::Pair;
use glosser_translator::{Batch, FittedSearch, SearchOptions, Translator, Weighting};
use std::collections::HashSet;

/// Pairs of one forward pass.
const BATCH: usize = 64;

/// Sentences that are translated between two looks at whether to stop: less than a second's work, and enough for all threads.
const TRANSLATED_AT_ONCE: usize = 128;

/// The same for a beam of five, and how they are parted for the threads.
const SEARCHED_AT_ONCE: usize = 64;
const SEARCHED_TOGETHER: usize = 16;

/// Among which the one that fits a model is looked for.
const LENGTH_PENALTIES: [f32; 11] = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0];

/// Points of BLEU by which the validation pairs do not tell one length penalty from another. The highest BLEU alone takes
/// an extreme one where references are longer than elsewhere, and loses a point on other text (docs/experiments.md).
const INDIFFERENT: f64 = 0.5;

/// The same as a share of the highest BLEU, for models below 40: of ten points half a one is much.
const INDIFFERENT_SHARE: f64 = INDIFFERENT / 40.0;

/// The pairs that are never trained on.
pub(crate) struct ValidationSet {
    pub pairs: Vec<Pair>,
    pub examples: Examples,
}

pub(crate) struct Scores {
    pub loss: f64,
    pub bleu: f64,
    pub distinct_translations: usize,
    pub distinct_references: usize,
    pub sample: Sample,
}

impl Scores {
    /// What is told of them, after some `step` of a run.
    pub fn told(self, step: usize, per_epoch: usize, is_best: bool, seconds: f64) -> Event {
        Event::Validated(Validation {
            step,
            epochs: step as f64 / per_epoch as f64,
            dev_loss: self.loss,
            dev_bleu: self.bleu,
            is_best,
            seconds,
            distinct_translations: self.distinct_translations,
            distinct_references: self.distinct_references,
            sample: self.sample,
        })
    }
}

impl ValidationSet {
    /// Loss and BLEU of greedy translations after some `step`, with the sentence of this `round` to look at; none if it
    /// is to `stop` before that.
    pub fn score(
        &self,
        translator: &Translator,
        step: usize,
        round: usize,
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<Scores>> {
        // First: without numbers there are no translations.
        let Some(loss) = self.loss(translator, stop)? else { return Ok(None) };
        ensure!(loss.is_finite(), Diverged { step, what: "the validation loss".into() });
        let (sources, references) = self.sides();
        let greedy = |texts: &[&str]| {
            let found = translator.translate_with(texts, &SearchOptions::GREEDY, 1)?;
            Ok(found.into_iter().flatten().map(|translation| translation.text).collect())
        };
        let translations = in_parts(&sources, TRANSLATED_AT_ONCE, stop, greedy)?;
        let Some(translations) = translations else { return Ok(None) };
        let bleu = Bleu::compute(&translations, &references)?.score;
        let shown = round * 7 % self.pairs.len();
        let sample = Sample {
            source: self.pairs[shown].source.clone(),
            reference: self.pairs[shown].target.clone(),
            translation: translations[shown].clone(),
        };
        let distinct_translations = translations.iter().collect::<HashSet<_>>().len();
        let distinct_references = references.iter().collect::<HashSet<_>>().len();
        Ok(Some(Scores { loss, bleu, distinct_translations, distinct_references, sample }))
    }

    /// The length penalty nearest to the standard of those whose translations have a BLEU that is not much below the highest;
    /// none if it is to `stop` before that.
    pub fn fit_search(&self, translator: &Translator, stop: &dyn Fn() -> bool) -> Result<Option<FittedSearch>> {
        let (sources, references) = self.sides();
        let standard = SearchOptions::STANDARD;
        let options = SearchOptions { batch_size: SEARCHED_TOGETHER, ..standard };
        let by_penalties =
            |texts: &[&str]| Ok(translator.translate_by_penalties(texts, &options, &LENGTH_PENALTIES)?);
        let translations = in_parts(&sources, SEARCHED_AT_ONCE, stop, by_penalties)?;
        let Some(translations) = translations else { return Ok(None) };
        let mut fitted = Vec::with_capacity(LENGTH_PENALTIES.len());
        for (number, length_penalty) in LENGTH_PENALTIES.into_iter().enumerate() {
            let translations: Vec<&str> = translations.iter().map(|found| found[number].as_str()).collect();
            let dev_bleu = Bleu::compute(&translations, &references)?.score;
            fitted.push(FittedSearch { length_penalty, dev_bleu });
        }
        Ok(fitting(fitted, standard.length_penalty))
    }

    fn sides(&self) -> (Vec<&str>, Vec<&str>) {
        self.pairs.iter().map(|pair| (pair.source.as_str(), pair.target.as_str())).unzip()
    }

    fn loss(&self, translator: &Translator, stop: &dyn Fn() -> bool) -> Result<Option<f64>> {
        let mut order: Vec<u32> = (0..self.examples.len() as u32).collect();
        order.sort_by_key(|pair| self.examples.lengths(*pair as usize));
        let (mut sum, mut tokens) = (0.0, 0);
        for pairs in order.chunks(BATCH) {
            if stop() {
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

/// The one nearest to the `standard` of those that are not much below the best, the better of two.
fn fitting(searches: Vec<FittedSearch>, standard: f32) -> Option<FittedSearch> {
    let best = searches.iter().map(|search| search.dev_bleu).max_by(f64::total_cmp)?;
    let distance = |search: &FittedSearch| (search.length_penalty - standard).abs();
    let order = |a: &FittedSearch, b: &FittedSearch| {
        distance(a).total_cmp(&distance(b)).then_with(|| b.dev_bleu.total_cmp(&a.dev_bleu))
    };
    let lowest = best - INDIFFERENT.min(INDIFFERENT_SHARE * best);
    searches.into_iter().filter(|search| search.dev_bleu >= lowest).min_by(order)
}

/// What is found for some sources at a time, in the order of all; none if it is to `stop` before the last.
fn in_parts<T: Clone + Default>(
    sources: &[&str],
    at_once: usize,
    stop: &dyn Fn() -> bool,
    find: impl Fn(&[&str]) -> Result<Vec<T>>,
) -> Result<Option<Vec<T>>> {
    // Like lengths together, as the search itself would have them in one go.
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|at| sources[*at].len());
    let mut all = vec![T::default(); sources.len()];
    for some in order.chunks(at_once) {
        if stop() {
            return Ok(None);
        }
        let texts: Vec<&str> = some.iter().map(|at| sources[*at]).collect();
        for (at, found) in some.iter().zip(find(&texts)?) {
            all[*at] = found;
        }
    }
    Ok(Some(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_penalty_stays_unless_another_is_clearly_better_and_then_the_nearest_that_is() {
        for (bleus, expected) in [
            ([37.05, 37.30, 37.48], 1.0),
            ([37.05, 37.30, 37.81], 1.5),
            ([37.81, 37.30, 37.05], 0.5),
            ([37.90, 37.30, 37.81], 0.5),
            ([57.05, 57.30, 57.81], 1.5),
            ([10.33, 9.94, 9.83], 0.5),
            ([0.0, 0.0, 0.0], 1.0),
        ] {
            let searches = [0.5, 1.0, 1.5].into_iter().zip(bleus);
            let searches = searches.map(|(length_penalty, dev_bleu)| FittedSearch { length_penalty, dev_bleu });
            let found = fitting(searches.collect(), 1.0).expect("one of three");
            assert_eq!(found.length_penalty, expected, "{bleus:?}");
        }
    }
}
