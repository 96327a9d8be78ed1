use super::shared::{ModelArg, PairsArgs};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Find pairs that do not belong together: those that the model explains worst, and where to cut
///
/// Example: glosser audit --model de-en pairs.tsv --keep clean.tsv
///
/// Pairs are ordered by score, the worst first: how much likelier the model finds the target with its source than with
/// three others of the corpus, as a logarithm over the root of its sub-words. A target that has nothing to do with its
/// source has about 0. A model finds the wrong pairs of the corpus that it was trained on, too. As many pairs are below
/// the cut as are wrong by estimate, which is made from how wrong pairs score: targets with sources that are certainly
/// not theirs.
///
/// Beside the score: the share of source words that some target word came from, and the mean weight on the source's end.
/// Pairs with a blank side, or too long for the model, have no score, are not listed, and are kept.
#[derive(Args)]
pub struct AuditArgs {
    #[command(flatten)]
    pub model: ModelArg,

    #[command(flatten)]
    pub pairs: PairsArgs,

    /// Worst pairs that are listed [example: --top 100]
    #[arg(long, value_name = "N", default_value = "20")]
    pub top: usize,

    /// Cut here instead [example: --cut 2]
    #[arg(long, value_name = "SCORE", allow_hyphen_values = true)]
    pub cut: Option<f64>,

    /// Write the pairs that are not below the cut, as a TSV of source and target [example: --keep clean.tsv]
    #[arg(long, value_name = "FILE")]
    pub keep: Option<PathBuf>,

    /// Replace the file that --keep names, if there is one
    #[arg(long, requires = "keep")]
    pub overwrite: bool,

    /// How pairs are written
    #[arg(long, default_value = "tsv")]
    pub format: AuditFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AuditFormat {
    /// A line of names, then a line for each pair, with the beginnings of both sides
    Tsv,
    /// A JSON object a line
    Jsonl,
}
