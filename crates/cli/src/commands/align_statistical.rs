//! `glosser align-statistical`: aligns the words of pairs without a model.

use crate::arguments::{CorpusArg, LinkMethod, QuietArg, ThresholdArg};
use crate::corpora;
use crate::output::{warn, writer};
use crate::progress::bar;
use crate::two_way::TwoWay;
use anyhow::Result;
use clap::{Args, ValueEnum};
use glosser_alignment::statistical::StatisticalAligner;
use glosser_text::{Pair, WordRule};
use std::io::Write;

/// Align the words of pairs without a model, from the pairs alone
///
/// Writes one line of word links per pair; the line of a pair with a blank side is empty. More pairs give better links:
/// to align a few pairs well, put them in a file with thousands of similar ones. The number of threads does not change
/// the result.
#[derive(Args)]
#[command(after_help = "Example:\n  glosser align-statistical pairs.tsv > links.pharaoh")]
pub struct AlignStatisticalArgs {
    #[command(flatten)]
    pub corpus: CorpusArg,

    /// How the links of both directions are joined [example: --symmetrize grow-diag]
    #[arg(long, value_name = "METHOD", default_value = "agreement")]
    pub symmetrize: LinkMethod,

    #[command(flatten)]
    pub threshold: ThresholdArg,

    /// Output format
    #[arg(long, default_value = "pharaoh")]
    pub format: AlignStatisticalFormat,

    #[command(flatten)]
    pub quiet: QuietArg,
}

/// How alignments are written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AlignStatisticalFormat {
    /// Links `0-0 1-2` between white-space words, counted from 0, source first
    Pharaoh,
    /// One line per link: line of the pair, source index and word, target index and word, product of both posteriors
    Tsv,
    /// One JSON object per pair: words, links, posteriors of both directions
    Jsonl,
}

/// Trains the statistical aligner on the pairs, then aligns the same pairs.
pub fn run(args: AlignStatisticalArgs) -> Result<()> {
    let quiet = args.quiet.quiet;
    let corpus = corpora::read(&args.corpus.corpus_files()?, quiet)?;
    let texts: Vec<(&str, &str)> = corpus.pairs.iter().map(|p| (p.source.as_str(), p.target.as_str())).collect();
    let passes = bar(StatisticalAligner::ITERATIONS, "passes", quiet);
    let aligner = StatisticalAligner::train(&texts, |_iteration| passes.inc(1));
    passes.finish_and_clear();
    let mut out = writer(None)?;
    for (index, pair) in corpus.pairs.iter().enumerate() {
        if is_too_long(pair) && !quiet {
            let most = StatisticalAligner::MAX_WORDS;
            warn(&format!("{}:{}: more than {most} words on a side; not aligned", corpus.name, corpus.line(index)));
        }
        let aligned = TwoWay {
            line: index + 1,
            source: &pair.source,
            target: &pair.target,
            rule: WordRule::WhiteSpace,
            posteriors: aligner.align(&pair.source, &pair.target),
        };
        let (method, threshold) = (args.symmetrize, args.threshold.threshold);
        match args.format {
            AlignStatisticalFormat::Pharaoh => writeln!(out, "{}", aligned.links(method, threshold))?,
            AlignStatisticalFormat::Tsv => write!(out, "{}", aligned.tsv(method, threshold))?,
            AlignStatisticalFormat::Jsonl => writeln!(out, "{}", aligned.json(method, threshold)?)?,
        }
    }
    out.flush()?;
    Ok(())
}

fn is_too_long(pair: &Pair) -> bool {
    let words = |text: &str| text.split_whitespace().count();
    words(&pair.source).max(words(&pair.target)) > StatisticalAligner::MAX_WORDS && !pair.has_blank_side()
}
