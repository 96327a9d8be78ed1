//! Arguments that several commands have.

use crate::cli::Cli;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, ValueEnum};
use glosser_alignment::Symmetrization;
use glosser_text::{Columns, CorpusFiles, Languages, SideChoice, TextError, WordRule, is_tmx};
use glosser_translator::Weighting;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub struct ModelArg {
    /// Directory of the model
    #[arg(id = "model", short, long, value_name = "DIR")]
    pub directory: PathBuf,
}

/// What is linked.
#[derive(Args)]
pub struct WordsArg {
    /// What counts as a word
    #[arg(id = "words", long = "words", value_name = "RULE", default_value = "whitespace")]
    rule: WordsBy,
}

impl WordsArg {
    pub fn rule(&self) -> WordRule {
        match self.rule {
            WordsBy::Whitespace => WordRule::WhiteSpace,
            WordsBy::Unicode => WordRule::Unicode,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WordsBy {
    /// What stands between white space, signs and all: what files of links count
    Whitespace,
    /// Segments of Unicode's Annex 29: signs apart, and single characters where a script has no spaces
    Unicode,
}

/// Where the sides are in a file that holds both.
#[derive(Args)]
pub struct ColumnsArg {
    /// Columns of a TSV that hold source and target, from one; 2,1 reverses [default: 1,2; example: --columns 2,4]
    #[arg(long, value_name = "S,T")]
    pub columns: Option<Columns>,

    /// Languages of a TMX that are source and target [default: its two; example: --languages de,en]
    #[arg(long, value_name = "S,T")]
    pub languages: Option<Languages>,
}

impl ColumnsArg {
    /// What is chosen must be read from somewhere: columns from a TSV, languages from a TMX.
    pub fn check(&self, corpora: &[&[PathBuf]]) -> anyhow::Result<()> {
        self.check_columns(corpora)?;
        if self.languages.is_some() && !may_have(corpora, true) {
            let message = "--languages is for a TMX, and none is given; leave it out";
            return Err(wrong_usage(message.to_owned()));
        }
        Ok(())
    }

    /// The half of [`ColumnsArg::check`] for a command that has another use for the languages.
    pub fn check_columns(&self, corpora: &[&[PathBuf]]) -> anyhow::Result<()> {
        if self.columns.is_some() && !may_have(corpora, false) {
            let given = if corpora.iter().any(|files| files.len() == 1) { "a TMX is" } else { "two plain files are" };
            return Err(wrong_usage(format!("--columns is for a TSV, but {given} given; leave it out")));
        }
        Ok(())
    }

    /// One file is a TSV or a TMX, and is asked only for what it has; two are source and target.
    pub fn corpus_files(&self, files: &[PathBuf]) -> CorpusFiles {
        match files {
            [source, target] => CorpusFiles::Two { source: source.clone(), target: target.clone() },
            _ => {
                let path = files.first().cloned().unwrap_or_default();
                let choice = self.choice(known_tmx(&path));
                CorpusFiles::Recognised { path, choice }
            }
        }
    }

    fn choice(&self, is_tmx: Option<bool>) -> SideChoice {
        let columns = self.columns.filter(|_| is_tmx != Some(true));
        let languages = self.languages.clone().filter(|_| is_tmx != Some(false));
        match (columns, languages) {
            (None, None) => SideChoice::Default,
            (Some(columns), None) => SideChoice::Columns(columns),
            (None, Some(languages)) => SideChoice::Languages(languages),
            (Some(columns), Some(languages)) => SideChoice::Either(columns, languages),
        }
    }
}

/// Whether one of the corpora is a TMX, or a TSV, as far as can be known.
fn may_have(corpora: &[&[PathBuf]], tmx: bool) -> bool {
    let mut single = corpora.iter().filter(|files| files.len() == 1);
    single.any(|files| known_tmx(&files[0]).is_none_or(|found| found == tmx))
}

/// Whether a file is a TMX, unless it can be read only once, or not at all: then reading it will tell.
fn known_tmx(path: &Path) -> Option<bool> {
    if path.is_file() { is_tmx(path).ok() } else { None }
}

/// A choice that a corpus turned out not to have is wrong usage as well.
pub fn as_usage(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref() {
        Some(wrong @ TextError::WrongChoice { .. }) => wrong_usage(wrong.to_string()),
        _ => error,
    }
}

/// Arguments that do not go together, where only the command can tell: the same exit code as any wrong usage.
pub fn wrong_usage(message: String) -> anyhow::Error {
    Cli::command().error(ErrorKind::ArgumentConflict, message).into()
}

pub fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("give a whole number from 1".to_owned()),
        Ok(number) => Ok(number),
    }
}

/// Of what more only costs memory, and so much of it that the program would be stopped for it.
pub fn from_one_to<const MOST: usize>(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=MOST).contains(number));
    number.ok_or_else(|| format!("give a whole number from 1 to {MOST}"))
}

pub fn above_zero(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| *number > 0.0 && number.is_finite());
    number.ok_or_else(|| "give a number above 0".to_owned())
}

pub fn from_zero(text: &str) -> Result<f32, String> {
    let number = text.parse().ok().filter(|number: &f32| *number >= 0.0 && number.is_finite());
    number.ok_or_else(|| "give a number from 0".to_owned())
}

/// Pairs that a command goes through.
#[derive(Args)]
pub struct PairsArgs {
    /// The pairs: a TSV or TMX file, or a source file and a target file of as many lines
    #[arg(value_name = "FILE", num_args = 1..=2, required = true)]
    pub files: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// Pairs computed together: speed and memory, never the result [example: --batch-size 8]
    #[arg(long, value_name = "N", default_value = "32", value_parser = at_least_one)]
    pub batch_size: usize,
}

impl PairsArgs {
    /// Where the corpus lies, if the arguments go together.
    pub fn corpus_files(&self) -> anyhow::Result<CorpusFiles> {
        self.columns.check(&[&self.files])?;
        Ok(self.columns.corpus_files(&self.files))
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LinksFrom {
    /// What a guided model's aligner says of each word, now that it is known; the posterior, if there is none
    Aligner,
    /// Where each word came from, now that it is known: attention, times how likely the word is from each position
    Posterior,
    /// What the model attended to before it knew the word
    Attention,
}

impl From<LinksFrom> for Weighting {
    fn from(links: LinksFrom) -> Self {
        match links {
            LinksFrom::Aligner => Self::Aligner,
            LinksFrom::Posterior => Self::Posterior,
            LinksFrom::Attention => Self::Attention,
        }
    }
}

/// Which words are linked, by what two directions say of them.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LinkMethod {
    /// Words whose posteriors of both directions have a product above the threshold
    Agreement,
    /// Each target word with its most probable source word, if any
    Forward,
    /// Each source word with its most probable target word, if any
    Reverse,
    /// Links of both forward and reverse
    Intersection,
    /// Links of either
    Union,
    /// As `symmetrize` does it
    GrowDiag,
    /// As `symmetrize` does it
    GrowDiagFinal,
    /// As `symmetrize` does it
    GrowDiagFinalAnd,
}

impl LinkMethod {
    /// How links of both directions are joined, for those methods that do that.
    pub fn symmetrization(self) -> Option<Symmetrization> {
        match self {
            Self::Agreement | Self::Forward | Self::Reverse => None,
            Self::Intersection => Some(Symmetrization::Intersection),
            Self::Union => Some(Symmetrization::Union),
            Self::GrowDiag => Some(Symmetrization::GrowDiag),
            Self::GrowDiagFinal => Some(Symmetrization::GrowDiagFinal),
            Self::GrowDiagFinalAnd => Some(Symmetrization::GrowDiagFinalAnd),
        }
    }
}
