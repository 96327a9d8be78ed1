use super::shared::{ColumnsArg, from_one_to};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Score translations: BLEU, chrF2 and TER as sacreBLEU computes them
///
/// Example: glosser evaluate --model de-en test.de test.en
///
/// Example: glosser evaluate --hypotheses out.en --references test.en
///
/// Example: glosser evaluate --hypotheses out.en --references test.en --against old.en
///
/// With --against each score has the mean and 95 % interval of a thousand test sets drawn from the sentences (paired
/// bootstrap resampling, Koehn 2004), and the line below the table says which differences are significant. TER counts
/// edits: lower is better.
#[derive(Args)]
pub struct EvaluateArgs {
    /// The model to translate the pairs with
    #[arg(short, long, value_name = "DIR", requires = "files", conflicts_with_all = ["hypotheses", "references"])]
    pub model: Option<PathBuf>,

    /// The pairs: a TSV or TMX file, or a source file and a target file of as many lines
    #[arg(value_name = "FILE", num_args = 1..=2, requires = "model")]
    pub files: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// Translations made by anything, one a line
    #[arg(long, value_name = "FILE", requires = "references", required_unless_present = "model")]
    pub hypotheses: Option<PathBuf>,

    /// What they should be
    #[arg(long, value_name = "FILE", requires = "hypotheses")]
    pub references: Option<PathBuf>,

    /// Translations of the same sentences by another system, to compare with [example: --against old.en]
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,

    /// Seed of the test sets that are drawn for --against [default: 1; example: --seed 7]
    #[arg(long, value_name = "N", requires = "against")]
    pub seed: Option<u64>,

    /// How figures are written
    #[arg(long, default_value = "text")]
    pub format: EvaluateFormat,

    /// Hypotheses followed at a time [example: --beam-size 1]
    #[arg(long, value_name = "N", default_value = "5", value_parser = from_one_to::<1000>)]
    pub beam_size: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EvaluateFormat {
    /// A line a metric, as sacreBLEU prints it
    Text,
    /// One JSON object: each metric with score and signature, and what it is made of
    Json,
}
