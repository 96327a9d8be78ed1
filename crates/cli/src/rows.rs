//! The rows that a filter reads: some cells go through a model, all others are passed through unchanged.

use crate::cell_faults::{of_cells, tabs};
use crate::json_object::{Object, Repair, string};
use crate::links::in_one_line;
use anyhow::Result;
use glosser_text::{LossyLine, TextError};
use serde::Serialize;
use std::ops::Range;

/// The key of a sentence in JSON Lines without `--column`.
const TEXT: &str = "text";

/// How the cells of a line are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowFormat {
    /// The whole line is the one cell.
    Line,
    /// Cells between tabs, by their numbers from 0.
    Tsv(Vec<usize>),
    /// Strings of a JSON object, by their keys.
    Json(Vec<String>),
    /// The string `text` of a JSON object; a line that has none is one cell.
    LineOrJson,
}

/// A line of the input with the text of its cells.
#[derive(Debug)]
pub struct Row {
    line: String,
    kind: Kind,
    texts: Vec<String>,
    /// The faults that were repaired in the texts, if the row was read from a file.
    faults: Vec<TextError>,
    /// The line as it was read, if it has bytes that are not UTF-8, or NUL characters, and cells that are passed through.
    bytes: Option<Vec<u8>>,
    /// Whether a carriage return ends the line.
    has_carriage_return: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// One cell, or a blank line, which stays blank.
    Line,
    /// The bytes of the cells in the line.
    Tsv(Vec<Range<usize>>),
    /// The bytes of the values in the line, and all keys of the object.
    Json(Vec<Range<usize>>, Vec<String>),
    /// A line without the cells, and what it has instead.
    Missing(String),
}

impl RowFormat {
    /// Reads a line. One without the cells has blank texts, and [`Row::missing`] says why.
    pub fn row(&self, line: String) -> Row {
        self.parsed(line).0
    }

    /// Reads a line of a file by its name and number, with the faults of the texts of its cells. Faulty bytes of other
    /// cells are no faults: they are passed through.
    pub fn read(&self, line: LossyLine, file: &str, number: usize) -> Row {
        let LossyLine { text, faults, bytes, has_carriage_return } = line;
        let (mut row, repairs) = self.parsed(text);
        row.has_carriage_return = has_carriage_return;
        match &row.kind {
            Kind::Json(..) => row.faults = faults,
            Kind::Line if matches!(self, Self::Line | Self::LineOrJson) => row.faults = faults,
            Kind::Line | Kind::Missing(_) => row.bytes = bytes,
            Kind::Tsv(cells) => {
                let cells = cells.iter().map(|cell| tabs(&row.line[..cell.start]));
                row.faults = bytes.iter().flat_map(|bytes| of_cells(&faults, bytes, cells.clone())).collect();
                row.bytes = bytes;
            }
        }
        row.faults.extend(repairs.into_iter().map(|repair| repair.at(file, number)));
        row
    }

    fn parsed(&self, line: String) -> (Row, Vec<Repair>) {
        let is_blank = match self {
            Self::Line | Self::LineOrJson => false,
            Self::Tsv(_) => line.is_empty(),
            Self::Json(_) => line.trim().is_empty(),
        };
        let mut repairs = Vec::new();
        let found = match self {
            _ if is_blank => Ok((Kind::Line, vec![String::new(); self.cells()])),
            Self::Line => Ok((Kind::Line, vec![line.clone()])),
            Self::Tsv(columns) => tsv_cells(&line, columns),
            Self::Json(keys) => json_cells(&line, keys, &mut repairs),
            Self::LineOrJson => {
                let object = line.trim_start().starts_with('{').then(|| json_cells(&line, &[TEXT], &mut repairs));
                Ok(object.and_then(Result::ok).unwrap_or_else(|| (Kind::Line, vec![line.clone()])))
            }
        };
        let (kind, texts) = found.unwrap_or_else(|what| (Kind::Missing(what), vec![String::new(); self.cells()]));
        if !matches!(kind, Kind::Json(..)) {
            repairs.clear();
        }
        (Row { line, kind, texts, faults: Vec::new(), bytes: None, has_carriage_return: false }, repairs)
    }

    /// The number of cells that a row has.
    fn cells(&self) -> usize {
        match self {
            Self::Line | Self::LineOrJson => 1,
            Self::Tsv(columns) => columns.len(),
            Self::Json(keys) => keys.len(),
        }
    }
}

impl Row {
    /// The text of the cells, in the order in which the format names them.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// The row as it was read.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// Returns what the line has in the place of its cells; `None` if it has all of them, or is blank.
    pub fn missing(&self) -> Option<&str> {
        if let Kind::Missing(what) = &self.kind { Some(what) } else { None }
    }

    /// The faults that were repaired in the texts of the cells.
    pub fn faults(&self) -> &[TextError] {
        &self.faults
    }

    /// Returns whether the row is a JSON object with its cells.
    pub fn is_object(&self) -> bool {
        matches!(self.kind, Kind::Json(..))
    }

    /// Returns the row with further cells at its end: each has the name that it has in a JSON object, and its text.
    ///
    /// A row of a TSV without its cells gets blank ones, so that all rows have the same number; a line that is blank or
    /// no JSON object stays as it is.
    pub fn with_cells(&self, format: &RowFormat, cells: &[(&str, &str)]) -> Result<String> {
        match (&self.kind, format) {
            (Kind::Json(..), _) => {
                let fields: Result<Vec<String>> =
                    cells.iter().map(|(name, text)| Ok(self.field(name, &serde_json::to_string(text)?))).collect();
                Ok(self.with_raw_fields(&fields?))
            }
            (Kind::Tsv(_), _) => Ok(cells.iter().fold(self.line.clone(), |row, (_, text)| row + "\t" + &in_cell(text))),
            (Kind::Missing(_), RowFormat::Tsv(_)) => Ok(self.line.clone() + &"\t".repeat(cells.len())),
            (Kind::Missing(_) | Kind::Line, _) => Ok(self.line.clone()),
        }
    }

    /// Returns the JSON object with the fields of a record at its end.
    pub fn with_record(&self, record: &impl Serialize) -> Result<String> {
        self.with_json(&serde_json::to_string(record)?, &[])
    }

    /// Returns the JSON object with the fields of another one at its end, except those of `without`. A row that is no
    /// object, or has not the cells, stays as it is.
    pub fn with_json(&self, object: &str, without: &[&str]) -> Result<String> {
        if !self.is_object() {
            return Ok(self.line.clone());
        }
        let Object(fields) = serde_json::from_str(object)?;
        let fields = fields.iter().filter(|(name, _)| !without.contains(&name.as_str()));
        let fields: Vec<String> = fields.map(|(name, value)| self.field(name, value.get())).collect();
        // White space at the end of an object stays if nothing is added.
        Ok(if fields.is_empty() { self.line.clone() } else { self.with_raw_fields(&fields) })
    }

    /// Returns the row with other texts in its cells.
    pub fn with_texts(&self, texts: &[&str]) -> Result<Self> {
        let (read, is_json): (&[Range<usize>], bool) = match &self.kind {
            Kind::Tsv(cells) => (cells, false),
            Kind::Json(cells, _) => (cells, true),
            Kind::Line | Kind::Missing(_) => (&[], false),
        };
        let mut order: Vec<usize> = (0..read.len()).collect();
        order.sort_by_key(|cell| read[*cell].start);
        let (mut line, mut cells, mut at) = (String::with_capacity(self.line.len()), read.to_vec(), 0);
        for cell in order {
            line += &self.line[at..read[cell].start];
            let start = line.len();
            line += &if is_json { in_one_line(serde_json::to_string(texts[cell])?) } else { in_cell(texts[cell]) };
            cells[cell] = start..line.len();
            at = read[cell].end;
        }
        line += &self.line[at..];
        let kind = match &self.kind {
            Kind::Tsv(_) => Kind::Tsv(cells),
            Kind::Json(_, keys) => Kind::Json(cells, keys.clone()),
            other => other.clone(),
        };
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        Ok(Self { line, kind, texts, faults: Vec::new(), bytes: None, has_carriage_return: false })
    }

    /// Returns a row that was written as the bytes of a line with its end: a cell that is passed through has the bytes
    /// that were read.
    pub fn bytes(&self, written: String) -> Vec<u8> {
        let mut bytes = match &self.bytes {
            Some(read) => self.restored(&written, read),
            None => written.into_bytes(),
        };
        bytes.extend(if self.has_carriage_return { &b"\r\n"[..] } else { b"\n" });
        bytes
    }

    /// The cells of `written` with the bytes of those cells of `read` that it has unchanged.
    fn restored(&self, written: &str, read: &[u8]) -> Vec<u8> {
        let mut of_line = self.line().split('\t').zip(read.split(|byte| *byte == b'\t'));
        let cells = written.split('\t').map(|cell| match of_line.next() {
            Some((text, read)) if text == cell => read,
            _ => cell.as_bytes(),
        });
        cells.collect::<Vec<&[u8]>>().join(&b'\t')
    }

    /// A field of the object: a key that it has already gets a prefix, so that nothing is replaced.
    fn field(&self, name: &str, json: &str) -> String {
        let mut key = name.to_owned();
        if let Kind::Json(_, keys) = &self.kind {
            while keys.contains(&key) {
                key.insert_str(0, "glosser_");
            }
        }
        in_one_line(format!("\"{key}\":{json}"))
    }

    /// The object with fields at its end.
    fn with_raw_fields(&self, fields: &[String]) -> String {
        let object = self.line.trim_end();
        let open = object.strip_suffix('}').unwrap_or(object).trim_end();
        fields.iter().fold(open.to_owned(), |row, field| row + "," + field) + "}"
    }
}

/// A text without tabs and line ends, as a cell of a TSV must be.
fn in_cell(text: &str) -> String {
    text.replace(['\t', '\n', '\r'], " ")
}

fn tsv_cells(line: &str, columns: &[usize]) -> Result<(Kind, Vec<String>), String> {
    let cells: Vec<&str> = line.split('\t').collect();
    let widest = columns.iter().max().map_or(0, |column| column + 1);
    if cells.len() < widest {
        let s = if cells.len() == 1 { "" } else { "s" };
        return Err(format!("{} column{s}, but column {widest} is asked for", cells.len()));
    }
    let range = |column: &usize| {
        let start = cells[*column].as_ptr() as usize - line.as_ptr() as usize;
        start..start + cells[*column].len()
    };
    let texts = columns.iter().map(|column| cells[*column].to_owned()).collect();
    Ok((Kind::Tsv(columns.iter().map(range).collect()), texts))
}

fn json_cells(line: &str, names: &[impl AsRef<str>], repairs: &mut Vec<Repair>) -> Result<(Kind, Vec<String>), String> {
    let no_object = |cause: serde_json::Error| match line.split_once('\t') {
        Some((first, _)) if !first.contains('{') => {
            "cells between tabs, but a JSON object is needed for this key; give the number of a column".to_owned()
        }
        _ => format!("not a JSON object ({})", cause.to_string().replace(" at line 1 column ", " at byte ")),
    };
    let Object(fields) = serde_json::from_str(line).map_err(no_object)?;
    let (mut ranges, mut texts) = (Vec::new(), Vec::new());
    for name in names.iter().map(AsRef::as_ref) {
        // Of two equal keys, programs take the last.
        let value = fields.iter().rev().find(|(key, _)| key == name);
        let (_, value) = value.ok_or_else(|| format!("a JSON object without the key `{name}`"))?;
        let text = string(name, value.get(), repairs);
        texts.push(text.ok_or_else(|| format!("a JSON object whose value of `{name}` is no string"))?);
        let start = value.get().as_ptr() as usize - line.as_ptr() as usize;
        ranges.push(start..start + value.get().len());
    }
    let keys = fields.into_iter().map(|(key, _)| key).collect();
    Ok((Kind::Json(ranges, keys), texts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(line: &str) -> Row {
        RowFormat::Json(vec!["text".to_owned()]).row(line.to_owned())
    }

    #[test]
    fn other_columns_are_passed_through_unchanged() {
        let format = RowFormat::Tsv(vec![1]);
        let row = format.row(" 7\tein Hund\t x ".to_owned());
        assert_eq!(row.texts(), ["ein Hund"]);
        assert_eq!(row.with_cells(&format, &[("translation", "a\tdog")]).expect("a row"), " 7\tein Hund\t x \ta dog");
        assert_eq!(row.with_texts(&["a dog"]).expect("a row").line(), " 7\ta dog\t x ");
        let short = format.row("7".to_owned());
        assert_eq!(short.missing(), Some("1 column, but column 2 is asked for"));
        assert_eq!((short.texts(), short.with_texts(&["a"]).expect("a row").line()), (&[String::new()][..], "7"));
        assert_eq!(short.with_cells(&format, &[("a", ""), ("b", "")]).expect("a row"), "7\t\t");
        let blank = format.row(String::new());
        assert_eq!((blank.missing(), blank.with_cells(&format, &[("a", "b")]).expect("a row").as_str()), (None, ""));
    }

    #[test]
    fn other_fields_are_passed_through_as_they_are_written() {
        let line = r#"{ "id":1.50, "text" : "ein \u0048und", "nested":{"text":[1]} } "#;
        let row = json(line);
        assert_eq!(row.texts(), ["ein Hund"]);
        let added = row.with_cells(&RowFormat::Line, &[("translation", "a \"dog\""), ("id", "x")]).expect("a row");
        let expected = r#"{ "id":1.50, "text" : "ein \u0048und", "nested":{"text":[1]},"translation":"a \"dog\"","glosser_id":"x"}"#;
        assert_eq!(added, expected);
        let replaced = row.with_texts(&["a dog"]).expect("a row");
        assert_eq!(replaced.line(), r#"{ "id":1.50, "text" : "a dog", "nested":{"text":[1]} } "#);
    }

    #[test]
    fn fields_of_another_object_follow_except_those_that_are_left_out() {
        let row = json(r#"{"text":"a","line":7}"#);
        let added = row.with_json(r#"{"line":1,"source":"a","score":-0.5}"#, &["source"]).expect("a row");
        assert_eq!(added, r#"{"text":"a","line":7,"glosser_line":1,"score":-0.5}"#);
        for line in ["[1]", "{\"text\":\"a\"  } "] {
            assert_eq!(json(line).with_json("{}", &[]).expect("a row"), line);
        }
    }

    #[test]
    fn a_line_without_the_key_is_named() {
        for (line, part) in [
            ("{\"a\":1}", "a JSON object without the key `text`"),
            ("{\"text\":1}", "a JSON object whose value of `text` is no string"),
            ("{\"text\":\"a\"", "not a JSON object (EOF"),
            ("[1]", "not a JSON object (invalid type"),
            ("a\tb", "cells between tabs, but a JSON object is needed"),
        ] {
            let row = json(line);
            assert!(row.missing().is_some_and(|what| what.starts_with(part)), "{:?}", row.missing());
            assert_eq!(row.with_cells(&RowFormat::Line, &[("translation", "")]).expect("a row"), line);
        }
        assert_eq!(json(" ").missing(), None);
    }

    #[test]
    fn of_two_equal_keys_the_last_one_counts() {
        assert_eq!(json(r#"{"text":"a","text":"b"}"#).texts(), ["b"]);
    }

    #[test]
    fn cells_may_be_replaced_in_any_order_and_more_may_follow() {
        let format = RowFormat::Tsv(vec![2, 0]);
        let row = format.row("a\tb\tc\td".to_owned()).with_texts(&["", "xyz"]).expect("a row");
        assert_eq!(row.line(), "xyz\tb\t\td");
        assert_eq!(row.with_cells(&format, &[("links", "0-0")]).expect("a row"), "xyz\tb\t\td\t0-0");
        assert_eq!(row.with_texts(&["c", "a"]).expect("a row").line(), "a\tb\tc\td");
        let format = RowFormat::Tsv(vec![0]);
        let blank = format.row("a".to_owned()).with_texts(&[""]).expect("a row");
        assert_eq!(blank.with_cells(&format, &[("links", "")]).expect("a row"), "\t");
    }

    /// A row of a line with these bytes.
    fn read(format: &RowFormat, bytes: &[u8]) -> Row {
        let line = glosser_text::Lines::new(bytes, "t").next_lossy().expect("a line").expect("memory");
        format.read(line, "t", 1)
    }

    #[test]
    fn faulty_bytes_are_passed_through_and_are_faults_of_their_cell_only() {
        let format = RowFormat::Tsv(vec![1]);
        let row = read(&format, b"M\xFC\0\ta\xFF\tb\0\r\n");
        assert_eq!(row.texts(), ["a\u{FFFD}"]);
        let faults: Vec<String> = row.faults().iter().map(ToString::to_string).collect();
        assert!(faults.len() == 1 && faults[0].starts_with("t:1:6: byte 0xFF"), "{faults:?}");
        let added = row.with_cells(&format, &[("translation", "x")]).expect("a row");
        assert_eq!(row.bytes(added), b"M\xFC\0\ta\xFF\tb\0\tx\r\n");
        let replaced = row.with_texts(&["a longer one"]).expect("a row");
        assert_eq!(row.bytes(replaced.line().to_owned()), b"M\xFC\0\ta longer one\tb\0\r\n");
        for line in [&b"\0\n"[..], b"\xFF\0\n"] {
            let row = read(&format, line);
            let blank = line == b"\0\n";
            let written = row.with_texts(&["x"]).expect("a row").line().to_owned();
            assert_eq!((row.bytes(written), row.faults().len(), row.missing().is_none()), (line.to_vec(), 0, blank));
        }
        let row = read(&RowFormat::Json(vec!["text".to_owned()]), b"{\"text\":\"a\\u0000\xFF\"}\n");
        assert_eq!((row.texts()[0].as_str(), row.faults().len()), ("a\u{FFFD}", 2));
    }
}
