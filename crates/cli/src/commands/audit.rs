//! `glosser audit`: finds pairs whose target does not translate their source.

use crate::arguments::{ScoredPairsArgs, TsvOrJsonl, wrong_usage};
use crate::output::{note, say, writer, wrote};
use crate::progress::Bar;
use crate::{links, table};
use anyhow::Result;
use clap::Args;
use glosser_alignment::MixtureThreshold;
use glosser_text::{Corpus, CorpusWriter, Output, Pair, counted, excerpt};
use glosser_translator::{Scorer, Weighting, WordView};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// List pairs whose target probably does not translate their source
///
/// Lists pairs by score, the worst first. The score says how much more probable the target is with its source than with
/// three other sources of the corpus: the difference of the log probabilities, divided by the square root of the number
/// of sub-words. It is about 0 for a target that does not belong to its source, even if the model was trained on the
/// pair.
///
/// The program estimates the number of wrong pairs from the scores of targets with wrong sources, and places the cut so
/// that this number of pairs is below it. Other columns are the share of source words that a target word came from, and
/// the mean weight on the end of the source. Pairs with a blank side, or too long for the model, have no score: they
/// are not listed, and --keep keeps them.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser audit --model de-en pairs.tsv
  glosser audit --model de-en pairs.tsv --keep clean.tsv
  glosser audit --model de-en train.de train.en --top 1000 --format jsonl > worst.jsonl")]
pub struct AuditArgs {
    #[command(flatten)]
    pub pairs: ScoredPairsArgs,

    /// Number of pairs to list [example: --top 100]
    #[arg(long, value_name = "N", default_value = "20")]
    pub top: usize,

    /// Score of the cut [default: estimated; example: --cut 2]
    #[arg(long, value_name = "SCORE", allow_hyphen_values = true)]
    pub cut: Option<f64>,

    /// Write all pairs except those below the cut to a TSV file [example: --keep clean.tsv]
    #[arg(long, value_name = "FILE")]
    pub keep: Option<PathBuf>,

    /// An option of earlier versions without an effect: a file of results is replaced by every command.
    #[arg(long = "overwrite", requires = "keep", hide = true)]
    pub _overwrite: bool,

    /// Output format; TSV has the beginning of both sides, JSON Lines both sides complete
    #[arg(long, default_value = "tsv")]
    pub format: TsvOrJsonl,
}

/// Maximum number of characters of a side in a table.
const EXCERPT: usize = 60;

/// A source word is covered if the target words have at least this weight on it in total.
const COVERED: f32 = 0.2;

/// Number of other sources that the source of a target is compared with.
const OTHERS: usize = 3;

/// Distances from a pair to the pairs of the other sources, as fractions of the corpus; the last one makes wrong pairs.
/// They avoid neighbours, which may be similar, and simple fractions, at which a corpus may repeat itself.
const SHIFTS: [f64; OTHERS + 1] = [0.618, 0.382, 0.854, 0.236];

/// Maximum number of wrong pairs: enough to estimate the distribution of their scores.
const MAX_WRONG: usize = 2000;

/// A pair with its score.
#[derive(Serialize)]
struct Judged {
    /// Index of the pair in the corpus.
    #[serde(skip)]
    index: usize,
    /// Line of the pair, counted from 1.
    line: usize,
    /// Log probability of the target given its source minus that given other sources, over the root of the token count.
    score: f32,
    log_prob: f32,
    /// Number of target tokens, including the end of the sentence.
    #[serde(skip)]
    tokens: usize,
    /// Fraction of the source words that are covered.
    coverage: f32,
    /// Mean weight of the target words on the end of the source.
    eos_mass: f32,
    /// `None` without a cut.
    below_cut: Option<bool>,
    source: String,
    target: String,
}

/// Scores every pair, finds the cut, lists the worst pairs and writes the others.
pub fn run(args: AuditArgs) -> Result<()> {
    if let Some(keep) = &args.keep {
        check_output(keep)?;
    }
    let (scorer, corpus) = args.pairs.load(false)?;
    let count = corpus.pairs.len();
    let bar = Bar::over((1 + OTHERS) * count + MAX_WRONG.min(count), "comparison");
    let audit = Audit { scorer: &scorer, pairs: &args.pairs, progress: &bar };
    let mut judged = audit.judge(&corpus)?;
    let wrong = audit.compare(&mut judged)?;
    drop(bar);
    let scores: Vec<f64> = judged.iter().map(|pair| f64::from(pair.score)).collect();
    let cut = args.cut.or_else(|| MixtureThreshold::estimate(&scores, &wrong).map(|cut| cut.threshold));
    for pair in &mut judged {
        pair.below_cut = cut.map(|cut| f64::from(pair.score) < cut);
    }
    judged.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.index.cmp(&b.index)));
    say(&summary(&judged, cut));
    write_worst(&judged, args.top, args.format)?;
    if let Some(keep) = &args.keep {
        write_kept(&corpus, &judged, keep)?;
    }
    Ok(())
}

/// Refuses a --keep that is standard output.
fn check_output(keep: &Path) -> Result<()> {
    if keep == Path::new("-") {
        return Err(wrong_usage("the list is written to standard output; give --keep a file name".to_owned()));
    }
    Ok(())
}

/// A model that scores pairs.
struct Audit<'a> {
    scorer: &'a Scorer,
    pairs: &'a ScoredPairsArgs,
    progress: &'a Bar,
}

impl Audit<'_> {
    /// Returns every pair that the model can score; the score itself is set by [`Audit::compare`].
    fn judge(&self, corpus: &Corpus) -> Result<Vec<Judged>> {
        let mut judged = Vec::with_capacity(corpus.pairs.len());
        let words = self.scorer.tokenizers().words();
        let bar = Some(self.progress);
        let forced = self.pairs.forced_decoding(corpus, Weighting::Aligner, Some("not scored"), bar);
        forced.each(self.scorer, |number, pair| {
            let (index, line) = (number - 1, corpus.line(number - 1));
            if !pair.token_log_probs.is_empty() {
                let view = pair.words_by(&words);
                judged.push(Judged {
                    index,
                    line,
                    score: 0.0,
                    log_prob: pair.log_prob,
                    tokens: pair.token_log_probs.len(),
                    coverage: coverage(&view),
                    eos_mass: view.attention.eos_mass().iter().sum::<f32>() / view.target.len() as f32,
                    below_cut: None,
                    source: pair.source.clone(),
                    target: pair.text.clone(),
                });
            }
            Ok(())
        })?;
        Ok(judged)
    }

    /// Sets the score of each pair, and returns the scores of pairs that are certainly wrong.
    ///
    /// The score is log p(target | source) minus the logarithm of the mean of p over other sources. This is the
    /// pointwise mutual information of Church and Hanks (1990), where the mean estimates p(target): a long or rare
    /// target is improbable with any source, and a loose translation is still more probable than with another source.
    /// The difference is a sum over tokens, which for a wrong source has mean zero. Division by the root of their
    /// number gives it the same spread for every length.
    fn compare(&self, judged: &mut [Judged]) -> Result<Vec<f64>> {
        let mut with_others = Vec::with_capacity(OTHERS);
        for shift in &SHIFTS[..OTHERS] {
            with_others.push(self.with_other_sources(judged, judged.len(), *shift)?);
        }
        let mean = |at: usize| {
            let highest = with_others.iter().map(|log_probs| log_probs[at]).fold(f32::NEG_INFINITY, f32::max);
            let sum: f32 = with_others.iter().map(|log_probs| (log_probs[at] - highest).exp()).sum();
            highest + (sum / OTHERS as f32).ln()
        };
        let score = |log_prob: f32, at: usize, tokens: usize| (log_prob - mean(at)) / (tokens as f32).sqrt();
        let wrong = self.with_other_sources(judged, MAX_WRONG, SHIFTS[OTHERS])?;
        let scored = |(at, log_prob): (usize, &f32)| f64::from(score(*log_prob, at, judged[at].tokens));
        let wrong = wrong.iter().enumerate().map(scored).collect();
        for (at, pair) in judged.iter_mut().enumerate() {
            pair.score = score(pair.log_prob, at, pair.tokens);
        }
        Ok(wrong)
    }

    /// Returns the log probability of each of the first `most` targets, `[targets]`, with the source that is `shift` of the
    /// corpus away.
    fn with_other_sources(&self, judged: &[Judged], most: usize, shift: f64) -> Result<Vec<f32>> {
        let shift = ((shift * judged.len() as f64) as usize).max(1);
        let pairs = judged.iter().enumerate().take(most).map(|(at, pair)| Pair {
            source: judged[(at + shift) % judged.len()].source.clone(),
            target: pair.target.clone(),
        });
        let others = Corpus { name: String::new(), pairs: pairs.collect(), lines: Vec::new(), notes: Vec::new() };
        let mut log_probs = Vec::with_capacity(others.pairs.len());
        let forced = self.pairs.forced_decoding(&others, Weighting::Attention, None, Some(self.progress));
        forced.each(self.scorer, |_, scored| {
            log_probs.push(scored.log_prob);
            Ok(())
        })?;
        Ok(log_probs)
    }
}

/// Fraction of the source words that are covered.
fn coverage(view: &WordView) -> f32 {
    let matrix = view.attention.matrix();
    let is_covered = |source: &usize| matrix.column(*source).sum::<f32>() >= COVERED;
    (0..view.source.len()).filter(is_covered).count() as f32 / view.source.len() as f32
}

/// The number of pairs below the cut, in one line.
fn summary(judged: &[Judged], cut: Option<f64>) -> String {
    let below = judged.iter().filter(|pair| pair.below_cut == Some(true)).count();
    match cut {
        Some(cut) => format!("below the cut at a score of {cut:.3}: {below} of {}", counted(judged.len(), "pair")),
        None => format!(
            "none of {} scores like a target with a wrong source, so there is no cut (--cut sets one)",
            counted(judged.len(), "pair")
        ),
    }
}

/// Lists the first `top` pairs.
fn write_worst(judged: &[Judged], top: usize, format: TsvOrJsonl) -> Result<()> {
    let mut out = writer();
    let worst = judged.iter().take(top);
    match format {
        TsvOrJsonl::Tsv => {
            let rows: Vec<Vec<String>> =
                std::iter::once(HEADER.map(str::to_owned).to_vec()).chain(worst.map(row)).collect();
            table::write(&mut out, &rows, &TEXTS)?;
        }
        TsvOrJsonl::Jsonl => {
            for pair in worst {
                writeln!(out, "{}", links::in_one_line(serde_json::to_string(pair)?))?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

/// The columns of the table.
const HEADER: [&str; 6] = ["line", "score", "coverage", "eos_mass", "source", "target"];

/// The columns that may be cut on a narrow terminal.
const TEXTS: [usize; 2] = [4, 5];

fn row(pair: &Judged) -> Vec<String> {
    let Judged { line, score, coverage, eos_mass, source, target, .. } = pair;
    let numbers = [line.to_string(), format!("{score:.3}"), format!("{coverage:.2}"), format!("{eos_mass:.2}")];
    numbers.into_iter().chain([excerpt(source, EXCERPT), excerpt(target, EXCERPT)]).collect()
}

/// Writes all pairs except those below the cut, in the order of the corpus.
fn write_kept(corpus: &Corpus, judged: &[Judged], file: &Path) -> Result<()> {
    let mut is_kept = vec![true; corpus.pairs.len()];
    for pair in judged.iter().filter(|pair| pair.below_cut == Some(true)) {
        is_kept[pair.index] = false;
    }
    let mut writer = CorpusWriter::tsv(Output::create(file)?);
    for (pair, _) in corpus.pairs.iter().zip(is_kept).filter(|(_, is_kept)| *is_kept) {
        writer.write(pair)?;
    }
    let written = writer.finish()?;
    written.note().iter().for_each(|text| note(text));
    wrote(Some(file), &counted(written.pairs, "pair"));
    Ok(())
}
