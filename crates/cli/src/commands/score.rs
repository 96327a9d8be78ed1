//! `glosser score`: writes the log probability of given pairs.

use crate::arguments::{QuietArg, ScoredPairsArgs, TextOrJsonl};
use crate::forced_decoding::is_blank;
use crate::links::in_one_line;
use crate::output::{say, writer};
use crate::progress::Bar;
use anyhow::Result;
use clap::Args;
use glosser_text::{WordSplitter, counted};
use glosser_translator::{Translation, Weighting};
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
  glosser score --model de-en pairs.tsv | paste - pairs.tsv | sort -g | head")]
pub struct ScoreArgs {
    #[command(flatten)]
    pub pairs: ScoredPairsArgs,

    /// Output format; text is one line per pair; JSON Lines also have the log probability of each word
    #[arg(long, default_value = "text")]
    pub format: TextOrJsonl,

    #[command(flatten)]
    pub quiet: QuietArg,
}

/// Writes the log probability of each pair, then prints the perplexity.
pub fn run(args: ScoreArgs) -> Result<()> {
    let (scorer, corpus) = args.pairs.load(args.quiet.quiet)?;
    let words = scorer.tokenizers().words().target;
    let mut out = writer();
    let mut sum = Sum::default();
    let consequence = (!args.quiet.quiet).then_some("not scored");
    let bar = Bar::unless_seen(None, || Bar::over(corpus.pairs.len(), "pair"));
    let forced = args.pairs.forced_decoding(&corpus, Weighting::Attention, consequence, Some(&bar));
    forced.each(&scorer, |line, scored| {
        sum.add(scored);
        match args.format {
            TextOrJsonl::Text => writeln!(out, "{}", text(scored))?,
            TextOrJsonl::Jsonl => {
                writeln!(out, "{}", in_one_line(serde_json::to_string(&Record::new(line, scored, &words))?))?;
            }
        }
        Ok(())
    })?;
    out.flush()?;
    drop(bar);
    if !args.quiet.quiet {
        say(&sum.to_string());
    }
    Ok(())
}

/// Log probability of a pair, or an empty line.
fn text(scored: &Translation) -> String {
    if scored.token_log_probs.is_empty() { String::new() } else { format!("{:.4}", scored.log_prob) }
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
