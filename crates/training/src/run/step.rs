//! One run: a step, and what is saved of it.

use crate::data::placeholders::Placeholders;
use crate::data::sampled_vocabulary::VocabularySampler;
use crate::data::word_dropout::{TrainingBatch, WordDropout};
use crate::events::event::Event;
use crate::guided_alignment::loss::Loss;
use crate::run::checkpoint::{Best, Checkpoint};
use crate::run::meter::{Meter, StepResult};
use crate::run::rollback::Diverged;
use crate::run::run_identity::RunIdentity;
use crate::run::validation::ValidationSet;
use crate::streams::{Purpose, stream};
use crate::training_directory::TrainingDirectory;
use crate::{Examples, Parameters, Settings, loss};
use anyhow::{Result, ensure};
use candle_core::Device;
use glosser_kernels::{Adam, CrossEntropy, Gradients, Pass};
use glosser_translator::{
    FORMAT_VERSION, FittedSearch, Model, ModelCard, ModelConfig, ModelDirectory, Origin, Provenance, Tokenizers,
    Translator, write_weights,
};
use std::time::{Duration, Instant};

/// Share of a time budget that its first steps, which are timed, may take.
const TIMED_SHARE: f64 = 0.1;

/// Time of a validation token as a share of a training token's: forward passes alone, but one step at a time.
const VALIDATION_COST: f64 = 0.7;

/// The same when the search is fitted, once: five hypotheses for one.
const FITTING_COST: f64 = 1.5;

/// Everything that a run needs, prepared.
pub(crate) struct Run {
    pub settings: Settings,
    pub identity: RunIdentity,
    pub config: ModelConfig,
    pub tokenizers: Tokenizers,
    pub corpus: String,
    pub noise: WordDropout,
    pub stand_ins: Placeholders,
    /// The words that the softmax of a step is over, unless it is over all.
    pub candidates: Option<VocabularySampler>,
    /// The links that the aligner learns, or the attention, if there are any.
    pub guided: Option<Loss>,
    pub validation: ValidationSet,
    pub model: Model,
    /// The same weights, and no memory of gradients.
    pub frozen: Model,
    pub parameters: Parameters,
    /// The model that the weights come from, unless they are new.
    pub from: Option<Origin>,
    pub directory: ModelDirectory,
    pub training_directory: TrainingDirectory,
    /// Time between two states that are saved.
    pub save_every: Duration,
    /// Where an earlier run of the same command was interrupted.
    pub interrupted: Option<Checkpoint>,
}

impl Run {
    /// A translator with the weights as they are now.
    pub fn translator(&self) -> Result<Translator> {
        Ok(Translator::new(self.frozen.clone(), self.tokenizers.clone())?)
    }

    /// Forward, backward, one move of every parameter.
    pub fn step(
        &self,
        step: usize,
        learning_rate: f32,
        examples: &Examples,
        batch: &[u32],
        adam: &mut Adam,
        gradients: &mut Gradients,
    ) -> Result<StepResult> {
        let started = Instant::now();
        let training = &self.settings.training;
        let mut rng = stream(training.seed, Purpose::Dropout, step as u64);
        let mut pairs = examples.read(batch)?;
        self.stand_ins.put_into(&mut pairs, &mut stream(training.seed, Purpose::Placeholders, step as u64));
        let mut noise = stream(training.seed, Purpose::WordDropout, step as u64);
        let TrainingBatch { source, target, gold, words } = self.noise.batch(&pairs, &mut noise, &Device::Cpu)?;
        let tokens = gold.len();
        let mut drawn = stream(training.seed, Purpose::Candidates, step as u64);
        let vocabulary = self.candidates.as_ref().map(|words| words.draw(&gold, &mut drawn)).transpose()?;
        let losses = CrossEntropy { smoothing: training.label_smoothing as f32, vocabulary };
        let ensemble = self.model.ensemble();
        let (mut sum, mut value) = (None, 0.0);
        // Each member learns by itself: what one does changes no gradient of another.
        for member in ensemble {
            let output = member.forward(&source, &target, &mut Pass::Train(&mut rng))?;
            let loss = loss(&output.readout, member.output_layer(), gold.clone(), losses.clone())?;
            value += f64::from(loss.to_scalar::<f32>()?) / ensemble.len() as f64;
            let guided = self.guided.as_ref().map(|guided| guided.loss(&output, batch, &words));
            for part in [Some(loss), guided.transpose()?.flatten()].into_iter().flatten() {
                sum = Some(match sum {
                    Some(sum) => (sum + part)?,
                    None => part,
                });
            }
        }
        ensure!(value.is_finite(), Diverged { step, what: "the loss".into() });
        gradients.compute(&sum.expect("a model has a member"))?;
        let moved = adam.step(gradients, learning_rate, training.clip as f32)?;
        let gradient_norm = moved.ok_or(Diverged { step, what: "the gradient".into() })?;
        Ok(StepResult { loss: value, gradient_norm, learning_rate, tokens, time: started.elapsed() })
    }

    /// The model.
    pub fn save(&self, now: &Best, pairs: usize, target_tokens: u64, per_epoch: usize) -> Result<()> {
        let card = self.card(now, pairs, target_tokens, per_epoch)?;
        self.directory.save(&card, &self.tokenizers, &write_weights(&self.parameters.tensors())?)?;
        Ok(())
    }

    /// The way to search that fits the model, into its card; none if it is to `stop` before it is found.
    pub fn fit_search(&self, stop: &dyn Fn() -> bool) -> Result<Option<FittedSearch>> {
        // The best weights are not always the last.
        let search = self.validation.fit_search(&self.directory.load()?, stop)?;
        if search.is_some() {
            self.directory.save_card(&ModelCard { search, ..self.directory.read_card()? })?;
        }
        Ok(search)
    }

    /// The settings as they are now, into the model that was saved before a time budget became a number of steps.
    pub fn save_settings(&self) -> Result<()> {
        let mut card = self.directory.read_card()?;
        card.provenance.training = serde_json::to_value(&self.settings)?;
        self.directory.save_card(&card)?;
        Ok(())
    }

    /// The weights of the last step, beside those of the model.
    pub fn save_last(&self) -> Result<()> {
        self.training_directory.save_last(&write_weights(&self.parameters.tensors())?)?;
        Ok(())
    }

    /// The number of steps that a time budget allows, once enough were timed: a tenth of the budget, but within the
    /// warm-up, where the learning rate does not depend on it yet.
    pub fn steps_in(&self, minutes: f64, step: usize, meter: &Meter, per_epoch: usize) -> Option<usize> {
        let (budget, spent) = (minutes * 60.0, meter.train_seconds());
        if spent < TIMED_SHARE * budget && step < self.settings.training.warmup_steps {
            return None;
        }
        let all_validated = spent / meter.tokens() as f64 * self.validation.examples.target_tokens() as f64;
        let per_step = spent / step as f64 + VALIDATION_COST * all_validated / per_epoch as f64;
        Some((((budget - FITTING_COST * all_validated) / per_step) as usize).max(step))
    }

    /// What is told before the first step.
    pub fn prepared(&self, pairs: usize, steps_per_epoch: usize) -> Event {
        Event::Prepared {
            pairs,
            dev_pairs: self.validation.pairs.len(),
            source_vocab: self.config.source_vocab,
            target_vocab: self.config.target_vocab,
            parameters: self.parameters.count(),
            steps_per_epoch,
        }
    }

    fn card(&self, best: &Best, pairs: usize, target_tokens: u64, per_epoch: usize) -> Result<ModelCard> {
        Ok(ModelCard {
            format_version: FORMAT_VERSION,
            model: self.config.clone(),
            provenance: Provenance {
                program: env!("CARGO_PKG_VERSION").to_owned(),
                corpus: self.corpus.clone(),
                pairs,
                dev_pairs: self.validation.pairs.len(),
                step: best.step,
                epochs: best.step as f64 / per_epoch as f64,
                target_tokens,
                dev_loss: best.loss,
                dev_bleu: best.bleu,
                training: serde_json::to_value(&self.settings)?,
                from: self.from.clone().map(Box::new),
            },
            search: None,
        })
    }
}
