use super::shared::{ColumnsArg, ModelArg, WordsArg, at_least_one, from_one_to, wrong_usage};
use clap::{Args, ValueEnum};
use glosser_text::CorpusFiles;
use std::path::{Path, PathBuf};

/// Write interlinear text: under each word what it became, then the translation
///
/// Example: echo "Ein Hund läuft." | glosser gloss --model de-en
///
/// A word without a link has `–` under it; words of a gloss that do not stand together are joined by `…`.
#[derive(Args)]
pub struct GlossArgs {
    #[command(flatten)]
    pub model: ModelArg,

    /// Sentences, one a line, which the model translates [default: standard input]; with --pairs a TSV or
    /// TMX file with translations; a source file and a target file
    #[arg(value_name = "FILE", num_args = 0..=2)]
    pub files: Vec<PathBuf>,

    /// The file is a TSV or TMX with translations, and these are glossed
    #[arg(long)]
    pub pairs: bool,

    #[command(flatten)]
    pub columns: ColumnsArg,

    #[command(flatten)]
    pub words: WordsArg,

    /// How glosses are written
    #[arg(long, default_value = "text")]
    pub format: GlossFormat,

    /// Hypotheses followed at a time where the model translates [example: --beam-size 1]
    #[arg(long, value_name = "N", default_value = "5", value_parser = from_one_to::<1000>)]
    pub beam_size: usize,

    /// Sentences computed together: speed and memory, never the result [example: --batch-size 8]
    #[arg(long, value_name = "N", default_value = "32", value_parser = at_least_one)]
    pub batch_size: usize,
}

/// What is to be glossed.
pub enum GlossInput {
    /// Sentences that are to be translated.
    Sentences(PathBuf),
    /// Sentences with their translations.
    Pairs(CorpusFiles),
}

impl GlossArgs {
    /// What the files hold, if the arguments go together.
    pub fn input(&self) -> anyhow::Result<GlossInput> {
        self.columns.check(&[&self.files])?;
        let stdin = || Path::new("-").to_owned();
        match &self.files[..] {
            [_, _] => Ok(GlossInput::Pairs(self.columns.corpus_files(&self.files))),
            files if self.pairs => {
                let file = files.first().cloned().unwrap_or_else(stdin);
                Ok(GlossInput::Pairs(self.columns.corpus_files(&[file])))
            }
            _ if self.columns.columns.is_some() || self.columns.languages.is_some() => Err(wrong_usage(
                "--columns and --languages are for pairs; give --pairs if the file has translations".to_owned(),
            )),
            files => Ok(GlossInput::Sentences(files.first().cloned().unwrap_or_else(stdin))),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GlossFormat {
    /// Columns for the terminal, wrapped at its width
    Text,
    /// One page with nothing to load, in the direction of each script
    Html,
}
