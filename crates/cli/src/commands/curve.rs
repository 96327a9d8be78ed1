//! `glosser curve`: draws learning curves from training logs.

use crate::curve::{Curve, Validated, draw};
use crate::picture;
use anyhow::{Result, bail, ensure};
use clap::{Args, ValueEnum};
use glosser_training::{Event, TrainingDirectory, read_log};
use glosser_translator::ModelDirectory;
use std::path::{Path, PathBuf};

/// Draw learning curves, validation BLEU over time, as SVG or PNG
///
/// A point is a validation; a ring marks the model that was saved. The values come from the training log in the model
/// directory.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser curve --model de-en --output curve.svg
  glosser curve --model de-en de-en-large --against epochs --loss --output both.svg")]
pub struct CurveArgs {
    /// Model directories or training logs, one curve for each [example: --model de-en de-en-large]
    #[arg(id = "model", short, long, value_name = "DIR|LOG", num_args = 1.., required = true)]
    pub models: Vec<PathBuf>,

    /// Output file, a PNG if it ends in .png [default: SVG to standard output; example: -o curve.svg]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Unit of the horizontal axis [example: --against epochs]
    #[arg(long, value_name = "UNIT", default_value = "minutes")]
    pub against: Against,

    /// Draw the losses too: validation loss with points, training loss (smoothed, with dropout) in a lighter colour
    #[arg(long)]
    pub loss: bool,
}

/// Unit of the horizontal axis.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Against {
    /// Optimiser steps
    Steps,
    /// Passes over the corpus
    Epochs,
    /// Minutes since the first step, including validation
    Minutes,
}

/// Factor by which a PNG is larger than the SVG.
const SCALE: usize = 2;

/// Draws one curve per model or log.
pub fn run(args: CurveArgs) -> Result<()> {
    let curves = args.models.iter().map(|path| curve(path, args.against)).collect::<Result<Vec<_>>>()?;
    picture::write(args.output.as_deref(), &draw(&curves, args.against, args.loss), SCALE)
}

/// Largest value of an axis: real steps, minutes and losses are far below, and the labels of the axis stay distinct.
const LARGEST: f64 = 1e12;

/// Reads the curve of a model directory or of a log.
fn curve(path: &Path, against: Against) -> Result<Curve> {
    let shown = path.display().to_string();
    let log = log(path)?;
    let drawable = |event: usize, number: f64| match number.abs() <= LARGEST {
        true => Ok(number),
        // There is one event per line.
        false => {
            bail!("{}:{}: {number} is out of range; the log is damaged on this line", log.display(), event + 1)
        }
    };
    let (mut validations, mut training, mut steps_per_epoch) = (Vec::new(), Vec::new(), 1);
    for (line, event) in read_log(&log)?.into_iter().enumerate() {
        match event {
            Event::Prepared { steps_per_epoch: steps, .. } => steps_per_epoch = steps,
            Event::Progress(progress) => {
                let epochs = progress.step as f64 / steps_per_epoch as f64;
                let at = drawable(line, against.of(progress.step, epochs, progress.seconds))?;
                training.push((at, drawable(line, progress.loss)?));
            }
            Event::Validated(validation) => validations.push(Validated {
                at: drawable(line, against.of(validation.step, validation.epochs, validation.seconds))?,
                bleu: drawable(line, validation.dev_bleu)?,
                loss: drawable(line, validation.dev_loss)?,
                is_best: validation.is_best,
            }),
            _ => {}
        }
    }
    ensure!(
        !validations.is_empty(),
        "{}: the log has no validation yet; the first one is after one epoch or after the last step",
        log.display()
    );
    Ok(Curve { name: shown, validations, training })
}

/// Path of the log of a model directory; a log is its own path.
pub fn log(path: &Path) -> Result<PathBuf> {
    if path.is_file() {
        return Ok(path.to_owned());
    }
    if !path.is_dir() {
        // For its error message, which names the remedy.
        ModelDirectory::new(path).read_card()?;
    }
    let log = TrainingDirectory::new(path).log();
    ensure!(
        log.exists(),
        "{}: the training log `{}` is missing; a quantized model has no log, nor has one that was copied without it: name \
         the directory of the training",
        path.display(),
        log.strip_prefix(path).unwrap_or(&log).display()
    );
    Ok(log)
}

impl Against {
    fn of(self, step: usize, epochs: f64, seconds: f64) -> f64 {
        match self {
            Self::Steps => step as f64,
            Self::Epochs => epochs,
            Self::Minutes => seconds / 60.0,
        }
    }
}
