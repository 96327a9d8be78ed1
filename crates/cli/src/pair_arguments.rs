//! Arguments of `align`, `score` and `audit`: pairs of a corpus, or rows of which two cells are a pair.

use crate::arguments::{BatchArg, ModelArg, wrong_usage};
use crate::column_arguments::{ColumnsArg, SidesArg};
use crate::corpora;
use crate::forced_decoding::ForcedDecoding;
use crate::pair_rows::PairRows;
use crate::progress::Bar;
use crate::rows::RowFormat;
use anyhow::{Result, bail};
use clap::Args;
use glosser_text::{Columns, Corpus, OpenedPairs, SideChoice, counted, shown};
use glosser_translator::{Scorer, Weighting};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A model and the pairs that a command passes through it, as a corpus or as rows.
#[derive(Args)]
pub struct PairArgs {
    #[command(flatten)]
    pub model: ModelArg,

    /// The pairs: a TSV, CSV or TMX file, JSON Lines, or a source and a target file with the same number of lines;
    /// UTF-16, gzip, Zstandard, xz, bzip2, LZ4, ZIP and tar are recognised
    #[arg(value_name = "FILE", num_args = 1..=2, required = true)]
    pub files: Vec<PathBuf>,

    /// Source and target: two columns of a TSV, counted from 1, or two keys of JSON Lines [default: 1,2; example:
    /// --columns source,target]
    #[arg(long, value_name = "S,T")]
    pub columns: Option<PairColumns>,

    #[command(flatten)]
    pub sides: SidesArg,

    /// Write each row of a TSV or of JSON Lines as it is, with its result at the end
    ///
    /// A row is a line, and gives one line, in the same order. The result is further cells of a TSV, which has no
    /// quotation marks around cells, or further fields of a JSON object. A row without the columns, or with a side
    /// that has bytes that are not UTF-8, has a NUL, or is too long for the model, is degraded: it has a blank result,
    /// and JSON objects have a key `degraded`. There is a warning for the first 20 rows of each kind and a count of all
    /// (see --strict); it is an error if no row has the columns. JSON Lines are recognised by the first line, or read
    /// because --columns has names: `source,target`. A key that an object has already gets the prefix `glosser_`.
    #[arg(long)]
    pub append: bool,

    /// Exit with code 1 if a pair has no result, after all have been written
    ///
    /// A pair with a blank side is no fault. Without --append and JSON Lines, only pairs that are too long for the
    /// model count: any other faulty line is an error in any case.
    #[arg(long)]
    pub strict: bool,

    #[command(flatten)]
    pub batch: BatchArg,
}

/// The columns of source and target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PairColumns {
    /// Two columns of a TSV.
    Numbers(Columns),
    /// Two keys of JSON Lines.
    Keys([String; 2]),
}

impl FromStr for PairColumns {
    type Err = String;

    fn from_str(given: &str) -> Result<Self, String> {
        let parts: Vec<&str> = given.split(',').map(str::trim).collect();
        let is_number = |part: &&&str| part.parse::<i64>().is_ok();
        match (&parts[..], parts.iter().filter(is_number).count()) {
            ([source, target], 0) if !source.is_empty() && !target.is_empty() => {
                if source == target {
                    return Err(format!("`{given}` names one key twice; give those of source and target"));
                }
                Ok(Self::Keys([source, target].map(|key| (*key).to_owned())))
            }
            ([source, target], 1) if !source.is_empty() && !target.is_empty() => Err(format!(
                "`{given}` mixes a number and a name; give two numbers for a TSV, e.g. `1,2`, or two keys for JSON \
                 Lines, e.g. `source,target`"
            )),
            _ => given.parse().map(Self::Numbers).map_err(|wrong: glosser_text::TextError| wrong.to_string()),
        }
    }
}

/// The pairs of a command.
pub enum Pairs {
    /// A corpus that is read whole; a faulty line is an error.
    Corpus(Corpus),
    /// Rows that are read one after the other; a faulty one is passed through.
    Rows(PairRows),
}

/// The keys of source and target in JSON Lines.
const KEYS: [&str; 2] = ["source", "target"];

impl PairArgs {
    /// Checks the options, loads the model, then opens the pairs. `is_jsonl`: the output is JSON Lines.
    pub fn load(&self, is_jsonl: bool) -> Result<(Scorer, Pairs)> {
        self.check(is_jsonl)?;
        Ok((Scorer::load(&self.model.directory)?, self.open(is_jsonl)?))
    }

    /// Checks that the options go together.
    ///
    /// # Errors
    /// If options do not go together.
    pub fn check(&self, is_jsonl: bool) -> Result<()> {
        let keys = matches!(self.columns, Some(PairColumns::Keys(_)));
        if !self.append && !keys {
            return self.corpus_columns().check(&[&self.files]);
        }
        let option = if self.append { "--append" } else { "--columns with names" };
        let refused = |why: String| Err(wrong_usage(format!("{option} is for one file whose lines are rows, {why}")));
        if let [source, target] = &self.files[..] {
            let (source, target) = (source.display(), target.display());
            return refused(format!("but two are given; join them: `paste {source} {target} | glosser ... -`"));
        }
        if self.sides.csv {
            return refused(
                "not for a table with quotation marks; `glosser convert --csv FILE -o pairs.tsv` makes a TSV"
                    .to_owned(),
            );
        }
        if self.sides.languages.is_some() {
            return refused("not for a TMX; `glosser convert FILE -o pairs.tsv` makes a TSV".to_owned());
        }
        match (&self.columns, self.append && is_jsonl) {
            (Some(PairColumns::Numbers(_)), true) => Err(tsv_as_json(&self.files[0])),
            _ => Ok(()),
        }
    }

    /// Opens the pairs, and decides whether they are rows. A corpus is read whole, with notes about it.
    pub fn open(&self, is_jsonl: bool) -> Result<Pairs> {
        let has_default = self.columns.is_none() && !self.sides.csv && self.sides.languages.is_none();
        match (&self.files[..], &self.columns) {
            ([file], Some(PairColumns::Keys(keys))) => {
                rows(OpenedPairs::open(file)?, RowFormat::Json(keys.to_vec()), file)
            }
            ([file], Some(PairColumns::Numbers(columns))) if self.append => {
                rows(OpenedPairs::open(file)?, tsv(*columns), file)
            }
            ([file], None) if has_default && (self.append || is_jsonl) => self.by_first_line(file, is_jsonl),
            (files, _) => Ok(Pairs::Corpus(corpora::read(&self.corpus_columns().corpus_files(files), false)?)),
        }
    }

    /// Reads JSON Lines as rows, and a TSV as rows only with --append.
    fn by_first_line(&self, file: &Path, is_jsonl: bool) -> Result<Pairs> {
        let (first, opened) = OpenedPairs::open(file)?.first_line()?;
        if RowFormat::Json(Vec::new()).row(first).is_object() {
            return rows(opened, RowFormat::Json(KEYS.map(str::to_owned).to_vec()), file);
        }
        match (self.append, is_jsonl) {
            (true, true) => Err(tsv_as_json(file)),
            (true, false) => rows(opened, tsv(Columns::DEFAULT), file),
            _ => Ok(Pairs::Corpus(corpora::noted(|| opened.read(&SideChoice::default()), false)?)),
        }
    }

    /// The columns of a corpus, which have numbers.
    fn corpus_columns(&self) -> ColumnsArg {
        let columns = match &self.columns {
            Some(PairColumns::Numbers(columns)) => Some(*columns),
            _ => None,
        };
        ColumnsArg { columns, sides: self.sides.clone() }
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

    /// Ends a command over a corpus of `pairs` pairs.
    ///
    /// # Errors
    /// With --strict, if pairs were too long.
    pub fn finish(&self, too_long: usize, pairs: usize) -> Result<()> {
        if self.strict && too_long > 0 {
            bail!(
                "too long for the model: {too_long} of {}; all are written, but --strict makes this an error",
                counted(pairs, "pair")
            );
        }
        Ok(())
    }
}

fn tsv(columns: Columns) -> RowFormat {
    RowFormat::Tsv(vec![columns.source() - 1, columns.target() - 1])
}

fn rows(opened: OpenedPairs, format: RowFormat, file: &Path) -> Result<Pairs> {
    Ok(Pairs::Rows(PairRows::new(opened.rows()?, format, file)))
}

fn tsv_as_json(file: &Path) -> anyhow::Error {
    wrong_usage(format!(
        "--append writes the rows of `{}` as a TSV, but --format jsonl asks for JSON; leave one out, or give JSON \
         Lines",
        shown(file)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_numbers_or_names() {
        let keys = |source: &str, target: &str| PairColumns::Keys([source.to_owned(), target.to_owned()]);
        assert_eq!("source, target".parse(), Ok(keys("source", "target")));
        assert_eq!("1st,2nd".parse(), Ok(keys("1st", "2nd")));
        assert_eq!("2,1".parse(), Columns::new(2, 1).map(PairColumns::Numbers).map_err(|_| String::new()));
        for (given, part) in [
            ("a", "two numbers"),
            ("a,b,c", "two numbers"),
            ("a,", "two numbers"),
            ("0,1", "no column 0"),
            ("-1,2", "two numbers"),
            ("1,target", "mixes a number and a name"),
            ("a,a", "names one key twice"),
        ] {
            let message = given.parse::<PairColumns>().expect_err(given);
            assert!(message.contains(part), "{message}");
        }
    }
}
