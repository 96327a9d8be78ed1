//! `glosser aer`: scores word links against gold links.

use crate::arguments::TextOrJson;
use crate::corpora::text;
use crate::output::{is_for_person, writer};
use anyhow::Result;
use clap::Args;
use glosser_alignment::{AlignmentScore, IndexBase, NamedText, ScoreOptions, score_files};
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;

/// Score word links against gold links: alignment error rate, precision, recall
///
/// Gold links are `i-j` if sure and `ipj` or `i?j` if possible. AER = 1 - (|A∩S| + |A∩P|) / (|A| + |S|), where every
/// sure link is also possible (Och and Ney 2003). If the word numbers of one file start at 1, say so with
/// --one-based-gold or --one-based-links: with a wrong start the AER is 40 to 70 instead of 10.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser aer --gold test.align links.pharaoh
  glosser align --model de-en test.tsv | glosser aer --gold test.align -
  glosser aer --gold naacl.align --one-based-gold links.pharaoh --format json")]
pub struct AerArgs {
    /// Gold links, one line per pair, source first [example: --gold test.align]
    #[arg(long, value_name = "FILE")]
    pub gold: PathBuf,

    /// Links to score, one line per pair in Pharaoh format, from any tool
    #[arg(value_name = "LINKS")]
    pub links: PathBuf,

    /// Count words from 1 in the gold file [default: from 0]
    #[arg(long)]
    pub one_based_gold: bool,

    /// Count words from 1 in LINKS [default: from 0]
    #[arg(long)]
    pub one_based_links: bool,

    /// Read LINKS with the target first [default: source first]
    #[arg(long)]
    pub reverse: bool,

    /// Output format; text is one line, with AER in percent and the other scores from 0 to 1; JSON is not rounded
    #[arg(long, default_value = "text")]
    pub format: TextOrJson,
}

/// Reads both files and writes the scores.
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
    let mut out = writer();
    match args.format {
        TextOrJson::Text if is_for_person() => writeln!(out, "{}", explained(score))?,
        TextOrJson::Text => writeln!(out, "{score}")?,
        TextOrJson::Json => writeln!(out, "{}", serde_json::to_string(&Record::from(score))?)?,
    }
    out.flush()?;
    Ok(())
}

/// The line of text with units, for a terminal.
fn explained(score: AlignmentScore) -> String {
    let AlignmentScore { aer, precision, recall } = score;
    format!(
        "AER {:.2} % (lower is better), precision {precision:.3}, recall {recall:.3}, F1 {:.3}",
        100.0 * aer,
        score.f1()
    )
}

/// The scores as JSON, in the units of the line of text.
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
