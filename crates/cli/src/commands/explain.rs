//! `glosser explain`.

use crate::arguments::{ModelArg, from_one_to, from_zero};
use crate::output::writer;
use crate::search_steps;
use anyhow::Result;
use clap::{Args, ValueEnum};
use glosser_translator::{SearchOptions, Translator};
use std::io::Write;

/// Open the beam: at every step of a translation's search what was kept, what was dropped, and by how much
///
/// Example: glosser explain --model de-en "Ein Hund läuft." --force "A cat"
///
/// Each step goes on from the hypotheses of the step before, best first, by one sub-word (`␣` is the space before a word).
/// For each way to go on: its rank among those kept, `end` for one that has ended, `-` for one that was dropped; the log
/// probability of the sub-word, that of the whole so far, and how far it is behind the best of the step.
#[derive(Args)]
pub struct ExplainArgs {
    #[command(flatten)]
    pub model: ModelArg,

    /// The sentence to translate
    pub sentence: String,

    /// Begin the translation with this text and go on from it [example: --force "The cat"]
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub force: String,

    /// Hypotheses followed at a time [example: --beam-size 1]
    #[arg(long, value_name = "N", default_value = "5", value_parser = from_one_to::<1000>)]
    pub beam_size: usize,

    /// Dropped ways shown at each step, the best of them [example: --show 0]
    #[arg(long, value_name = "N", default_value = "3")]
    pub show: usize,

    /// Longest translation in sub-words [default: twice the source's and 20; example: --max-length 50]
    #[arg(long, value_name = "N", value_parser = from_one_to::<1000>)]
    pub max_length: Option<usize>,

    /// Score is log probability / length^P: a greater P prefers longer translations [default: what fitted the model's
    /// validation pairs; example: --length-penalty 0.6]
    #[arg(long, value_name = "P", value_parser = from_zero)]
    pub length_penalty: Option<f32>,

    /// How the search is written
    #[arg(long, default_value = "text")]
    pub format: ExplainFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// A tree for each step
    Text,
    /// One JSON object
    Json,
}

/// A sentence in, the steps of its search out.
pub fn run(args: ExplainArgs) -> Result<()> {
    let translator = Translator::load(&args.model.directory)?;
    let fitted = translator.search_options().length_penalty;
    let options = SearchOptions {
        beam_size: args.beam_size,
        length_penalty: args.length_penalty.unwrap_or(fitted),
        max_length: args.max_length,
        batch_size: 1,
    };
    let explanation = translator.explain(&args.sentence, &options, &args.force, args.show)?;
    let mut out = writer(None)?;
    match args.format {
        ExplainFormat::Text => write!(out, "{}", search_steps::text(&explanation))?,
        ExplainFormat::Json => writeln!(out, "{}", search_steps::json(&explanation)?)?,
    }
    out.flush()?;
    Ok(())
}
