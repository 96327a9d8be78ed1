//! `glosser align-statistical`: aligns the words of pairs without a model.

use crate::arguments::{CorpusArg, QuietArg};
use crate::corpora;
use crate::link_arguments::{LinkMethod, ThresholdArg};
use crate::output::{warn, writer};
use crate::progress::Bar;
use crate::two_way::TwoWay;
use crate::words_argument::both_sides;
use anyhow::Result;
use clap::{Args, ValueEnum};
use glosser_alignment::statistical::StatisticalAligner;
use glosser_text::{Corpus, ScriptCounts, WordRule, WordSplitter, WordSplitters};
use std::io::Write;

/// Align the words of pairs without a model, from the pairs alone
///
/// Writes one line of word links per pair; the line of a pair with a blank side is empty. More pairs give better links:
/// to align a few pairs well, put them in a file with thousands of similar ones. The number of threads does not change
/// the result.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser align-statistical pairs.tsv > links.pharaoh
  glosser align-statistical train.de.gz train.en.gz --symmetrize grow-diag > links.pharaoh
  glosser align-statistical pairs.tsv --format tsv | cut -f3,5 | sort | uniq -c | sort -rn")]
pub struct AlignStatisticalArgs {
    #[command(flatten)]
    pub corpus: CorpusArg,

    /// How the links of both directions are joined [example: --symmetrize grow-diag]
    #[arg(long, value_name = "METHOD", default_value = "agreement")]
    pub symmetrize: LinkMethod,

    #[command(flatten)]
    pub threshold: ThresholdArg,

    /// Definition of a word, of both sides or of source and target [default: unicode for a side in a script without
    /// spaces, else whitespace; example: --words unicode,whitespace]
    ///
    /// whitespace: text between white space, with its punctuation.
    /// unicode: words of Unicode Annex 29; punctuation is separate, and dictionaries split scripts without spaces.
    #[arg(long, value_name = "RULE[,RULE]", value_parser = splitters)]
    pub words: Option<WordSplitters>,

    /// Output format
    #[arg(long, default_value = "pharaoh")]
    pub format: AlignStatisticalFormat,

    #[command(flatten)]
    pub quiet: QuietArg,
}

/// How alignments are written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AlignStatisticalFormat {
    /// Links `0-0 1-2` between words, counted from 0, source first
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
    let words = args.words.unwrap_or_else(|| by_script(&corpus));
    let pairs = corpus.pairs.iter().map(|pair| (words.source.texts(&pair.source), words.target.texts(&pair.target)));
    let passes = Bar::over(StatisticalAligner::ITERATIONS, "iteration");
    let aligner = StatisticalAligner::train(pairs, |_iteration| passes.inc(1));
    drop(passes);
    let bar = Bar::unless_seen(None, || Bar::over(corpus.pairs.len(), "pair"));
    let mut out = writer();
    for (index, pair) in corpus.pairs.iter().enumerate() {
        let (source, target) = (words.source.texts(&pair.source), words.target.texts(&pair.target));
        let is_too_long = source.len().max(target.len()) > StatisticalAligner::MAX_WORDS;
        if is_too_long && !pair.has_blank_side() && !quiet {
            let most = StatisticalAligner::MAX_WORDS;
            warn(&format!("{}:{}: more than {most} words on a side; not aligned", corpus.name, corpus.line(index)));
        }
        let aligned = TwoWay {
            line: index + 1,
            source: &pair.source,
            target: &pair.target,
            words: &words,
            posteriors: aligner.align(&source, &target),
            degraded: &[],
        };
        let (method, threshold) = (args.symmetrize, args.threshold.threshold);
        match args.format {
            AlignStatisticalFormat::Pharaoh => writeln!(out, "{}", aligned.links(method, threshold))?,
            AlignStatisticalFormat::Tsv => write!(out, "{}", aligned.tsv(method, threshold))?,
            AlignStatisticalFormat::Jsonl => writeln!(out, "{}", aligned.json(method, threshold)?)?,
        }
        bar.inc(1);
    }
    out.flush()?;
    Ok(())
}

/// Parses the rules of both sides.
fn splitters(text: &str) -> Result<WordSplitters, String> {
    let splitter = |rule: &str| match rule {
        "whitespace" => Ok(WordRule::WhiteSpace),
        "unicode" => Ok(WordRule::Unicode),
        other => Err(format!("`{other}` is not a definition of a word; give whitespace or unicode")),
    };
    let (source, target) = both_sides(text, splitter)?;
    Ok(WordSplitters { source: without_model(source), target: without_model(target) })
}

/// Chooses the rules by the script of most letters of each side.
fn by_script(corpus: &Corpus) -> WordSplitters {
    let (mut source, mut target) = <(ScriptCounts, ScriptCounts)>::default();
    for pair in &corpus.pairs {
        source.add(&pair.source);
        target.add(&pair.target);
    }
    WordSplitters { source: without_model(source.words()), target: without_model(target.words()) }
}

/// The splitter of a rule that needs no tokenizer.
fn without_model(rule: WordRule) -> WordSplitter {
    match rule {
        WordRule::Unicode => WordSplitter::Unicode,
        WordRule::WhiteSpace | WordRule::SubWords => WordSplitter::WhiteSpace,
    }
}
