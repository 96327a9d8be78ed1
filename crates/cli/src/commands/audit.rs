//! `glosser audit`.

use crate::arguments::{ModelArg, PairsArgs, wrong_usage};
use crate::output::{is_same_file, say, writer};
use crate::{corpora, forced, links, progress};
use anyhow::{Result, ensure};
use clap::{Args, ValueEnum};
use glosser_alignment::MixtureThreshold;
use glosser_text::{Corpus, CorpusWriter, Output, Pair};
use glosser_translator::{Translator, Weighting, WordView};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Find pairs that do not belong together: those that the model explains worst, and where to cut
///
/// Example: glosser audit --model de-en pairs.tsv --keep clean.tsv
///
/// Pairs are ordered by score, the worst first: how much likelier the model finds the target with its source than with
/// three others of the corpus, as a logarithm over the root of its sub-words. A target that has nothing to do with its
/// source has about 0. A model finds the wrong pairs of the corpus that it was trained on, too. As many pairs are below
/// the cut as are wrong by estimate, which is made from how wrong pairs score: targets with sources that are certainly
/// not theirs.
///
/// Beside the score: the share of source words that some target word came from, and the mean weight on the source's end.
/// Pairs with a blank side, or too long for the model, have no score, are not listed, and are kept.
#[derive(Args)]
pub struct AuditArgs {
    #[command(flatten)]
    pub model: ModelArg,

    #[command(flatten)]
    pub pairs: PairsArgs,

    /// Worst pairs that are listed [example: --top 100]
    #[arg(long, value_name = "N", default_value = "20")]
    pub top: usize,

    /// Cut here instead [example: --cut 2]
    #[arg(long, value_name = "SCORE", allow_hyphen_values = true)]
    pub cut: Option<f64>,

    /// Write the pairs that are not below the cut, as a TSV of source and target [example: --keep clean.tsv]
    #[arg(long, value_name = "FILE")]
    pub keep: Option<PathBuf>,

    /// Replace the file that --keep names, if there is one
    #[arg(long, requires = "keep")]
    pub overwrite: bool,

    /// How pairs are written
    #[arg(long, default_value = "tsv")]
    pub format: AuditFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AuditFormat {
    /// A line of names, then a line for each pair, with the beginnings of both sides
    Tsv,
    /// A JSON object a line
    Jsonl,
}

/// Characters of a side that a table shows.
const EXCERPT: usize = 60;

/// A source word with less weight than this, over all target words, is one that no target word came from.
const COVERED: f32 = 0.2;

/// Other sources that a target is held against.
const OTHERS: usize = 3;

/// How far away the pairs are whose sources they are, as a share of all, and one for pairs that are known to be wrong: far
/// from neighbours, which may be alike, and from what a corpus repeats, which it does in simple fractions.
const SHIFTS: [f64; OTHERS + 1] = [0.618, 0.382, 0.854, 0.236];

/// Pairs that are known to be wrong: enough to know how their scores are spread.
const MOST_WRONG: usize = 2000;

/// What the model says of a pair.
#[derive(Serialize)]
struct Judged {
    /// Place of the pair in the corpus.
    #[serde(skip)]
    index: usize,
    /// Line of the pair, from one.
    line: usize,
    /// How much likelier the target is with its source than with others: the logarithm, over the root of the sub-words.
    score: f32,
    log_prob: f32,
    /// Sub-words of the target and its end.
    #[serde(skip)]
    tokens: usize,
    /// Share of the source words that some target word came from.
    coverage: f32,
    /// Mean weight of the target words on the source's end.
    eos_mass: f32,
    /// Null where there is no cut.
    below_cut: Option<bool>,
    source: String,
    target: String,
}

/// Given pairs in, the worst out.
pub fn run(args: AuditArgs) -> Result<()> {
    let files = args.pairs.corpus_files()?;
    if let Some(keep) = &args.keep {
        check_output(keep, &args)?;
    }
    let translator = Translator::load(&args.model.directory)?;
    let corpus = corpora::read(&files)?;
    let count = corpus.pairs.len();
    let bar = progress::bar((1 + OTHERS) * count + MOST_WRONG.min(count), "pairs", false);
    let audit = Audit { translator: &translator, batch_size: args.pairs.batch_size, passed: &|| bar.inc(1) };
    let mut judged = audit.judge(&corpus)?;
    let wrong = audit.compare(&mut judged)?;
    bar.finish_and_clear();
    let scores: Vec<f64> = judged.iter().map(|pair| f64::from(pair.score)).collect();
    let cut = args.cut.or_else(|| MixtureThreshold::estimate(&scores, &wrong).map(|cut| cut.threshold));
    for pair in &mut judged {
        pair.below_cut = cut.map(|cut| f64::from(pair.score) < cut);
    }
    judged.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.index.cmp(&b.index)));
    say(&said(&judged, cut));
    write_worst(&judged, args.top, args.format)?;
    if let Some(keep) = &args.keep {
        write_kept(&corpus, &judged, keep)?;
    }
    Ok(())
}

/// What is kept must not go where the list goes, nor in the place of what is not to be lost.
fn check_output(keep: &Path, args: &AuditArgs) -> Result<()> {
    if keep == Path::new("-") {
        return Err(wrong_usage("standard output has the list; give --keep a file".to_owned()));
    }
    let is_read = args.pairs.files.iter().any(|file| is_same_file(file, keep));
    ensure!(!is_read, "{}: --keep would replace a file that is audited; give another", keep.display());
    ensure!(
        args.overwrite || !keep.is_file(),
        "{}: there is a file already; give another --keep, or --overwrite to replace it",
        keep.display()
    );
    Ok(())
}

/// Pairs on their way through a model.
struct Audit<'a> {
    translator: &'a Translator,
    batch_size: usize,
    /// Called for each pair.
    passed: &'a dyn Fn(),
}

impl Audit<'_> {
    fn judge(&self, corpus: &Corpus) -> Result<Vec<Judged>> {
        let mut judged = Vec::with_capacity(corpus.pairs.len());
        forced::each(self.translator, corpus, self.batch_size, Weighting::Aligner, |number, scored| {
            (self.passed)();
            let (index, line) = (number - 1, corpus.line(number - 1));
            let pair = &scored.translation;
            if let Some(complaint) = forced::complaint(&corpus.name, line, pair) {
                say(&format!("warning: {complaint}; not judged"));
            }
            if !scored.token_log_probs.is_empty() {
                let view = pair.words();
                judged.push(Judged {
                    index,
                    line,
                    score: 0.0,
                    log_prob: pair.log_prob,
                    tokens: scored.token_log_probs.len(),
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

    /// Gives each pair its score: log p(target | source), less the logarithm of its mean with other sources. A long or rare
    /// target is unlikely with any source, and a loose translation still likelier than with another (the pointwise mutual
    /// information of Church and Hanks 1990, p(target) being estimated by the mean). It is a sum over tokens, which for a
    /// wrong source are as often above zero as below: divided by the root of their number it is spread alike for all lengths.
    ///
    /// Returns the scores that targets have with a source that is certainly another pair's.
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
        let wrong = self.with_other_sources(judged, MOST_WRONG, SHIFTS[OTHERS])?;
        let scored = |(at, log_prob): (usize, &f32)| f64::from(score(*log_prob, at, judged[at].tokens));
        let wrong = wrong.iter().enumerate().map(scored).collect();
        for (at, pair) in judged.iter_mut().enumerate() {
            pair.score = score(pair.log_prob, at, pair.tokens);
        }
        Ok(wrong)
    }

    /// Log probability of the first `most` targets, each with the source of a pair that is such a share of all away.
    fn with_other_sources(&self, judged: &[Judged], most: usize, shift: f64) -> Result<Vec<f32>> {
        let shift = ((shift * judged.len() as f64) as usize).max(1);
        let pairs = judged.iter().enumerate().take(most).map(|(at, pair)| Pair {
            source: judged[(at + shift) % judged.len()].source.clone(),
            target: pair.target.clone(),
        });
        let others = Corpus { name: String::new(), pairs: pairs.collect(), lines: Vec::new(), notes: Vec::new() };
        let mut log_probs = Vec::with_capacity(others.pairs.len());
        forced::each(self.translator, &others, self.batch_size, Weighting::Attention, |_, scored| {
            (self.passed)();
            log_probs.push(scored.translation.log_prob);
            Ok(())
        })?;
        Ok(log_probs)
    }
}

fn coverage(view: &WordView) -> f32 {
    let matrix = view.attention.matrix();
    let is_covered = |source: &usize| matrix.column(*source).sum::<f32>() >= COVERED;
    (0..view.source.len()).filter(is_covered).count() as f32 / view.source.len() as f32
}

fn said(judged: &[Judged], cut: Option<f64>) -> String {
    let below = judged.iter().filter(|pair| pair.below_cut == Some(true)).count();
    match cut {
        Some(cut) => format!("{below} of {} pairs are below the cut at a score of {cut:.3}", judged.len()),
        None => format!(
            "among the scores of {} pairs no group is like that of targets with a wrong source: no cut (--cut sets one)",
            judged.len()
        ),
    }
}

fn write_worst(judged: &[Judged], top: usize, format: AuditFormat) -> Result<()> {
    let mut out = writer(None)?;
    if format == AuditFormat::Tsv {
        writeln!(out, "line\tscore\tcoverage\teos_mass\tsource\ttarget")?;
    }
    for pair in judged.iter().take(top) {
        let Judged { line, score, coverage, eos_mass, source, target, .. } = pair;
        match format {
            AuditFormat::Jsonl => writeln!(out, "{}", links::in_one_line(serde_json::to_string(pair)?))?,
            AuditFormat::Tsv => {
                let (source, target) = (excerpt(source), excerpt(target));
                writeln!(out, "{line}\t{score:.3}\t{coverage:.2}\t{eos_mass:.2}\t{source}\t{target}")?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

fn excerpt(text: &str) -> String {
    let text = text.replace(|c: char| c.is_control(), " ");
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// All pairs but those below the cut, in their order.
fn write_kept(corpus: &Corpus, judged: &[Judged], file: &Path) -> Result<()> {
    let mut is_kept = vec![true; corpus.pairs.len()];
    for pair in judged.iter().filter(|pair| pair.below_cut == Some(true)) {
        is_kept[pair.index] = false;
    }
    let mut writer = CorpusWriter::tsv(Output::create(file)?);
    for (pair, _) in corpus.pairs.iter().zip(is_kept).filter(|(_, is_kept)| *is_kept) {
        writer.write(pair)?;
    }
    if let Some(note) = writer.finish()?.note() {
        say(&format!("note: {note}"));
    }
    Ok(())
}
