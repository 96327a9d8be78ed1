use super::shared::{ModelArg, PairsArgs, WordsArg, above_zero, at_least_one};
use clap::{Args, ValueEnum};

/// List which words translate which: a lexicon read from the weights of given pairs
///
/// Example: glosser lexicon --model de-en pairs.tsv --top 500 > lexicon.tsv
///
/// The model goes through each given translation, and what each target word came from is counted for its source words.
/// A pair of words has an expected count (the sum of these weights), its share among the translations of the source word
/// and among the sources of the target word, and a confidence: 1 where all weight lay on one word, 0 where it lay evenly
/// on all. The best come first, by log(1 + count) times confidence times both shares.
///
/// Words are listed without the signs at their edges.
#[derive(Args)]
pub struct LexiconArgs {
    #[command(flatten)]
    pub model: ModelArg,

    #[command(flatten)]
    pub pairs: PairsArgs,

    #[command(flatten)]
    pub words: WordsArg,

    /// Least expected count of a pair of words that is listed [example: --min-count 5]
    #[arg(long, value_name = "N", default_value = "2", value_parser = above_zero)]
    pub min_count: f64,

    /// Most pairs of words that are listed [default: all; example: --top 500]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub top: Option<usize>,

    /// What becomes of capitals
    #[arg(long, default_value = "truecase")]
    pub case: CaseArg,

    /// How the lexicon is written
    #[arg(long, default_value = "tsv")]
    pub format: LexiconFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CaseArg {
    /// A word at the beginning of a sentence is written as it mostly is elsewhere
    Truecase,
    /// All letters become small
    Lower,
    /// Words stay as they are
    Keep,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LexiconFormat {
    /// A line of names, then a line for each pair of words, with up to three lines of the corpus where it occurs
    Tsv,
    /// A JSON object a line
    Jsonl,
}
