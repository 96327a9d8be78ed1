//! Limits of settings: every value must be one that a model can be trained with.

use crate::error::SettingsError;
use crate::{Budget, Settings};
use glosser_text::SMALLEST_VOCAB;
use glosser_translator::ModelConfig;

/// Largest size or count: more than can be trained, and small enough that products of sizes do not overflow.
const LARGEST: usize = 1_000_000;
const MOST_LAYERS: usize = 100;
const LARGEST_ENSEMBLE: usize = 100;
const MOST_STEPS: usize = 1_000_000_000;

/// Most weights of a model. Training keeps six values of four bytes for each: the weight, its gradient and two moments
/// of Adam, and the weight and both moments of the snapshot to roll back to.
const MOST_WEIGHTS: u64 = 1_000_000_000;

type Checked = Result<(), SettingsError>;

impl Settings {
    /// Checks that every value can be trained with.
    ///
    /// # Errors
    /// If a value is out of its range; the message names the key, the value and the range.
    pub(crate) fn check(&self) -> Checked {
        self.check_sizes()?;
        self.check_shares()?;
        self.check_weights()?;
        self.training.budget.check()
    }

    fn check_sizes(&self) -> Checked {
        let Settings { tokenizer, model, training } = self;
        for (key, size, least, most) in [
            ("model.embed", model.embed, 1, LARGEST),
            ("model.encoder_hidden", model.encoder_hidden, 1, LARGEST),
            ("model.encoder_layers", model.encoder_layers, 1, MOST_LAYERS),
            ("model.decoder_hidden", model.decoder_hidden, 1, LARGEST),
            ("model.attention_size", model.attention_size, 1, LARGEST),
            ("model.ensemble", model.ensemble, 1, LARGEST_ENSEMBLE),
            // The single bytes and the control tokens are in every vocabulary.
            ("tokenizer.vocab", tokenizer.vocab, SMALLEST_VOCAB, LARGEST),
            ("training.batch_tokens", training.batch_tokens, 1, LARGEST),
            ("training.warmup_steps", training.warmup_steps, 1, LARGEST),
            ("training.sampled_vocabulary", training.sampled_vocabulary, 0, LARGEST),
            ("training.patience", training.patience, 1, LARGEST),
            ("training.longest", training.longest, 1, LARGEST),
        ] {
            require((least..=most).contains(&size), || format!("{key} is {size}; it must be from {least} to {most}"))?;
        }
        Ok(())
    }

    fn check_shares(&self) -> Checked {
        for (key, share) in [
            ("dropout", self.training.dropout),
            ("target_word_dropout", self.training.target_word_dropout),
            ("label_smoothing", self.training.label_smoothing),
            ("placeholders", self.training.placeholders),
        ] {
            require((0.0..1.0).contains(&share), || {
                format!("training.{key} is {share}; it must be at least 0 and below 1")
            })?;
        }
        Ok(())
    }

    fn check_weights(&self) -> Checked {
        let training = &self.training;
        for (key, value) in [("learning_rate", training.learning_rate), ("clip", training.clip)] {
            require(value > 0.0 && value.is_finite(), || format!("training.{key} is {value}; it must be above 0"))?;
        }
        for (key, weight) in [
            ("weight_decay", training.weight_decay),
            ("guided_alignment.aligner_weight", training.guided_alignment.aligner_weight),
            ("guided_alignment.attention_weight", training.guided_alignment.attention_weight),
        ] {
            require((0.0..=100.0).contains(&weight), || {
                format!("training.{key} is {weight}; it must be from 0 to 100")
            })?;
        }
        Ok(())
    }

    /// Checks that the model can be computed and trained, before memory is allocated for it.
    ///
    /// # Errors
    /// If its sizes do not fit together, or it has too many weights.
    pub(crate) fn check_model(&self, config: &ModelConfig) -> Checked {
        let weights = config.parameters().map_err(|cause| SettingsError::new(first_line(&cause)))?;
        let (found, most) = (weights / 1_000_000, MOST_WEIGHTS / 1_000_000);
        require(weights <= MOST_WEIGHTS, || {
            format!(
                "a model of these sizes has {found} million weights, and at most {most} million can be trained; choose \
                 smaller sizes in [model], or a smaller tokenizer.vocab"
            )
        })
    }
}

impl Budget {
    fn check(&self) -> Checked {
        let problem = match self {
            Self::Epochs(0) | Self::Steps(0) => "training.budget is 0; train for at least one step".to_owned(),
            Self::Epochs(n) if *n > LARGEST => format!("training.budget is {n} epochs; give at most {LARGEST}"),
            Self::Schedule(schedule) if schedule.largest() > MOST_STEPS => {
                format!("training.budget is {schedule}; give at most {MOST_STEPS} steps")
            }
            Self::Steps(n) if *n > MOST_STEPS => format!("training.budget is {n} steps; give at most {MOST_STEPS}"),
            Self::Minutes(m) if !(*m > 0.0 && *m <= LARGEST as f64) => {
                format!("training.budget is {m} minutes; give more than 0 and at most {LARGEST}")
            }
            _ => return Ok(()),
        };
        Err(SettingsError::new(problem))
    }
}

fn require(is_met: bool, problem: impl FnOnce() -> String) -> Checked {
    if is_met { Ok(()) } else { Err(SettingsError::new(problem())) }
}

/// Returns the first line of a tensor error: the other lines are a backtrace.
fn first_line(cause: &candle_core::Error) -> String {
    cause.to_string().lines().next().unwrap_or_default().to_owned()
}
