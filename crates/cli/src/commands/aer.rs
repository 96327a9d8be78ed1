use crate::args::{AerArgs, AerFormat};
use crate::corpora::text;
use crate::output::writer;
use anyhow::Result;
use glosser_alignment::{AlignmentScore, IndexBase, ScoreOptions, TextFile, score_files};
use serde::Serialize;
use std::io::Write;

/// Gold and links in, one line of figures out.
pub fn run(args: AerArgs) -> Result<()> {
    let (gold, links) = (text(&args.gold)?, text(&args.links)?);
    let (gold_name, links_name) = (args.gold.display().to_string(), args.links.display().to_string());
    let base = |one_based| if one_based { IndexBase::One } else { IndexBase::Zero };
    let score = score_files(
        TextFile { name: &gold_name, text: &gold },
        TextFile { name: &links_name, text: &links },
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
