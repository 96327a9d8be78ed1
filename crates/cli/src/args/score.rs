use super::shared::{ModelArg, PairsArgs};
use clap::{Args, ValueEnum};

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

    #[command(flatten)]
    pub pairs: PairsArgs,

    /// How probabilities are written
    #[arg(long, default_value = "text")]
    pub format: ScoreFormat,

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
