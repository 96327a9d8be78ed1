//! `glosser check`: finds faults of a corpus, and repairs them.

use crate::arguments::{CorpusArg, wrong_usage};
use crate::confirmation::Confirmation;
use crate::corpora::Spooled;
use crate::diagnosis::{Examined, FaultsFound, Fixed};
use crate::output::writer;
use crate::progress::Bar;
use anyhow::{Context, Result};
use clap::Args;
use glosser_corpus_check::{Diagnosis, Input, Role, Suspect, check};
use glosser_text::{Output, counted};
use glosser_translator::Scorer;
use std::io::Write;
use std::path::PathBuf;

/// Find faults in a corpus before training, with file, line and remedy
///
/// Finds different numbers of lines, and the line from which source and target no longer match; bytes that are not
/// UTF-8, NUL, byte order marks, carriage returns, control characters, U+0085, U+2028 and U+2029; text that was encoded
/// twice, HTML entities and tags, invisible characters, and letters of another script that look the same; a header row;
/// sides that are blank, too long or of unlikely lengths; wrong or swapped languages; numbers, placeholders and tags
/// that differ between the sides; runs of one character; duplicates; and pairs of --dev and --test that are in the
/// training corpus. Typical languages and lengths are those of the corpus itself.
///
/// An error prevents training or makes the model useless; a warning costs pairs or quality; a note is information only
/// (`information` in JSON). The exit code is 0 without errors and warnings, else 1.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser check pairs.tsv
  glosser check train.de.gz train.en.gz --dev val.de val.en --test test.de test.en
  glosser check train.de train.en --fix clean.de clean.en
  glosser check tatoeba.tsv --columns 2,4 --fix clean.tsv")]
pub struct CheckArgs {
    #[command(flatten)]
    pub train: CorpusArg,

    /// Validation pairs, given like the training pairs [example: --dev val.tsv]
    #[arg(long, value_name = "FILE", num_args = 1..=2)]
    pub dev: Vec<PathBuf>,

    /// Test pairs, given like the training pairs [example: --test test.tsv]
    #[arg(long, value_name = "FILE", num_args = 1..=2)]
    pub test: Vec<PathBuf>,

    /// Write the repaired training pairs to one file, or to two if they are read from two [example: --fix clean.tsv]
    ///
    /// Removes a header row and pairs that are blank, duplicate, too long or of unlikely lengths, repairs bytes and
    /// characters where only one repair is possible, and counts both. Writes nothing if source and target do not match
    /// from some line on. With --columns, the output has the two chosen columns only, so it can be trained on as it is.
    /// Files whose names end in .gz or .zst are compressed. The files that are read are never replaced.
    #[arg(long, value_name = "OUT", num_args = 1..=2)]
    pub fix: Vec<PathBuf>,

    /// Directory of a model of both languages, which checks where source and target no longer match [example: --model
    /// de-en]
    #[arg(short, long, value_name = "DIR")]
    pub model: Option<PathBuf>,

    /// Write one JSON object, with up to 100 places for each kind of fault
    #[arg(long)]
    pub json: bool,
}

/// Checks the corpora, writes the findings, and repairs the training pairs if --fix is given.
pub fn run(args: CheckArgs) -> Result<()> {
    let columns = &args.train.columns;
    columns.check(&[&args.train.files, &args.dev, &args.test])?;
    check_outputs(&args)?;
    let scorer = args.model.as_deref().map(Scorer::load).transpose()?;
    let train = Spooled::new(&args.train.files, columns, Role::Train)?;
    let others = [(&args.dev, Role::Dev), (&args.test, Role::Test)];
    let others = others.into_iter().filter(|(files, _)| !files.is_empty());
    let others: Vec<Spooled> = others.map(|(files, role)| Spooled::new(files, columns, role)).collect::<Result<_>>()?;
    if train.is_tmx && !args.fix.is_empty() {
        return Err(wrong_usage("--fix cannot write a TMX; make a TSV of it first with glosser convert".to_owned()));
    }

    let other_inputs: Vec<Input> = others.iter().map(|other| other.input.clone()).collect();
    let bar = Bar::waiting(format!("checking {}", train.input.names.join(" and ")));
    let diagnosis = check(&train.input, &other_inputs)?;
    let confirmations = confirm(&diagnosis, std::iter::once(&train.input).chain(&other_inputs), scorer.as_ref())?;
    // The findings explain why the corpus cannot be repaired, so that they are written first.
    let (fixed, refusal) = match fix(&args.fix, &train.input, &diagnosis) {
        Ok(fixed) => (fixed, None),
        Err(refusal) => (None, Some(refusal)),
    };
    drop(bar);
    let examined = Examined::new(&diagnosis, confirmations, fixed);
    let mut out = writer();
    if args.json {
        examined.write_json(&mut out)?
    } else {
        examined.write_text(&mut out)?
    }
    out.flush()?;
    match refusal {
        Some(refusal) => Err(refusal),
        None if examined.has_errors_or_warnings() => Err(FaultsFound.into()),
        None => Ok(()),
    }
}

/// Lets the model check each place where source and target may no longer match. One result per corpus.
fn confirm<'a>(
    diagnosis: &Diagnosis,
    inputs: impl Iterator<Item = &'a Input>,
    scorer: Option<&Scorer>,
) -> Result<Vec<Option<Confirmation>>> {
    let confirmation = |(suspect, input): (&Option<Suspect>, &Input)| match (suspect, scorer) {
        (Some(suspect), Some(scorer)) => Confirmation::new(scorer, input, suspect),
        _ => Ok(None),
    };
    diagnosis.suspects.iter().zip(inputs).map(confirmation).collect()
}

/// Writes the repaired corpus; `None` if there are no outputs.
fn fix(outputs: &[PathBuf], train: &Input, diagnosis: &Diagnosis) -> Result<Option<Fixed>> {
    if outputs.is_empty() {
        return Ok(None);
    }
    let mut fixing = diagnosis.fix(train)?;
    let mut files = outputs.iter().map(|path| Output::create(path)).collect::<Result<Vec<_>, _>>()?;
    for lines in fixing.by_ref() {
        for ((file, path), line) in files.iter_mut().zip(outputs).zip(lines?) {
            writeln!(file, "{line}").with_context(|| format!("{}: cannot be written", path.display()))?;
        }
    }
    Output::finish(files)?;
    Ok(Some(Fixed::new(outputs, &fixing)))
}

/// Checks that --fix names the right number of files.
fn check_outputs(args: &CheckArgs) -> Result<()> {
    if args.fix.is_empty() {
        return Ok(());
    }
    let (read, written) = (args.train.files.len(), args.fix.len());
    if read != written {
        return Err(wrong_usage(format!(
            "the pairs are read from {}, but --fix names {written}; give the same number",
            counted(read, "file")
        )));
    }
    Ok(())
}
