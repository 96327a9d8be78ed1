//! `glosser audit`: finds pairs whose target does not translate their source.

use crate::arguments::{TsvOrJsonl, wrong_usage};
use crate::audited_rows::AuditedRows;
use crate::output::{note, say, writer, wrote};
use crate::pair_arguments::{PairArgs, Pairs};
use crate::pair_audit::{Audit, Judged, MAX_WRONG, OTHERS};
use crate::progress::Bar;
use crate::{links, table};
use anyhow::Result;
use clap::Args;
use glosser_alignment::MixtureThreshold;
use glosser_text::{Corpus, CorpusWriter, Output, counted, excerpt};
use glosser_translator::Scorer;
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
  glosser audit --model de-en pairs.tsv --append > audited.tsv
  glosser audit --model de-en train.de train.en --top 1000 --format jsonl > worst.jsonl")]
pub struct AuditArgs {
    #[command(flatten)]
    pub pairs: PairArgs,

    /// Number of pairs to list [default: 20; example: --top 100]
    #[arg(long, value_name = "N", conflicts_with = "append")]
    pub top: Option<usize>,

    /// Score of the cut [default: estimated; example: --cut 2]
    #[arg(long, value_name = "SCORE", allow_hyphen_values = true)]
    pub cut: Option<f64>,

    /// Write all pairs except those below the cut to a TSV file; with --append or from JSON Lines, the whole rows as
    /// they are [example: --keep clean.tsv]
    #[arg(long, value_name = "FILE")]
    pub keep: Option<PathBuf>,

    /// An option of earlier versions without an effect: a file of results is replaced by every command.
    #[arg(long = "overwrite", requires = "keep", hide = true)]
    pub _overwrite: bool,

    /// Output format; TSV has the beginning of both sides, JSON Lines both sides complete, with all fields of rows
    /// that are JSON Lines
    #[arg(long, default_value = "tsv")]
    pub format: TsvOrJsonl,
}

/// Maximum number of characters of a side in a table.
const EXCERPT: usize = 60;

/// Number of pairs that are listed without --top.
const LISTED: usize = 20;

/// The end of warnings about a pair that has no score.
const NOT_SCORED: &str = "not scored";

/// Scores every pair, finds the cut, lists the worst pairs and writes the others.
pub fn run(args: AuditArgs) -> Result<()> {
    if let Some(keep) = &args.keep {
        check_output(keep)?;
    }
    let is_jsonl = args.format == TsvOrJsonl::Jsonl;
    let (scorer, pairs) = args.pairs.load(is_jsonl)?;
    let (corpus, mut rows) = match pairs {
        Pairs::Corpus(corpus) => (corpus, None),
        Pairs::Rows(rows) => {
            let rows = AuditedRows::read(rows, NOT_SCORED)?;
            (rows.corpus(), Some(rows))
        }
    };
    let (judged, too_long, cut) = judge(&args, &scorer, &corpus, rows.is_none())?;
    let faults = rows.as_mut().map(|rows| rows.count_faults(&too_long, NOT_SCORED));
    say(&summary(&judged, cut));
    let worst = judged.iter().take(args.top.unwrap_or(LISTED));
    match &rows {
        Some(rows) if args.pairs.append => rows.append(&judged, is_jsonl)?,
        Some(rows) if is_jsonl => rows.list(worst)?,
        _ => write_worst(worst, args.format)?,
    }
    if let Some(keep) = &args.keep {
        let is_kept = is_kept(corpus.pairs.len(), &judged);
        match &rows {
            Some(rows) => rows.keep(&is_kept, keep)?,
            None => write_kept(&corpus, &is_kept, keep)?,
        }
    }
    match faults {
        Some(faults) => faults.finish(args.pairs.strict),
        None => args.pairs.finish(too_long.len(), corpus.pairs.len()),
    }
}

/// Returns the pairs with their scores, the worst first, the indices of those that are too long, and the cut.
fn judge(
    args: &AuditArgs,
    scorer: &Scorer,
    corpus: &Corpus,
    warns: bool,
) -> Result<(Vec<Judged>, Vec<usize>, Option<f64>)> {
    let count = corpus.pairs.len();
    let bar = Bar::over((1 + OTHERS) * count + MAX_WRONG.min(count), "comparison");
    let audit = Audit { scorer, pairs: &args.pairs, progress: &bar };
    let (mut judged, too_long) = audit.judge(corpus, warns.then_some(NOT_SCORED))?;
    let wrong = audit.compare(&mut judged)?;
    let scores: Vec<f64> = judged.iter().map(|pair| f64::from(pair.score)).collect();
    let cut = args.cut.or_else(|| MixtureThreshold::estimate(&scores, &wrong).map(|cut| cut.threshold));
    for pair in &mut judged {
        pair.below_cut = cut.map(|cut| f64::from(pair.score) < cut);
    }
    judged.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.index.cmp(&b.index)));
    Ok((judged, too_long, cut))
}

/// Refuses a --keep that is standard output.
fn check_output(keep: &Path) -> Result<()> {
    if keep == Path::new("-") {
        return Err(wrong_usage("the list is written to standard output; give --keep a file name".to_owned()));
    }
    Ok(())
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

/// Lists the worst pairs.
fn write_worst<'j>(worst: impl Iterator<Item = &'j Judged>, format: TsvOrJsonl) -> Result<()> {
    let mut out = writer();
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

/// Returns which of `count` pairs are not below the cut.
fn is_kept(count: usize, judged: &[Judged]) -> Vec<bool> {
    let mut is_kept = vec![true; count];
    for pair in judged.iter().filter(|pair| pair.below_cut == Some(true)) {
        is_kept[pair.index] = false;
    }
    is_kept
}

/// Writes the pairs that are kept, in the order of the corpus.
fn write_kept(corpus: &Corpus, is_kept: &[bool], file: &Path) -> Result<()> {
    let mut writer = CorpusWriter::tsv(Output::create(file)?);
    for (pair, _) in corpus.pairs.iter().zip(is_kept).filter(|(_, is_kept)| **is_kept) {
        writer.write(pair)?;
    }
    let written = writer.finish()?;
    written.note().iter().for_each(|text| note(text));
    wrote(Some(file), &counted(written.pairs, "pair"));
    Ok(())
}
