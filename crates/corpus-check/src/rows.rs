//! The rows of a corpus: its lines, whatever their bytes, or the pairs of a translation memory.

use std::collections::VecDeque;
use std::ops::Range;
use std::path::Path;

use glosser_text::{
    Columns, CorpusFiles, Lines, PairStream, TableRows, TextError, TextReader, has_only_carriage_returns, is_tmx, open,
};

use crate::input::Input;
use crate::kind::Kind;
use crate::repair::{Fault, RepairedLine, excerpt};

/// The largest number of lines of a cell in quotation marks.
const MOST_LINES_OF_CELL: usize = 20;

/// The rows of a corpus: the lines of a TSV, or of two files side by side until both have ended. A pair of a
/// translation memory becomes two lines, with the line number of its unit. A row of a table with cells in quotation
/// marks becomes a line with tabs, with the number of its first line.
pub(crate) struct Rows {
    reading: Reading,
    line: usize,
}

enum Reading {
    Tsv(TsvLines, Columns),
    Table(TableRows, Columns),
    Tmx(Box<PairStream>),
    Two([CheckedLines; 2]),
}

/// The lines of a file, repaired.
struct CheckedLines {
    lines: Lines<TextReader>,
    /// Whether carriage returns end them.
    has_only_carriage_returns: bool,
    line: usize,
}

/// The lines of a TSV, and those that have been read ahead.
struct TsvLines {
    lines: CheckedLines,
    /// The number of columns of a pair.
    needed: usize,
    /// Each with whether it is a part of a row whose cell has a line break.
    ahead: VecDeque<(RepairedLine, bool)>,
}

/// One of the two sides of a corpus; as a number, the index of its file if there are two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Source,
    Target,
}

/// A line of a TSV, or one line of each of two files.
pub(crate) struct Row {
    /// The one-based line.
    pub(crate) line: usize,
    cells: Cells,
}

enum Cells {
    /// With the bytes of source and target in the line.
    Tsv {
        text: RepairedLine,
        columns: Columns,
        sides: [Option<Range<usize>>; 2],
        /// Whether the line is a part of a row whose cell has a line break.
        is_part: bool,
    },
    Two([Option<RepairedLine>; 2]),
}

impl Rows {
    pub(crate) fn of(input: &Input) -> Result<Self, TextError> {
        let reading = match &input.files {
            CorpusFiles::One { path, .. } if is_tmx(path)? => Reading::Tmx(Box::new(input.files.stream()?)),
            CorpusFiles::One { path, choice } => {
                let columns = choice.columns.unwrap_or(Columns::DEFAULT);
                match input.files.table()? {
                    Some(rows) => Reading::Table(rows, columns),
                    None => Reading::Tsv(TsvLines::new(CheckedLines::new(open(path)?, path)?, columns), columns),
                }
            }
            CorpusFiles::Two { source, target } => {
                input.files.sides()?;
                Reading::Two([CheckedLines::new(open(source)?, source)?, CheckedLines::new(open(target)?, target)?])
            }
        };
        Ok(Self { reading, line: 0 })
    }

    fn cells(&mut self) -> Option<Result<Cells, TextError>> {
        match &mut self.reading {
            Reading::Tsv(lines, columns) => {
                Some(lines.next()?.map(|(text, is_part)| Cells::tsv(text, *columns, is_part)))
            }
            Reading::Table(rows, columns) => Some(rows.next()?.map(|(line, cells)| {
                self.line = line;
                Cells::tsv(RepairedLine::new(&cells.join(&b'\t'), line), *columns, false)
            })),
            Reading::Tmx(pairs) => Some(pairs.next()?.map(|pair| {
                self.line = pairs.line().unwrap_or(self.line);
                Cells::Two([pair.source, pair.target].map(|side| Some(RepairedLine::new(side.as_bytes(), self.line))))
            })),
            Reading::Two(sides) => {
                let sides = sides.each_mut().map(CheckedLines::next);
                if sides.iter().all(Option::is_none) {
                    return None;
                }
                let [source, target] = sides.map(Option::transpose);
                Some(source.and_then(|source| Ok(Cells::Two([source, target?]))))
            }
        }
    }
}

impl CheckedLines {
    fn new(lines: Lines<TextReader>, path: &Path) -> Result<Self, TextError> {
        let has_only_carriage_returns = has_only_carriage_returns(path)?;
        let lines = if has_only_carriage_returns { lines.ended_by_carriage_returns() } else { lines };
        Ok(Self { lines, has_only_carriage_returns, line: 0 })
    }

    fn next(&mut self) -> Option<Result<RepairedLine, TextError>> {
        let bytes = self.lines.next_raw()?;
        self.line += 1;
        Some(bytes.map(|bytes| {
            let mut line = RepairedLine::new(&bytes, self.line);
            if self.has_only_carriage_returns {
                let excerpt = format!("{}\\r", excerpt(&line.text));
                line.faults.push(Fault { kind: Kind::CarriageReturnEnds, column: bytes.len() + 1, excerpt });
            }
            line
        }))
    }
}

impl TsvLines {
    fn new(lines: CheckedLines, columns: Columns) -> Self {
        Self { lines, needed: columns.needed(), ahead: VecDeque::new() }
    }

    /// Returns the next line. If it begins a cell in quotation marks that ends on a line below, and a column is missing
    /// between, these lines are parts of one row, and none of them is a pair. Without a missing column, it is probably a
    /// dialogue with a closing quotation mark in a later sentence.
    fn next(&mut self) -> Option<Result<(RepairedLine, bool), TextError>> {
        if let Some(line) = self.ahead.pop_front() {
            return Some(Ok(line));
        }
        let first = match self.lines.next()? {
            Ok(first) => first,
            Err(cause) => return Some(Err(cause)),
        };
        let mut is_open = opens_cell(&first.text);
        self.ahead.push_back((first, false));
        if is_open {
            while is_open && self.ahead.len() < MOST_LINES_OF_CELL {
                match self.lines.next() {
                    Some(Ok(line)) => {
                        is_open ^= has_odd_marks(&line.text);
                        self.ahead.push_back((line, false));
                    }
                    Some(Err(cause)) => return Some(Err(cause)),
                    None => break,
                }
            }
            let is_broken = self.ahead.iter().any(|(line, _)| line.text.split('\t').count() < self.needed);
            self.ahead.iter_mut().for_each(|(_, is_part)| *is_part = is_broken && !is_open);
        }
        self.ahead.pop_front().map(Ok)
    }
}

/// Returns whether the last cell of a line begins with a quotation mark that has no counterpart on this line.
fn opens_cell(text: &str) -> bool {
    text.rsplit('\t').next().is_some_and(|cell| cell.starts_with('"') && has_odd_marks(cell))
}

fn has_odd_marks(text: &str) -> bool {
    text.matches('"').count() % 2 == 1
}

impl Iterator for Rows {
    type Item = Result<Row, TextError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.line += 1;
        let cells = self.cells()?;
        Some(cells.map(|cells| Row { line: self.line, cells }))
    }
}

impl Cells {
    fn tsv(text: RepairedLine, columns: Columns, is_part: bool) -> Self {
        let mut start = 0;
        let mut ranges = text.text.split('\t').map(|field| {
            let range = start..start + field.len();
            start = range.end + 1;
            range
        });
        let ranges: Vec<Range<usize>> = ranges.by_ref().take(columns.needed()).collect();
        let side = |column: usize| ranges.get(column - 1).cloned().filter(|_| !is_part);
        let sides = [columns.source(), columns.target()].map(side);
        Self::Tsv { text, columns, sides, is_part }
    }
}

impl Row {
    /// Returns a side; `None` if the line has no such column, or if its file has ended.
    pub(crate) fn side(&self, side: Side) -> Option<&str> {
        match &self.cells {
            Cells::Tsv { text, sides, .. } => sides[side as usize].clone().map(|range| &text.text[range]),
            Cells::Two(lines) => lines[side as usize].as_ref().map(|line| line.text.as_str()),
        }
    }

    /// Returns the source side, as [`Row::side`] does.
    pub(crate) fn source(&self) -> Option<&str> {
        self.side(Side::Source)
    }

    /// Returns the target side, as [`Row::side`] does.
    pub(crate) fn target(&self) -> Option<&str> {
        self.side(Side::Target)
    }

    /// Returns both sides, if the row has both.
    pub(crate) fn pair(&self) -> Option<(&str, &str)> {
        self.source().zip(self.target())
    }

    /// Returns the repaired lines: one of a TSV, with all its columns, or two.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.lines().map(|(_, line)| line.text.as_str())
    }

    /// Returns the faults of the bytes, each with the index of its file.
    pub(crate) fn faults(&self) -> impl Iterator<Item = (usize, &Fault)> {
        self.lines().flat_map(|(file, line)| line.faults.iter().map(move |fault| (file, fault)))
    }

    /// Returns a note about a TSV line that is not a pair.
    pub(crate) fn too_few_columns(&self) -> Option<String> {
        match &self.cells {
            Cells::Tsv { is_part: true, .. } => {
                Some("a part of a cell with a line break, in quotation marks: --csv reads such a table".to_owned())
            }
            Cells::Tsv { text, columns, .. } if self.pair().is_none() => {
                let found = text.text.split('\t').count();
                Some(format!("column {} is needed, there are {found}", columns.needed()))
            }
            _ => None,
        }
    }

    fn lines(&self) -> impl Iterator<Item = (usize, &RepairedLine)> {
        let lines = match &self.cells {
            Cells::Tsv { text, .. } => [Some(text), None],
            Cells::Two(lines) => lines.each_ref().map(Option::as_ref),
        };
        lines.into_iter().enumerate().filter_map(|(file, line)| Some((file, line?)))
    }
}
