//! The training loop, flat and visible.

use crate::batches::epoch_batches;
use crate::event::{Event, Progress, Summary, Validation};
use crate::streams::{Purpose, stream};
use crate::validation::ValidationSet;
use crate::{Budget, Examples, Parameters, Settings, learning_rate, loss};
use anyhow::{Context, Result, bail};
use candle_core::Device;
use glosser_kernels::{Adam, AdamConfig, Pass};
use glosser_translator::{
    FORMAT_VERSION, Model, ModelCard, ModelConfig, ModelDirectory, Provenance, Tokenizers, Translator, write_weights,
};
use std::time::{Duration, Instant};

const ADAM: AdamConfig = AdamConfig { beta1: 0.9, beta2: 0.98, epsilon: 1e-9 };

/// Steps between reports.
const REPORT_EVERY: usize = 20;

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
    pub validation: ValidationSet,
    pub model: Model,
    pub parameters: Parameters,
    pub directory: ModelDirectory,
}

/// The best validation so far.
#[derive(Clone, Copy)]
struct Best {
    step: usize,
    bleu: f64,
    loss: f64,
}

/// What is counted since the last report.
#[derive(Default)]
struct Since {
    loss: f64,
    tokens: usize,
    time: Duration,
}

impl Run {
    pub fn train(mut self, tell: &mut dyn FnMut(Event) -> Result<()>) -> Result<Summary> {
        let training = self.settings.training.clone();
        let translator = Translator::new(self.parameters.frozen(&self.config)?, self.tokenizers.clone());
        let mut adam = Adam::new(ADAM, self.parameters.named());
        let mut batches = epoch_batches(&self.examples, training.batch_tokens, training.seed, 0);
        let per_epoch = batches.len();
        tell(self.prepared(per_epoch))?;
        let mut steps = match training.budget {
            Budget::Epochs(epochs) => Some(epochs * per_epoch),
            Budget::Steps(steps) => Some(steps),
            Budget::Minutes(_) => None,
        };
        if let Some(steps) = steps {
            self.fix_steps(steps, tell)?;
        }

        let started = Instant::now();
        let (mut best, mut since, mut rounds, mut rounds_without_gain) = (None::<Best>, Since::default(), 0, 0);
        let (mut tokens, mut train_time, mut validation_time) = (0u64, Duration::ZERO, Duration::ZERO);
        let (mut epoch, mut next) = (0, 0);
        let mut step = 0;
        while steps.is_none_or(|steps| step < steps) {
            if next == batches.len() {
                epoch += 1;
                next = 0;
                batches = epoch_batches(&self.examples, training.batch_tokens, training.seed, epoch);
            }
            let step_started = Instant::now();
            step += 1;
            let rate =
                learning_rate(step, training.warmup_steps, steps.unwrap_or(usize::MAX - 1), training.learning_rate);
            let (loss, norm, count) = self.step(step, &batches[next], &mut adam, rate)?;
            next += 1;
            let elapsed = step_started.elapsed();
            tokens += count as u64;
            train_time += elapsed;
            since.loss += loss * count as f64;
            since.tokens += count;
            since.time += elapsed;

            if let (None, Budget::Minutes(minutes)) = (steps, training.budget) {
                let fixed = self.steps_in(minutes, step, train_time, tokens, per_epoch);
                if let Some(fixed) = fixed {
                    steps = Some(fixed);
                    self.fix_steps(fixed, tell)?;
                }
            }
            let last = Some(step) == steps;
            if step % REPORT_EVERY == 0 || last {
                let Since { loss, tokens, time } = std::mem::take(&mut since);
                tell(Event::Progress(Progress {
                    step,
                    steps,
                    loss: loss / tokens.max(1) as f64,
                    gradient_norm: norm,
                    learning_rate: rate,
                    tokens_per_second: tokens as f64 / time.as_secs_f64(),
                    seconds: started.elapsed().as_secs_f64(),
                    seconds_left: steps.map(|steps| {
                        let left = (steps - step) as f64;
                        let validations = (left / per_epoch as f64).ceil();
                        let each = validation_time.as_secs_f64() / f64::from(rounds.max(1));
                        left * train_time.as_secs_f64() / step as f64 + validations * each
                    }),
                }))?;
            }
            if step % per_epoch != 0 && !last {
                continue;
            }
            let validation_started = Instant::now();
            let scores = self.validation.score(&translator, rounds as usize)?;
            rounds += 1;
            validation_time += validation_started.elapsed();
            let now = Best { step, bleu: scores.bleu, loss: scores.loss };
            let is_best = best.is_none_or(|best| is_better(&now, &best));
            let weights = write_weights(&self.parameters.tensors())?;
            self.directory.save_last(&weights)?;
            if is_best {
                best = Some(now);
                rounds_without_gain = 0;
                self.directory.save(&self.card(&now, tokens, per_epoch)?, &self.tokenizers, &weights)?;
            } else {
                rounds_without_gain += 1;
            }
            tell(Event::Validated(Validation {
                step,
                epochs: step as f64 / per_epoch as f64,
                dev_loss: scores.loss,
                dev_bleu: scores.bleu,
                is_best,
                seconds: started.elapsed().as_secs_f64(),
                sample: scores.sample,
            }))?;
            if rounds_without_gain >= training.patience {
                break;
            }
        }
        let best = best.context("training ended before the first validation")?;
        let summary = Summary {
            steps: step,
            best_step: best.step,
            dev_bleu: best.bleu,
            dev_loss: best.loss,
            stopped_early: steps.is_some_and(|steps| step < steps),
            tokens_per_second: tokens as f64 / train_time.as_secs_f64(),
            seconds: started.elapsed().as_secs_f64(),
        };
        tell(Event::Finished(summary.clone()))?;
        Ok(summary)
    }

    /// Forward, backward, one move of every parameter. Returns the loss per token, the gradient's norm and the number
    /// of target tokens.
    fn step(&self, step: usize, indices: &[usize], adam: &mut Adam, rate: f32) -> Result<(f64, f32, usize)> {
        let training = &self.settings.training;
        let mut rng = stream(training.seed, Purpose::Dropout, step as u64);
        let (source, target, gold) = self.examples.batch(indices, &Device::Cpu)?;
        let count = gold.len();
        let output = self.model.forward(&source, &target, &mut Pass::Train(&mut rng))?;
        let loss = loss(&output.logits, gold, training.label_smoothing)?;
        let value = f64::from(loss.to_scalar::<f32>()?);
        if !value.is_finite() {
            bail!("{}", diverged(step, "the loss"));
        }
        let norm = adam.step(&loss.backward()?, rate, training.clip).with_context(|| diverged(step, "the gradient"))?;
        Ok((value, norm, count))
    }

    /// The number of steps that a time budget allows, once enough were timed: a tenth of the budget, but within the
    /// warm-up, where the learning rate does not depend on it yet.
    fn steps_in(&self, minutes: f64, step: usize, time: Duration, tokens: u64, per_epoch: usize) -> Option<usize> {
        let (budget, spent) = (minutes * 60.0, time.as_secs_f64());
        if spent < TIMED_SHARE * budget && step < self.settings.training.warmup_steps {
            return None;
        }
        let per_token = spent / tokens as f64;
        let validation = VALIDATION_COST * per_token * self.validation.examples.target_tokens() as f64;
        let per_step = spent / step as f64 + validation / per_epoch as f64;
        Some(((budget / per_step) as usize).max(step))
    }

    /// Says and saves the number of steps: repeated with it, the run gives the same weights.
    fn fix_steps(&mut self, steps: usize, tell: &mut dyn FnMut(Event) -> Result<()>) -> Result<()> {
        self.settings.training.budget = Budget::Steps(steps);
        tell(Event::StepsFixed { steps })
    }

    fn prepared(&self, steps_per_epoch: usize) -> Event {
        Event::Prepared {
            pairs: self.examples.len(),
            dev_pairs: self.validation.pairs.len(),
            source_vocab: self.config.source_vocab,
            target_vocab: self.config.target_vocab,
            parameters: self.parameters.count(),
            steps_per_epoch,
        }
    }

    fn card(&self, best: &Best, target_tokens: u64, per_epoch: usize) -> Result<ModelCard> {
        Ok(ModelCard {
            format_version: FORMAT_VERSION,
            model: self.config.clone(),
            provenance: Provenance {
                program: env!("CARGO_PKG_VERSION").to_owned(),
                corpus: self.corpus.clone(),
                pairs: self.examples.len(),
                dev_pairs: self.validation.pairs.len(),
                step: best.step,
                epochs: best.step as f64 / per_epoch as f64,
                target_tokens,
                dev_loss: best.loss,
                dev_bleu: best.bleu,
                training: serde_json::to_value(&self.settings)?,
            },
        })
    }
}

/// By BLEU as it is printed; early on, when it is zero or equal, by the loss.
fn is_better(now: &Best, best: &Best) -> bool {
    let printed = |bleu: f64| (bleu * 100.0).round() as i64;
    (printed(now.bleu), -now.loss) > (printed(best.bleu), -best.loss)
}

fn diverged(step: usize, what: &str) -> String {
    format!(
        "{what} is no longer a number at step {step}: training has diverged. The best model so far is kept; train \
         again with a lower training.learning_rate (half, say)"
    )
}
