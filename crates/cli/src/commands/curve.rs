//! `glosser curve`.

use crate::curve::{Curve, Validated, draw};
use crate::picture;
use anyhow::{Result, bail, ensure};
use clap::{Args, ValueEnum};
use glosser_training::{Event, TrainingDirectory, read_log};
use glosser_translator::ModelDirectory;
use std::path::{Path, PathBuf};

/// Draw how validation BLEU grew while models were trained, as SVG or PNG
///
/// Example: glosser curve --model de-en --output curve.svg
///
/// Example: glosser curve --model de-en de-en-large --against epochs --loss --output both.svg
///
/// A point is a validation; a ring marks the model that was saved. The figures are those of the log that training keeps
/// in the model directory.
#[derive(Args)]
pub struct CurveArgs {
    /// Directories of models, or training logs; each is a line of the picture
    #[arg(id = "model", short, long, value_name = "DIR|LOG", num_args = 1.., required = true)]
    pub models: Vec<PathBuf>,

    /// Where the picture goes: a PNG if it ends in `.png` [default: an SVG, to standard output; example: -o curve.svg]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// What is counted from left to right
    #[arg(long, value_name = "UNIT", default_value = "minutes")]
    pub against: Against,

    /// Draw the losses too: validation loss with its points, training loss faint (smoothed, with dropout)
    #[arg(long)]
    pub loss: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Against {
    /// Optimiser steps
    Steps,
    /// Times that the corpus was read
    Epochs,
    /// Minutes since the first step, validation included
    Minutes,
}

/// Pixels of a PNG for each of the SVG.
const SCALE: usize = 2;

/// Training logs in, a picture out.
pub fn run(args: CurveArgs) -> Result<()> {
    let curves = args.models.iter().map(|path| curve(path, args.against)).collect::<Result<Vec<_>>>()?;
    picture::write(args.output.as_deref(), &draw(&curves, args.against, args.loss), SCALE)
}

/// No axis goes farther: steps, minutes and losses stay far below, and the labels of an axis are told apart.
const FARTHEST: f64 = 1e12;

/// The curve of a model directory, or of a log.
fn curve(path: &Path, against: Against) -> Result<Curve> {
    let shown = path.display().to_string();
    let log = log(path)?;
    let drawable = |event: usize, number: f64| match number.abs() <= FARTHEST {
        true => Ok(number),
        // An event is a line.
        false => {
            bail!("{}:{}: {number} is no figure of a training; the log is damaged there", log.display(), event + 1)
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
        "{}: the log has no validation yet; the first comes after one epoch, or with the last step",
        log.display()
    );
    Ok(Curve { name: shown, validations, training })
}

/// Where the log is.
pub fn log(path: &Path) -> Result<PathBuf> {
    if path.is_file() {
        return Ok(path.to_owned());
    }
    if !path.is_dir() {
        // With the message that every command has for it.
        ModelDirectory::new(path).read_card()?;
    }
    let log = TrainingDirectory::new(path).log();
    ensure!(
        log.exists(),
        "{}: there is no training log, `{}` is missing; it stays behind where a model is quantized, or copied without \
         it: name the directory that was trained in",
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
