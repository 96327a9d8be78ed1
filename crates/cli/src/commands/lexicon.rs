//! `glosser lexicon`: lists word translations that the model finds in given pairs.

use crate::arguments::{ScoredPairsArgs, TsvOrJsonl, above_zero, at_least_one};
use crate::forced_decoding::{CountedWords, ForcedDecoding};
use crate::link_arguments::LinksArg;
use crate::output::{is_for_person, writer};
use crate::progress::Bar;
use crate::terminal::for_terminal;
use crate::words_argument::WordsArg;
use crate::{links, table};
use anyhow::Result;
use clap::{Args, ValueEnum};
use glosser_alignment::{LexiconCounter, LexiconEntry};
use glosser_text::{Casing, Corpus, Pair, Truecaser, WordSplitter};
use std::io::Write;

/// List word translations that the model finds in given pairs, with probabilities
///
/// The expected count of two words is the sum of the weights between them. Each entry also has both conditional
/// probabilities and a confidence, which is 1 if all weight was on one word and 0 if it was spread evenly. Entries are
/// sorted by log(1 + count) times confidence times both probabilities, the best first. Punctuation at the edges of
/// words is removed.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser lexicon --model de-en pairs.tsv --top 20
  glosser lexicon --model de-en pairs.tsv --top 500 > lexicon.tsv
  glosser lexicon --model de-en train.de train.en --min-count 5 --case lower > lexicon.tsv")]
pub struct LexiconArgs {
    #[command(flatten)]
    pub pairs: ScoredPairsArgs,

    #[command(flatten)]
    pub words: WordsArg,

    #[command(flatten)]
    pub links: LinksArg,

    /// Minimum expected count of an entry [example: --min-count 5]
    #[arg(long, value_name = "N", default_value = "2", value_parser = above_zero)]
    pub min_count: f64,

    /// Maximum number of entries [default: all; example: --top 500]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub top: Option<usize>,

    /// Treatment of capital letters
    #[arg(long, default_value = "truecase")]
    pub case: CaseArg,

    /// Output format; an entry has up to three lines of the corpus where it occurs
    #[arg(long, default_value = "tsv")]
    pub format: TsvOrJsonl,
}

/// Treatment of capital letters.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CaseArg {
    /// Write the first word of a sentence as it is most often written elsewhere
    Truecase,
    /// Write all letters small
    Lower,
    /// Keep words unchanged
    Keep,
}

/// Aligns the pairs, counts word translations and writes the best.
pub fn run(args: LexiconArgs) -> Result<()> {
    let (scorer, corpus) = args.pairs.load(false)?;
    let reading = args.links.reading(&scorer, &args.words)?;
    let words = args.words.splitters(scorer.tokenizers());
    let source = casing(args.case, &words.source, &corpus, |pair| &pair.source);
    let target = casing(args.case, &words.target, &corpus, |pair| &pair.target);
    let mut counter = LexiconCounter::default();
    let bar = Bar::over(corpus.pairs.len(), "pair");
    let forced = args.pairs.forced_decoding(&corpus, reading.weighting(), Some("not counted"), Some(&bar));
    let forced = ForcedDecoding { counted_words: CountedWords::of(reading, &words), ..forced };
    forced.each(&scorer, |number, scored| {
        let line = corpus.line(number - 1);
        let view = scorer.links(scored, &words, reading)?;
        counter.add(line, &source.words(&view.source), &target.words(&view.target), &view.attention);
        Ok(())
    })?;
    drop(bar);
    let entries = counter.entries(args.min_count);
    let entries = entries.iter().take(args.top.unwrap_or(usize::MAX));
    let mut out = writer();
    match args.format {
        TsvOrJsonl::Tsv => {
            let header = if is_for_person() { SHORT_HEADER } else { HEADER };
            let rows: Vec<Vec<String>> =
                std::iter::once(header.map(str::to_owned).to_vec()).chain(entries.map(row)).collect();
            table::write(&mut out, &rows, &TEXTS)?;
        }
        TsvOrJsonl::Jsonl => {
            for entry in entries {
                writeln!(out, "{}", links::in_one_line(serde_json::to_string(entry)?))?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

fn casing(case: CaseArg, words: &WordSplitter, corpus: &Corpus, side: impl Fn(&Pair) -> &String) -> Casing {
    match case {
        CaseArg::Truecase => {
            Casing::Truecase(Truecaser::learn(corpus.pairs.iter().map(|pair| words.texts(side(pair)))))
        }
        CaseArg::Lower => Casing::Lower,
        CaseArg::Keep => Casing::Keep,
    }
}

/// The columns of the table.
const HEADER: [&str; 8] =
    ["source", "target", "count", "p(target|source)", "p(source|target)", "confidence", "score", "lines"];

/// The same, shorter, for a terminal, where the words need the space.
const SHORT_HEADER: [&str; 8] = ["source", "target", "count", "p(t|s)", "p(s|t)", "confidence", "score", "lines"];

/// The columns that may be cut on a narrow terminal.
const TEXTS: [usize; 3] = [0, 1, 7];

fn row(entry: &LexiconEntry) -> Vec<String> {
    let lines: Vec<String> = entry.lines.iter().map(usize::to_string).collect();
    let LexiconEntry { source, target, count, target_given_source, source_given_target, confidence, score, .. } = entry;
    vec![
        for_terminal(source).into_owned(),
        for_terminal(target).into_owned(),
        format!("{count:.2}"),
        format!("{target_given_source:.3}"),
        format!("{source_given_target:.3}"),
        format!("{confidence:.3}"),
        format!("{score:.2}"),
        lines.join(","),
    ]
}
