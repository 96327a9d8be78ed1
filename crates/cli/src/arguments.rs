//! Arguments that several commands share, and the checks that clap cannot make.

use crate::column_arguments::ColumnsArg;
use crate::corpora;
use crate::forced_decoding::ForcedDecoding;
use crate::progress::Bar;
use clap::error::ErrorKind;
use clap::{Args, ValueEnum};
use glosser_text::{Corpus, CorpusFiles, Split, TextError};
use glosser_training::TrainingError;
use glosser_translator::{Scorer, SearchOptions, Translator, Weighting};
use same_file::is_same_file;
use std::path::{Path, PathBuf};

/// Help of every argument that takes sentence pairs.
pub const PAIRS_HELP: &str = "The pairs: a TSV, CSV or TMX file, or a source and a target file with the same number of \
                              lines; UTF-16, gzip, Zstandard, xz, bzip2, LZ4, ZIP and tar are recognised";

/// The environment variable with the model of commands that need one.
pub const MODEL_VARIABLE: &str = "GLOSSER_MODEL";

/// The model that a command uses.
#[derive(Args)]
pub struct ModelArg {
    /// Directory of the model [example: --model de-en]
    #[arg(id = "model", short, long, value_name = "DIR", env = MODEL_VARIABLE, hide_env_values = true)]
    pub directory: PathBuf,
}

/// The models of a command that translate together.
#[derive(Args)]
pub struct EnsembleArg {
    /// Directory of the model. Given several times, the models translate together, which is usually better than each
    /// alone and takes the time of all; they must have the same sub-words [example: --model seed-1 --model seed-2]
    #[arg(id = "model", short, long, value_name = "DIR", env = MODEL_VARIABLE, hide_env_values = true, required = true)]
    directories: Vec<PathBuf>,
}

impl EnsembleArg {
    /// Loads the model, or all of them as one ensemble.
    ///
    /// # Errors
    /// If a directory is given twice, or those of [`Translator::load_ensemble`].
    pub fn load(&self) -> anyhow::Result<Translator> {
        let is_same = |one: &Path, other: &Path| one == other || is_same_file(one, other).unwrap_or(false);
        for (number, directory) in self.directories.iter().enumerate() {
            if self.directories[..number].iter().any(|other| is_same(other, directory)) {
                return Err(wrong_usage(format!(
                    "--model {} is given twice; a model counts once in an ensemble",
                    directory.display()
                )));
            }
        }
        Ok(Translator::load_ensemble(&self.directories)?)
    }
}

/// The model of a command that takes nothing else: with --model or alone.
#[derive(Args)]
pub struct OnlyModelArg {
    /// Directory of the model
    #[arg(value_name = "MODEL", required_unless_present = "model")]
    directory: Option<PathBuf>,

    /// Directory of the model, like MODEL [example: --model de-en]
    #[arg(id = "model", short, long, value_name = "DIR", env = MODEL_VARIABLE, hide_env_values = true)]
    named: Option<PathBuf>,
}

impl OnlyModelArg {
    /// Returns the directory of the model.
    ///
    /// # Errors
    /// If there is none, which clap has refused before.
    pub fn directory(&self) -> anyhow::Result<&Path> {
        let directory = self.directory.as_deref().or(self.named.as_deref());
        directory.ok_or_else(|| wrong_usage("give the directory of a model".to_owned()))
    }
}

/// The corpus that a command reads.
#[derive(Args)]
pub struct CorpusArg {
    #[arg(value_name = "FILE", num_args = 1..=2, required = true, help = PAIRS_HELP)]
    pub files: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,
}

impl CorpusArg {
    /// Returns the files with the choice of columns or languages.
    ///
    /// # Errors
    /// If the choice does not fit the files.
    pub fn corpus_files(&self) -> anyhow::Result<CorpusFiles> {
        self.columns.check(&[&self.files])?;
        Ok(self.columns.corpus_files(&self.files))
    }
}

/// The number of sentences or pairs in a batch.
#[derive(Args)]
pub struct BatchArg {
    /// Number of sentences per batch: changes speed and memory, never the result [example: --batch-size 8]
    #[arg(long = "batch-size", value_name = "N", default_value = "32", value_parser = at_least_one)]
    pub batch_size: usize,
}

/// The width of the beam.
#[derive(Args)]
pub struct BeamArg {
    /// Number of hypotheses in the beam: 1 is greedy search; more is slower and usually better [example: --beam-size 1]
    #[arg(long, value_name = "N", default_value = "5", value_parser = from_one_to::<1000>)]
    pub beam_size: usize,
}

/// The choices of a beam search.
#[derive(Args)]
pub struct SearchArgs {
    #[command(flatten)]
    pub beam: BeamArg,

    /// Maximum length of a translation in sub-words [default: twice the source length plus 20; example: --max-length
    /// 50]
    #[arg(long, value_name = "N", value_parser = from_one_to::<10_000>)]
    pub max_length: Option<usize>,

    /// Exponent P of the score, log probability / length^P: a higher P prefers longer translations [default: the P with
    /// the best validation score; example: --length-penalty 0.6]
    #[arg(long, value_name = "P", value_parser = from_zero)]
    pub length_penalty: Option<f32>,

    /// Whether a line of several sentences is translated sentence by sentence [example: --split never]
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub split: SplitWhen,

    /// Choose each word from the whole vocabulary instead of the sentence's short list
    ///
    /// A short list has the words that the words of the sentence were translated by in training, the most frequent words,
    /// and what can be copied. Translations are nearly always the same, but take longer without it, and a probability is
    /// then that among all words. Models of earlier versions and those with a small vocabulary have no short lists.
    #[arg(long)]
    pub no_short_list: bool,
}

/// When a line of several sentences is translated sentence by sentence.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SplitWhen {
    /// If the sources of the training pairs are single sentences
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<SplitWhen> for Split {
    fn from(when: SplitWhen) -> Self {
        match when {
            SplitWhen::Auto => Self::Auto,
            SplitWhen::Always => Self::Always,
            SplitWhen::Never => Self::Never,
        }
    }
}

impl SearchArgs {
    /// Returns the options of a search by `translator`, whose defaults hold for arguments that were not given.
    pub fn options(&self, translator: &Translator, batch_size: usize) -> SearchOptions {
        SearchOptions {
            beam_size: self.beam.beam_size,
            length_penalty: self.length_penalty.unwrap_or(translator.search_options().length_penalty),
            max_length: self.max_length,
            batch_size,
            short_list: !self.no_short_list,
        }
    }
}

/// Formats of a result that people read, or a program.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TextOrJson {
    /// Plain text
    Text,
    /// One JSON object
    Json,
}

/// Formats of a list that people read, or a program.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TextOrJsonl {
    /// Plain text
    Text,
    /// JSON Lines: one JSON object per line
    Jsonl,
}

/// Formats of a table.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TsvOrJsonl {
    /// A header, then one line per entry, with tabs between the columns
    Tsv,
    /// JSON Lines: one JSON object per line
    Jsonl,
}

/// Whether standard error is kept free of everything except errors.
#[derive(Args)]
pub struct QuietArg {
    /// Print no progress, notes or warnings, only errors
    #[arg(short, long)]
    pub quiet: bool,
}

/// Turns the error of a choice that the corpus does not have into one of wrong usage.
pub fn as_usage(error: anyhow::Error) -> anyhow::Error {
    let text_error = match error.downcast_ref() {
        Some(TrainingError::Text(cause)) => Some(cause),
        _ => error.downcast_ref(),
    };
    match text_error {
        Some(wrong @ (TextError::WrongChoice { .. } | TextError::Table { .. })) => wrong_usage(wrong.to_string()),
        _ => error,
    }
}

/// An error of the command line (exit code 2) that only the command can find. `main` adds the usage of the command.
pub fn wrong_usage(message: String) -> anyhow::Error {
    clap::Error::raw(ErrorKind::ArgumentConflict, message).into()
}

/// Parses a whole number from 1.
pub fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("give a whole number from 1".to_owned()),
        Ok(number) => Ok(number),
    }
}

/// Parses a whole number from 1 to `MOST`, for sizes that cost memory: beyond it the system would end the program.
pub fn from_one_to<const MOST: usize>(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=MOST).contains(number));
    number.ok_or_else(|| format!("give a whole number from 1 to {MOST}"))
}

/// Parses a finite number above 0.
pub fn above_zero(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| *number > 0.0 && number.is_finite());
    number.ok_or_else(|| "give a number above 0".to_owned())
}

/// Parses a finite number from 0.
pub fn from_zero(text: &str) -> Result<f32, String> {
    let number = text.parse().ok().filter(|number: &f32| *number >= 0.0 && number.is_finite());
    number.ok_or_else(|| "give a number from 0".to_owned())
}

/// A model and the pairs that a command passes through it.
#[derive(Args)]
pub struct ScoredPairsArgs {
    #[command(flatten)]
    pub model: ModelArg,

    #[command(flatten)]
    pub corpus: CorpusArg,

    #[command(flatten)]
    pub batch: BatchArg,
}

impl ScoredPairsArgs {
    /// Loads the model and reads the pairs, with notes about them unless `quiet`.
    pub fn load(&self, quiet: bool) -> anyhow::Result<(Scorer, Corpus)> {
        let files = self.corpus.corpus_files()?;
        Ok((Scorer::load(&self.model.directory)?, corpora::read(&files, quiet)?))
    }

    /// Forced decoding of `corpus`, in batches of the chosen size.
    pub fn forced_decoding<'a>(
        &self,
        corpus: &'a Corpus,
        weighting: Weighting,
        consequence: Option<&'a str>,
        progress: Option<&'a Bar>,
    ) -> ForcedDecoding<'a> {
        let batch_size = self.batch.batch_size;
        ForcedDecoding { corpus, batch_size, weighting, counted_words: None, consequence, progress }
    }
}
