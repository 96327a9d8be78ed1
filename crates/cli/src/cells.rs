//! The cells of a line: between tabs, or the values of a JSON object.

use crate::json_object::{Object, Repair, string};
use serde::de::IgnoredAny;
use std::ops::Range;

/// A line without its cells: the fault, for a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    pub what: String,
    /// The keys of a JSON object.
    pub keys: Option<Vec<String>>,
}

/// Finds cells between tabs by their numbers from 0: their places and texts.
pub fn tsv_cells(line: &str, columns: &[usize]) -> Result<(Vec<Range<usize>>, Vec<String>), Missing> {
    let cells: Vec<&str> = line.split('\t').collect();
    let widest = columns.iter().max().map_or(0, |column| column + 1);
    if cells.len() < widest {
        let s = if cells.len() == 1 { "" } else { "s" };
        let what = format!("{} column{s}, but column {widest} is asked for", cells.len());
        return Err(Missing { what, keys: None });
    }
    let range = |column: &usize| {
        let start = cells[*column].as_ptr() as usize - line.as_ptr() as usize;
        start..start + cells[*column].len()
    };
    let texts = columns.iter().map(|column| cells[*column].to_owned()).collect();
    Ok((columns.iter().map(range).collect(), texts))
}

/// The places of the values in the line, all keys of the object, and the texts of the values.
type JsonCells = (Vec<Range<usize>>, Vec<String>, Vec<String>);

/// Finds the strings of a JSON object by their keys. The text of null is blank.
pub fn json_cells(line: &str, names: &[impl AsRef<str>], repairs: &mut Vec<Repair>) -> Result<JsonCells, Missing> {
    let Object(fields) =
        serde_json::from_str(line).map_err(|cause| Missing { what: no_object(line, &cause), keys: None })?;
    let keys = || fields.iter().map(|(key, _)| key.clone()).collect();
    let missing = |what| Missing { what, keys: Some(keys()) };
    let (mut ranges, mut texts) = (Vec::new(), Vec::new());
    for name in names.iter().map(AsRef::as_ref) {
        // Of two equal keys, programs take the last.
        let value = fields.iter().rev().find(|(key, _)| key == name);
        let (_, value) = value.ok_or_else(|| missing(format!("a JSON object without the key `{name}`")))?;
        let text = if value.get() == "null" { Some(String::new()) } else { string(name, value.get(), repairs) };
        let no_string = || missing(format!("a JSON object whose value of `{name}` is no string"));
        texts.push(text.ok_or_else(no_string)?);
        let start = value.get().as_ptr() as usize - line.as_ptr() as usize;
        ranges.push(start..start + value.get().len());
    }
    Ok((ranges, keys(), texts))
}

/// Says what is wrong with a line that is no JSON object.
fn no_object(line: &str, cause: &serde_json::Error) -> String {
    let is_json = || serde_json::from_str::<IgnoredAny>(line).is_ok();
    let what = match line.trim_start().chars().next() {
        _ if line.split_once('\t').is_some_and(|(first, _)| !first.contains('{')) => {
            return "cells between tabs, but a JSON object is needed for this key; give the number of a column"
                .to_owned();
        }
        Some('{') if cause.is_eof() => " (the object has no end)".to_owned(),
        Some('{') => format!(" ({})", plain(cause)),
        Some('[') => " but a list".to_owned(),
        Some('"') if is_json() => " but a string".to_owned(),
        Some('-' | '0'..='9') if is_json() => " but a number".to_owned(),
        _ if is_json() => format!(" but `{}`", line.trim()),
        _ => " but plain text".to_owned(),
    };
    format!("not a JSON object{what}")
}

/// The message of an error in an object.
fn plain(cause: &serde_json::Error) -> String {
    let text = cause.to_string().replace(" at line 1 column ", " at byte ");
    let text = text.replace("trailing characters", "more text follows its end");
    text.replace(
        "control character (\\u0000-\\u001F) found while parsing a string",
        "a control character, such as a tab, in a string, which JSON writes as an escape,",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_object_is_named_in_plain_words() {
        for (line, expected) in [
            ("[1]", "not a JSON object but a list"),
            ("[", "not a JSON object but a list"),
            ("\"a\"", "not a JSON object but a string"),
            ("-1.5", "not a JSON object but a number"),
            ("null", "not a JSON object but `null`"),
            ("12 dogs", "not a JSON object but plain text"),
            ("\"A\" dog", "not a JSON object but plain text"),
            ("{\"a\":\"b", "not a JSON object (the object has no end)"),
            ("{", "not a JSON object (the object has no end)"),
            ("{\"a\":1} {}", "not a JSON object (more text follows its end at byte 9)"),
            ("{\"a\":\"b\tc\"}", "not a JSON object (a control character, such as a tab, in a string, "),
        ] {
            let missing = json_cells(line, &["text"], &mut Vec::new()).expect_err(line);
            assert!(missing.what.starts_with(expected) && missing.keys.is_none(), "{line}: {}", missing.what);
        }
    }
}
