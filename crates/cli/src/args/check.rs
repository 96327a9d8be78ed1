use super::shared::ColumnsArg;
use clap::Args;
use std::path::PathBuf;

/// Look for what is wrong with a corpus, before training: where, how bad, and what to do
///
/// Example: glosser check pairs.tsv
///
/// Example: glosser check train.de.gz train.en.gz --dev val.de val.en --test test.de test.en
///
/// Example: glosser check train.de train.en --fix clean.de clean.en
///
/// Looks for different numbers of lines, and for the line where the sides slip against each other; bytes that are not
/// UTF-8, NUL, byte order marks, carriage returns, control characters, U+0085, U+2028 and U+2029; blank, overlong and
/// ill-matched sides; the wrong language, and swapped sides; runs of one character; duplicates; and pairs of --dev and
/// --test that stand in the training corpus. Languages and lengths are judged by the corpus itself.
///
/// An error is what stops training or makes it learn nonsense; a warning, what is lost or learnt wrongly; a note, what is
/// good to know (`information` in JSON). The exit code is 0 if there is no error and no warning, 1 if there is one.
#[derive(Args)]
pub struct CheckArgs {
    /// The training pairs: a TSV file, or a source file and a target file of as many lines
    #[arg(value_name = "FILE", num_args = 1..=2, required = true)]
    pub files: Vec<PathBuf>,

    /// Pairs to validate on, given like the training pairs
    #[arg(long, value_name = "FILE", num_args = 1..=2)]
    pub dev: Vec<PathBuf>,

    /// Pairs to test with, given like the training pairs
    #[arg(long, value_name = "FILE", num_args = 1..=2)]
    pub test: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// Write the training pairs repaired, to as many files as they come from [example: --fix clean.tsv]
    ///
    /// Leaves out pairs that are blank, doubled, overlong or ill-matched; mends bytes and characters; and says how many
    /// of each. Where the sides slip it writes nothing. A name that ends in .gz or .zst is compressed; the files that are
    /// read are never replaced.
    #[arg(long, value_name = "OUT", num_args = 1..=2)]
    pub fix: Vec<PathBuf>,

    /// A model that knows both languages, to confirm where the sides slip [example: --model de-en]
    #[arg(short, long, value_name = "DIR")]
    pub model: Option<PathBuf>,

    /// Write one JSON object, with up to a hundred places of each kind
    #[arg(long)]
    pub json: bool,
}
