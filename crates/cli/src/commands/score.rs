//! `glosser score`.

use crate::arguments::{ModelArg, PairsArgs};
use crate::output::{say, writer};
use crate::{corpora, forced};
use anyhow::Result;
use clap::{Args, ValueEnum};
use glosser_text::{Corpus, WordRule};
use glosser_translator::{ScoredTranslation, Translator, Weighting};
use serde::Serialize;
use std::io::Write;

/// Give the probability of given pairs: one line out for each pair, always, in order
///
/// Example: glosser score --model de-en pairs.tsv > log_probs
///
/// Natural logarithms, as `translate` writes them. A pair with a blank side, or too long for the model, has no
/// probability: an empty line, or null in JSON. The perplexity of the whole is said on standard error.
#[derive(Args)]
pub struct ScoreArgs {
    #[command(flatten)]
    pub model: ModelArg,

    #[command(flatten)]
    pub pairs: PairsArgs,

    /// How probabilities are written
    #[arg(long, default_value = "text")]
    pub format: ScoreFormat,

    /// Say nothing on standard error but errors
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScoreFormat {
    /// The log probability of the target, given the source
    Text,
    /// A JSON object a line: log probability of the whole, by token, and of each word
    Jsonl,
}

/// Given pairs in, one log probability a line out.
pub fn run(args: ScoreArgs) -> Result<()> {
    let files = args.pairs.corpus_files()?;
    let translator = Translator::load(&args.model.directory)?;
    let corpus = if args.quiet { Corpus::read(&files)? } else { corpora::read(&files)? };
    let mut out = writer(None)?;
    let mut sum = Sum::default();
    forced::each(&translator, &corpus, args.pairs.batch_size, Weighting::Attention, |line, scored| {
        if let (Some(complaint), false) =
            (forced::complaint(&corpus.name, corpus.line(line - 1), &scored.translation), args.quiet)
        {
            say(&format!("warning: {complaint}; not scored"));
        }
        sum.add(scored);
        match args.format {
            ScoreFormat::Text => writeln!(out, "{}", text(scored))?,
            ScoreFormat::Jsonl => writeln!(out, "{}", serde_json::to_string(&Record::new(line, scored))?)?,
        }
        Ok(())
    })?;
    out.flush()?;
    if !args.quiet {
        say(&sum.said());
    }
    Ok(())
}

/// Nothing where there is no probability, so that the line stays.
fn text(scored: &ScoredTranslation) -> String {
    if scored.token_log_probs.is_empty() { String::new() } else { format!("{:.4}", scored.translation.log_prob) }
}

/// All that is known of a pair, as one JSON object; numbers are null where there is no probability.
#[derive(Serialize)]
struct Record<'a> {
    /// Line of the pair, from one.
    line: usize,
    source: &'a str,
    target: &'a str,
    log_prob: Option<f32>,
    /// `log_prob` over `tokens`, what `translate` orders by unless told otherwise.
    score: Option<f32>,
    /// Sub-words of the target and its end.
    tokens: usize,
    words: Vec<&'a str>,
    /// One for each word; with `end_log_prob` they add up to `log_prob`.
    word_log_probs: Vec<f32>,
    end_log_prob: Option<f32>,
}

impl<'a> Record<'a> {
    fn new(line: usize, scored: &'a ScoredTranslation) -> Self {
        let pair = &scored.translation;
        let (words, word_log_probs) = scored.word_log_probs(WordRule::WhiteSpace).into_iter().unzip();
        let end_log_prob = scored.token_log_probs.last().copied();
        Self {
            line,
            source: &pair.source,
            target: &pair.text,
            log_prob: end_log_prob.map(|_| pair.log_prob),
            score: end_log_prob.map(|_| pair.score),
            tokens: scored.token_log_probs.len(),
            words,
            word_log_probs,
            end_log_prob,
        }
    }
}

/// What the pairs come to together.
#[derive(Default)]
struct Sum {
    log_prob: f64,
    tokens: usize,
    scored: usize,
    blank: usize,
}

impl Sum {
    fn add(&mut self, scored: &ScoredTranslation) {
        self.log_prob += scored.token_log_probs.iter().map(|p| f64::from(*p)).sum::<f64>();
        self.tokens += scored.token_log_probs.len();
        self.scored += usize::from(!scored.token_log_probs.is_empty());
        self.blank += usize::from(forced::is_blank(&scored.translation));
    }

    fn said(&self) -> String {
        let blank = match self.blank {
            0 => String::new(),
            1 => "; 1 pair has a blank side and no probability".to_owned(),
            pairs => format!("; {pairs} pairs have a blank side and no probability"),
        };
        if self.scored == 0 {
            return format!("no pair has a probability{blank}");
        }
        let perplexity = (-self.log_prob / self.tokens as f64).exp();
        let (tokens, scored) = (self.tokens, self.scored);
        format!("perplexity {perplexity:.4} over {tokens} sub-words and ends of {scored} pairs{blank}")
    }
}
