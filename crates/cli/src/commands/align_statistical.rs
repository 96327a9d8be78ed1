use crate::args::{AlignStatisticalArgs, AlignStatisticalFormat};
use crate::corpora;
use crate::output::{say, writer};
use crate::progress::bar;
use crate::two_way::TwoWay;
use anyhow::Result;
use glosser_alignment::statistical::StatisticalAligner;
use glosser_text::{Corpus, Pair, WordRule};
use std::io::Write;

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
            let most = StatisticalAligner::LONGEST;
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
    words(&pair.source).max(words(&pair.target)) > StatisticalAligner::LONGEST && !pair.has_blank_side()
}
