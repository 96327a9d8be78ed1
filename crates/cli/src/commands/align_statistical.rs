//! `glosser align-statistical`.

use crate::arguments::{ColumnsArg, LinkMethod, from_zero};
use crate::corpora;
use crate::output::{say, writer};
use crate::progress::bar;
use crate::two_way::TwoWay;
use anyhow::Result;
use clap::{Args, ValueEnum};
use glosser_alignment::statistical::StatisticalAligner;
use glosser_text::{Corpus, Pair, WordRule};
use std::io::Write;
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

/// Pairs in, one alignment a line out, learnt from the pairs themselves.
pub fn run(args: AlignStatisticalArgs) -> Result<()> {
    args.columns.check(&[&args.files])?;
    let files = args.columns.corpus_files(&args.files);
    let corpus = if args.quiet { Corpus::read(&files)? } else { corpora::read(&files)? };
    let texts: Vec<(&str, &str)> = corpus.pairs.iter().map(|p| (p.source.as_str(), p.target.as_str())).collect();
    let shown = bar(StatisticalAligner::ITERATIONS, "passes", args.quiet);
    let aligner = StatisticalAligner::train(&texts, |_iteration| shown.inc(1));
    shown.finish_and_clear();
    let mut out = writer(None)?;
    for (index, pair) in corpus.pairs.iter().enumerate() {
        if is_too_long(pair) && !args.quiet {
            let most = StatisticalAligner::MAX_WORDS;
            let place = format!("{}:{}", corpus.name, corpus.line(index));
            say(&format!("warning: {place}: more than {most} words on a side; not aligned"));
        }
        let aligned = TwoWay {
            line: index + 1,
            source: &pair.source,
            target: &pair.target,
            rule: WordRule::WhiteSpace,
            posteriors: aligner.align(&pair.source, &pair.target),
        };
        match args.format {
            AlignStatisticalFormat::Pharaoh => writeln!(out, "{}", aligned.links(args.symmetrize, args.threshold))?,
            AlignStatisticalFormat::Tsv => write!(out, "{}", aligned.tsv(args.symmetrize, args.threshold))?,
            AlignStatisticalFormat::Jsonl => writeln!(out, "{}", aligned.json(args.symmetrize, args.threshold)?)?,
        }
    }
    out.flush()?;
    Ok(())
}

fn is_too_long(pair: &Pair) -> bool {
    let words = |text: &str| text.split_whitespace().count();
    words(&pair.source).max(words(&pair.target)) > StatisticalAligner::MAX_WORDS && !pair.has_blank_side()
}
