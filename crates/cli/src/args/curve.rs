use clap::{Args, ValueEnum};
use std::path::PathBuf;

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
