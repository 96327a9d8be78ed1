use super::shared::{ModelArg, PairsArgs, WordsArg, at_least_one};
use clap::{Args, ValueEnum};

/// Show every occurrence of a word in given pairs, with its rendering in the other language
///
/// Example: glosser concordance Hund --model de-en pairs.tsv
///
/// Occurrences are grouped by rendering, the most frequent first, each with the line of the pair. What belongs together
/// stands in brackets. Only pairs that have the word are computed.
#[derive(Args)]
pub struct ConcordanceArgs {
    /// The word, without the signs around it
    pub word: String,

    #[command(flatten)]
    pub model: ModelArg,

    #[command(flatten)]
    pub pairs: PairsArgs,

    #[command(flatten)]
    pub words: WordsArg,

    /// Look for the word among those of the target
    #[arg(long)]
    pub target: bool,

    /// Take every word that begins like this
    #[arg(long)]
    pub prefix: bool,

    /// Tell capitals from small letters
    #[arg(long)]
    pub exact: bool,

    /// Most occurrences that are shown of each rendering; all are counted [default: all; example: --show 3]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub show: Option<usize>,

    /// How occurrences are written
    #[arg(long, default_value = "text")]
    pub format: ConcordanceFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ConcordanceFormat {
    /// The word in its context above its rendering, in one column
    Text,
    /// A JSON object for each occurrence
    Jsonl,
}
