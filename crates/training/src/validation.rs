use crate::data::Examples;
use crate::recovery::Diverged;
use crate::{Event, Sample, Validation, loss};
use anyhow::{Result, ensure};
use candle_core::Device;
use glosser_evaluation::Bleu;
use glosser_kernels::Pass;
use glosser_text::Pair;
use glosser_translator::{SearchOptions, Translator};
use std::collections::HashSet;

/// Pairs of one forward pass.
const BATCH: usize = 64;

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
    /// Loss and BLEU of greedy translations after some `step`, with the sentence of this `round` to look at.
    pub fn score(&self, translator: &Translator, step: usize, round: usize) -> Result<Scores> {
        // First: without numbers there are no translations.
        let loss = self.loss(translator)?;
        ensure!(loss.is_finite(), Diverged { step, what: "the validation loss" });
        let sources: Vec<&str> = self.pairs.iter().map(|pair| pair.source.as_str()).collect();
        let references: Vec<&str> = self.pairs.iter().map(|pair| pair.target.as_str()).collect();
        let translations: Vec<String> = translator
            .translate_with(&sources, &SearchOptions::GREEDY, 1)?
            .into_iter()
            .flatten()
            .map(|translation| translation.text)
            .collect();
        let bleu = Bleu::compute(&translations, &references)?.score;
        let shown = round * 7 % self.pairs.len();
        let sample = Sample {
            source: self.pairs[shown].source.clone(),
            reference: self.pairs[shown].target.clone(),
            translation: translations[shown].clone(),
        };
        let distinct_translations = translations.iter().collect::<HashSet<_>>().len();
        let distinct_references = references.iter().collect::<HashSet<_>>().len();
        Ok(Scores { loss, bleu, distinct_translations, distinct_references, sample })
    }

    fn loss(&self, translator: &Translator) -> Result<f64> {
        let mut order: Vec<u32> = (0..self.examples.len() as u32).collect();
        order.sort_by_key(|pair| self.examples.lengths(*pair as usize));
        let (mut sum, mut tokens) = (0.0, 0);
        for pairs in order.chunks(BATCH) {
            let (source, target, gold) = self.examples.batch(pairs, &Device::Cpu)?;
            let model = translator.model();
            let output = model.forward(&source, &target, &mut Pass::Evaluate)?;
            let count = gold.len();
            let loss = loss(&output.readout, model.output_layer(), gold, 0.0)?;
            sum += f64::from(loss.to_scalar::<f32>()?) * count as f64;
            tokens += count;
        }
        Ok(sum / tokens.max(1) as f64)
    }
}
