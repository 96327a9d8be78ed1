//! A prepared run: one training step, and the files that a run saves.

use crate::data::batch_sampler::BatchSampler;
use crate::data::placeholders::Placeholders;
use crate::data::sampled_vocabulary::VocabularySampler;
use crate::data::word_dropout::{TrainingBatch, WordDropout};
use crate::error::{Diverged, Result, TrainingError};
use crate::events::event::Event;
use crate::guided_alignment::loss::Loss;
use crate::parameters::is_of_aligner;
use crate::run::checkpoint::Checkpoint;
use crate::run::link_exponents::fit_exponents;
use crate::run::meter::StepResult;
use crate::run::run_identity::RunIdentity;
use crate::run::validation::ValidationSet;
use crate::run::validation_metric::{metric, search_metric};
use crate::streams::{Purpose, stream};
use crate::training_directory::TrainingDirectory;
use crate::{Examples, Parameters, Settings, TrainingSettings, Validation, loss};
use candle_core::{Device, Tensor};
use glosser_kernels::{Adam, AdamConfig, CrossEntropy, Gradients, Pass, SampledVocabulary};
use glosser_text::LanguagePair;
use glosser_translator::{
    DevMetric, EncoderDecoder, FORMAT_VERSION, FittedSearch, LinkExponents, Model, ModelCard, ModelConfig,
    ModelDirectory, OptionalFiles, Origin, Provenance, ShortList, Tokenizers, Translator, write_weights,
};
use rand_chacha::ChaCha8Rng;
use std::time::{Duration, Instant};

/// Share of the length penalty in the time of fitting, for the display; the rest is of the exponents of links.
const SEARCH_SHARE: f64 = 0.9;

/// Everything that a run needs.
pub(crate) struct Run {
    pub settings: Settings,
    pub identity: RunIdentity,
    pub config: ModelConfig,
    pub tokenizers: Tokenizers,
    /// The name of the corpus.
    pub corpus: String,
    /// The languages of source and target, if they are known.
    pub languages: Option<LanguagePair>,
    pub word_dropout: WordDropout,
    pub placeholders: Placeholders,
    /// `None` if the softmax is over the whole vocabulary.
    pub vocabulary: Option<VocabularySampler>,
    /// `None` if there are no links.
    pub guided_alignment: Option<Loss>,
    /// The statistics that its links were learnt with, for the model directory.
    pub statistics: Option<Vec<u8>>,
    /// The short lists of output words, for the model directory.
    pub short_list: Option<ShortList>,
    /// All validation pairs.
    pub validation_part: ValidationSet,
    /// Those that are used, if there are too many.
    pub sample: Option<ValidationSet>,
    pub model: Model,
    /// The model with its weights as constants, without gradients.
    pub frozen: Model,
    pub parameters: Parameters,
    /// The model that training continues from.
    pub parent: Option<Origin>,
    pub directory: ModelDirectory,
    pub training_directory: TrainingDirectory,
    /// Time between two checkpoints.
    pub save_every: Duration,
    /// The checkpoint to continue from.
    pub checkpoint: Option<Checkpoint>,
}

/// The inputs of a step. Everything random is drawn here, except for dropout, which is drawn in the forward pass.
pub struct StepInputs {
    step: usize,
    /// The numbers of the pairs, in the order of the batch.
    pub(crate) pairs: Vec<u32>,
    pub(crate) batch: TrainingBatch,
    /// `None` if the softmax is over the whole vocabulary.
    pub(crate) vocabulary: Option<SampledVocabulary>,
    dropout: ChaCha8Rng,
    started: Instant,
}

/// The optimiser, and gradients whose memory is used again in each step.
pub(crate) struct Optimiser {
    pub adam: Adam,
    pub gradients: Gradients,
}

impl Optimiser {
    /// Makes the optimiser of these parameters, before the first step.
    pub fn new(training: &TrainingSettings, parameters: &Parameters) -> Self {
        let weight_decay = training.weight_decay as f32;
        let config = AdamConfig { beta1: 0.9, beta2: 0.999, epsilon: 1e-9, weight_decay };
        let adam = Adam::new(config, parameters.named()).clipping_separately(is_of_aligner);
        Self { adam, gradients: Gradients::default() }
    }
}

impl Run {
    /// Returns a translator with the present weights.
    pub fn translator(&self) -> Result<Translator> {
        Ok(Translator::new(self.frozen.clone(), self.tokenizers.clone())?)
    }

    /// Returns the validation pairs that are used.
    pub fn validation(&self) -> &ValidationSet {
        self.sample.as_ref().unwrap_or(&self.validation_part)
    }

    /// Returns the number of validation pairs that are used, if they are not all.
    pub fn sampled_pairs(&self) -> Option<usize> {
        self.sample.as_ref().map(|sample| sample.pairs.len())
    }

    /// Draws the inputs of a step. They depend on the seed and the number of the step only.
    pub fn draw(&self, step: usize, examples: &Examples, pairs: &[u32]) -> Result<StepInputs> {
        let started = Instant::now();
        let rng = |purpose| stream(self.settings.training.seed, purpose, step as u64);
        let mut ids = examples.read(pairs)?;
        self.placeholders.put_into(&mut ids, &mut rng(Purpose::Placeholders));
        let batch = self.word_dropout.batch(&ids, &mut rng(Purpose::WordDropout), &Device::Cpu)?;
        let mut vocabulary_rng = rng(Purpose::SampledVocabulary);
        let vocabulary = self.vocabulary.as_ref().map(|sampler| sampler.draw(&batch.gold, &mut vocabulary_rng));
        Ok(StepInputs {
            step,
            pairs: pairs.to_vec(),
            batch,
            vocabulary: vocabulary.transpose()?,
            dropout: rng(Purpose::Dropout),
            started,
        })
    }

    /// Computes the loss and its gradient, and moves every parameter once.
    ///
    /// # Errors
    /// If the loss or the gradient is NaN or infinite. The parameters are then unchanged.
    pub fn step(&self, inputs: StepInputs, learning_rate: f32, optimiser: &mut Optimiser) -> Result<StepResult> {
        let (step, tokens, started) = (inputs.step, inputs.batch.gold.len(), inputs.started);
        let loss = self.differentiate(inputs, &mut optimiser.gradients)?;
        let gradient_norm = self.update(step, learning_rate, optimiser)?;
        Ok(StepResult { loss, gradient_norm, learning_rate, tokens, time: started.elapsed() })
    }

    /// Returns the loss, and computes its gradients.
    ///
    /// # Errors
    /// If the loss is NaN or infinite.
    pub fn differentiate(&self, mut inputs: StepInputs, gradients: &mut Gradients) -> Result<f64> {
        let smoothing = self.settings.training.label_smoothing as f32;
        let cross_entropy = CrossEntropy { smoothing, vocabulary: inputs.vocabulary.take() };
        let ensemble = self.model.ensemble();
        let mut mean = 0.0;
        // One after the other: the activations of one encoder-decoder are in memory at a time.
        gradients.compute_sum(ensemble.iter().map(|encoder_decoder| {
            let (own, total) = self.losses(encoder_decoder, &cross_entropy, &mut inputs)?;
            mean += own / ensemble.len() as f64;
            Ok::<_, TrainingError>(total)
        }))?;
        if !mean.is_finite() {
            return Err(Diverged { step: inputs.step, what: "the loss".into() }.into());
        }
        Ok(mean)
    }

    /// Moves every parameter once, and returns the norm of the gradients.
    ///
    /// # Errors
    /// If the norm is NaN or infinite. The parameters are then unchanged.
    pub fn update(&self, step: usize, learning_rate: f32, optimiser: &mut Optimiser) -> Result<f32> {
        let Optimiser { adam, gradients } = optimiser;
        let norm = adam.step(gradients, learning_rate, self.settings.training.clip as f32)?;
        norm.ok_or_else(|| Diverged { step, what: "the gradient".into() }.into())
    }

    /// Returns the cross-entropy of an encoder-decoder, and the scalar `[]` to differentiate: the sum of its losses.
    fn losses(
        &self,
        encoder_decoder: &EncoderDecoder,
        cross_entropy: &CrossEntropy,
        inputs: &mut StepInputs,
    ) -> Result<(f64, Tensor)> {
        let TrainingBatch { source, target, gold, words } = &inputs.batch;
        let output = encoder_decoder.forward(source, target, &mut Pass::Train(&mut inputs.dropout))?;
        let own = loss(&output.readout, encoder_decoder.output_layer(), gold.clone(), cross_entropy.clone())?;
        let mean = f64::from(own.to_scalar::<f32>()?);
        let guided = match &self.guided_alignment {
            Some(guided_alignment) => guided_alignment.compute(&output, &inputs.pairs, words)?,
            None => None,
        };
        Ok((mean, guided.map_or(Ok(own.clone()), |guided| &own + guided)?))
    }

    /// Saves the model of the best validation, after training on `target_tokens` tokens of `pairs` pairs.
    pub fn save(&self, validation: &Validation, pairs: usize, target_tokens: u64) -> Result<()> {
        let card = ModelCard {
            format_version: FORMAT_VERSION,
            model: self.config.clone(),
            provenance: Provenance {
                program: env!("CARGO_PKG_VERSION").to_owned(),
                corpus: self.corpus.clone(),
                pairs,
                dev_pairs: self.validation().pairs.len(),
                step: validation.step,
                epochs: validation.epochs,
                target_tokens,
                dev_loss: validation.dev_loss,
                dev_bleu: validation.dev_bleu,
                dev_chrf: validation.dev_chrf,
                dev_metric: validation.metric,
                training: self.settings.to_json()?,
                from: self.parent.clone().map(Box::new),
            },
            languages: self.languages.clone(),
            search: None,
            links: self.statistics.as_ref().map(|_| LinkExponents::STANDARD),
            short_list: self.short_list.is_some(),
        };
        let weights = write_weights(&self.parameters.tensors())?;
        let short_list = self.short_list.as_ref().map(ShortList::to_bytes);
        let optional = OptionalFiles { statistics: self.statistics.as_deref(), short_list: short_list.as_deref() };
        Ok(self.directory.save(&card, &self.tokenizers, &weights, optional)?)
    }

    /// Returns the metric that compares validations, of which the best has this BLEU.
    pub fn metric(&self, best_bleu: f64) -> DevMetric {
        metric(self.settings.training.select, best_bleu, self.validation_part.tokenization)
    }

    /// Fits the length penalty and the exponents of the weights for links on the validation pairs, where the best
    /// validation has this BLEU, and writes them into `config.json`. Returns `None` if `should_stop`, which gets the
    /// share that is done, before that.
    pub fn fit(&self, best_bleu: f64, should_stop: &dyn Fn(f64) -> bool) -> Result<Option<FittedSearch>> {
        // Of the saved model: the best weights are not always the last.
        let (card, translator) = (self.directory.read_card()?, self.directory.load()?);
        let fitted = self.fit_on(self.validation(), &translator, best_bleu, should_stop)?;
        let Some((search, links)) = fitted else { return Ok(None) };
        self.directory.save_card(&ModelCard { search: Some(search), links, ..card })?;
        Ok(Some(search))
    }

    /// Fits the length penalty, and the exponents of links if the translator has statistics, on some pairs.
    pub fn fit_on(
        &self,
        pairs: &ValidationSet,
        translator: &Translator,
        best_bleu: f64,
        should_stop: &dyn Fn(f64) -> bool,
    ) -> Result<Option<(FittedSearch, Option<LinkExponents>)>> {
        let metric = search_metric(self.settings.training.select, best_bleu, pairs.tokenization);
        let search = pairs.fit_search(translator, metric, &|share| should_stop(share * SEARCH_SHARE))?;
        let Some(search) = search else { return Ok(None) };
        if translator.scorer().statistics()?.is_none() {
            return Ok(Some((search, None)));
        }
        let go_on = |share| should_stop(SEARCH_SHARE + share * (1.0 - SEARCH_SHARE));
        let links = fit_exponents(translator.scorer(), &pairs.pairs, &go_on)?;
        Ok(links.map(|links| (search, Some(links))))
    }

    /// Writes the present settings into the card of a model that was saved before a time budget became a number of
    /// steps.
    pub fn save_settings(&self) -> Result<()> {
        let mut card = self.directory.read_card()?;
        card.provenance.training = self.settings.to_json()?;
        Ok(self.directory.save_card(&card)?)
    }

    /// Saves the weights of the last step, beside those of the model.
    pub fn save_last(&self) -> Result<()> {
        self.training_directory.save_last(&write_weights(&self.parameters.tensors())?)
    }

    /// Returns the event before the first step.
    pub fn prepared(&self, pairs: usize, batches: &BatchSampler) -> Event {
        Event::Prepared {
            pairs,
            dev_pairs: self.validation_part.pairs.len(),
            source_vocab: self.config.source_vocab,
            target_vocab: self.config.target_vocab,
            parameters: self.parameters.count(),
            steps_per_epoch: batches.steps_per_epoch(),
        }
    }
}
