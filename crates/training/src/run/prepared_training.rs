//! A prepared training whose steps are done one by one, for measuring them and for other programs that train on the same
//! batches.

use crate::data::batch_sampler::BatchSampler;
use crate::error::Result;
use crate::events::event_log::Observer;
use crate::job::{Job, prepare_anew};
use crate::run::step::{Optimiser, Run, StepInputs};
use crate::settings::schedule::warm_up;
use crate::training_directory::DirectoryLock;
use crate::{Examples, Parameters, Settings};
use glosser_translator::{Batch, ModelConfig, write_weights};
use serde::Serialize;

/// A training that has been prepared as by [`train`](crate::train), up to its first step. Its steps are those of `train`,
/// with the same batches and random draws, but nothing is validated or saved.
pub struct PreparedTraining {
    run: Run,
    examples: Examples,
    optimiser: Optimiser,
    /// The numbers of the pairs of each step.
    batches: Vec<Vec<u32>>,
    /// The number of steps that have been drawn.
    drawn: usize,
    /// The directory holds the token ids.
    _lock: DirectoryLock,
}

/// The inputs of a step as plain data: numbers of its tokens, and lists with one item per pair.
#[derive(Clone, Debug, Serialize)]
pub struct BatchRecord {
    /// Source ids, which end in EOS.
    pub source: Vec<Vec<u32>>,
    /// Target ids as the decoder sees them: those of dropped words are padding.
    pub target: Vec<Vec<u32>>,
    /// Target ids that must be predicted, sentence after sentence.
    pub gold: Vec<u32>,
    /// The ids that the softmax is over, ascending, with the logarithms of their weights; empty for the whole
    /// vocabulary.
    pub sample: Vec<(u32, f32)>,
    /// The number of its word for each source token.
    pub source_words: Vec<Vec<usize>>,
    /// The number of its word for each target token.
    pub target_words: Vec<Vec<usize>>,
    /// Links between these words, source first. `None` if they are not trained on, because placeholders replace words.
    pub links: Vec<Option<Vec<(u16, u16)>>>,
}

impl PreparedTraining {
    /// Prepares the first `steps` steps of a job.
    ///
    /// # Errors
    /// As [`train`](crate::train), before its first step.
    pub fn new(job: Job, steps: usize, observer: &mut dyn Observer) -> Result<Self> {
        let (run, examples, lock) = prepare_anew(job, observer)?;
        let training = &run.settings.training;
        let optimiser = Optimiser::new(training, &run.parameters);
        let mut batches = BatchSampler::new(&examples, training.batch_tokens, training.seed);
        let batches = (0..steps).map(|_| batches.next_batch().to_vec()).collect();
        Ok(Self { run, examples, optimiser, batches, drawn: 0, _lock: lock })
    }

    /// Returns the settings.
    pub fn settings(&self) -> &Settings {
        &self.run.settings
    }

    /// Returns the configuration of the model.
    pub fn config(&self) -> &ModelConfig {
        &self.run.config
    }

    /// Returns the weights.
    pub fn parameters(&self) -> &Parameters {
        &self.run.parameters
    }

    /// Returns the present weights in the format of a model file.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn weights(&self) -> Result<Vec<u8>> {
        Ok(write_weights(&self.run.parameters.tensors())?)
    }

    /// Draws the inputs of the next step. Returns `None` after the last prepared one.
    ///
    /// # Errors
    /// If the token ids cannot be read.
    pub fn draw(&mut self) -> Result<Option<StepInputs>> {
        let Some(pairs) = self.batches.get(self.drawn) else { return Ok(None) };
        self.drawn += 1;
        self.run.draw(self.drawn, &self.examples, pairs).map(Some)
    }

    /// Returns the loss of a step, and computes its gradients.
    ///
    /// # Errors
    /// If the loss is NaN or infinite.
    pub fn differentiate(&mut self, inputs: StepInputs) -> Result<f64> {
        self.run.differentiate(inputs, &mut self.optimiser.gradients)
    }

    /// Clips the gradients and moves every parameter, with the rate that the step has in the warm-up.
    ///
    /// # Errors
    /// If a gradient is NaN or infinite.
    pub fn update(&mut self) -> Result<()> {
        let training = &self.run.settings.training;
        let rate = warm_up(self.drawn, training.warmup_steps, training.learning_rate as f32);
        self.run.update(self.drawn, rate, &mut self.optimiser).map(drop)
    }

    /// Returns the inputs of a step as plain data.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn record(&self, inputs: &StepInputs) -> Result<BatchRecord> {
        let batch = &inputs.batch;
        let loss = self.run.guided_alignment.as_ref();
        let links = inputs.pairs.iter().zip(&batch.words).map(|(pair, words)| {
            (!words.has_placeholders).then(|| loss.map_or_else(Vec::new, |loss| loss.links(*pair).to_vec()))
        });
        Ok(BatchRecord {
            source: sentences(&batch.source)?,
            target: sentences(&batch.target)?,
            gold: batch.gold.clone(),
            sample: inputs.vocabulary.iter().flat_map(|sample| sample.tokens()).collect(),
            source_words: batch.words.iter().map(|words| words.source.clone()).collect(),
            target_words: batch.words.iter().map(|words| words.target.clone()).collect(),
            links: links.collect(),
        })
    }
}

/// Returns the ids of each sentence, without padding at the end.
fn sentences(batch: &Batch) -> Result<Vec<Vec<u32>>> {
    let rows = batch.ids.to_vec2::<u32>()?;
    Ok(rows.into_iter().zip(batch.lengths.as_slice()).map(|(row, len)| row[..*len].to_vec()).collect())
}
