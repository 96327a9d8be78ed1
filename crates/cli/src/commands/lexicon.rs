//! `glosser lexicon`.

use crate::arguments::{ModelArg, PairsArgs, WordsArg, above_zero, at_least_one};
use crate::output::{say, writer};
use crate::{corpora, forced, links};
use anyhow::Result;
use clap::{Args, ValueEnum};
use glosser_alignment::{LexiconCounter, LexiconEntry};
use glosser_text::{Casing, Corpus, Pair, Truecaser};
use glosser_translator::{Translator, Weighting};
use serde::Serialize;
use std::io::Write;

/// List which words translate which: a lexicon read from the weights of given pairs
///
/// Example: glosser lexicon --model de-en pairs.tsv --top 500 > lexicon.tsv
///
/// The model goes through each given translation, and what each target word came from is counted for its source words.
/// A pair of words has an expected count (the sum of these weights), its share among the translations of the source word
/// and among the sources of the target word, and a confidence: 1 where all weight lay on one word, 0 where it lay evenly
/// on all. The best come first, by log(1 + count) times confidence times both shares.
///
/// Words are listed without the signs at their edges.
#[derive(Args)]
pub struct LexiconArgs {
    #[command(flatten)]
    pub model: ModelArg,

    #[command(flatten)]
    pub pairs: PairsArgs,

    #[command(flatten)]
    pub words: WordsArg,

    /// Least expected count of a pair of words that is listed [example: --min-count 5]
    #[arg(long, value_name = "N", default_value = "2", value_parser = above_zero)]
    pub min_count: f64,

    /// Most pairs of words that are listed [default: all; example: --top 500]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub top: Option<usize>,

    /// What becomes of capitals
    #[arg(long, default_value = "truecase")]
    pub case: CaseArg,

    /// How the lexicon is written
    #[arg(long, default_value = "tsv")]
    pub format: LexiconFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CaseArg {
    /// A word at the beginning of a sentence is written as it mostly is elsewhere
    Truecase,
    /// All letters become small
    Lower,
    /// Words stay as they are
    Keep,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LexiconFormat {
    /// A line of names, then a line for each pair of words, with up to three lines of the corpus where it occurs
    Tsv,
    /// A JSON object a line
    Jsonl,
}

/// Given pairs in, pairs of words out.
pub fn run(args: LexiconArgs) -> Result<()> {
    let files = args.pairs.corpus_files()?;
    let translator = Translator::load(&args.model.directory)?;
    let corpus = corpora::read(&files)?;
    let source = casing(args.case, &corpus, |pair| &pair.source);
    let target = casing(args.case, &corpus, |pair| &pair.target);
    let mut counter = LexiconCounter::default();
    forced::each(&translator, &corpus, args.pairs.batch_size, Weighting::Aligner, |number, scored| {
        let line = corpus.line(number - 1);
        if let Some(complaint) = forced::complaint(&corpus.name, line, &scored.translation) {
            say(&format!("warning: {complaint}; not counted"));
        }
        let view = scored.translation.words_by(args.words.rule());
        counter.add(line, &source.words(&view.source), &target.words(&view.target), &view.attention);
        Ok(())
    })?;
    let entries = counter.entries(args.min_count);
    let mut out = writer(None)?;
    if args.format == LexiconFormat::Tsv {
        writeln!(out, "source\ttarget\tcount\tp(target|source)\tp(source|target)\tconfidence\tscore\tlines")?;
    }
    for entry in entries.iter().take(args.top.unwrap_or(usize::MAX)) {
        match args.format {
            LexiconFormat::Tsv => writeln!(out, "{}", tsv(entry))?,
            LexiconFormat::Jsonl => {
                writeln!(out, "{}", links::in_one_line(serde_json::to_string(&Record::new(entry))?))?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

fn casing(case: CaseArg, corpus: &Corpus, side: impl Fn(&Pair) -> &String) -> Casing {
    match case {
        CaseArg::Truecase => Casing::Truecase(Truecaser::learn(corpus.pairs.iter().map(|pair| side(pair).as_str()))),
        CaseArg::Lower => Casing::Lower,
        CaseArg::Keep => Casing::Keep,
    }
}

fn tsv(entry: &LexiconEntry) -> String {
    let lines: Vec<String> = entry.lines.iter().map(usize::to_string).collect();
    let LexiconEntry { source, target, count, target_given_source, source_given_target, confidence, score, .. } = entry;
    format!(
        "{source}\t{target}\t{count:.2}\t{target_given_source:.3}\t{source_given_target:.3}\t{confidence:.3}\t{score:.2}\t{}",
        lines.join(",")
    )
}

#[derive(Serialize)]
struct Record<'a> {
    source: &'a str,
    target: &'a str,
    /// Sum of the weights between the two.
    count: f64,
    target_given_source: f64,
    source_given_target: f64,
    confidence: f64,
    score: f64,
    /// Lines of pairs that have both, from one.
    lines: &'a [usize],
}

impl<'a> Record<'a> {
    fn new(entry: &'a LexiconEntry) -> Self {
        Self {
            source: entry.source,
            target: entry.target,
            count: entry.count,
            target_given_source: entry.target_given_source,
            source_given_target: entry.source_given_target,
            confidence: entry.confidence,
            score: entry.score,
            lines: &entry.lines,
        }
    }
}
