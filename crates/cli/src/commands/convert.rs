//! `glosser convert`.

use crate::arguments::{ColumnsArg, wrong_usage};
use crate::output::{is_same_file, say};
use anyhow::{Result, ensure};
use clap::Args;
use glosser_text::{Columns, Compression, CorpusFiles, CorpusWriter, Languages, Output, SideChoice, TextError};
use std::io::{BufWriter, stdout};
use std::path::{Path, PathBuf};

/// Convert pairs: a TSV, two files or a TMX into any other of these
///
/// Example: glosser convert memory.tmx --languages de,en -o pairs.tsv
///
/// Example: glosser convert pairs.tsv.gz -o train.de train.en
///
/// Example: glosser convert train.de train.en --languages de,en -o memory.tmx.zst
///
/// The ending says what is written: .tsv or .tmx with one file; two files have a side each. With .gz or .zst behind it,
/// it is compressed. A TMX that is written has the languages that --languages names. Every pair is kept, also one with a blank side. The files appear when all has gone well.
#[derive(Args)]
pub struct ConvertArgs {
    /// The pairs: a TSV or TMX file, or a source file and a target file of as many lines
    #[arg(value_name = "FILE", num_args = 1..=2, required = true)]
    pub files: Vec<PathBuf>,

    /// Where they go: FILE.tsv, FILE.tmx, or one file a side; - is standard output, as TSV [example: -o pairs.tsv]
    #[arg(short, long, value_name = "FILE", num_args = 1..=2, required = true)]
    pub output: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// Say nothing on standard error but errors
    #[arg(short, long)]
    pub quiet: bool,
}

/// Pairs in, the same pairs in another format out.
pub fn run(args: ConvertArgs) -> Result<()> {
    let layout = Layout::of(&args)?;
    args.columns.check_columns(&[&args.files])?;
    if !matches!(layout, Layout::Tmx(_)) {
        args.columns.check(&[&args.files])?;
    }
    for output in &args.output {
        ensure!(
            !args.files.iter().any(|input| is_same_file(input, output)),
            "{}: input and output are the same file; give another -o",
            output.display()
        );
    }
    let mut pairs = layout.input(args.columns.corpus_files(&args.files)).stream()?;
    let mut writer = layout.writer(&args.output)?;
    let mut is_empty = true;
    for pair in pairs.by_ref() {
        writer.write(&pair?)?;
        is_empty = false;
    }
    if is_empty {
        let names: Vec<String> = args.files.iter().map(|path| path.display().to_string()).collect();
        return Err(TextError::NoPairs { file: names.join(" and "), reason: "" }.into());
    }
    let written = writer.finish()?;
    if !args.quiet {
        pairs.notes().into_iter().chain(written.note()).for_each(|note| say(&format!("note: {note}")));
        let s = if written.pairs == 1 { "" } else { "s" };
        say(&format!("{} pair{s} written", written.pairs));
    }
    Ok(())
}

/// How pairs are laid out in files.
enum Layout {
    Tsv,
    Two,
    Tmx(Languages),
}

impl Layout {
    /// What the names of the outputs ask for.
    fn of(args: &ConvertArgs) -> Result<Self> {
        match &args.output[..] {
            [source, target] if place(source) == place(target) => {
                Err(wrong_usage(format!("both sides cannot go to {}; give each a file of its own", source.display())))
            }
            [source, target] => match [source, target].into_iter().find(|path| is(path, "tmx") || is(path, "tsv")) {
                Some(path) => Err(wrong_usage(format!(
                    "{} would hold both sides, but two outputs are given; name it alone, or end it otherwise",
                    path.display()
                ))),
                None => Ok(Self::Two),
            },
            [path] if is(path, "tmx") => match args.columns.languages.clone() {
                Some(languages) => Ok(Self::Tmx(languages)),
                None => {
                    Err(wrong_usage("a TMX names its languages; say which with --languages, e.g. de,en".to_owned()))
                }
            },
            [path] if is(path, "tsv") || is_stdout(path) => Ok(Self::Tsv),
            path => Err(wrong_usage(format!(
                "{} does not say how pairs are written; end it in .tsv or .tmx, or give a file for each side",
                path.first().map_or_else(String::new, |path| path.display().to_string())
            ))),
        }
    }

    /// Languages that name those of a TMX to be written are no fault of a TSV that is read.
    fn input(&self, files: CorpusFiles) -> CorpusFiles {
        match (self, files) {
            (Self::Tmx(_), CorpusFiles::Recognised { path, choice: SideChoice::Languages(languages) }) => {
                CorpusFiles::Recognised { path, choice: SideChoice::Either(Columns::DEFAULT, languages) }
            }
            (_, files) => files,
        }
    }

    fn writer(self, outputs: &[PathBuf]) -> Result<CorpusWriter> {
        let mut outputs = outputs.iter().map(|path| output(path)).collect::<Result<Vec<_>>>()?.into_iter();
        let mut next = || outputs.next().ok_or_else(|| anyhow::anyhow!("there is no output"));
        Ok(match self {
            Self::Tsv => CorpusWriter::tsv(next()?),
            Self::Two => CorpusWriter::two(next()?, next()?),
            Self::Tmx(languages) => CorpusWriter::tmx(next()?, languages)?,
        })
    }
}

/// Where a file is or would be.
fn place(path: &Path) -> PathBuf {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let parent = parent.canonicalize().unwrap_or_else(|_| parent.to_owned());
    path.canonicalize().unwrap_or_else(|_| parent.join(path.file_name().unwrap_or_default()))
}

fn output(path: &Path) -> Result<Output> {
    if is_stdout(path) {
        return Ok(Output::to(BufWriter::new(stdout()), "standard output"));
    }
    Ok(Output::create(path)?)
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

/// Whether a file has an ending, before that of its compression.
fn is(path: &Path, ending: &str) -> bool {
    let plain = if Compression::of_ending(path).is_some() { path.with_extension("") } else { path.to_owned() };
    plain.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}
