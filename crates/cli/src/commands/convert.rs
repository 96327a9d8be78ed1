use crate::args::{ConvertArgs, wrong_usage};
use crate::output::{is_same_file, say};
use anyhow::{Result, ensure};
use glosser_text::{Columns, Compression, CorpusFiles, CorpusWriter, Languages, Output, SideChoice, TextError};
use std::io::{BufWriter, stdout};
use std::path::{Path, PathBuf};

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
