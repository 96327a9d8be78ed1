//! A corpus line by line, whatever its bytes; a translation memory pair by pair.

use std::ops::Range;

use super::{Fault, Input, Repaired};
use crate::{Columns, CorpusFiles, Lines, PairStream, TextError, TextReader, is_tmx, open};

/// The lines of a corpus: those of a TSV, or of two files side by side until both have ended. The sides of a translation
/// memory are as two lines, numbered by where the pair stands.
pub(super) struct Rows {
    reading: Reading,
    line: usize,
}

enum Reading {
    Tsv(Lines<TextReader>, String, Columns),
    Tmx(Box<PairStream>),
    Two([(Lines<TextReader>, String); 2]),
}

/// A line of a TSV, or of each of two files.
pub(super) struct Row {
    /// From one.
    pub(super) line: usize,
    cells: Cells,
}

enum Cells {
    Tsv { text: Repaired, columns: Columns, source: Option<Range<usize>>, target: Option<Range<usize>> },
    Two([Option<Repaired>; 2]),
}

impl Rows {
    pub(super) fn of(input: &Input) -> Result<Self, TextError> {
        let name = |index: usize| input.names.get(index).cloned().unwrap_or_default();
        let reading = match &input.files {
            CorpusFiles::Recognised { path, .. } if is_tmx(path)? => Reading::Tmx(Box::new(input.files.stream()?)),
            CorpusFiles::Recognised { path, choice } => Reading::Tsv(open(path)?, name(0), choice.columns()),
            CorpusFiles::Tsv { path, columns } => Reading::Tsv(open(path)?, name(0), *columns),
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
                Cells::Two([pair.source, pair.target].map(|side| Some(Repaired::new(side.as_bytes(), self.line))))
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

/// # Errors
/// Those of reading; UTF-16, whose lines are none of ours.
fn repaired(lines: &mut Lines<TextReader>, name: &str, line: usize) -> Option<Result<Repaired, TextError>> {
    let bytes = match lines.next_raw()? {
        Ok(bytes) => bytes,
        Err(cause) => return Some(Err(cause)),
    };
    if line == 1 && (bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF")) {
        let file = name.to_owned();
        return Some(Err(TextError::NotUtf8 { file, line, column: 1, byte: bytes[0], guess: "UTF-16" }));
    }
    Some(Ok(Repaired::new(&bytes, line)))
}

impl Cells {
    fn tsv(text: Repaired, columns: Columns) -> Self {
        let mut start = 0;
        let mut ranges = text.text.split('\t').map(|field| {
            let range = start..start + field.len();
            start = range.end + 1;
            range
        });
        let ranges: Vec<Range<usize>> = ranges.by_ref().take(columns.needed()).collect();
        let range = |column: usize| ranges.get(column - 1).cloned();
        let (source, target) = (range(columns.source()), range(columns.target()));
        Self::Tsv { text, columns, source, target }
    }
}

impl Row {
    /// The source side; none where the line has no such column, or its file has ended.
    pub(super) fn source(&self) -> Option<&str> {
        match &self.cells {
            Cells::Tsv { text, source, .. } => source.clone().map(|range| &text.text[range]),
            Cells::Two([source, _]) => source.as_ref().map(|line| line.text.as_str()),
        }
    }

    /// The target side, as [`Row::source`].
    pub(super) fn target(&self) -> Option<&str> {
        match &self.cells {
            Cells::Tsv { text, target, .. } => target.clone().map(|range| &text.text[range]),
            Cells::Two([_, target]) => target.as_ref().map(|line| line.text.as_str()),
        }
    }

    /// Both sides of a pair.
    pub(super) fn pair(&self) -> Option<(&str, &str)> {
        self.source().zip(self.target())
    }

    /// The lines themselves, mended: one of a TSV, with all its columns, or two.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.lines().map(|(_, line)| line.text.as_str())
    }

    /// What is wrong with the bytes, each with the index of its file.
    pub(super) fn faults(&self) -> impl Iterator<Item = (usize, &Fault)> {
        self.lines().flat_map(|(file, line)| line.faults.iter().map(move |fault| (file, fault)))
    }

    /// What to say of a line of a TSV that is no pair.
    pub(super) fn too_few_columns(&self) -> Option<String> {
        match &self.cells {
            Cells::Tsv { text, columns, .. } if self.pair().is_none() => {
                let found = text.text.split('\t').count();
                Some(format!("column {} is wanted, there are {found}", columns.needed()))
            }
            _ => None,
        }
    }

    fn lines(&self) -> impl Iterator<Item = (usize, &Repaired)> {
        let lines = match &self.cells {
            Cells::Tsv { text, .. } => [Some(text), None],
            Cells::Two(lines) => lines.each_ref().map(Option::as_ref),
        };
        lines.into_iter().enumerate().filter_map(|(file, line)| Some((file, line?)))
    }
}
