use super::link_method::LinkMethod;
use super::shared::{ColumnsArg, from_zero};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Align pairs without a model: a statistical aligner learns from the pairs alone
///
/// Example: glosser align-statistical pairs.tsv > links.pharaoh
///
/// One line of word links for each pair; a pair with a blank side has an empty line. The more pairs, the better: a few
/// pairs are aligned well in a file with thousands of others of their kind. The result is the same for any number of
/// threads.
#[derive(Args)]
pub struct AlignStatisticalArgs {
    /// The pairs: a TSV file, or a source file and a target file of as many lines
    #[arg(value_name = "FILE", num_args = 1..=2, required = true)]
    pub files: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// Which words are linked, by the posterior probabilities of both directions
    #[arg(long, value_name = "METHOD", default_value = "agreement")]
    pub symmetrize: LinkMethod,

    /// For agreement: a lower one gives more links, and more wrong ones [example: --threshold 0.3]
    #[arg(long, value_name = "P", default_value = "0.1", value_parser = from_zero)]
    pub threshold: f32,

    /// How alignments are written
    #[arg(long, default_value = "pharaoh")]
    pub format: AlignStatisticalFormat,

    /// Say nothing on standard error but errors
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AlignStatisticalFormat {
    /// Links `0-0 1-2` between white-space words, zero-based, source first
    Pharaoh,
    /// A line a link: line of the pair, source index and word, target index and word, product of both posteriors
    Tsv,
    /// A JSON object a line: words, links, posteriors of both directions
    Jsonl,
}
