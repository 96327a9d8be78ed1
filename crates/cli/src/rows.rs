//! The rows that a filter reads: some cells go through a model, all others are passed through unchanged.

use crate::cells::{Missing, json_cells, tsv_cells};
use crate::json_object::{Object, Repair};
use crate::links::in_one_line;
use crate::raw_line::RawLine;
use anyhow::{Result, bail};
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
    /// The string `text` of a JSON object; a line that is no object is one cell.
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
    /// The bytes of the line, if some are not UTF-8, or NUL characters, and it is passed through.
    raw: Option<RawLine>,
    /// Whether a carriage return ends the line.
    has_carriage_return: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// One cell, or a blank line, which stays blank.
    Line,
    /// The bytes of the cells in the line.
    Tsv(Vec<Range<usize>>),
    /// The bytes of the values in the line, each a string or null, and all keys of the object.
    Json(Vec<Range<usize>>, Vec<String>),
    /// A line without the cells.
    Missing(Missing),
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
        if row.kind == Kind::Line && matches!(self, Self::Line | Self::LineOrJson) {
            row.faults = faults;
        } else if let Some(raw) = bytes.map(RawLine::new) {
            row.faults = row.byte_ranges(&raw).iter().flat_map(|range| raw.faults(&faults, range)).collect();
            row.raw = Some(raw);
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
        let whole = || Ok((Kind::Line, vec![line.clone()]));
        let of_json = |(ranges, keys, texts)| (Kind::Json(ranges, keys), texts);
        let mut repairs = Vec::new();
        let found = match self {
            _ if is_blank => Ok((Kind::Line, vec![String::new(); self.cells()])),
            Self::Line => whole(),
            Self::Tsv(columns) => tsv_cells(&line, columns).map(|(ranges, texts)| (Kind::Tsv(ranges), texts)),
            Self::Json(keys) => json_cells(&line, keys, &mut repairs).map(of_json),
            Self::LineOrJson if !line.trim_start().starts_with('{') => whole(),
            Self::LineOrJson => match json_cells(&line, &[TEXT], &mut repairs) {
                Err(Missing { keys: None, .. }) => whole(),
                found => found.map(of_json),
            },
        };
        let (kind, texts) = found.unwrap_or_else(|missing| (Kind::Missing(missing), vec![String::new(); self.cells()]));
        if !matches!(kind, Kind::Json(..)) {
            repairs.clear();
        }
        (Row { line, kind, texts, faults: Vec::new(), raw: None, has_carriage_return: false }, repairs)
    }

    /// The number of cells that a row has.
    fn cells(&self) -> usize {
        match self {
            Self::Line | Self::LineOrJson => 1,
            Self::Tsv(columns) => columns.len(),
            Self::Json(keys) => keys.len(),
        }
    }

    /// Refuses a JSON list in the place of JSON Lines, by the first line of the file.
    ///
    /// # Errors
    /// With the remedy, if the line begins a list of objects.
    pub fn check_first(&self, line: &str, file: &str) -> Result<()> {
        let list = line.trim().strip_prefix('[').map(str::trim_start);
        if matches!(self, Self::Json(_)) && list.is_some_and(|list| list.is_empty() || list.starts_with('{')) {
            let file_or_pipe =
                if file == "standard input" { "... | jq -c '.[]'".to_owned() } else { format!("jq -c '.[]' {file}") };
            bail!(
                "{file}:1: a JSON list of objects, but JSON Lines have each object on a line of its own, and nothing \
                 around them; convert it: `{file_or_pipe} | glosser ...`"
            );
        }
        Ok(())
    }

    /// What a row must have, for messages.
    pub fn asked(&self) -> String {
        let joined = |one: &str, many: &str, names: Vec<String>| match &names[..] {
            [name] => format!("{one} {name}"),
            _ => format!("{many} {}", names.join(" and ")),
        };
        match self {
            Self::Line => "a text".to_owned(),
            Self::Tsv(columns) => {
                joined("column", "columns", columns.iter().map(|column| (column + 1).to_string()).collect())
            }
            Self::Json(keys) => joined("a string", "strings", keys.iter().map(|key| format!("`{key}`")).collect()),
            Self::LineOrJson => joined("a string", "strings", vec![format!("`{TEXT}`")]),
        }
    }

    /// What to do if no row has what is asked for.
    pub fn remedy(&self) -> String {
        let option = if self.cells() == 1 { "--column" } else { "--columns" };
        match self {
            Self::Line | Self::LineOrJson => format!("name the key with {option}"),
            Self::Tsv(_) => {
                format!("give {option} a column that the rows have (a tab ends a column), or a key for JSON Lines")
            }
            Self::Json(_) => {
                format!("give {option} a key that the rows have, or the number of a column for cells between tabs")
            }
        }
    }
}

impl Row {
    /// The text of the cells, in the order in which the format names them. That of null is blank.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// The row as it was read.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// Returns what the line has in the place of its cells; `None` if it has all of them, or is blank.
    pub fn missing(&self) -> Option<&str> {
        if let Kind::Missing(missing) = &self.kind { Some(&missing.what) } else { None }
    }

    /// The faults that were repaired in the texts of the cells.
    pub fn faults(&self) -> &[TextError] {
        &self.faults
    }

    /// Returns whether the row is a JSON object with its cells.
    pub fn is_object(&self) -> bool {
        matches!(self.kind, Kind::Json(..))
    }

    /// Returns whether the line is blank.
    pub fn is_blank(&self) -> bool {
        self.kind == Kind::Line && self.line.trim().is_empty()
    }

    /// The keys of a JSON object, with its cells or without them; `None` if the row is no object.
    pub fn keys(&self) -> Option<&[String]> {
        match &self.kind {
            Kind::Json(_, keys) | Kind::Missing(Missing { keys: Some(keys), .. }) => Some(keys),
            _ => None,
        }
    }

    /// Returns whether a cell of the object is null.
    pub fn has_null(&self) -> bool {
        self.is_object() && self.cells().iter().any(|cell| self.is_null(cell))
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

    /// Returns the JSON object, with its cells or without them, with the kinds of its faults at its end.
    pub fn with_degraded(&self, kinds: &impl Serialize) -> Result<String> {
        self.with_json(&format!("{{\"degraded\":{}}}", serde_json::to_string(kinds)?), &[])
    }

    /// Returns the JSON object with the fields of another one at its end, except those of `without`. The translation of
    /// null is null. A row that is no object stays as it is.
    pub fn with_json(&self, object: &str, without: &[&str]) -> Result<String> {
        if self.keys().is_none() {
            return Ok(self.line.clone());
        }
        let has_null = self.has_null();
        let value = |name: &str, value: &str| match name {
            "translation" if has_null => self.field(name, "null"),
            _ => self.field(name, value),
        };
        let Object(fields) = serde_json::from_str(object)?;
        let fields = fields.iter().filter(|(name, _)| !without.contains(&name.as_str()));
        let fields: Vec<String> = fields.map(|(name, json)| value(name, json.get())).collect();
        // White space at the end of an object stays if nothing is added.
        Ok(if fields.is_empty() { self.line.clone() } else { self.with_raw_fields(&fields) })
    }

    /// Returns the row with other texts in its cells. Null stays null.
    pub fn with_texts(&self, texts: &[&str]) -> Result<Self> {
        let (read, is_json) = (self.cells(), self.is_object());
        let mut order: Vec<usize> = (0..read.len()).collect();
        order.sort_by_key(|cell| read[*cell].start);
        let (mut line, mut cells, mut at) = (String::with_capacity(self.line.len()), read.to_vec(), 0);
        for cell in &order {
            let (read, text) = (&read[*cell], texts[*cell]);
            line += &self.line[at..read.start];
            let start = line.len();
            line += &match is_json {
                true if self.is_null(read) => "null".to_owned(),
                true => in_one_line(serde_json::to_string(text)?),
                false => in_cell(text),
            };
            cells[*cell] = start..line.len();
            at = read.end;
        }
        line += &self.line[at..];
        let raw = self.raw.as_ref().map(|raw| {
            let ranges = self.byte_ranges(raw);
            let replaced = order.iter().map(|cell| (ranges[*cell].clone(), line[cells[*cell].clone()].to_owned()));
            raw.with(&replaced.collect::<Vec<_>>())
        });
        let kind = match &self.kind {
            Kind::Tsv(_) => Kind::Tsv(cells),
            Kind::Json(_, keys) => Kind::Json(cells, keys.clone()),
            other => other.clone(),
        };
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        Ok(Self { line, kind, texts, faults: Vec::new(), raw, has_carriage_return: self.has_carriage_return })
    }

    /// Returns this row with what was written after it, as the bytes of a line with its end.
    pub fn bytes(&self, written: String) -> Vec<u8> {
        let mut bytes = self.bytes_without_end(written);
        bytes.extend(if self.has_carriage_return { &b"\r\n"[..] } else { b"\n" });
        bytes
    }

    /// Returns this row with what was written after it: what is passed through has the bytes that were read.
    pub fn bytes_without_end(&self, written: String) -> Vec<u8> {
        let Some(raw) = &self.raw else { return written.into_bytes() };
        match [self.line(), self.open()].into_iter().find(|start| written.starts_with(start)) {
            Some(start) => [raw.start(start.len()), &written.as_bytes()[start.len()..]].concat(),
            None => written.into_bytes(),
        }
    }

    /// The places of the cells in the line; none if it has not all of them.
    fn cells(&self) -> &[Range<usize>] {
        match &self.kind {
            Kind::Tsv(cells) | Kind::Json(cells, _) => cells,
            Kind::Line | Kind::Missing(_) => &[],
        }
    }

    /// The places of the cells in the bytes of the line. A NUL beside a tab belongs to a cell, one beside a string does
    /// not.
    fn byte_ranges(&self, raw: &RawLine) -> Vec<Range<usize>> {
        let range = |cell: &Range<usize>| match self.is_object() {
            true => raw.after(cell.start)..raw.before(cell.end),
            false => raw.before(cell.start)..raw.after(cell.end),
        };
        self.cells().iter().map(range).collect()
    }

    fn is_null(&self, value: &Range<usize>) -> bool {
        &self.line[value.clone()] == "null"
    }

    /// A field of the object: a key that it has already gets a prefix, so that nothing is replaced.
    fn field(&self, name: &str, json: &str) -> String {
        let mut key = name.to_owned();
        while self.keys().is_some_and(|keys| keys.contains(&key)) {
            key.insert_str(0, "glosser_");
        }
        in_one_line(format!("\"{key}\":{json}"))
    }

    /// The object with fields at its end.
    fn with_raw_fields(&self, fields: &[String]) -> String {
        let comma = if self.keys().is_some_and(<[String]>::is_empty) { "" } else { "," };
        self.open().to_owned() + comma + &fields.join(",") + "}"
    }

    /// The object without its closing brace.
    fn open(&self) -> &str {
        let object = self.line.trim_end();
        object.strip_suffix('}').unwrap_or(object).trim_end()
    }
}

/// A text without tabs and line ends, as a cell of a TSV must be.
fn in_cell(text: &str) -> String {
    text.replace(['\t', '\n', '\r'], " ")
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
