use crate::args::AerArgs;
use crate::output::writer;
use anyhow::Result;
use glosser_alignment::{IndexBase, ScoreOptions, TextFile, score_files};
use std::io::Write;
use std::path::Path;

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
    writeln!(out, "{score}")?;
    out.flush()?;
    Ok(())
}

fn text(path: &Path) -> Result<String> {
    // An end for every line, so that a file without lines stays one.
    Ok(glosser_text::read_lines(path)?.into_iter().map(|line| line + "\n").collect())
}
