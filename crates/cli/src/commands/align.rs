//! `glosser align`: aligns the words of given pairs with a model.

use crate::arguments::wrong_usage;
use crate::degraded::Degradation;
use crate::link_arguments::{LinkMethod, LinksFrom, ThresholdArg};
use crate::links;
use crate::output::{is_terminal, shades, writer};
use crate::pair_arguments::{PairArgs, Pairs};
use crate::pair_rows::{RowDecoding, ScoredRow};
use crate::progress::Bar;
use crate::two_way::TwoWay;
use crate::words_argument::WordsArg;
use anyhow::Result;
use clap::{Args, ValueEnum};
use glosser_alignment::Posteriors;
use glosser_text::{Corpus, WordSplitters};
use glosser_translator::{ModelDirectory, Scorer, Translation};
use serde::Serialize;
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
  glosser align --model de-en test.de test.en --format tsv > links.tsv
  glosser align --model de-en pairs.jsonl --columns de,en --append > aligned.jsonl")]
pub struct AlignArgs {
    #[command(flatten)]
    pub pairs: PairArgs,

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

/// The end of warnings about a pair that has no links.
const NOT_ALIGNED: &str = "not aligned";

/// Aligns every pair in one direction, or in two if there is a second model.
pub fn run(args: AlignArgs) -> Result<()> {
    let is_jsonl = args.format == AlignFormat::Jsonl;
    check_append(&args)?;
    args.pairs.check(is_jsonl)?;
    let scorer = Scorer::load(&args.pairs.model.directory)?;
    let reverse = reverse(&args)?;
    let form = Form { words: args.words.splitters(scorer.tokenizers()), args: &args };
    match args.pairs.open(is_jsonl)? {
        Pairs::Corpus(corpus) => {
            let too_long = form.align_corpus(&corpus, &scorer, reverse.as_ref())?;
            args.pairs.finish(too_long, corpus.pairs.len())
        }
        Pairs::Rows(rows) => {
            let decoding = RowDecoding {
                forward: &scorer,
                reverse: reverse.as_ref(),
                batch_size: args.pairs.batch.batch_size,
                weighting: args.links.into(),
                consequence: NOT_ALIGNED,
            };
            decoding.run(rows, |out, found| form.write_row(out, found))?.finish(args.pairs.strict)
        }
    }
}

/// Refuses formats that have several lines for a pair: a row is one line.
fn check_append(args: &AlignArgs) -> Result<()> {
    let name = match args.format {
        AlignFormat::Tsv => "tsv",
        AlignFormat::Grid => "grid",
        AlignFormat::Pharaoh | AlignFormat::Soft | AlignFormat::Jsonl => return Ok(()),
    };
    if args.pairs.append {
        return Err(wrong_usage(format!(
            "--append writes one line for each row, but --format {name} has several for a pair; use --format pharaoh, \
             soft or jsonl"
        )));
    }
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

/// The field that --append adds to a JSON object.
#[derive(Serialize)]
struct Links<'a> {
    links: &'a str,
}

/// The fields that --append adds to a JSON object with --format soft.
#[derive(Serialize)]
struct Weights<'a> {
    /// `[target word][source word]`.
    weights: Vec<&'a [f32]>,
    /// Weight of each target word on the end of the source.
    eos_mass: &'a [f32],
}

/// How alignments are written.
struct Form<'a> {
    words: WordSplitters,
    args: &'a AlignArgs,
}

impl Form<'_> {
    /// Aligns the pairs of a corpus, and returns the number of those that are too long.
    fn align_corpus(&self, corpus: &Corpus, scorer: &Scorer, reverse: Option<&Scorer>) -> Result<usize> {
        let mut out = writer();
        let bar = Bar::unless_seen(None, || Bar::over(corpus.pairs.len(), "pair"));
        let args = self.args;
        let forced = args.pairs.forced_decoding(corpus, args.links.into(), Some(NOT_ALIGNED), Some(&bar));
        let too_long = match reverse {
            Some(reverse) => forced.both([scorer, reverse], |line, forward, reverse| {
                Ok(out.write_all(self.two_way(line, [forward, reverse], &[])?.as_bytes())?)
            })?,
            None => {
                forced.each(scorer, |line, aligned| Ok(out.write_all(self.one_way(line, aligned, &[])?.as_bytes())?))?
            }
        };
        out.flush()?;
        Ok(too_long)
    }

    /// Writes a row with its links, or the links alone.
    fn write_row(&self, out: &mut Vec<u8>, found: &ScoredRow) -> Result<()> {
        let (format, append) = (self.args.format, self.args.pairs.append);
        let text = match found.reverse {
            Some(reverse) => self.two_way(found.line, [found.pair, reverse], &found.degraded)?,
            None => self.one_way(found.line, found.pair, &found.degraded)?,
        };
        if format != AlignFormat::Jsonl && !append {
            out.extend(text.as_bytes());
            return Ok(());
        }
        let text = text.trim_end_matches('\n');
        // A pair that was not computed has zeros as weights.
        let has_result = found.pair.attention.is_some();
        let cell = [if has_result { text.to_owned() } else { String::new() }];
        out.extend(match format {
            AlignFormat::Jsonl => found.with_object(text)?,
            AlignFormat::Soft => {
                let view = found.pair.words_by(&self.words);
                let rows = view.attention.matrix().rows().filter(|_| has_result);
                let eos_mass = if has_result { view.attention.eos_mass() } else { &[] };
                found.with_result(&cell, &Weights { weights: rows.collect(), eos_mass })?
            }
            _ => found.with_result(&cell, &Links { links: text })?,
        });
        Ok(())
    }

    /// Returns the output for a pair that was aligned in one direction.
    fn one_way(&self, line: usize, aligned: &Translation, degraded: &[Degradation]) -> Result<String> {
        let view = aligned.words_by(&self.words);
        Ok(match self.args.format {
            AlignFormat::Pharaoh => format!("{}\n", links::hard(&view)),
            AlignFormat::Soft => links::soft(&view)? + "\n",
            AlignFormat::Tsv => {
                let links = links::hard(&view);
                links::tsv(line, &links, &view.source, &view.target, view.attention.matrix())
            }
            AlignFormat::Jsonl => links::json(line, 1, aligned, &view, degraded)? + "\n",
            AlignFormat::Grid => links::picture(&view, shades(None), is_terminal(None)) + "\n",
        })
    }

    /// Returns the output for a pair that was aligned in both directions.
    fn two_way(&self, line: usize, [forward, reverse]: [&Translation; 2], degraded: &[Degradation]) -> Result<String> {
        let (words, args) = (&self.words, self.args);
        let (method, threshold) = (args.symmetrize.unwrap_or(LinkMethod::Agreement), args.threshold.threshold);
        let reversed = WordSplitters { source: words.target.clone(), target: words.source.clone() };
        let posteriors = Posteriors::new(forward.words_by(words).attention, reverse.words_by(&reversed).attention)?;
        let (source, target) = (&forward.source, &forward.text);
        let aligned = TwoWay { line, source, target, words, posteriors, degraded };
        Ok(match args.format {
            AlignFormat::Tsv => aligned.tsv(method, threshold),
            AlignFormat::Jsonl => aligned.json(method, threshold)? + "\n",
            _ => format!("{}\n", aligned.links(method, threshold)),
        })
    }
}
