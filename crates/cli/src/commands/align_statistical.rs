//! `glosser align-statistical`: aligns the words of pairs without a model.

use crate::arguments::{CorpusArg, QuietArg, wrong_usage};
use crate::link_arguments::{LinkMethod, ThresholdArg};
use crate::output::{warn, writer, wrote};
use crate::progress::Bar;
use crate::two_way::TwoWay;
use crate::word_statistics::WordStatistics;
use crate::words_argument::both_sides;
use crate::{corpora, word_statistics};
use anyhow::Result;
use clap::{Args, ValueEnum};
use glosser_alignment::statistical::StatisticalAligner;
use glosser_text::{Corpus, Pair, ScriptCounts, WordRule, WordSplitter, WordSplitters, counted};
use rayon::prelude::*;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Align the words of pairs without a model, from the pairs alone
///
/// Writes one line of word links per pair; the line of a pair with a blank side is empty. More pairs give better links:
/// to align a few pairs well, put them in a file with thousands of similar ones, or align them with the statistics of
/// such a file (--save, --load). The number of threads does not change the result.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser align-statistical pairs.tsv > links.pharaoh
  glosser align-statistical train.de.gz train.en.gz --symmetrize grow-diag > links.pharaoh
  glosser align-statistical pairs.tsv --format tsv | cut -f3,5 | sort | uniq -c | sort -rn
  glosser align-statistical train.tsv --save de-en.statistics --format none
  glosser align-statistical new.tsv --load de-en.statistics > links.pharaoh")]
pub struct AlignStatisticalArgs {
    #[command(flatten)]
    pub corpus: CorpusArg,

    /// Save the statistics that are learnt from the pairs, to align other pairs with --load [example: --save
    /// de-en.statistics]
    ///
    /// The links of the pairs are also written; --format none leaves them out. The definition of a word is saved too.
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,

    /// Align the pairs with these statistics, instead of learning from the pairs [example: --load de-en.statistics]
    ///
    /// The pairs may be new: one pair is aligned as well as many. FILE is one that --save wrote, or the directory of a
    /// model that was trained with --guided-alignment statistical, the default for small corpora.
    #[arg(long, value_name = "FILE|DIR")]
    pub load: Option<PathBuf>,

    /// Before aligning, pass over the pairs a few times, so that the statistics of --load fit them better
    ///
    /// Helps if the pairs have words that the statistics do not have. Needs time, and more than a few pairs.
    #[arg(long, requires = "load")]
    pub adapt: bool,

    /// How the links of both directions are joined [default: mean; example: --symmetrize grow-diag]
    #[arg(long, value_name = "METHOD")]
    pub symmetrize: Option<LinkMethod>,

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
    /// Nothing, if only the statistics are wanted (--save)
    None,
}

/// Number of pairs that are aligned at the same time, and written together.
const PAIRS_AT_ONCE: usize = 64;

/// Trains the statistical aligner on the pairs, or loads an earlier one, then aligns the pairs.
pub fn run(args: AlignStatisticalArgs) -> Result<()> {
    if args.format == AlignStatisticalFormat::None && args.save.is_none() {
        return Err(wrong_usage("--format none writes nothing; add --save FILE, or choose another format".to_owned()));
    }
    args.threshold.check(args.symmetrize)?;
    let files = args.corpus.corpus_files()?;
    let loaded = args.load.as_deref().map(|path| loaded(path, &args)).transpose()?;
    // Created first: a wrong path is found before the work.
    let output = args.save.as_deref().map(word_statistics::create).transpose()?;
    let corpus = corpora::read(&files, args.quiet.quiet)?;
    let statistics = statistics(&args, loaded, &corpus);
    if let (Some(path), Some(output)) = (&args.save, output) {
        statistics.save(output, path)?;
        let pairs = counted(corpus.pairs.len(), "pair");
        wrote(
            Some(path),
            &match (&args.load, args.adapt) {
                (None, _) => format!("statistics of {pairs}"),
                (Some(_), true) => format!("statistics adapted to {pairs}"),
                (Some(_), false) => "statistics as they were loaded".to_owned(),
            },
        );
    }
    if args.format == AlignStatisticalFormat::None { Ok(()) } else { align(&args, &corpus, &statistics) }
}

/// Reads the statistics of --load.
fn loaded(path: &Path, args: &AlignStatisticalArgs) -> Result<WordStatistics> {
    let statistics = WordStatistics::load(path)?;
    args.words.iter().try_for_each(|words| statistics.check_words(words, path))?;
    Ok(statistics)
}

/// The statistics that were loaded, adapted to the pairs if this is asked for; or those of the pairs.
fn statistics(args: &AlignStatisticalArgs, loaded: Option<WordStatistics>, corpus: &Corpus) -> WordStatistics {
    fn words_of<'a>(pair: &'a Pair, words: &WordSplitters) -> (Vec<&'a str>, Vec<&'a str>) {
        (words.source.texts(&pair.source), words.target.texts(&pair.target))
    }
    let pairs = corpus.pairs.iter();
    match loaded {
        Some(WordStatistics { aligner, words }) if args.adapt => {
            let passes = Bar::over(StatisticalAligner::PASSES, "iteration");
            let aligner = aligner.adapt(pairs.map(|pair| words_of(pair, &words)), |_iteration| passes.inc(1));
            WordStatistics { aligner, words }
        }
        Some(loaded) => loaded,
        None => {
            let words = args.words.clone().unwrap_or_else(|| by_script(corpus));
            let passes = Bar::over(StatisticalAligner::ITERATIONS, "iteration");
            let aligner =
                StatisticalAligner::train(pairs.map(|pair| words_of(pair, &words)), |_iteration| passes.inc(1));
            WordStatistics { aligner, words }
        }
    }
}

/// Aligns the pairs and writes their links.
fn align(args: &AlignStatisticalArgs, corpus: &Corpus, statistics: &WordStatistics) -> Result<()> {
    let bar = Bar::unless_seen(None, || Bar::over(corpus.pairs.len(), "pair"));
    let mut out = writer();
    for (part, pairs) in corpus.pairs.chunks(PAIRS_AT_ONCE).enumerate() {
        let numbered = pairs.par_iter().enumerate().map(|(at, pair)| (part * PAIRS_AT_ONCE + at, pair));
        let texts: Vec<(String, bool)> =
            numbered.map(|(index, pair)| aligned(args, index, pair, statistics)).collect::<Result<_>>()?;
        for (at, (text, is_too_long)) in texts.iter().enumerate() {
            if *is_too_long && !args.quiet.quiet {
                let (line, most) = (corpus.line(part * PAIRS_AT_ONCE + at), StatisticalAligner::MAX_WORDS);
                warn(&format!("{}:{line}: more than {most} words on a side; not aligned", corpus.name));
            }
            out.write_all(text.as_bytes())?;
        }
        bar.inc(pairs.len());
    }
    out.flush()?;
    Ok(())
}

/// Aligns one pair. Returns its text, and whether it is too long.
fn aligned(
    args: &AlignStatisticalArgs,
    index: usize,
    pair: &Pair,
    WordStatistics { aligner, words }: &WordStatistics,
) -> Result<(String, bool)> {
    let (source, target) = (words.source.texts(&pair.source), words.target.texts(&pair.target));
    let is_too_long = source.len().max(target.len()) > StatisticalAligner::MAX_WORDS && !pair.has_blank_side();
    let posteriors = aligner.align(&source, &target);
    let (source, target) = (&pair.source, &pair.target);
    let aligned = TwoWay { line: index + 1, source, target, words, posteriors, degraded: &[] };
    let (method, threshold) = args.threshold.method(args.symmetrize, true);
    let text = match args.format {
        AlignStatisticalFormat::Pharaoh => format!("{}\n", aligned.links(method, threshold)),
        AlignStatisticalFormat::Tsv => aligned.tsv(method, threshold),
        AlignStatisticalFormat::Jsonl => aligned.json(method, threshold)? + "\n",
        AlignStatisticalFormat::None => String::new(),
    };
    Ok((text, is_too_long))
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
