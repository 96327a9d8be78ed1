//! Arguments that choose source and target in a file that has both, and the checks that clap cannot make.

use crate::arguments::wrong_usage;
use crate::pair_arguments::PairColumns;
use clap::Args;
use glosser_text::{Columns, CorpusFiles, Languages, SideChoice, TextError, is_tmx};
use std::path::{Path, PathBuf};

/// Where source and target are in a file that has both.
#[derive(Args)]
pub struct ColumnsArg {
    /// Columns of source and target in a TSV, counted from 1 [default: 1,2; example: --columns 2,4]
    #[arg(long, value_name = "S,T", value_parser = column_numbers)]
    pub columns: Option<Columns>,

    #[command(flatten)]
    pub sides: SidesArg,
}

/// How a file that has both sides is read, beside its columns.
#[derive(Args, Clone)]
pub struct SidesArg {
    /// Languages of source and target in a TMX [default: the two languages of the file; example: --languages de,en]
    #[arg(long, value_name = "S,T")]
    pub languages: Option<Languages>,

    /// Read a table with cells in quotation marks and tabs, commas or semicolons between them [default: recognised by
    /// the ending .csv, or by its quotation marks]
    #[arg(long)]
    pub csv: bool,
}

impl ColumnsArg {
    /// Checks that a choice of columns has a TSV to be applied to, and a choice of languages a TMX.
    pub fn check(&self, corpora: &[&[PathBuf]]) -> anyhow::Result<()> {
        self.check_columns(corpora)?;
        if self.sides.languages.is_some() && !may_have(corpora, true) {
            return Err(wrong_usage("--languages is for a TMX, but none is given; leave it out".to_owned()));
        }
        Ok(())
    }

    /// Checks the columns only, for a command that uses the languages otherwise, too.
    pub fn check_columns(&self, corpora: &[&[PathBuf]]) -> anyhow::Result<()> {
        if self.columns.is_some() && !may_have(corpora, false) {
            return Err(wrong_usage("--columns is for a TSV, but none is given; leave it out".to_owned()));
        }
        if self.sides.csv && !may_have(corpora, false) {
            return Err(wrong_usage(
                "--csv is for one table with both sides, but none is given; leave it out".to_owned(),
            ));
        }
        Ok(())
    }

    /// Returns one file (a TSV or a TMX) with the choice that fits it, or two files as source and target.
    pub fn corpus_files(&self, files: &[PathBuf]) -> CorpusFiles {
        match files {
            [source, target] => CorpusFiles::Two { source: source.clone(), target: target.clone() },
            _ => {
                let path = files.first().cloned().unwrap_or_default();
                let choice = self.choice(known_tmx(&path));
                CorpusFiles::One { path, choice }
            }
        }
    }

    fn choice(&self, is_tmx: Option<bool>) -> SideChoice {
        SideChoice {
            columns: self.columns.filter(|_| is_tmx != Some(true)),
            languages: self.sides.languages.clone().filter(|_| is_tmx != Some(false)),
            is_csv: self.sides.csv,
        }
    }
}

/// Whether one of the corpora is, or may turn out to be, a TMX (`tmx`) or a TSV.
fn may_have(corpora: &[&[PathBuf]], tmx: bool) -> bool {
    let mut single = corpora.iter().filter(|files| files.len() == 1);
    single.any(|files| known_tmx(&files[0]).is_none_or(|found| found == tmx))
}

/// Whether a file is a TMX; `None` if it can be read only once, or not at all.
fn known_tmx(path: &Path) -> Option<bool> {
    if path.is_file() { is_tmx(path).ok() } else { None }
}

/// Parses the numbers of two columns, and says which commands take names.
fn column_numbers(text: &str) -> Result<Columns, String> {
    text.parse().map_err(|wrong: TextError| match text.parse() {
        Ok(PairColumns::Keys(_)) => format!(
            "{wrong}; only `align`, `score` and `audit` read JSON Lines by the names of their keys; here, make \
             a TSV, e.g. `jq -r '[.source, .target] | @tsv' FILE > pairs.tsv`"
        ),
        _ => wrong.to_string(),
    })
}
