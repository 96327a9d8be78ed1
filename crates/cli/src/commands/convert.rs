//! `glosser convert`: reads pairs in one format and writes them in another.

use crate::arguments::{CorpusArg, QuietArg, wrong_usage};
use crate::file_arguments::unpacked_name;
use crate::output::{note, say};
use crate::progress::Bar;
use crate::terminal::TerminalWriter;
use anyhow::Result;
use clap::Args;
use glosser_text::{Columns, CorpusFiles, CorpusWriter, Languages, Output, TextError, counted};
use std::io::{BufWriter, stdout};
use std::path::{Path, PathBuf};

/// Convert pairs between TSV, two text files and TMX
///
/// The names of the output files choose the format: one .tsv or .tmx file, or two files, one per side. A further ending
/// .gz or .zst compresses them. A TMX file needs the names of its languages: --languages. Every pair is kept, also a
/// pair with a blank side. The output files appear only when they are complete.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser convert memory.tmx --languages de,en -o pairs.tsv
  glosser convert pairs.tsv.gz -o train.de train.en
  glosser convert train.de train.en --languages de,en -o memory.tmx.zst")]
pub struct ConvertArgs {
    #[command(flatten)]
    pub input: CorpusArg,

    /// Output: FILE.tsv, FILE.tmx, a source and a target file, or - for TSV to standard output [example: -o pairs.tsv]
    #[arg(short, long, value_name = "FILE", num_args = 1..=2, required = true)]
    pub output: Vec<PathBuf>,

    #[command(flatten)]
    pub quiet: QuietArg,
}

/// Copies every pair from the input to the output.
pub fn run(args: ConvertArgs) -> Result<()> {
    let layout = Layout::of(&args)?;
    args.input.columns.check_columns(&[&args.input.files])?;
    if !matches!(layout, Layout::Tmx(_)) {
        args.input.columns.check(&[&args.input.files])?;
    }
    let mut pairs = layout.input(args.input.columns.corpus_files(&args.input.files)).stream()?;
    let mut writer = layout.writer(&args.output)?;
    let mut is_empty = true;
    let bar = Bar::counting("pair");
    for pair in pairs.by_ref() {
        writer.write(&pair?)?;
        is_empty = false;
        bar.inc(1);
    }
    drop(bar);
    if is_empty {
        let names: Vec<String> = args.input.files.iter().map(|path| path.display().to_string()).collect();
        return Err(TextError::NoPairs { file: names.join(" and "), reason: "" }.into());
    }
    let written = writer.finish()?;
    if !args.quiet.quiet {
        pairs.notes().into_iter().chain(written.note()).for_each(|text| note(&text));
        let names: Vec<String> = args.output.iter().map(|path| shown_output(path)).collect();
        say(&format!("{}: {} written", names.join(" and "), counted(written.pairs, "pair")));
    }
    Ok(())
}

/// Format of the output.
enum Layout {
    Tsv,
    Two,
    Tmx(Languages),
}

impl Layout {
    /// Returns the format that the names of the output files choose.
    fn of(args: &ConvertArgs) -> Result<Self> {
        match &args.output[..] {
            [source, target] => match [source, target].into_iter().find(|path| is(path, "tmx") || is(path, "tsv")) {
                Some(path) => Err(wrong_usage(format!(
                    "{} is a format for both sides, but two outputs are given; give this file alone, or other endings",
                    path.display()
                ))),
                None => Ok(Self::Two),
            },
            [path] if is(path, "tmx") => match args.input.columns.sides.languages.clone() {
                Some(languages) => Ok(Self::Tmx(languages)),
                None => Err(wrong_usage(
                    "a TMX file names its languages; give them with --languages, for example --languages de,en"
                        .to_owned(),
                )),
            },
            [path] if is(path, "tsv") || is_stdout(path) => Ok(Self::Tsv),
            path => Err(wrong_usage(format!(
                "{}: the ending does not choose a format; use .tsv or .tmx, or give a source and a target file",
                path.first().map_or_else(String::new, |path| path.display().to_string())
            ))),
        }
    }

    /// Returns the input with a choice of languages that may be for the output only: then a TSV ignores it.
    fn input(&self, mut files: CorpusFiles) -> CorpusFiles {
        if let (Self::Tmx(_), CorpusFiles::One { choice, .. }) = (self, &mut files)
            && choice.languages.is_some()
        {
            choice.columns.get_or_insert(Columns::DEFAULT);
        }
        files
    }

    fn writer(self, outputs: &[PathBuf]) -> Result<CorpusWriter> {
        let mut outputs = outputs.iter().map(|path| output(path)).collect::<Result<Vec<_>>>()?.into_iter();
        let mut next = || outputs.next().ok_or_else(|| anyhow::anyhow!("an output file is missing"));
        Ok(match self {
            Self::Tsv => CorpusWriter::tsv(next()?),
            Self::Two => CorpusWriter::two(next()?, next()?),
            Self::Tmx(languages) => CorpusWriter::tmx(next()?, languages)?,
        })
    }
}

fn output(path: &Path) -> Result<Output> {
    if is_stdout(path) {
        return Ok(Output::to(TerminalWriter::new(BufWriter::new(stdout())), "standard output"));
    }
    Ok(Output::create(path)?)
}

/// The name of an output in messages.
fn shown_output(path: &Path) -> String {
    if is_stdout(path) { "standard output".to_owned() } else { path.display().to_string() }
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

/// Whether a file has this ending, before that of its compression.
fn is(path: &Path, ending: &str) -> bool {
    let plain = unpacked_name(path);
    plain.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}
