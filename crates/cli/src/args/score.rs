use super::shared::{ColumnsArg, ModelArg, at_least_one};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Give the probability of given pairs: one line out for each pair, always, in order
///
/// Example: glosser score --model de-en pairs.tsv > log_probs
///
/// Natural logarithms, as `translate` writes them. A pair with a blank side, or too long for the model, has no
/// probability: an empty line, or null in JSON. The perplexity of the whole is said on standard error.
#[derive(Args)]
pub struct ScoreArgs {
    #[command(flatten)]
    pub model: ModelArg,

    /// The pairs: a TSV or TMX file, or a source file and a target file of as many lines
    #[arg(value_name = "FILE", num_args = 1..=2, required = true)]
    pub files: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// How probabilities are written
    #[arg(long, default_value = "text")]
    pub format: ScoreFormat,

    /// Pairs computed together: speed and memory, never the result [example: --batch-size 8]
    #[arg(long, value_name = "N", default_value = "32", value_parser = at_least_one)]
    pub batch_size: usize,

    /// Say nothing on standard error but errors
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScoreFormat {
    /// The log probability of the target, given the source
    Text,
    /// A JSON object a line: log probability of the whole, by token, and of each word
    Jsonl,
}
