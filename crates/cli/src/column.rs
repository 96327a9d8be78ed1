//! The arguments of `translate` for rows: which cell is translated, and where its translation is written.

use crate::arguments::wrong_usage;
use crate::file_arguments::unpacked_name;
use crate::rows::RowFormat;
use anyhow::Result;
use clap::Args;
use std::path::Path;
use std::str::FromStr;

/// The cell of a row that is translated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// A column of a TSV, counted from 1.
    Number(usize),
    /// A key of a JSON object.
    Name(String),
}

impl FromStr for Column {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        if text.is_empty() {
            return Err("give the number of a column from 1, or a key of JSON Lines".to_owned());
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self::Name(text.to_owned()));
        }
        match text.parse() {
            Ok(0) => Err("columns are counted from 1".to_owned()),
            Ok(number) => Ok(Self::Number(number)),
            Err(_) => Err("no file has so many columns".to_owned()),
        }
    }
}

impl Column {
    /// The format of rows with this column.
    pub fn format(&self) -> RowFormat {
        match self {
            Self::Number(number) => RowFormat::Tsv(vec![number - 1]),
            Self::Name(key) => RowFormat::Json(vec![key.clone()]),
        }
    }

    /// Refuses a CSV as a TSV: the whole line would be its first cell.
    pub fn check_file(&self, file: Option<&Path>) -> Result<()> {
        let Some(file) = file.filter(|file| matches!(self, Self::Number(_)) && is_csv(file)) else { return Ok(()) };
        let shown = file.display();
        Err(wrong_usage(format!(
            "{shown}: --column with a number reads a TSV, which has tabs between its cells and no quotation marks, but a \
             CSV has commas; save the table as TSV, or give it on standard input if it has tabs"
        )))
    }
}

/// Whether the name of a file is that of a CSV, compressed or not.
pub fn is_csv(file: &Path) -> bool {
    let plain = unpacked_name(file);
    plain.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

/// Where the translation of a cell is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the end of the row.
    End,
    /// In the place of the text.
    Cell,
}

/// Which cell of each row is translated.
#[derive(Args)]
pub struct ColumnArgs {
    /// Translate this column of a TSV, counted from 1, or the string of this key of JSON Lines; all others are passed
    /// through [default: whole lines; example: --column 2]
    ///
    /// Each row is one line of output, whatever it holds: blank lines stay blank, and a row without the column is
    /// written as it is, with a warning (`no_column`, see --strict); it is an error if no row has the column. A TSV has
    /// tabs between its cells and no quotation marks. A text with line breaks in JSON is translated line by line; null
    /// stays null.
    #[arg(long, value_name = "N|KEY")]
    pub column: Option<Column>,

    /// Write the translation at the end of the row: as a further cell, or as the field `translation` (the default)
    #[arg(long = "append", requires = "column", conflicts_with = "replace")]
    pub _append: bool,

    /// Write the translation in the place of the text
    #[arg(long, requires = "column")]
    pub replace: bool,
}

impl ColumnArgs {
    /// Where translations are written; `None` if whole lines are translated.
    pub fn place(&self) -> Option<Place> {
        self.column.is_some().then_some(if self.replace { Place::Cell } else { Place::End })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_a_number_from_1_or_a_key() {
        for (text, expected) in [
            ("1", Ok(Column::Number(1))),
            ("007", Ok(Column::Number(7))),
            ("text", Ok(Column::Name("text".to_owned()))),
            ("-1", Ok(Column::Name("-1".to_owned()))),
            ("1a", Ok(Column::Name("1a".to_owned()))),
            ("0", Err("columns are counted from 1")),
            ("", Err("give the number of a column from 1, or a key of JSON Lines")),
            ("99999999999999999999999", Err("no file has so many columns")),
        ] {
            assert_eq!(text.parse(), expected.map_err(str::to_owned), "{text}");
        }
    }
}
