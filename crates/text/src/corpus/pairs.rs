//! The pairs of a corpus, read one after the other with one line of each side in memory.

use std::io::BufRead;
use std::slice;

use crate::corpus::columns::Columns;
use crate::corpus::csv;
use crate::corpus::id_columns::IdColumns;
use crate::corpus::pair::Pair;
use crate::corpus::tmx::pairs::TmxPairs;
use crate::error::{LONGEST_EXCERPT, TextError, excerpt};
use crate::io::lines::{Lines, TextReader};
use crate::io::wrong_format::format_hint;
use crate::language::pair::LanguagePair;

/// The pairs of any corpus in file order, up to the first error.
pub(crate) enum Pairs<'a> {
    Tsv(TsvPairs<TextReader>),
    Tmx(Box<TmxPairs>),
    Two(TwoPairs),
    /// Pairs and notes.
    InMemory(slice::Iter<'a, Pair>, &'a [String]),
}

impl Pairs<'_> {
    /// Returns notes for the user about the pairs read so far.
    pub(crate) fn notes(&self) -> Vec<String> {
        match self {
            Self::Tsv(pairs) => pairs.notes(),
            Self::Tmx(pairs) => pairs.notes(),
            Self::Two(_) => Vec::new(),
            Self::InMemory(_, notes) => notes.to_vec(),
        }
    }

    /// Returns the languages of a translation memory, as far as they are known from the pairs read so far.
    pub(crate) fn languages(&self) -> Option<LanguagePair> {
        let Self::Tmx(pairs) = self else { return None };
        let (source, target) = pairs.languages()?;
        Some(LanguagePair { source: source.parse().ok()?, target: target.parse().ok()? })
    }

    /// Returns the line of the last pair, if it differs from the number of the pair.
    pub(crate) fn line(&self) -> Option<usize> {
        match self {
            Self::Tmx(pairs) => Some(pairs.line()),
            Self::Tsv(pairs) => pairs.line(),
            Self::Two(_) | Self::InMemory(..) => None,
        }
    }
}

impl Iterator for Pairs<'_> {
    type Item = Result<Pair, TextError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Tsv(pairs) => pairs.next(),
            Self::Tmx(pairs) => pairs.next(),
            Self::Two(pairs) => pairs.next(),
            Self::InMemory(pairs, _) => pairs.next().cloned().map(Ok),
        }
    }
}

/// The pairs in two columns of a text.
pub(crate) struct TsvPairs<R> {
    rows: Rows<R>,
    name: String,
    columns: Columns,
    line: usize,
    widest: usize,
    ids: IdColumns,
    /// Whether the last row, or an error, has been returned.
    has_ended: bool,
}

/// The rows of a table.
enum Rows<R> {
    /// Lines with tabs between the columns.
    Plain(Lines<R>),
    /// Rows whose cells may be in quotation marks.
    Quoted(csv::Rows<R>),
}

impl<R: BufRead> TsvPairs<R> {
    pub(crate) fn new(lines: Lines<R>, name: String, columns: Columns) -> Self {
        Self::of(Rows::Plain(lines), name, columns)
    }

    /// The pairs of a table whose cells may be in quotation marks.
    pub(crate) fn quoted(rows: csv::Rows<R>, name: String, columns: Columns) -> Self {
        Self::of(Rows::Quoted(rows), name, columns)
    }

    fn of(rows: Rows<R>, name: String, columns: Columns) -> Self {
        Self { rows, name, columns, line: 0, widest: 0, ids: IdColumns::new(columns), has_ended: false }
    }

    /// Returns the line of the last row, if it differs from its number.
    fn line(&self) -> Option<usize> {
        matches!(self.rows, Rows::Quoted(_)).then_some(self.line)
    }

    fn pair(&mut self, fields: &[&str]) -> Result<Pair, TextError> {
        let field = |column: usize| fields.get(column - 1).copied();
        let (Some(source), Some(target)) = (field(self.columns.source()), field(self.columns.target())) else {
            return Err(self.too_few(&fields.join(" "), fields.len()));
        };
        self.widest = self.widest.max(fields.len());
        self.ids.add(fields);
        Ok(Pair { source: source.to_owned(), target: target.to_owned() })
    }

    fn too_few(&self, text: &str, found: usize) -> TextError {
        TextError::TooFewColumns {
            file: self.name.clone(),
            line: self.line,
            found,
            wanted: self.columns.needed(),
            text: excerpt(text, LONGEST_EXCERPT),
            hint: (found == 1).then(|| format_hint(text, &self.name)).flatten(),
        }
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        let (name, source, target) = (&self.name, self.columns.source(), self.columns.target());
        let mut notes = Vec::new();
        if matches!(self.rows, Rows::Quoted(_)) {
            notes.push(format!(
                "`{name}` is read as a table with cells in quotation marks, as spreadsheets write it (CSV)"
            ));
        }
        if self.widest > 2 {
            notes.push(format!(
                "`{name}` has {} columns; columns {source} and {target} are read (--columns chooses others)",
                self.widest
            ));
        }
        for column in self.ids.of_numbers() {
            notes.push(format!(
                "column {column} of `{name}` has only numbers; if they are ids and not text, choose other columns (--columns)"
            ));
        }
        notes
    }
}

impl<R: BufRead> Iterator for TsvPairs<R> {
    type Item = Result<Pair, TextError>;

    /// Returns the next pair. After the last one it returns an error if a chosen column has ids.
    fn next(&mut self) -> Option<Self::Item> {
        if self.has_ended {
            return None;
        }
        let next = self.next_pair().or_else(|| self.ids.error(&self.name).map(Err));
        self.has_ended = !matches!(next, Some(Ok(_)));
        next
    }
}

impl<R: BufRead> TsvPairs<R> {
    fn next_pair(&mut self) -> Option<Result<Pair, TextError>> {
        match &mut self.rows {
            Rows::Plain(lines) => {
                let text = lines.next()?;
                self.line += 1;
                Some(text.and_then(|text| self.pair(&text.split('\t').collect::<Vec<_>>())))
            }
            Rows::Quoted(rows) => {
                let row = rows.next()?;
                Some(row.and_then(|row| {
                    self.line = row.line;
                    let cells = row.cells.into_iter().map(|cell| utf8(cell, &self.name, row.line));
                    let cells = cells.collect::<Result<Vec<String>, _>>()?;
                    self.pair(&cells.iter().map(String::as_str).collect::<Vec<_>>())
                }))
            }
        }
    }
}

/// Returns a cell as text, checked like a line.
fn utf8(cell: Vec<u8>, name: &str, line: usize) -> Result<String, TextError> {
    let mut lines = Lines::new(&cell[..], name).beginning_at(line);
    lines.next().unwrap_or_else(|| Ok(String::new()))
}

/// The pairs of line N of one text with line N of another.
pub(crate) struct TwoPairs {
    source: Lines<TextReader>,
    target: Lines<TextReader>,
    source_name: String,
    target_name: String,
    line: usize,
}

impl TwoPairs {
    pub(crate) fn new(
        (source, source_name): (Lines<TextReader>, String),
        (target, target_name): (Lines<TextReader>, String),
    ) -> Self {
        Self { source, target, source_name, target_name, line: 0 }
    }

    /// Returns the error for a side that continues with `text` and `left` further lines after the end of the other.
    fn line_counts(&self, longer: &str, text: &str, left: usize) -> TextError {
        let lines = |name: &str| if name == longer { self.line + left } else { self.line - 1 };
        TextError::LineCounts {
            source_file: self.source_name.clone(),
            source_lines: lines(&self.source_name),
            target_file: self.target_name.clone(),
            target_lines: lines(&self.target_name),
            line: self.line,
            text: excerpt(text, LONGEST_EXCERPT),
            hint: None,
        }
    }
}

impl Iterator for TwoPairs {
    type Item = Result<Pair, TextError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.line += 1;
        match (self.source.next(), self.target.next()) {
            (None, None) => None,
            (Some(source), Some(target)) => {
                Some(source.and_then(|source| target.map(|target| Pair { source, target })))
            }
            (Some(text), None) => Some(text.and_then(|text| {
                let left = count(&mut self.source)?;
                Err(self.line_counts(&self.source_name, &text, left))
            })),
            (None, Some(text)) => Some(text.and_then(|text| {
                let left = count(&mut self.target)?;
                Err(self.line_counts(&self.target_name, &text, left))
            })),
        }
    }
}

fn count(lines: &mut Lines<TextReader>) -> Result<usize, TextError> {
    lines.try_fold(0, |count, line| line.map(|_| count + 1))
}
