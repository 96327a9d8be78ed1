use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Score word links against gold: alignment error rate, precision, recall, F1
///
/// Example: glosser aer --gold test.align links.pharaoh
///
/// Gold has `i-j` for sure links and `ipj` or `i?j` for possible ones. AER = 1 - (|A∩S| + |A∩P|) / (|A| + |S|), with
/// every sure link possible too (Och and Ney 2003). A wrong index base gives an AER of 40 to 70 where the right one
/// gives 10: see the switches.
#[derive(Args)]
pub struct AerArgs {
    /// Gold links, one line a pair, source first
    #[arg(long, value_name = "FILE")]
    pub gold: PathBuf,

    /// Links to score, in Pharaoh form, made by any tool
    #[arg(value_name = "LINKS")]
    pub links: PathBuf,

    /// The gold file counts words from one
    #[arg(long)]
    pub one_based_gold: bool,

    /// The links count words from one
    #[arg(long)]
    pub one_based_links: bool,

    /// The links have the target first
    #[arg(long)]
    pub reverse: bool,

    /// How the figures are written
    #[arg(long, default_value = "text")]
    pub format: AerFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AerFormat {
    /// One line: the error rate in percent, the others from 0 to 1
    Text,
    /// One JSON object with the same figures, unrounded
    Json,
}
