//! `glosser aer`.

use crate::corpora::text;
use crate::output::writer;
use anyhow::Result;
use clap::{Args, ValueEnum};
use glosser_alignment::{AlignmentScore, IndexBase, NamedText, ScoreOptions, score_files};
use serde::Serialize;
use std::io::Write;
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

/// Gold and links in, one line of figures out.
pub fn run(args: AerArgs) -> Result<()> {
    let (gold, links) = (text(&args.gold)?, text(&args.links)?);
    let (gold_name, links_name) = (args.gold.display().to_string(), args.links.display().to_string());
    let base = |one_based| if one_based { IndexBase::One } else { IndexBase::Zero };
    let score = score_files(
        NamedText { name: &gold_name, text: &gold },
        NamedText { name: &links_name, text: &links },
        ScoreOptions {
            gold_base: base(args.one_based_gold),
            link_base: base(args.one_based_links),
            reverse_links: args.reverse,
        },
    )?;
    let mut out = writer(None)?;
    match args.format {
        AerFormat::Text => writeln!(out, "{score}")?,
        AerFormat::Json => writeln!(out, "{}", serde_json::to_string(&Record::from(score))?)?,
    }
    out.flush()?;
    Ok(())
}

/// For scripts; the units are those of the line of text.
#[derive(Serialize)]
struct Record {
    aer: f64,
    precision: f64,
    recall: f64,
    f1: f64,
}

impl From<AlignmentScore> for Record {
    fn from(score: AlignmentScore) -> Self {
        Self { aer: 100.0 * score.aer, precision: score.precision, recall: score.recall, f1: score.f1() }
    }
}
