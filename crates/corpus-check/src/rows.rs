//! The rows of a corpus: its lines, whatever their bytes, or the pairs of a translation memory.

use std::ops::Range;

use glosser_text::{Columns, CorpusFiles, Lines, PairStream, TextError, TextReader, is_tmx, open};

use crate::input::Input;
use crate::repair::{Fault, RepairedLine};

/// The rows of a corpus: the lines of a TSV, or of two files side by side until both have ended. A pair of a
/// translation memory becomes two lines, with the line number of its unit.
pub(crate) struct Rows {
    reading: Reading,
    line: usize,
}

enum Reading {
    Tsv(Lines<TextReader>, String, Columns),
    Tmx(Box<PairStream>),
    Two([(Lines<TextReader>, String); 2]),
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
    },
    Two([Option<RepairedLine>; 2]),
}

impl Rows {
    pub(crate) fn of(input: &Input) -> Result<Self, TextError> {
        let name = |index: usize| input.names.get(index).cloned().unwrap_or_default();
        let reading = match &input.files {
            CorpusFiles::One { path, .. } if is_tmx(path)? => Reading::Tmx(Box::new(input.files.stream()?)),
            CorpusFiles::One { path, choice } => {
                Reading::Tsv(open(path)?, name(0), choice.columns.unwrap_or(Columns::DEFAULT))
            }
            CorpusFiles::Two { source, target } => Reading::Two([(open(source)?, name(0)), (open(target)?, name(1))]),
        };
        Ok(Self { reading, line: 0 })
    }

    fn cells(&mut self) -> Option<Result<Cells, TextError>> {
        let line = self.line;
        match &mut self.reading {
            Reading::Tsv(lines, name, columns) => {
                let text = repaired(lines, name, line)?;
                Some(text.map(|text| Cells::tsv(text, *columns)))
            }
            Reading::Tmx(pairs) => Some(pairs.next()?.map(|pair| {
                self.line = pairs.line().unwrap_or(line);
                Cells::Two([pair.source, pair.target].map(|side| Some(RepairedLine::new(side.as_bytes(), self.line))))
            })),
            Reading::Two([(source, source_name), (target, target_name)]) => {
                let sides = [repaired(source, source_name, line), repaired(target, target_name, line)];
                if sides.iter().all(Option::is_none) {
                    return None;
                }
                let [source, target] = sides.map(Option::transpose);
                Some(source.and_then(|source| Ok(Cells::Two([source, target?]))))
            }
        }
    }
}

impl Iterator for Rows {
    type Item = Result<Row, TextError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.line += 1;
        let cells = self.cells()?;
        Some(cells.map(|cells| Row { line: self.line, cells }))
    }
}

/// Reads and repairs the next line; `None` at the end.
///
/// # Errors
/// Those of reading; UTF-16, whose lines end with other bytes.
fn repaired(lines: &mut Lines<TextReader>, name: &str, line: usize) -> Option<Result<RepairedLine, TextError>> {
    Some(lines.next_raw()?.and_then(|bytes| match bytes[..] {
        [byte @ 0xFF, 0xFE, ..] | [byte @ 0xFE, 0xFF, ..] if line == 1 => {
            Err(TextError::NotUtf8 { file: name.to_owned(), line, column: 1, byte, guess: "UTF-16" })
        }
        _ => Ok(RepairedLine::new(&bytes, line)),
    }))
}

impl Cells {
    fn tsv(text: RepairedLine, columns: Columns) -> Self {
        let mut start = 0;
        let mut ranges = text.text.split('\t').map(|field| {
            let range = start..start + field.len();
            start = range.end + 1;
            range
        });
        let ranges: Vec<Range<usize>> = ranges.by_ref().take(columns.needed()).collect();
        let sides = [columns.source(), columns.target()].map(|column| ranges.get(column - 1).cloned());
        Self::Tsv { text, columns, sides }
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
