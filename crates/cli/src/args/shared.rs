//! Arguments that several commands have.

use super::Cli;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory};
use glosser_text::{Columns, CorpusFiles};
use std::path::PathBuf;

#[derive(Args)]
pub struct ModelArg {
    /// Directory of the model
    #[arg(id = "model", short, long, value_name = "DIR")]
    pub directory: PathBuf,
}

#[derive(Args)]
pub struct ColumnsArg {
    /// Columns of a TSV that hold source and target, from one; 2,1 reverses [default: 1,2; example: --columns 2,4]
    #[arg(long, value_name = "S,T")]
    pub columns: Option<Columns>,
}

impl ColumnsArg {
    /// Columns that are named must be read from somewhere: at least one of the corpora is a TSV.
    pub fn check(&self, corpora: &[&[PathBuf]]) -> anyhow::Result<()> {
        if self.columns.is_some() && !corpora.iter().any(|files| files.len() == 1) {
            return Err(wrong_usage("--columns is for a TSV, but two plain files are given; leave it out".to_owned()));
        }
        Ok(())
    }

    /// One file is a TSV; two are source and target.
    pub fn corpus_files(&self, files: &[PathBuf]) -> CorpusFiles {
        match files {
            [source, target] => CorpusFiles::Two { source: source.clone(), target: target.clone() },
            _ => CorpusFiles::Tsv {
                path: files.first().cloned().unwrap_or_default(),
                columns: self.columns.unwrap_or(Columns::DEFAULT),
            },
        }
    }
}

/// Arguments that do not go together, where only the command can tell: the same exit code as any wrong usage.
pub fn wrong_usage(message: String) -> anyhow::Error {
    Cli::command().error(ErrorKind::ArgumentConflict, message).into()
}

pub fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("give a whole number from 1".to_owned()),
        Ok(number) => Ok(number),
    }
}

/// Of what more only costs memory, and so much of it that the program would be stopped for it.
pub fn from_one_to<const MOST: usize>(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=MOST).contains(number));
    number.ok_or_else(|| format!("give a whole number from 1 to {MOST}"))
}

pub fn above_zero(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| *number > 0.0 && number.is_finite());
    number.ok_or_else(|| "give a number above 0".to_owned())
}

pub fn from_zero(text: &str) -> Result<f32, String> {
    let number = text.parse().ok().filter(|number: &f32| *number >= 0.0 && number.is_finite());
    number.ok_or_else(|| "give a number from 0".to_owned())
}
