//! The training loop, flat and visible.

use crate::batches::Order;
use crate::event::{Event, Summary};
use crate::meter::{Meter, StepResult};
use crate::noise::{Noise, NoisyBatch};
use crate::recovery::{Diverged, Recovery};
use crate::stand_ins::StandIns;
use crate::streams::{Purpose, stream};
use crate::validation::ValidationSet;
use crate::{Budget, Examples, Parameters, Settings, learning_rate, loss};
use anyhow::{Context, Result, ensure};
use candle_core::Device;
use glosser_kernels::{Adam, AdamConfig, Gradients, Pass};
use glosser_translator::{
    FORMAT_VERSION, Model, ModelCard, ModelConfig, ModelDirectory, Origin, Provenance, Tokenizers, Translator,
    write_weights,
};
use std::time::Instant;

const ADAM: AdamConfig = AdamConfig { beta1: 0.9, beta2: 0.98, epsilon: 1e-9 };

/// Steps between reports.
pub(crate) const REPORT_EVERY: usize = 20;

/// Share of a time budget that its first steps, which are timed, may take.
const TIMED_SHARE: f64 = 0.1;

/// Time of a validation token as a share of a training token's: forward passes alone, but one step at a time.
const VALIDATION_COST: f64 = 0.7;

/// Everything that a run needs, prepared.
pub(crate) struct Run {
    pub settings: Settings,
    pub config: ModelConfig,
    pub tokenizers: Tokenizers,
    pub corpus: String,
    pub examples: Examples,
    pub noise: Noise,
    pub stand_ins: StandIns,
    pub validation: ValidationSet,
    pub model: Model,
    pub parameters: Parameters,
    /// The model that the weights come from, unless they are new.
    pub from: Option<Origin>,
    pub directory: ModelDirectory,
}

/// The best validation so far.
#[derive(Clone, Copy)]
struct Best {
    step: usize,
    bleu: f64,
    loss: f64,
}

impl Run {
    pub fn train(mut self, tell: &mut dyn FnMut(Event) -> Result<()>) -> Result<Summary> {
        let training = self.settings.training.clone();
        // Follows the training: it shares the weights.
        let frozen = self.parameters.frozen(&self.config)?;
        let mut adam = Adam::new(ADAM, self.parameters.named());
        let mut gradients = Gradients::default();
        let examples = std::mem::replace(&mut self.examples, Examples::from_ids(Vec::new()));
        let mut order = Order::new(&examples, training.batch_tokens, training.seed);
        let per_epoch = order.steps_per_epoch();
        tell(self.prepared(examples.len(), per_epoch))?;
        let mut steps = match training.budget {
            Budget::Epochs(epochs) => Some(self.fix_steps(epochs * per_epoch, tell)?),
            Budget::Steps(steps) => Some(self.fix_steps(steps, tell)?),
            Budget::Minutes(_) => None,
        };

        if self.from.is_some() {
            // How good the model is that training goes on from; it is never the best of what this run makes.
            let before = Translator::new(frozen.clone(), self.tokenizers.clone());
            tell(self.validation.score(&before, 0, 0)?.told(0, per_epoch, false, 0.0))?;
        }
        let mut meter = Meter::new();
        let mut best: Option<Best> = None;
        let mut recovery = Recovery::new(training.learning_rate, &self.parameters, &adam)?;
        let (mut step, mut round, mut rounds_without_gain) = (0, 0, 0);
        while steps.is_none_or(|steps| step < steps) && rounds_without_gain < training.patience {
            step += 1;
            let rate = learning_rate(step, training.warmup_steps, steps, recovery.peak());
            let result = match self.step(step, rate, &examples, order.next_batch(), &mut adam, &mut gradients) {
                Ok(result) => Some(result),
                Err(error) => {
                    tell(recovery.go_back(error, &self.parameters, &mut adam)?)?;
                    None
                }
            };
            meter.step(result.as_ref());
            if let (None, Budget::Minutes(minutes)) = (steps, training.budget)
                && let Some(fixed) = self.steps_in(minutes, step, &meter, per_epoch)
            {
                steps = Some(self.fix_steps(fixed, tell)?);
            }
            let Some(result) = result else { continue };
            let is_last = Some(step) == steps;
            if step % REPORT_EVERY == 0 || is_last {
                tell(Event::Progress(meter.report(&result, steps, per_epoch)))?;
            }
            if step % per_epoch == 0 || is_last {
                let started = Instant::now();
                let translator = Translator::new(frozen.clone(), self.tokenizers.clone());
                let scores = match self.validation.score(&translator, step, round) {
                    Ok(scores) => scores,
                    Err(error) => {
                        tell(recovery.go_back(error, &self.parameters, &mut adam)?)?;
                        continue;
                    }
                };
                recovery.validated();
                meter.validation(started.elapsed());
                round += 1;
                let now = Best { step, bleu: scores.bleu, loss: scores.loss };
                let is_best = best.is_none_or(|best| is_better(&now, &best));
                rounds_without_gain = if is_best { 0 } else { rounds_without_gain + 1 };
                self.save(&now, is_best, examples.len(), meter.tokens, per_epoch)?;
                best = if is_best { Some(now) } else { best };
                tell(scores.told(step, per_epoch, is_best, meter.seconds()))?;
            }
            recovery.keep(step, result.loss, &self.parameters, &adam)?;
        }
        let best = best.with_context(|| recovery.never_validated())?;
        let summary = Summary {
            steps: step,
            best_step: best.step,
            dev_bleu: best.bleu,
            dev_loss: best.loss,
            stopped_early: steps.is_some_and(|steps| step < steps),
            tokens_per_second: meter.tokens_per_second(),
            seconds: meter.seconds(),
        };
        tell(Event::Finished(summary.clone()))?;
        Ok(summary)
    }

    /// Forward, backward, one move of every parameter.
    fn step(
        &self,
        step: usize,
        learning_rate: f32,
        examples: &Examples,
        pairs: &[u32],
        adam: &mut Adam,
        gradients: &mut Gradients,
    ) -> Result<StepResult> {
        let started = Instant::now();
        let training = &self.settings.training;
        let mut rng = stream(training.seed, Purpose::Dropout, step as u64);
        let mut pairs = examples.read(pairs)?;
        self.stand_ins.put_into(&mut pairs, &mut stream(training.seed, Purpose::StandIns, step as u64));
        let mut noise = stream(training.seed, Purpose::Noise, step as u64);
        let NoisyBatch { source, target, gold } = self.noise.batch(&pairs, &mut noise, &Device::Cpu)?;
        let tokens = gold.len();
        let output = self.model.forward(&source, &target, &mut Pass::Train(&mut rng))?;
        let loss = loss(&output.readout, self.model.output_layer(), gold, training.label_smoothing as f32)?;
        let value = f64::from(loss.to_scalar::<f32>()?);
        ensure!(value.is_finite(), Diverged { step, what: "the loss" });
        gradients.compute(&loss)?;
        let moved = adam.step(gradients, learning_rate, training.clip as f32)?;
        let gradient_norm = moved.ok_or(Diverged { step, what: "the gradient" })?;
        Ok(StepResult { loss: value, gradient_norm, learning_rate, tokens, time: started.elapsed() })
    }

    /// The last weights, and the model if they are the best.
    fn save(&self, now: &Best, is_best: bool, pairs: usize, target_tokens: u64, per_epoch: usize) -> Result<()> {
        let weights = write_weights(&self.parameters.tensors())?;
        self.directory.save_last(&weights)?;
        if is_best {
            let card = self.card(now, pairs, target_tokens, per_epoch)?;
            self.directory.save(&card, &self.tokenizers, &weights)?;
        }
        Ok(())
    }

    /// The number of steps that a time budget allows, once enough were timed: a tenth of the budget, but within the
    /// warm-up, where the learning rate does not depend on it yet.
    fn steps_in(&self, minutes: f64, step: usize, meter: &Meter, per_epoch: usize) -> Option<usize> {
        let (budget, spent) = (minutes * 60.0, meter.train_time.as_secs_f64());
        if spent < TIMED_SHARE * budget && step < self.settings.training.warmup_steps {
            return None;
        }
        let per_token = spent / meter.tokens as f64;
        let validation = VALIDATION_COST * per_token * self.validation.examples.target_tokens() as f64;
        let per_step = spent / step as f64 + validation / per_epoch as f64;
        Some(((budget / per_step) as usize).max(step))
    }

    /// Says and saves the number of steps: repeated with it, the run gives the same weights.
    fn fix_steps(&mut self, steps: usize, tell: &mut dyn FnMut(Event) -> Result<()>) -> Result<usize> {
        self.settings.training.budget = Budget::Steps(steps);
        tell(Event::StepsFixed { steps })?;
        Ok(steps)
    }

    fn prepared(&self, pairs: usize, steps_per_epoch: usize) -> Event {
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
        })
    }
}

/// By BLEU as it is printed; early on, when it is zero or equal, by the loss.
fn is_better(now: &Best, best: &Best) -> bool {
    let printed = |bleu: f64| (bleu * 100.0).round() as i64;
    (printed(now.bleu), -now.loss) > (printed(best.bleu), -best.loss)
}
