//! A column that no row of the input has: an error of the command line, although each row alone is only degraded.

use crate::rows::{Row, RowFormat};
use anyhow::{Result, bail};

/// Whether some row has the column, and what the first one without it has instead.
#[derive(Debug, Default)]
pub struct MissingColumn {
    is_found: bool,
    first: Option<String>,
}

impl MissingColumn {
    /// Counts a row that is not blank. `place` is file and line.
    pub fn add(&mut self, row: &Row, place: impl FnOnce() -> String) {
        match row.missing() {
            None => self.is_found |= !row.is_blank(),
            Some(what) if !self.is_found && self.first.is_none() => {
                self.first = Some(format!("{}: {what}{}", place(), keys(row)));
            }
            Some(_) => {}
        }
    }

    /// Fails if there are rows, and none of them has the column.
    ///
    /// # Errors
    /// With the column, what the first row has instead, and the remedy.
    pub fn check(&self, format: &RowFormat) -> Result<()> {
        match &self.first {
            Some(first) if !self.is_found => bail!("no row has {}; {first}; {}", format.asked(), format.remedy()),
            _ => Ok(()),
        }
    }
}

/// The largest number of keys that a message names.
const MOST: usize = 8;

/// The keys that an object has instead, in brackets; nothing if it is no object.
fn keys(row: &Row) -> String {
    let Some(keys) = row.keys().filter(|keys| !keys.is_empty()) else { return String::new() };
    let named: Vec<String> =
        keys.iter().take(MOST).map(|key| format!("`{}`", glosser_text::excerpt(key, 40))).collect();
    let more = if keys.len() > MOST { ", ..." } else { "" };
    format!(" (it has {}{more})", named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(format: &RowFormat, rows: &[&str]) -> Option<String> {
        let mut missing = MissingColumn::default();
        for (number, row) in rows.iter().enumerate() {
            missing.add(&format.row((*row).to_owned()), || format!("f:{}", number + 1));
        }
        missing.check(format).err().map(|error| error.to_string())
    }

    #[test]
    fn only_a_column_that_no_row_has_is_an_error() {
        let key = RowFormat::Json(vec!["text".to_owned()]);
        for (format, rows, expected) in [
            (&RowFormat::Tsv(vec![1]), &["", "a", "b\tc\td"][..], None),
            (&RowFormat::Tsv(vec![1]), &["", ""], None),
            (&RowFormat::Tsv(vec![1]), &[], None),
            (&RowFormat::Tsv(vec![4]), &["", "a\tb"], Some("no row has column 5; f:2: 2 columns, but column 5 is")),
            (&RowFormat::Tsv(vec![1, 3]), &["a\tb"], Some("no row has columns 2 and 4; f:1: 2 columns")),
            (&key, &["{\"a\":1}", "{\"text\":null}"], None),
            (
                &key,
                &["{\"a\":1,\"b\":2}"],
                Some("no row has a string `text`; f:1: a JSON object without the key `text` (it has `a`, `b`); "),
            ),
            (&key, &[" ", "x\ty"], Some("no row has a string `text`; f:2: cells between tabs")),
            (&RowFormat::LineOrJson, &["{\"a\":1}"], Some("no row has a string `text`; f:1: a JSON object without")),
            (&RowFormat::LineOrJson, &["{\"a\":1}", "a"], None),
        ] {
            let found = error(format, rows);
            let is_expected = match (&found, expected) {
                (Some(found), Some(expected)) => found.starts_with(expected) && found.contains("--column"),
                (found, expected) => found.is_none() && expected.is_none(),
            };
            assert!(is_expected, "{rows:?}: {found:?}");
        }
    }
}
