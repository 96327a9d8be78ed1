//! `glosser align`: aligns the words of given pairs with a model.

use crate::arguments::wrong_usage;
use crate::degraded::Degradation;
use crate::forced_decoding::{CountedWords, ForcedDecoding, has_no_result};
use crate::link_arguments::{LinkMethod, LinksArg, ThresholdArg};
use crate::links;
use crate::output::{is_terminal, shades, writer};
use crate::pair_arguments::{PairArgs, Pairs};
use crate::pair_rows::{PairRow, RowDecoding, ScoredRow};
use crate::progress::Bar;
use crate::two_way::{TwoWay, links_by};
use crate::words_argument::WordsArg;
use anyhow::Result;
use clap::{Args, ValueEnum};
use glosser_alignment::Links;
use glosser_alignment::statistical::StatisticalAligner;
use glosser_text::{Corpus, WordSplitters};
use glosser_translator::{LinkReading, ModelDirectory, Record, Scorer, Translation, WordView};
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;

/// Align the words of given pairs with a model
///
/// Writes one line of word links per pair; the line of a pair with a blank side is empty. Two models of opposite
/// directions give better links than one: use --reverse, or a model that was trained with --both-directions. The pairs
/// may be new.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser align --model de-en pairs.tsv > links.pharaoh
  glosser align --model de-en --reverse en-de pairs.tsv --symmetrize intersection
  glosser align --model de-en test.de test.en --format tsv > links.tsv
  glosser align --model de-en new.tsv --adapt > links.pharaoh
  glosser align --model de-en pairs.jsonl --columns de,en --append > aligned.jsonl")]
pub struct AlignArgs {
    #[command(flatten)]
    pub pairs: PairArgs,

    #[command(flatten)]
    pub links: LinksArg,

    /// Before aligning, pass over the pairs a few times, so that the statistics of the model fit them better
    ///
    /// Helps if the pairs have words that the training pairs do not have. Needs time, and more than a few pairs. All pairs
    /// are read first. The model in its directory stays as it is.
    #[arg(long)]
    pub adapt: bool,

    #[command(flatten)]
    pub words: WordsArg,

    /// Directory of a model of the opposite direction [default: the one from `train --both-directions`, if there is
    /// one]
    #[arg(long, value_name = "DIR")]
    pub reverse: Option<PathBuf>,

    /// How the links of two directions are joined, those of two models or of statistics [default: mean if there are
    /// statistics, else agreement; example: --symmetrize grow-diag]
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
    let mut scorer = Scorer::load(&args.pairs.model.directory)?;
    args.threshold.check(args.symmetrize)?;
    let reading = args.links.reading(&scorer, &args.words)?;
    check_adapt(&args, &scorer, reading)?;
    let reverse = reverse(&args, reading)?;
    let words = args.words.splitters(scorer.tokenizers());
    let mut pairs = args.pairs.open(is_jsonl)?;
    if args.adapt {
        scorer = adapted(scorer, &mut pairs, &words)?;
    }
    let form = Form { scorer: &scorer, reverse: reverse.as_ref(), reading, words, args: &args };
    match pairs {
        Pairs::Corpus(corpus) => {
            let too_long = form.align_corpus(&corpus)?;
            args.pairs.finish(too_long, corpus.pairs.len())
        }
        Pairs::Rows(rows) => {
            let decoding = RowDecoding {
                forward: &scorer,
                reverse: reverse.as_ref(),
                batch_size: args.pairs.batch.batch_size,
                weighting: reading.weighting(),
                counted_words: form.counted_words(),
                consequence: NOT_ALIGNED,
            };
            decoding.run(rows, |out, found| form.write_row(out, found))?.finish(args.pairs.strict)
        }
    }
}

/// Refuses --adapt if links are not read from statistics.
fn check_adapt(args: &AlignArgs, scorer: &Scorer, reading: LinkReading) -> Result<()> {
    if !args.adapt || reading.needs_statistics() {
        return Ok(());
    }
    // The error names the remedy if the model has no statistics.
    scorer.check_reading(LinkReading::Joint)?;
    Err(wrong_usage(
        "--adapt changes statistics, but the links are read from weights; leave it out, or use --links joint without \
         --words"
            .to_owned(),
    ))
}

/// Reads all pairs and adapts the statistics to them.
fn adapted(scorer: Scorer, pairs: &mut Pairs, words: &WordSplitters) -> Result<Scorer> {
    let pairs: Vec<(&str, &str)> = match pairs {
        Pairs::Corpus(corpus) => corpus.pairs.iter().map(|p| (p.source.as_str(), p.target.as_str())).collect(),
        Pairs::Rows(rows) => rows.wait_for_all(NOT_ALIGNED)?.iter().map(PairRow::pair).collect(),
    };
    let passes = Bar::over(StatisticalAligner::PASSES, "iteration");
    let of_words = pairs.iter().map(|(source, target)| (words.source.texts(source), words.target.texts(target)));
    Ok(scorer.with_adapted_statistics(of_words, |_iteration| passes.inc(1))?)
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
fn reverse(args: &AlignArgs, reading: LinkReading) -> Result<Option<Scorer>> {
    let own = ModelDirectory::new(&args.pairs.model.directory).reverse();
    let own = own.holds_a_model().then(|| own.path().to_owned());
    let Some(path) = args.reverse.clone().or(own) else {
        return match args.symmetrize {
            None | Some(LinkMethod::Forward) => Ok(None),
            // Statistics have both directions.
            Some(_) if reading.needs_statistics() => Ok(None),
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
struct LinksField<'a> {
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

/// How pairs are aligned, and how alignments are written.
struct Form<'a> {
    scorer: &'a Scorer,
    /// A model of the opposite direction.
    reverse: Option<&'a Scorer>,
    reading: LinkReading,
    words: WordSplitters,
    args: &'a AlignArgs,
}

impl Form<'_> {
    /// The words that statistics count, if links are read from statistics.
    fn counted_words(&self) -> Option<CountedWords<'_>> {
        CountedWords::of(self.reading, &self.words)
    }

    /// Aligns the pairs of a corpus, and returns the number of those that are too long.
    fn align_corpus(&self, corpus: &Corpus) -> Result<usize> {
        let mut out = writer();
        let bar = Bar::unless_seen(None, || Bar::over(corpus.pairs.len(), "pair"));
        let pairs = &self.args.pairs;
        let forced = pairs.forced_decoding(corpus, self.reading.weighting(), Some(NOT_ALIGNED), Some(&bar));
        let forced = ForcedDecoding { counted_words: self.counted_words(), ..forced };
        let too_long = match self.reverse {
            Some(reverse) => forced.both([self.scorer, reverse], |line, forward, reverse| {
                Ok(out.write_all(self.two_way(line, [forward, reverse], &[])?.as_bytes())?)
            })?,
            None => forced
                .each(self.scorer, |line, aligned| Ok(out.write_all(self.one_way(line, aligned, &[])?.as_bytes())?))?,
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
        let is_counted = self.counted_words().is_some_and(|words| words.can_align(found.pair));
        let has_result =
            is_counted || found.pair.attention.is_some() && !has_no_result(found.pair, self.counted_words());
        let cell = [if has_result { text.to_owned() } else { String::new() }];
        out.extend(match format {
            AlignFormat::Jsonl => found.with_object(text)?,
            AlignFormat::Soft => {
                let view = self.scorer.links(found.pair, &self.words, self.reading)?;
                let rows = view.attention.matrix().rows().filter(|_| has_result);
                let eos_mass = if has_result { view.attention.eos_mass() } else { &[] };
                found.with_result(&cell, &Weights { weights: rows.collect(), eos_mass })?
            }
            _ => found.with_result(&cell, &LinksField { links: text })?,
        });
        Ok(())
    }

    /// Returns the output for a pair that was aligned in one direction.
    fn one_way(&self, line: usize, aligned: &Translation, degraded: &[Degradation]) -> Result<String> {
        let view = self.scorer.links(aligned, &self.words, self.reading)?;
        let links = self.one_way_links(aligned, &view)?;
        Ok(match self.args.format {
            AlignFormat::Pharaoh => format!("{links}\n"),
            AlignFormat::Soft => links::soft(&view)? + "\n",
            AlignFormat::Tsv => links::tsv(line, &links, &view.source, &view.target, view.attention.matrix()),
            AlignFormat::Jsonl => {
                let record = Record { links: links.to_string(), ..Record::new(aligned, &view) };
                links::json(line, 1, aligned, record, degraded)? + "\n"
            }
            AlignFormat::Grid => links::picture(&view, shades(None), is_terminal(None)) + "\n",
        })
    }

    /// The links of a pair that was aligned in one direction. Statistics have both, which any method can join.
    fn one_way_links(&self, aligned: &Translation, view: &WordView) -> Result<Links> {
        let (method, threshold) = self.method();
        if method == LinkMethod::Mean || !self.reading.needs_statistics() {
            return Ok(links::hard(view));
        }
        let posteriors = self.scorer.posteriors(None, aligned, None, &self.words, self.reading)?;
        Ok(links_by(&posteriors, method, threshold))
    }

    /// How the links of two directions are joined.
    fn method(&self) -> (LinkMethod, f32) {
        self.args.threshold.method(self.args.symmetrize, self.reading.needs_statistics())
    }

    /// Returns the output for a pair that was aligned in both directions.
    fn two_way(&self, line: usize, [forward, reverse]: [&Translation; 2], degraded: &[Degradation]) -> Result<String> {
        let (words, (method, threshold)) = (&self.words, self.method());
        let posteriors = self.scorer.posteriors(self.reverse, forward, Some(reverse), words, self.reading)?;
        let (source, target) = (&forward.source, &forward.text);
        let aligned = TwoWay { line, source, target, words, posteriors, degraded };
        Ok(match self.args.format {
            AlignFormat::Tsv => aligned.tsv(method, threshold),
            AlignFormat::Jsonl => aligned.json(method, threshold)? + "\n",
            _ => format!("{}\n", aligned.links(method, threshold)),
        })
    }
}
