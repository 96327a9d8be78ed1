//! What settings must be, so that a model can be made of them.

use crate::{Budget, GuidedAlignmentSettings, NoiseSettings, Settings};
use anyhow::{Result, bail, ensure};
use glosser_text::SMALLEST_VOCAB;
use glosser_translator::ModelConfig;

/// Of sizes and counts: far beyond what can be computed with, and small enough that products of them are numbers.
const LARGEST: usize = 1_000_000;
const MOST_LAYERS: usize = 100;
const MOST_MEMBERS: usize = 100;
const MOST_STEPS: usize = 1_000_000_000;

/// Numbers to learn. Training keeps each in memory, its gradient, and two moments, four bytes each; and all but the
/// gradient once more to go back to.
const MOST_PARAMETERS: u64 = 1_000_000_000;

/// What is wrong with a configuration: a key or a value.
#[derive(Debug)]
pub struct BadSettings(String);

impl BadSettings {
    pub(crate) fn new(problem: String) -> Self {
        Self(problem)
    }
}

impl std::fmt::Display for BadSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadSettings {}

impl Settings {
    /// That every value is one that can be trained with.
    ///
    /// # Errors
    /// What is wrong, and with which key.
    pub(crate) fn check(&self) -> Result<()> {
        let Settings { tokenizer, model, training } = self;
        let sizes = [
            ("model.embed", model.embed, LARGEST),
            ("model.encoder_hidden", model.encoder_hidden, LARGEST),
            ("model.encoder_layers", model.encoder_layers, MOST_LAYERS),
            ("model.decoder_hidden", model.decoder_hidden, LARGEST),
            ("model.attention_size", model.attention_size, LARGEST),
            ("model.members", model.members, MOST_MEMBERS),
            ("tokenizer.vocab", tokenizer.vocab, LARGEST),
            ("training.batch_tokens", training.batch_tokens, LARGEST),
            ("training.warmup_steps", training.warmup_steps, LARGEST),
            ("training.patience", training.patience, LARGEST),
            ("training.longest", training.longest, LARGEST),
        ];
        for (name, size, most) in sizes {
            ensure!((1..=most).contains(&size), "{name} is {size}; it must be from 1 to {most}");
        }
        ensure!(
            tokenizer.vocab >= SMALLEST_VOCAB,
            "tokenizer.vocab is {}; all bytes and the control tokens make it at least {SMALLEST_VOCAB}",
            tokenizer.vocab
        );
        let NoiseSettings { bpe_dropout, source_words, target_words } = training.noise;
        for (name, share) in [
            ("dropout", training.dropout),
            ("noise.bpe_dropout", bpe_dropout),
            ("noise.source_words", source_words),
            ("noise.target_words", target_words),
            ("label_smoothing", training.label_smoothing),
            ("stand_ins", training.stand_ins),
        ] {
            ensure!((0.0..1.0).contains(&share), "training.{name} is {share}; it must be from 0 to below 1");
        }
        for (name, value) in [("learning_rate", training.learning_rate), ("clip", training.clip)] {
            ensure!(value > 0.0 && value.is_finite(), "training.{name} is {value}; it must be above 0");
        }
        let candidates = training.candidates;
        ensure!(candidates <= LARGEST, "training.candidates is {candidates}; it must be from 0 to {LARGEST}");
        let GuidedAlignmentSettings { aligner_weight, attention_weight, .. } = training.guide;
        for (name, weight) in [("aligner_weight", aligner_weight), ("attention_weight", attention_weight)] {
            ensure!((0.0..=100.0).contains(&weight), "training.guide.{name} is {weight}; it must be from 0 to 100");
        }
        let weight_decay = training.weight_decay;
        ensure!(
            (0.0..=100.0).contains(&weight_decay),
            "training.weight_decay is {weight_decay}; it must be from 0 to 100"
        );
        match training.budget {
            Budget::Epochs(0) | Budget::Steps(0) => bail!("training.budget is nothing; train for at least one step"),
            Budget::Epochs(n) if n > LARGEST => bail!("training.budget is {n} epochs; give at most {LARGEST}"),
            Budget::Steps(n) if n > MOST_STEPS => bail!("training.budget is {n} steps; give at most {MOST_STEPS}"),
            Budget::Minutes(m) if !(m > 0.0 && m <= LARGEST as f64) => {
                bail!("training.budget is {m} minutes; give more than 0 and at most {LARGEST}")
            }
            _ => Ok(()),
        }
    }

    /// That a model can be computed with at all, told before there is memory for it.
    ///
    /// # Errors
    /// [`BadSettings`] if its sizes do not go together, or it has too many numbers.
    pub(crate) fn check_model(&self, config: &ModelConfig) -> Result<()> {
        let parameters = config.parameters().map_err(|cause| BadSettings(first_line(&cause)))?;
        if parameters > MOST_PARAMETERS {
            let (found, most) = (parameters / 1_000_000, MOST_PARAMETERS / 1_000_000);
            return Err(BadSettings(format!(
                "a model of these sizes has {found} million weights, and at most {most} million can be trained; choose \
                 smaller sizes in [model], or a smaller tokenizer.vocab"
            ))
            .into());
        }
        Ok(())
    }
}

/// Errors of tensors carry a backtrace behind their first line.
fn first_line(cause: &candle_core::Error) -> String {
    cause.to_string().lines().next().unwrap_or_default().to_owned()
}
