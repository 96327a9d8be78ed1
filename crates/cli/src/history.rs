//! The course of a training, read from its log: validations and training losses.

use anyhow::{Result, ensure};
use glosser_training::{Event, TrainingDirectory, read_log};
use glosser_translator::{DevMetric, ModelDirectory};
use serde::{Serialize, Serializer};
use std::path::{Path, PathBuf};

/// Largest value of a log: real minutes and losses are far below, and the labels of an axis stay distinct.
const LARGEST: f64 = 1e12;

/// Validations and training losses in the order of the log.
#[derive(Default, Serialize)]
pub struct History {
    /// The metric that chose the saved model.
    pub metric: DevMetric,
    pub validations: Vec<Validated>,
    /// Smoothed training losses.
    pub training: Vec<Loss>,
}

/// Position in the training.
#[derive(Serialize)]
pub struct Position {
    pub step: usize,
    #[serde(serialize_with = "rounded")]
    pub epochs: f64,
    /// Minutes since the first step.
    #[serde(serialize_with = "rounded")]
    pub minutes: f64,
}

/// One validation.
#[derive(Serialize)]
pub struct Validated {
    #[serde(flatten)]
    pub position: Position,
    /// The value of the history's metric.
    pub score: f64,
    #[serde(skip)]
    pub bleu: f64,
    /// `None` in logs of earlier versions.
    #[serde(skip)]
    pub chrf: Option<f64>,
    /// Loss in nats per target token.
    pub loss: f64,
    /// Whether no earlier validation was better.
    pub is_best: bool,
}

/// One training loss, in nats per target token.
#[derive(Serialize)]
pub struct Loss {
    #[serde(flatten)]
    pub position: Position,
    pub loss: f64,
}

impl History {
    /// Reads a training log.
    ///
    /// # Errors
    /// If the log cannot be read, or a value is out of range.
    pub fn read(log: &Path) -> Result<Self> {
        Self::of(read_log(log)?, log)
    }

    /// Makes the history from the events of a training log.
    ///
    /// # Errors
    /// If a value is out of range.
    pub fn of(events: Vec<Event>, log: &Path) -> Result<Self> {
        let (mut history, mut steps_per_epoch) = (Self::default(), 1);
        let mut validations = Vec::new();
        for (index, event) in events.into_iter().enumerate() {
            let checked = |value: f64| -> Result<f64> {
                // There is one event per line.
                let (log, line) = (log.display(), index + 1);
                ensure!(
                    value.abs() <= LARGEST,
                    "{log}:{line}: {value} is out of range; the log is damaged on this line"
                );
                Ok(value)
            };
            let position = |step, epochs, seconds: f64| -> Result<Position> {
                Ok(Position { step, epochs: checked(epochs)?, minutes: checked(seconds / 60.0)? })
            };
            match event {
                Event::Prepared { steps_per_epoch: steps, .. } => steps_per_epoch = steps,
                Event::Progress(progress) => {
                    let epochs = progress.step as f64 / steps_per_epoch as f64;
                    let position = position(progress.step, epochs, progress.seconds)?;
                    history.training.push(Loss { position, loss: checked(progress.loss)? });
                }
                Event::Validated(validation) => {
                    let position = position(validation.step, validation.epochs, validation.seconds)?;
                    checked(validation.value(validation.metric))?;
                    checked(validation.dev_loss)?;
                    validations.push((position, validation));
                }
                _ => {}
            }
        }
        // The metric of the last best validation: earlier ones may have been compared by chrF2, as long as BLEU was low.
        let best = validations.iter().rfind(|(_, validation)| validation.is_best).or(validations.first());
        history.metric = best.map(|(_, validation)| validation.metric).unwrap_or_default();
        history.validations = validations
            .into_iter()
            .map(|(position, validation)| Validated {
                position,
                score: validation.value(history.metric),
                bleu: validation.dev_bleu,
                chrf: validation.dev_chrf,
                loss: validation.dev_loss,
                is_best: validation.is_best,
            })
            .collect();
        Ok(history)
    }

    /// Returns the validation of the saved model: the last best one, or the first one in a log without a best one.
    pub fn best(&self) -> Option<&Validated> {
        self.validations.iter().rfind(|validation| validation.is_best).or(self.validations.first())
    }

    /// Changes the metric of the scores. The best validation stays the one that was chosen by the run's own metric.
    pub fn scored_by(mut self, metric: DevMetric) -> Self {
        self.metric = metric;
        for validation in &mut self.validations {
            validation.score = metric.of(validation.bleu, validation.chrf, validation.loss);
        }
        self
    }

    /// Keeps at most `count` training losses, evenly spaced.
    pub fn with_losses(mut self, count: usize) -> Self {
        let every = self.training.len().div_ceil(count).max(1);
        self.training = self.training.into_iter().step_by(every).collect();
        self
    }
}

/// Returns the log of a model directory; the path of a log is returned unchanged.
///
/// # Errors
/// If there is no model directory, or it has no log.
pub fn log(path: &Path) -> Result<PathBuf> {
    if path.is_file() {
        return Ok(path.to_owned());
    }
    let (directory, log) = (ModelDirectory::new(path), TrainingDirectory::new(path).log());
    if !path.is_dir() || !log.exists() && !directory.holds_a_model() {
        // For its error message, which names the remedy.
        directory.read_card()?;
    }
    ensure!(
        log.exists(),
        "{}: the training log `{}` is missing; a quantized model has no log, nor has one that was copied without it: name \
         the directory of the training",
        path.display(),
        log.strip_prefix(path).unwrap_or(&log).display()
    );
    Ok(log)
}

/// Writes three decimals, which is more than a curve shows.
fn rounded<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((value * 1e3).round() / 1e3)
}
