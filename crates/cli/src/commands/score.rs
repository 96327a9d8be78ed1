//! `glosser score`: writes the log probability of given pairs.

use crate::arguments::{QuietArg, TextOrJsonl};
use crate::forced_decoding::is_blank;
use crate::links::in_one_line;
use crate::output::{say, writer};
use crate::pair_arguments::{PairArgs, Pairs};
use crate::pair_rows::{PairRows, RowDecoding, RowFaults, ScoredRow};
use crate::progress::Bar;
use anyhow::Result;
use clap::Args;
use glosser_text::{Corpus, WordSplitter, counted};
use glosser_translator::{Scorer, Translation, Weighting};
use serde::Serialize;
use std::fmt;
use std::io::Write;

/// Write the log probability of the target of given pairs, one line per pair
///
/// Logarithms are natural, as in the output of `translate`. A pair that has a blank side or is too long for the model
/// gets an empty line, or null in JSON. The perplexity of all pairs is printed on standard error.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser score --model de-en pairs.tsv > log_probs
  glosser score --model de-en test.de test.en --format jsonl > words.jsonl
  glosser score --model de-en pairs.tsv --append > scored.tsv
  glosser score --model de-en pairs.tsv | paste - pairs.tsv | sort -g | head")]
pub struct ScoreArgs {
    #[command(flatten)]
    pub pairs: PairArgs,

    /// Output format; text is one line per pair; JSON Lines also have the log probability of each word, after the own
    /// fields of rows that are JSON Lines
    #[arg(long, default_value = "text")]
    pub format: TextOrJsonl,

    #[command(flatten)]
    pub quiet: QuietArg,
}

/// The end of warnings about a pair that has no probability.
const NOT_SCORED: &str = "not scored";

/// Writes the log probability of each pair, then prints the perplexity.
pub fn run(args: ScoreArgs) -> Result<()> {
    let (scorer, pairs) = args.pairs.load(args.format == TextOrJsonl::Jsonl)?;
    let words = scorer.tokenizers().words().target;
    let mut sum = Sum::default();
    let finished = match pairs {
        Pairs::Corpus(corpus) => {
            let too_long = score_corpus(&corpus, &scorer, &words, &args, &mut sum)?;
            args.pairs.finish(too_long, corpus.pairs.len())
        }
        Pairs::Rows(rows) => score_rows(rows, &scorer, &words, &args, &mut sum)?.finish(args.pairs.strict),
    };
    if !args.quiet.quiet {
        say(&sum.to_string());
    }
    finished
}

/// Scores the pairs of a corpus, and returns the number of those that are too long.
fn score_corpus(
    corpus: &Corpus,
    scorer: &Scorer,
    words: &WordSplitter,
    args: &ScoreArgs,
    sum: &mut Sum,
) -> Result<usize> {
    let mut out = writer();
    let bar = Bar::unless_seen(None, || Bar::over(corpus.pairs.len(), "pair"));
    let forced = args.pairs.forced_decoding(corpus, Weighting::Attention, Some(NOT_SCORED), Some(&bar));
    let too_long = forced.each(scorer, |line, scored| {
        sum.add(scored);
        match args.format {
            TextOrJsonl::Text => writeln!(out, "{}", text(scored))?,
            TextOrJsonl::Jsonl => {
                writeln!(out, "{}", in_one_line(serde_json::to_string(&Record::new(line, scored, words))?))?;
            }
        }
        Ok(())
    })?;
    out.flush()?;
    Ok(too_long)
}

/// Scores rows as they are read.
fn score_rows(
    rows: PairRows,
    scorer: &Scorer,
    words: &WordSplitter,
    args: &ScoreArgs,
    sum: &mut Sum,
) -> Result<RowFaults> {
    let decoding = RowDecoding {
        forward: scorer,
        reverse: None,
        batch_size: args.pairs.batch.batch_size,
        weighting: Weighting::Attention,
        counted_words: None,
        consequence: NOT_SCORED,
    };
    decoding.run(rows, |out, found: &ScoredRow| {
        if found.degraded.is_empty() {
            sum.add(found.pair);
        }
        let record = Record::new(found.line, found.pair, words);
        let line = match args.format {
            TextOrJsonl::Jsonl => found.with_result(&[], &record)?,
            TextOrJsonl::Text if args.pairs.append => {
                found.with_result(&[text(found.pair)], &LogProb { log_prob: record.log_prob })?
            }
            TextOrJsonl::Text => (text(found.pair) + "\n").into_bytes(),
        };
        out.extend(line);
        Ok(())
    })
}

/// Log probability of a pair, or an empty line.
fn text(scored: &Translation) -> String {
    if scored.token_log_probs.is_empty() { String::new() } else { format!("{:.4}", scored.log_prob) }
}

/// The field that --append adds to a JSON object.
#[derive(Serialize)]
struct LogProb {
    log_prob: Option<f32>,
}

/// A pair as a JSON object; values are null for a pair without a probability.
#[derive(Serialize)]
struct Record<'a> {
    /// Line of the pair, counted from 1.
    line: usize,
    source: &'a str,
    target: &'a str,
    log_prob: Option<f32>,
    /// Score of the hypothesis with the default length penalty of `translate`.
    score: Option<f32>,
    /// Number of target tokens, including the end of the sentence.
    tokens: usize,
    words: Vec<&'a str>,
    /// One value per word; together with `end_log_prob` the sum is `log_prob`.
    word_log_probs: Vec<f32>,
    end_log_prob: Option<f32>,
}

impl<'a> Record<'a> {
    fn new(line: usize, pair: &'a Translation, words: &WordSplitter) -> Self {
        let (words, word_log_probs) = pair.word_log_probs(words).into_iter().unzip();
        let end_log_prob = pair.token_log_probs.last().copied();
        Self {
            line,
            source: &pair.source,
            target: &pair.text,
            log_prob: end_log_prob.map(|_| pair.log_prob),
            score: end_log_prob.map(|_| pair.score),
            tokens: pair.token_log_probs.len(),
            words,
            word_log_probs,
            end_log_prob,
        }
    }
}

/// Sums over all pairs.
#[derive(Default)]
struct Sum {
    log_prob: f64,
    tokens: usize,
    scored: usize,
    blank: usize,
}

impl Sum {
    fn add(&mut self, scored: &Translation) {
        self.log_prob += scored.token_log_probs.iter().map(|p| f64::from(*p)).sum::<f64>();
        self.tokens += scored.token_log_probs.len();
        self.scored += usize::from(!scored.token_log_probs.is_empty());
        self.blank += usize::from(is_blank(scored));
    }
}

impl fmt::Display for Sum {
    /// The perplexity, and how many pairs have none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blank = match self.blank {
            0 => String::new(),
            1 => "; 1 pair has a blank side and no probability".to_owned(),
            pairs => format!("; {pairs} pairs have a blank side and no probability"),
        };
        if self.scored == 0 {
            return write!(f, "no pair has a probability{blank}");
        }
        let perplexity = (-self.log_prob / self.tokens as f64).exp();
        write!(
            f,
            "perplexity {perplexity:.4} over {} of {}{blank}",
            counted(self.tokens, "target token"),
            counted(self.scored, "pair")
        )
    }
}
