//! Tables with cells in quotation marks (RFC 4180): CSV, and the tab-separated text of spreadsheets.

use std::io::{BufRead, Cursor, Read};
use std::path::Path;

use crate::error::TextError;
use crate::io::lines::TextReader;
use crate::io::open::{Opened, has_ending};

/// The number of bytes that decide how a table is written.
const SAMPLE: usize = 1 << 20;

/// The largest number of bytes of a row. A longer one has an opening quotation mark without a closing one.
const LONGEST: usize = 1 << 20;

/// The number of rows that decide which character separates cells.
const ROWS: usize = 50;

/// The characters that may separate cells; of two that fit equally, the first.
const DELIMITERS: [u8; 3] = [b'\t', b';', b','];

/// A row of a table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The one-based line where it begins.
    pub(crate) line: usize,
    /// The cells without their quotation marks. A line break or a tab in a cell is a space.
    pub(crate) cells: Vec<Vec<u8>>,
}

/// Decides whether a text is a table with cells in quotation marks, and returns the character between its cells.
///
/// It is if the user says so (`is_chosen`), if its name ends in `.csv`, or if all quotation marks of its beginning are
/// as spreadsheets write them between tabs: around cells, and doubled within them.
///
/// # Errors
/// Those of reading.
pub(crate) fn recognise(mut opened: Opened, path: &Path, is_chosen: bool) -> Result<(Option<u8>, Opened), TextError> {
    let mut sample = Vec::new();
    let read = opened.text.by_ref().take(SAMPLE as u64).read_to_end(&mut sample);
    let lines = |sample: &[u8]| 1 + sample.iter().filter(|byte| **byte == b'\n').count();
    read.map_err(|cause| TextError::not_read(opened.name.clone(), lines(&sample), cause))?;
    let is_whole = sample.len() < SAMPLE;
    let delimiter = if is_chosen || has_csv_ending(path) {
        Some(delimiter(&sample, is_whole))
    } else {
        is_quoted(&sample, is_whole).then_some(b'\t')
    };
    opened.text = Box::new(Cursor::new(sample).chain(opened.text));
    Ok((delimiter, opened))
}

/// Returns whether a file is a CSV by its name.
pub(crate) fn has_csv_ending(path: &Path) -> bool {
    has_ending(path, "csv")
}

/// Returns the character for which most rows have the same number of cells, two or more.
fn delimiter(sample: &[u8], is_whole: bool) -> u8 {
    if let Some([delimiter, b'\r' | b'\n', ..]) = without_mark(sample).strip_prefix(b"sep=") {
        return *delimiter;
    }
    let regular_rows = |delimiter: u8| {
        let widths: Vec<usize> =
            sampled_rows(sample, delimiter, is_whole).map(|cells| cells.len()).take(ROWS).collect();
        let same = |width: &usize| widths.iter().filter(|other| *other == width).count();
        widths.iter().filter(|width| **width > 1).map(same).max().unwrap_or(0)
    };
    let best = DELIMITERS.into_iter().rev().max_by_key(|delimiter| regular_rows(*delimiter));
    best.unwrap_or(b',')
}

fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text)
}

/// Returns whether all quotation marks are as a spreadsheet writes them between tabs. A text may have some such cells by
/// chance; therefore two cells in quotation marks are needed, and one of them with doubled marks or a line break, or all
/// cells of two rows.
fn is_quoted(sample: &[u8], is_whole: bool) -> bool {
    let (mut quoted, mut special, mut plain, mut widths) = (0, 0, 0, Vec::new());
    let mut has_line_breaks = false;
    let mut rows = Rows::new(Cursor::new(sample), String::new(), b'\t');
    while let Some(row) = rows.next_raw() {
        // The last row of a sample is probably not complete.
        let Ok((raw, _)) = row else { break };
        if raw.is_empty() || (!is_whole && rows.read == sample.len()) {
            continue;
        }
        has_line_breaks |= raw.contains(&b'\n');
        let Some(cells) = split(&raw, b'\t') else { return false };
        widths.push(cells.len());
        for cell in cells {
            match cell.strip_prefix(b"\"") {
                None if cell.contains(&b'"') => return false,
                None => plain += usize::from(!cell.is_empty()),
                Some(inner) => {
                    quoted += 1;
                    special += usize::from(inner.windows(2).any(|two| two == b"\"\"") || inner.contains(&b'\n'));
                }
            }
        }
    }
    if rows.is_unclosed && is_whole {
        return false;
    }
    let is_regular = widths.iter().all(|width| *width > 1 && *width == widths[0]);
    let is_certain = quoted > 1 && special > 0 || plain == 0 && widths.len() > 1 && quoted > 3;
    is_certain && (is_regular || !has_line_breaks)
}

/// Returns the complete rows of a sample, up to the first one that is not possible.
fn sampled_rows(sample: &[u8], delimiter: u8, is_whole: bool) -> impl Iterator<Item = Vec<Vec<u8>>> {
    let mut rows = Rows::new(Cursor::new(sample), String::new(), delimiter);
    std::iter::from_fn(move || {
        let row = rows.next()?.ok()?;
        (is_whole || rows.read < sample.len()).then_some(row.cells)
    })
}

/// The rows of a table, up to the first error. Blank rows are left out.
pub(crate) struct Rows<R> {
    reader: R,
    name: String,
    delimiter: u8,
    line: usize,
    /// The number of bytes read.
    read: usize,
    is_unclosed: bool,
    has_ended: bool,
}

impl Rows<TextReader> {
    pub(crate) fn of(opened: Opened, delimiter: u8) -> Self {
        Self::new(opened.text, opened.name, delimiter)
    }
}

impl<R: BufRead> Rows<R> {
    fn new(reader: R, name: String, delimiter: u8) -> Self {
        Self { reader, name, delimiter, line: 0, read: 0, is_unclosed: false, has_ended: false }
    }

    /// Returns the bytes of the next row without its end, and the line where it begins.
    fn next_raw(&mut self) -> Option<Result<(Vec<u8>, usize), TextError>> {
        let (mut row, begins) = (Vec::new(), self.line + 1);
        let mut quotes = Quotes { delimiter: self.delimiter, state: State::CellBegins };
        loop {
            let from = row.len();
            match self.reader.by_ref().take((LONGEST - from) as u64).read_until(b'\n', &mut row) {
                Ok(0) if row.is_empty() => return None,
                Ok(0) => return Some(Err(self.unclosed(begins))),
                Ok(read) => self.read += read,
                Err(cause) => return Some(Err(TextError::not_read(self.name.clone(), self.line + 1, cause))),
            }
            if row.len() >= LONGEST {
                return Some(Err(self.unclosed(begins)));
            }
            self.line += 1;
            row[from..].iter().for_each(|byte| quotes.pass(*byte));
            if !quotes.is_within() {
                break;
            }
        }
        let without_end = row.strip_suffix(b"\n").map(|row| row.strip_suffix(b"\r").unwrap_or(row));
        let length = without_end.map_or(row.len(), <[u8]>::len);
        row.truncate(length);
        Some(Ok((row, begins)))
    }

    fn unclosed(&mut self, line: usize) -> TextError {
        self.is_unclosed = true;
        self.bad(line, "the quotation mark at the beginning of a cell has no counterpart at its end, or the row has more than 1 MiB")
    }

    fn bad(&self, line: usize, problem: &'static str) -> TextError {
        TextError::BadCsv { file: self.name.clone(), line, problem }
    }
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = Result<Row, TextError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.has_ended {
            let (mut raw, line) = match self.next_raw()? {
                Ok(row) => row,
                Err(cause) => {
                    self.has_ended = true;
                    return Some(Err(cause));
                }
            };
            if line == 1 {
                raw = without_mark(&raw).to_vec();
                if matches!(raw[..], [b's', b'e', b'p', b'=', _]) {
                    continue;
                }
            }
            if raw.is_empty() {
                continue;
            }
            let Some(cells) = split(&raw, self.delimiter) else {
                self.has_ended = true;
                return Some(Err(self.bad(line, "text follows the closing quotation mark of a cell")));
            };
            return Some(Ok(Row { line, cells: cells.into_iter().map(content).collect() }));
        }
        None
    }
}

/// A position in a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    CellBegins,
    Unquoted,
    Quoted,
    /// After a quotation mark in a quoted cell: its end, or the first of two that stand for one.
    QuoteInQuoted,
}

/// Follows the quotation marks of a row byte by byte.
struct Quotes {
    delimiter: u8,
    state: State,
}

impl Quotes {
    fn pass(&mut self, byte: u8) {
        self.state = match (self.state, byte) {
            (State::CellBegins | State::QuoteInQuoted, b'"') => State::Quoted,
            (State::Quoted, b'"') => State::QuoteInQuoted,
            (State::Quoted, _) => State::Quoted,
            (_, byte) if byte == self.delimiter => State::CellBegins,
            _ => State::Unquoted,
        };
    }

    fn is_within(&self) -> bool {
        self.state == State::Quoted
    }
}

/// Splits a row at the delimiters outside of quotation marks; `None` if text follows a closing quotation mark.
fn split(row: &[u8], delimiter: u8) -> Option<Vec<&[u8]>> {
    let mut quotes = Quotes { delimiter, state: State::CellBegins };
    let (mut cells, mut begins) = (Vec::new(), 0);
    for (at, byte) in row.iter().enumerate() {
        let before = quotes.state;
        quotes.pass(*byte);
        if before == State::QuoteInQuoted && quotes.state == State::Unquoted {
            return None;
        }
        if before != State::Quoted && *byte == delimiter {
            cells.push(&row[begins..at]);
            begins = at + 1;
        }
    }
    cells.push(&row[begins..]);
    Some(cells)
}

/// Returns the text of a cell.
fn content(cell: &[u8]) -> Vec<u8> {
    let Some(quoted) = cell.strip_prefix(b"\"") else { return spaced(cell) };
    let quoted = quoted.strip_suffix(b"\"").unwrap_or(quoted);
    let mut text = Vec::with_capacity(quoted.len());
    let mut bytes = quoted.iter().peekable();
    while let Some(byte) = bytes.next() {
        text.push(*byte);
        if *byte == b'"' {
            bytes.next_if_eq(&&b'"');
        }
    }
    spaced(&text)
}

/// Replaces tabs and line breaks, with the spaces around them, by one space.
fn spaced(cell: &[u8]) -> Vec<u8> {
    let is_break = |byte: &u8| matches!(byte, b'\n' | b'\r' | b'\t');
    if !cell.iter().any(is_break) {
        return cell.to_vec();
    }
    let parts = cell.split(is_break).map(<[u8]>::trim_ascii).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(&b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row: its line and its cells.
    type Cells = (usize, Vec<String>);

    fn table(text: &str, name: &str, is_chosen: bool) -> Option<Result<Vec<Cells>, TextError>> {
        let opened = Opened::new(Cursor::new(text.as_bytes().to_vec()), "t.csv".to_owned()).expect("memory");
        let (delimiter, opened) = recognise(opened, Path::new(name), is_chosen).expect("memory");
        let utf8 = |cell: Vec<u8>| String::from_utf8(cell).expect("UTF-8");
        let rows = Rows::of(opened, delimiter?);
        Some(rows.map(|row| row.map(|row| (row.line, row.cells.into_iter().map(utf8).collect()))).collect())
    }

    fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
        table(text, "t.csv", false).expect("a CSV").expect("a good CSV")
    }

    fn row(line: usize, cells: &[&str]) -> (usize, Vec<String>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn cells_may_contain_delimiters_quotation_marks_and_line_breaks() {
        for (text, expected) in [
            ("a,b\nc,d", vec![row(1, &["a", "b"]), row(2, &["c", "d"])]),
            ("\u{FEFF}a,b\r\n\r\nc,\r\n", vec![row(1, &["a", "b"]), row(3, &["c", ""])]),
            ("\"x, y\",\"say \"\"go\"\"\"\n", vec![row(1, &["x, y", "say \"go\""])]),
            ("\"one \r\n two\n\nthree\",\"a\tb\"\nc,d\n", vec![row(1, &["one two three", "a b"]), row(5, &["c", "d"])]),
            ("a \"b\" c,d\n", vec![row(1, &["a \"b\" c", "d"])]),
            ("\"\",\"\"\"\"\n", vec![row(1, &["", "\""])]),
        ] {
            assert_eq!(rows(text), expected, "{text}");
        }
    }

    #[test]
    fn the_delimiter_is_the_one_with_the_most_regular_rows() {
        assert_eq!(rows("Yes, no, well;Ja, nein\nOne, two;Eins\n")[0], row(1, &["Yes, no, well", "Ja, nein"]));
        assert_eq!(rows("a, b\tc\nd\te, f\n")[1], row(2, &["d", "e, f"]));
        assert_eq!(rows("sep=;\na,b;c\n"), [row(2, &["a,b", "c"])]);
        assert_eq!(rows("Hi, you,Salut\n")[0], row(1, &["Hi", " you", "Salut"]));
    }

    #[test]
    fn a_faulty_table_is_an_error_with_its_line() {
        for (text, part) in
            [("a,b\n\"c,d\ne,f\n", "t.csv:2: the quotation mark"), ("\"a\"b,c\n", "t.csv:1: text follows")]
        {
            let message = table(text, "t.csv", false).expect("a CSV").expect_err(text).to_string();
            assert!(message.contains(part), "{message}");
        }
        let endless = format!("\"{}", "x\n".repeat(LONGEST));
        assert!(table(&endless, "t.csv", false).expect("a CSV").is_err());
    }

    #[test]
    fn the_text_of_a_spreadsheet_is_recognised_without_its_name() {
        for text in [
            "He went.\tIl alla.\n\"He said \"\"go\"\".\"\t\"Il dit \"\"va\"\".\"\r\n",
            "One.\tUn.\n\"a\nb\"\t\"c\nd\"\n",
            "\"a\"\t\"b\"\n\"c\"\t\"d\"\n",
        ] {
            let read = table(text, "t.tsv", false).expect(text).expect("a good table");
            assert!(read.iter().all(|(_, cells)| cells.len() == 2), "{read:?}");
        }
    }

    #[test]
    fn a_tsv_with_quotation_marks_of_its_own_is_not_changed() {
        for text in [
            "",
            "a\tb\n",
            "\"Go!\" he said.\t\"Va\", dit-il.\n\"x \"\"y\"\"\"\t\"z\"\n",
            "\"x \"\"y\"\"\"\tz \"q\"\n\"\"\"a\"\t\"b\"\n",
            "\"Hello,\tBonjour,\nyou.\"\ttoi.\n",
            "\"a\"\t\"b\"\n",
            "5\" pipe\ttuyau\n\"a \"\"b\"\"\"\t\"c\"\n",
        ] {
            assert!(table(text, "t.tsv", false).is_none(), "{text}");
        }
    }

    #[test]
    fn the_ending_of_a_csv_may_be_followed_by_that_of_a_compression() {
        for (name, expected) in [
            ("a.csv", true),
            ("b/A.CSV.gz", true),
            ("a.csv.xz", true),
            ("csv", false),
            ("a.tsv", false),
            ("a.csv.x", false),
        ] {
            assert_eq!(has_csv_ending(Path::new(name)), expected, "{name}");
        }
    }
}
