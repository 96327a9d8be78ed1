//! `translate` as a filter: rows to the sentences that are translated, and back, in bounded memory.

use crate::missing_column::MissingColumn;
use crate::outcome::Outcome;
use crate::read_ahead::{ReadAhead, Share};
use crate::rows::Row;
use crate::translation_form::{EarlierLines, Form};
use anyhow::Result;
use glosser_translator::{SearchOptions, Translator};
use std::borrow::Cow;
use std::mem;

/// Maximum size of the rows that are taken at a time: most of it may be cells that are passed through.
const ROW_BYTES: usize = 1 << 20;

/// The translation of rows.
pub struct Filter {
    pub translator: Translator,
    pub options: SearchOptions,
    pub n_best: usize,
    /// Maximum size of the sentences that are translated together.
    pub share: Share,
    pub form: Form,
    pub outcome: Outcome,
    pub missing: MissingColumn,
    /// The number of rows that have been translated.
    pub rows: usize,
}

/// A sentence of a row: the text of its cell, or one line of it.
struct Sentence<'r> {
    row: &'r Row,
    text: Cow<'r, str>,
    /// The line break after it; `None` after the last line of the row.
    line_break: Option<&'static str>,
}

impl Filter {
    /// Translates all rows of the input. `write` gets the output for further rows, with their number.
    ///
    /// # Errors
    /// Also if no row has the column, after all of them.
    pub fn run(&mut self, mut input: ReadAhead, mut write: impl FnMut(&[u8], usize) -> Result<()>) -> Result<()> {
        let Share { lines, bytes } = self.share;
        let share = Share { lines, bytes: if self.form.has_cells() { bytes.max(ROW_BYTES) } else { bytes } };
        while let Some(lines) = input.take(share)? {
            if let Some(first) = lines.first().filter(|_| self.rows == 0) {
                self.form.rows.check_first(&first.text, &self.form.name)?;
            }
            let numbered = lines.into_iter().zip(self.rows + 1..);
            let rows: Vec<Row> =
                numbered.map(|(line, number)| self.form.rows.read(line, &self.form.name, number)).collect();
            for (row, number) in rows.iter().zip(self.rows + 1..) {
                self.missing.add(row, || self.form.place(number));
            }
            self.translate(&rows, &mut write)?;
        }
        self.missing.check(&self.form.rows)
    }

    /// Translates some rows. A text of many lines is translated in parts.
    fn translate(&mut self, rows: &[Row], write: &mut impl FnMut(&[u8], usize) -> Result<()>) -> Result<()> {
        let sentences: Vec<Sentence> = rows.iter().flat_map(|row| self.sentences(row)).collect();
        let mut earlier = EarlierLines::default();
        for part in parts(&sentences, self.share) {
            let texts: Vec<&str> = part.iter().map(|sentence| sentence.text.as_ref()).collect();
            let (mut out, before) = (Vec::new(), self.rows);
            let weighting = self.form.weighting();
            let translated = self.translator.translate_weighted(&texts, &self.options, self.n_best, weighting)?;
            for (sentence, found) in part.iter().zip(translated) {
                self.outcome.add(&found[0]);
                let number = self.rows + 1;
                if let Some(line_break) = sentence.line_break {
                    self.form.add_line(&mut earlier, number, &found[0], line_break);
                    continue;
                }
                let (row, scorer) = (sentence.row, self.translator.scorer());
                let faults = self.form.write(&mut out, (number, row), mem::take(&mut earlier), &found, scorer)?;
                self.outcome.end_line(faults, &self.form.place(number));
                self.rows = number;
            }
            write(&out, self.rows - before)?;
        }
        Ok(())
    }

    /// The sentences of a row, at least one.
    fn sentences<'r>(&self, row: &'r Row) -> Vec<Sentence<'r>> {
        let text = row.texts().first().map_or("", String::as_str);
        let whole = |text| vec![Sentence { row, text, line_break: None }];
        match row.is_object() && text.contains(['\n', '\r']) {
            true if self.form.is_line_by_line() => lines(row, text),
            true => whole(Cow::Owned(text.replace(['\n', '\r'], " "))),
            false => whole(Cow::Borrowed(text)),
        }
    }
}

/// The lines of a text.
fn lines<'r>(row: &'r Row, text: &'r str) -> Vec<Sentence<'r>> {
    let mut lines = text.split('\n').peekable();
    let mut sentences = Vec::new();
    while let Some(line) = lines.next() {
        let (text, line_break) = match line.strip_suffix('\r') {
            _ if lines.peek().is_none() => (line, None),
            Some(line) => (line, Some("\r\n")),
            None => (line, Some("\n")),
        };
        sentences.push(Sentence { row, text: Cow::Borrowed(text), line_break });
    }
    sentences
}

/// Sentences in parts of at most `share`; one sentence is always a part.
fn parts<'s, 'r>(mut sentences: &'s [Sentence<'r>], share: Share) -> Vec<&'s [Sentence<'r>]> {
    let mut parts = Vec::new();
    while !sentences.is_empty() {
        let mut bytes = 0;
        let fits = |sentence: &&Sentence| {
            bytes += sentence.text.len();
            bytes <= share.bytes
        };
        let count = sentences.iter().take(share.lines).take_while(fits).count().max(1);
        let (part, rest) = sentences.split_at(count);
        parts.push(part);
        sentences = rest;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::RowFormat;

    #[test]
    fn line_breaks_of_a_text_are_kept_apart_from_its_lines() {
        let row = RowFormat::Line.row(String::new());
        let split = |text: &str| -> Vec<(String, Option<&str>)> {
            let text = text.to_owned();
            lines(&row, &text).iter().map(|line| (line.text.to_string(), line.line_break)).collect()
        };
        let expected = [("a", Some("\n")), ("", Some("\r\n")), ("b\rc", Some("\r\n")), ("", None)];
        assert_eq!(split("a\n\r\nb\rc\r\n"), expected.map(|(text, end)| (text.to_owned(), end)));
        assert_eq!(split("a\r"), [("a\r".to_owned(), None)]);
        assert_eq!(split(""), [(String::new(), None)]);
    }

    #[test]
    fn a_text_of_many_lines_is_translated_in_parts_of_bounded_size() {
        let row = RowFormat::Line.row(String::new());
        let text = format!("{}{}\n{}\nc", "a\n".repeat(25), "b".repeat(70), "b".repeat(30));
        let sentences = lines(&row, &text);
        let parts = parts(&sentences, Share { lines: 10, bytes: 50 });
        let sizes: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        assert_eq!(sizes, [10, 10, 5, 1, 2]);
    }
}
