//! `glosser check`.

use crate::arguments::{ColumnsArg, wrong_usage};
use crate::confirmation::Confirmation;
use crate::diagnosis::{Examined, Fixed, Found};
use crate::output::writer;
use crate::spooled::Spooled;
use anyhow::{Context, Result};
use clap::Args;
use glosser_text::Output;
use glosser_text::doctor::{Diagnosis, Input, Role, check};
use glosser_translator::Translator;
use std::io::Write;
use std::path::PathBuf;

/// Look for what is wrong with a corpus, before training: where, how bad, and what to do
///
/// Example: glosser check pairs.tsv
///
/// Example: glosser check train.de.gz train.en.gz --dev val.de val.en --test test.de test.en
///
/// Example: glosser check train.de train.en --fix clean.de clean.en
///
/// Looks for different numbers of lines, and for the line where the sides slip against each other; bytes that are not
/// UTF-8, NUL, byte order marks, carriage returns, control characters, U+0085, U+2028 and U+2029; blank, overlong and
/// ill-matched sides; the wrong language, and swapped sides; runs of one character; duplicates; and pairs of --dev and
/// --test that stand in the training corpus. Languages and lengths are judged by the corpus itself.
///
/// An error is what stops training or makes it learn nonsense; a warning, what is lost or learnt wrongly; a note, what is
/// good to know (`information` in JSON). The exit code is 0 if there is no error and no warning, 1 if there is one.
#[derive(Args)]
pub struct CheckArgs {
    /// The training pairs: a TSV file, or a source file and a target file of as many lines
    #[arg(value_name = "FILE", num_args = 1..=2, required = true)]
    pub files: Vec<PathBuf>,

    /// Pairs to validate on, given like the training pairs
    #[arg(long, value_name = "FILE", num_args = 1..=2)]
    pub dev: Vec<PathBuf>,

    /// Pairs to test with, given like the training pairs
    #[arg(long, value_name = "FILE", num_args = 1..=2)]
    pub test: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// Write the training pairs repaired, to as many files as they come from [example: --fix clean.tsv]
    ///
    /// Leaves out pairs that are blank, doubled, overlong or ill-matched; mends bytes and characters; and says how many
    /// of each. Where the sides slip it writes nothing. A name that ends in .gz or .zst is compressed; the files that are
    /// read are never replaced.
    #[arg(long, value_name = "OUT", num_args = 1..=2)]
    pub fix: Vec<PathBuf>,

    /// A model that knows both languages, to confirm where the sides slip [example: --model de-en]
    #[arg(short, long, value_name = "DIR")]
    pub model: Option<PathBuf>,

    /// Write one JSON object, with up to a hundred places of each kind
    #[arg(long)]
    pub json: bool,
}

/// A corpus in, what is wrong with it out.
pub fn run(args: CheckArgs) -> Result<()> {
    args.columns.check(&[&args.files, &args.dev, &args.test])?;
    check_outputs(&args)?;
    let translator = args.model.as_deref().map(Translator::load).transpose()?;
    let train = Spooled::new(&args.files, &args.columns, Role::Train)?;
    let others = [(&args.dev, Role::Dev), (&args.test, Role::Test)];
    let others = others.into_iter().filter(|(files, _)| !files.is_empty());
    let others: Vec<Spooled> =
        others.map(|(files, role)| Spooled::new(files, &args.columns, role)).collect::<Result<_>>()?;
    let other_inputs: Vec<Input> = others.iter().map(|other| other.input.clone()).collect();

    if train.is_tmx && !args.fix.is_empty() {
        let remedy = "--fix writes lines, and a translation memory has none; make a TSV of it first (glosser convert)";
        return Err(wrong_usage(remedy.to_owned()));
    }
    let diagnosis = check(&train.input, &other_inputs)?;
    let inputs = std::iter::once(&train.input).chain(&other_inputs);
    let confirmations = diagnosis.suspects.iter().zip(inputs).map(|(suspect, input)| {
        let both = suspect.as_ref().zip(translator.as_ref());
        both.map(|(suspect, translator)| Confirmation::new(translator, input, suspect)).transpose()
    });
    let confirmations = confirmations.collect::<Result<Vec<_>>>()?.into_iter().map(Option::flatten).collect();
    let (fixed, refusal) = match fix(&args.fix, &train.input, &diagnosis) {
        Ok(fixed) => (fixed, None),
        Err(refusal) => (None, Some(refusal)),
    };
    let examined = Examined::new(&diagnosis, confirmations, fixed);
    let mut out = writer(None)?;
    if args.json {
        examined.write_json(&mut out)?
    } else {
        examined.write_text(&mut out)?
    }
    out.flush()?;
    if let Some(refusal) = refusal {
        return Err(refusal);
    }
    if examined.has_errors_or_warnings() { Err(Found.into()) } else { Ok(()) }
}

/// Writes the repaired corpus, if it is wanted.
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

/// As many files as are read, each another one, and none that is read.
fn check_outputs(args: &CheckArgs) -> Result<()> {
    if args.fix.is_empty() {
        return Ok(());
    }
    let (read, written) = (args.files.len(), args.fix.len());
    if read != written {
        let found = format!("the pairs come from {read} file(s), but --fix names {written}; name as many");
        return Err(wrong_usage(found));
    }
    let inputs = [&args.files, &args.dev, &args.test];
    let real = |path: &PathBuf| path.canonicalize().ok();
    let inputs: Vec<PathBuf> = inputs.into_iter().flatten().filter_map(real).collect();
    for (index, output) in args.fix.iter().enumerate() {
        let name = output.display();
        if real(output).is_some_and(|output| inputs.contains(&output)) {
            return Err(wrong_usage(format!("--fix {name} would replace a file that is read; name another")));
        }
        if args.fix[..index].iter().any(|other| other == output) {
            return Err(wrong_usage(format!("--fix names {name} twice; name one file a side")));
        }
    }
    Ok(())
}
