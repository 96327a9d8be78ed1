//! `glosser align`: aligns the words of given pairs with a model.

use crate::arguments::{ScoredPairsArgs, wrong_usage};
use crate::link_arguments::{LinkMethod, LinksFrom, ThresholdArg};
use crate::output::{is_terminal, shades, writer};
use crate::progress::Bar;
use crate::two_way::TwoWay;
use crate::words_argument::WordsArg;
use crate::{corpora, links};
use anyhow::Result;
use clap::{Args, ValueEnum};
use glosser_alignment::Posteriors;
use glosser_text::WordSplitters;
use glosser_translator::{ModelDirectory, Scorer, Translation};
use std::io::Write;
use std::path::PathBuf;

/// Align the words of given pairs with a model
///
/// Writes one line of word links per pair; the line of a pair with a blank side is empty. Two models of opposite
/// directions give better links than one: use --reverse, or a model that was trained with --both-directions.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser align --model de-en pairs.tsv > links.pharaoh
  glosser align --model de-en --reverse en-de pairs.tsv --symmetrize intersection
  glosser align --model de-en test.de test.en --format tsv > links.tsv")]
pub struct AlignArgs {
    #[command(flatten)]
    pub pairs: ScoredPairsArgs,

    /// Weights that links are read from
    #[arg(long, default_value = "aligner")]
    pub links: LinksFrom,

    #[command(flatten)]
    pub words: WordsArg,

    /// Directory of a model of the opposite direction [default: the one from `train --both-directions`, if there is
    /// one]
    #[arg(long, value_name = "DIR")]
    pub reverse: Option<PathBuf>,

    /// How the links of two directions are joined [default: agreement; example: --symmetrize grow-diag]
    #[arg(long, value_name = "METHOD")]
    pub symmetrize: Option<LinkMethod>,

    #[command(flatten)]
    pub threshold: ThresholdArg,

    /// Output format; soft and grid show the forward direction only
    #[arg(long, default_value = "pharaoh")]
    pub format: AlignFormat,
}

/// How alignments are written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AlignFormat {
    /// Links `0-0 1-2` between words, counted from 0, source first
    Pharaoh,
    /// Weights: one row per target word, source words separated by commas, end of sentence (EOS) last
    Soft,
    /// One JSON object per pair: words, offsets, links, weights, entropy and probability, or the weights of both
    /// directions
    Jsonl,
    /// One line per link: line of the pair, source index and word, target index and word, weight
    Tsv,
    /// A shaded matrix for the terminal
    Grid,
}

/// Aligns every pair in one direction, or in two if there is a second model.
pub fn run(args: AlignArgs) -> Result<()> {
    let files = args.pairs.corpus.corpus_files()?;
    let scorer = Scorer::load(&args.pairs.model.directory)?;
    let reverse = reverse(&args)?;
    let corpus = corpora::read(&files, false)?;
    let words = args.words.splitters(scorer.tokenizers());
    let mut out = writer();
    let bar = Bar::unless_seen(None, || Bar::over(corpus.pairs.len(), "pair"));
    let forced = args.pairs.forced_decoding(&corpus, args.links.into(), Some("not aligned"), Some(&bar));
    match reverse {
        Some(reverse) => forced.both([&scorer, &reverse], |line, forward, reverse| {
            write_two_way(&mut out, line, [forward, reverse], &words, &args)
        })?,
        None => forced.each(&scorer, |line, scored| write(&mut out, line, scored, &words, &args))?,
    }
    out.flush()?;
    Ok(())
}

/// The model of the opposite direction, if there is one and the output format uses it.
fn reverse(args: &AlignArgs) -> Result<Option<Scorer>> {
    let own = ModelDirectory::new(&args.pairs.model.directory).reverse();
    let own = own.holds_a_model().then(|| own.path().to_owned());
    let Some(path) = args.reverse.clone().or(own) else {
        return match args.symmetrize {
            None | Some(LinkMethod::Forward) => Ok(None),
            Some(_) => Err(wrong_usage(format!(
                "--symmetrize needs a model of the opposite direction, and {} has none; name one with --reverse, or train \
                 with --both-directions",
                args.pairs.model.directory.display()
            ))),
        };
    };
    let is_one_way = matches!(args.format, AlignFormat::Soft | AlignFormat::Grid);
    Ok(if is_one_way { None } else { Some(Scorer::load(&path)?) })
}

fn write(
    out: &mut impl Write,
    line: usize,
    aligned: &Translation,
    words: &WordSplitters,
    args: &AlignArgs,
) -> Result<()> {
    let view = aligned.words_by(words);
    match args.format {
        AlignFormat::Pharaoh => writeln!(out, "{}", links::hard(&view))?,
        AlignFormat::Soft => writeln!(out, "{}", links::soft(&view)?)?,
        AlignFormat::Tsv => {
            let links = links::hard(&view);
            write!(out, "{}", links::tsv(line, &links, &view.source, &view.target, view.attention.matrix()))?;
        }
        AlignFormat::Jsonl => writeln!(out, "{}", links::json(line, 1, aligned, &view, &[])?)?,
        AlignFormat::Grid => writeln!(out, "{}", links::picture(&view, shades(None), is_terminal(None)))?,
    }
    Ok(())
}

fn write_two_way(
    out: &mut impl Write,
    line: usize,
    [forward, reverse]: [&Translation; 2],
    words: &WordSplitters,
    args: &AlignArgs,
) -> Result<()> {
    let (method, threshold) = (args.symmetrize.unwrap_or(LinkMethod::Agreement), args.threshold.threshold);
    let reversed = WordSplitters { source: words.target.clone(), target: words.source.clone() };
    let posteriors = Posteriors::new(forward.words_by(words).attention, reverse.words_by(&reversed).attention)?;
    let aligned = TwoWay { line, source: &forward.source, target: &forward.text, words, posteriors };
    match args.format {
        AlignFormat::Tsv => write!(out, "{}", aligned.tsv(method, threshold))?,
        AlignFormat::Jsonl => writeln!(out, "{}", aligned.json(method, threshold)?)?,
        _ => writeln!(out, "{}", aligned.links(method, threshold))?,
    }
    Ok(())
}
