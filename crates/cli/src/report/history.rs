//! The training history of a model, read from its log.

use anyhow::Result;
use glosser_training::{Event, read_log};
use serde::Serialize;
use std::path::Path;

/// Maximum number of training losses: a curve of a few hundred pixels cannot show more.
const MAX_LOSSES: usize = 200;

/// The data of the learning curves.
#[derive(Default, Serialize)]
pub struct History {
    validations: Vec<Validated>,
    /// Smoothed training losses, at most [`MAX_LOSSES`].
    training: Vec<Loss>,
}

/// Position in the training.
#[derive(Serialize)]
struct Position {
    step: usize,
    epochs: f64,
    minutes: f64,
}

#[derive(Serialize)]
struct Validated {
    #[serde(flatten)]
    position: Position,
    bleu: f64,
    loss: f64,
    is_best: bool,
}

#[derive(Serialize)]
struct Loss {
    #[serde(flatten)]
    position: Position,
    loss: f64,
}

impl History {
    /// Reads a training log.
    pub fn read(log: &Path) -> Result<Self> {
        let (mut history, mut steps_per_epoch) = (Self::default(), 1);
        for event in read_log(log)? {
            match event {
                Event::Prepared { steps_per_epoch: steps, .. } => steps_per_epoch = steps.max(1),
                Event::Progress(progress) => history.training.push(Loss {
                    position: Position::new(
                        progress.step,
                        progress.step as f64 / steps_per_epoch as f64,
                        progress.seconds,
                    ),
                    loss: progress.loss,
                }),
                Event::Validated(validation) => history.validations.push(Validated {
                    position: Position::new(validation.step, validation.epochs, validation.seconds),
                    bleu: validation.dev_bleu,
                    loss: validation.dev_loss,
                    is_best: validation.is_best,
                }),
                _ => {}
            }
        }
        let every = history.training.len().div_ceil(MAX_LOSSES).max(1);
        history.training = history.training.into_iter().step_by(every).collect();
        Ok(history)
    }
}

impl Position {
    fn new(step: usize, epochs: f64, seconds: f64) -> Self {
        Self { step, epochs: (epochs * 1e3).round() / 1e3, minutes: (seconds / 0.06).round() / 1e3 }
    }
}
