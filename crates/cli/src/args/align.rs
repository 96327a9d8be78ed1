use super::LinkMethod;
use super::shared::{ModelArg, PairsArgs, WordsArg, from_zero};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Align given pairs: the model goes through each target and says where its words came from
///
/// Example: glosser align --model de-en pairs.tsv > links.pharaoh
///
/// Example: glosser align --model en-fr --reverse fr-en pairs.tsv --symmetrize intersection
///
/// One line of word links for each pair; a pair with a blank side has an empty line. A model that was trained with
/// --both-directions, or two models of opposite directions, make better links than one.
#[derive(Args)]
pub struct AlignArgs {
    #[command(flatten)]
    pub model: ModelArg,

    #[command(flatten)]
    pub pairs: PairsArgs,

    /// What links and weights are read from
    #[arg(long, default_value = "aligner")]
    pub links: LinksFrom,

    #[command(flatten)]
    pub words: WordsArg,

    /// Model of the other direction [default: the one that --both-directions has trained, if it is there]
    #[arg(long, value_name = "DIR")]
    pub reverse: Option<PathBuf>,

    /// Which words are linked, if there are two directions [default: agreement; example: --symmetrize grow-diag]
    #[arg(long, value_name = "METHOD")]
    pub symmetrize: Option<LinkMethod>,

    /// For agreement: a lower one gives more links, and more wrong ones [example: --threshold 0.3]
    #[arg(long, value_name = "P", default_value = "0.1", value_parser = from_zero)]
    pub threshold: f32,

    /// How alignments are written; soft and grid show the forward direction, whatever else there is
    #[arg(long, default_value = "pharaoh")]
    pub format: AlignFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LinksFrom {
    /// What a guided model's aligner says of each word, now that it is known; the posterior, if there is none
    Aligner,
    /// Where each word came from, now that it is known: attention, times how likely the word is from each position
    Posterior,
    /// What the model attended to before it knew the word
    Attention,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AlignFormat {
    /// Links `0-0 1-2` between words, zero-based, source first
    Pharaoh,
    /// Weights: a row for each target word, source words joined by commas, EOS last
    Soft,
    /// A JSON object a line: words and the characters they are, links, weights, their entropy, probability; or the weights
    /// of both directions
    Jsonl,
    /// A line a link: line of the pair, source index and word, target index and word, weight
    Tsv,
    /// A shaded picture for the terminal
    Grid,
}
