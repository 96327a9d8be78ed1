//! `glosser align`.

use crate::arguments::{LinkMethod, LinksFrom, ModelArg, PairsArgs, WordsArg, from_zero, wrong_usage};
use crate::output::{say, shades, writer};
use crate::two_way::TwoWay;
use crate::{corpora, forced, links};
use anyhow::Result;
use clap::{Args, ValueEnum};
use glosser_alignment::Posteriors;
use glosser_text::Corpus;
use glosser_translator::{ModelDirectory, Translation, Translator};
use std::io::Write;
use std::path::PathBuf;

/// Align given pairs: the model goes through each target and says where its words came from
///
/// Example: glosser align --model de-en pairs.tsv > links.pharaoh
///
/// Example: glosser align --model en-fr --reverse fr-en pairs.tsv --symmetrize intersection
///
/// One line of word links for each pair; a pair with a blank side has an empty line. A model that was trained with
/// --both-directions, or two models of opposite directions, make better links than one.
#[derive(Args)]
pub struct AlignArgs {
    #[command(flatten)]
    pub model: ModelArg,

    #[command(flatten)]
    pub pairs: PairsArgs,

    /// What links and weights are read from
    #[arg(long, default_value = "aligner")]
    pub links: LinksFrom,

    #[command(flatten)]
    pub words: WordsArg,

    /// Model of the other direction [default: the one that --both-directions has trained, if it is there]
    #[arg(long, value_name = "DIR")]
    pub reverse: Option<PathBuf>,

    /// Which words are linked, if there are two directions [default: agreement; example: --symmetrize grow-diag]
    #[arg(long, value_name = "METHOD")]
    pub symmetrize: Option<LinkMethod>,

    /// For agreement: a lower one gives more links, and more wrong ones [example: --threshold 0.3]
    #[arg(long, value_name = "P", default_value = "0.1", value_parser = from_zero)]
    pub threshold: f32,

    /// How alignments are written; soft and grid show the forward direction, whatever else there is
    #[arg(long, default_value = "pharaoh")]
    pub format: AlignFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AlignFormat {
    /// Links `0-0 1-2` between words, zero-based, source first
    Pharaoh,
    /// Weights: a row for each target word, source words joined by commas, EOS last
    Soft,
    /// A JSON object a line: words and the characters they are, links, weights, their entropy, probability; or the weights
    /// of both directions
    Jsonl,
    /// A line a link: line of the pair, source index and word, target index and word, weight
    Tsv,
    /// A shaded picture for the terminal
    Grid,
}

/// Given pairs in, one alignment a line out.
pub fn run(args: AlignArgs) -> Result<()> {
    let files = args.pairs.corpus_files()?;
    let translator = Translator::load(&args.model.directory)?;
    let reverse = reverse(&args)?;
    let corpus = corpora::read(&files)?;
    let mut out = writer(None)?;
    match reverse {
        Some(reverse) => two_ways(&mut out, [&translator, &reverse], &corpus, &args)?,
        None => one_way(&mut out, &translator, &corpus, &args)?,
    }
    out.flush()?;
    Ok(())
}

/// The model of the other direction, if there is one and it counts.
fn reverse(args: &AlignArgs) -> Result<Option<Translator>> {
    let own = ModelDirectory::new(&args.model.directory).reverse();
    let own = own.holds_a_model().then(|| own.path().to_owned());
    let Some(path) = args.reverse.clone().or(own) else {
        return match args.symmetrize {
            None | Some(LinkMethod::Forward) => Ok(None),
            Some(_) => Err(wrong_usage(format!(
                "--symmetrize needs a model of the other direction, and {} has none; name one by --reverse, or train \
                 with --both-directions",
                args.model.directory.display()
            ))),
        };
    };
    let is_one_way = matches!(args.format, AlignFormat::Soft | AlignFormat::Grid);
    Ok(if is_one_way { None } else { Some(Translator::load(&path)?) })
}

fn one_way(out: &mut impl Write, translator: &Translator, corpus: &Corpus, args: &AlignArgs) -> Result<()> {
    forced::each(translator, corpus, args.pairs.batch_size, args.links.into(), |line, scored| {
        let aligned = &scored.translation;
        complain(corpus, line, aligned);
        write(out, line, aligned, args)
    })
}

fn complain(corpus: &Corpus, line: usize, aligned: &Translation) {
    if let Some(complaint) = forced::complaint(&corpus.name, corpus.line(line - 1), aligned) {
        say(&format!("warning: {complaint}; not aligned"));
    }
}

fn write(out: &mut impl Write, line: usize, aligned: &Translation, args: &AlignArgs) -> Result<()> {
    let view = aligned.words_by(args.words.rule());
    match args.format {
        AlignFormat::Pharaoh => writeln!(out, "{}", links::hard(&view))?,
        AlignFormat::Soft => writeln!(out, "{}", links::soft(&view)?)?,
        AlignFormat::Tsv => {
            let links = links::hard(&view);
            write!(out, "{}", links::tsv(line, &links, &view.source, &view.target, view.attention.matrix()))?;
        }
        AlignFormat::Jsonl => writeln!(out, "{}", links::json(line, 1, aligned, &view, &[])?)?,
        AlignFormat::Grid => writeln!(out, "{}", links::picture(&view, shades(None)))?,
    }
    Ok(())
}

fn two_ways(out: &mut impl Write, directions: [&Translator; 2], corpus: &Corpus, args: &AlignArgs) -> Result<()> {
    let (method, threshold) = (args.symmetrize.unwrap_or(LinkMethod::Agreement), args.threshold);
    forced::both(directions, corpus, args.pairs.batch_size, args.links.into(), |line, forward, reverse| {
        complain(corpus, line, forward);
        let rule = args.words.rule();
        let posteriors = Posteriors::new(forward.words_by(rule).attention, reverse.words_by(rule).attention)?;
        let aligned = TwoWay { line, source: &forward.source, target: &forward.text, rule, posteriors };
        match args.format {
            AlignFormat::Tsv => write!(out, "{}", aligned.tsv(method, threshold))?,
            AlignFormat::Jsonl => writeln!(out, "{}", aligned.json(method, threshold)?)?,
            _ => writeln!(out, "{}", aligned.links(method, threshold))?,
        }
        Ok(())
    })
}
