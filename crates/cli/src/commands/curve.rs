//! `glosser curve`: draws learning curves from training logs.

use crate::arguments::MODEL_VARIABLE;
use crate::curve::{Curve, Form, draw};
use crate::history::{self, History, Position};
use crate::picture::{self, ThemeArg};
use anyhow::{Result, ensure};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Draw learning curves, validation scores over time, as SVG or PNG
///
/// A point is a validation; a ring marks the model that was saved. The score is the metric that chose the model: BLEU, or
/// chrF2 if BLEU stayed below 5, or as training.select says. The values come from the training log in the model
/// directory.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser curve de-en -o curve.svg
  glosser curve de-en -o curve.png --loss
  glosser curve de-en de-en-large --against epochs -o both.svg")]
pub struct CurveArgs {
    /// Model directories or training logs, one curve for each
    #[arg(value_name = "DIR|LOG", required_unless_present = "model")]
    directory: Vec<PathBuf>,

    /// Model directories or training logs, like DIR|LOG [example: --model de-en de-en-large]
    #[arg(id = "model", short, long, value_name = "DIR|LOG", num_args = 1.., env = MODEL_VARIABLE, hide_env_values = true)]
    models: Vec<PathBuf>,

    /// Output file, a PNG if it ends in .png [default: SVG to standard output; example: -o curve.svg]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Unit of the horizontal axis [example: --against epochs]
    #[arg(long, value_name = "UNIT", default_value = "minutes")]
    pub against: Against,

    /// Draw the losses too: validation loss with points, training loss (smoothed, with dropout) in a lighter colour
    #[arg(long)]
    pub loss: bool,

    /// Title above the picture [default: no title; example: --title "German to English"]
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,

    /// Background of the picture
    #[arg(long, value_name = "THEME", default_value = "auto")]
    pub theme: ThemeArg,
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
    let models = if args.directory.is_empty() { &args.models } else { &args.directory };
    let curves = models.iter().map(|path| curve(path)).collect::<Result<Vec<_>>>()?;
    let path = args.output.as_deref();
    let title = args.title.as_deref();
    let form = Form { against: args.against, loss: args.loss, title, theme: args.theme.theme(path) };
    picture::write(path, &draw(&curves, &form), SCALE)
}

/// Reads the curve of a model directory or of a log.
fn curve(path: &Path) -> Result<Curve> {
    let log = history::log(path)?;
    let history = History::read(&log)?;
    ensure!(
        !history.validations.is_empty(),
        "{}: the log has no validation yet; the first one is after one epoch or after the last step",
        log.display()
    );
    Ok(Curve { name: path.display().to_string(), history })
}

impl Against {
    /// The position in this unit.
    pub fn of(self, position: &Position) -> f64 {
        match self {
            Self::Steps => position.step as f64,
            Self::Epochs => position.epochs,
            Self::Minutes => position.minutes,
        }
    }
}
