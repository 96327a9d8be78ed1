//! How a model was trained, as its log tells it.

use anyhow::Result;
use glosser_training::{Event, read_log};
use serde::Serialize;
use std::path::Path;

/// Training losses that are kept: a line of a few hundred pixels shows no more.
const MOST_LOSSES: usize = 200;

/// What learning curves are drawn from.
#[derive(Default, Serialize)]
pub struct History {
    validations: Vec<Validated>,
    /// Smoothed training loss, at most [`MOST_LOSSES`] of them.
    training: Vec<Loss>,
}

/// When something was measured.
#[derive(Serialize)]
struct When {
    step: usize,
    epochs: f64,
    minutes: f64,
}

#[derive(Serialize)]
struct Validated {
    #[serde(flatten)]
    when: When,
    bleu: f64,
    loss: f64,
    is_best: bool,
}

#[derive(Serialize)]
struct Loss {
    #[serde(flatten)]
    when: When,
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
                    when: When::new(progress.step, progress.step as f64 / steps_per_epoch as f64, progress.seconds),
                    loss: progress.loss,
                }),
                Event::Validated(validation) => history.validations.push(Validated {
                    when: When::new(validation.step, validation.epochs, validation.seconds),
                    bleu: validation.dev_bleu,
                    loss: validation.dev_loss,
                    is_best: validation.is_best,
                }),
                _ => {}
            }
        }
        let every = history.training.len().div_ceil(MOST_LOSSES).max(1);
        history.training = history.training.into_iter().step_by(every).collect();
        Ok(history)
    }
}

impl When {
    fn new(step: usize, epochs: f64, seconds: f64) -> Self {
        Self { step, epochs: (epochs * 1e3).round() / 1e3, minutes: (seconds / 0.06).round() / 1e3 }
    }
}
