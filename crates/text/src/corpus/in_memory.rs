//! A corpus that is read whole.

use std::io::BufRead;

use crate::corpus::columns::Columns;
use crate::corpus::files::CorpusFiles;
use crate::corpus::pair::{Pair, note_on_blanks};
use crate::corpus::pairs::{Pairs, TsvPairs};
use crate::error::TextError;
use crate::io::lines::Lines;
use crate::io::open::opened;

/// The pairs of a corpus in file order, with notes for the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corpus {
    /// The name of the file or files for messages.
    pub name: String,
    /// The pairs, including those with a blank side. Pair `i` is on line `i + 1`, unless `lines` is set.
    pub pairs: Vec<Pair>,
    /// For a translation memory: the one-based line where the unit of each pair begins. Empty for other formats.
    pub lines: Vec<usize>,
    /// Notes about the corpus that are not errors: ignored columns, columns of numbers, removed pairs.
    pub notes: Vec<String>,
}

impl Corpus {
    /// Reads a corpus whole.
    ///
    /// # Errors
    /// Those of [`read_lines`](crate::read_lines); [`TextError::TooFewColumns`], [`TextError::LineCounts`],
    /// [`TextError::NoPairs`]; of a translation memory, [`TextError::BadTmx`], [`TextError::Languages`],
    /// [`TextError::NoUnits`].
    pub fn read(files: &CorpusFiles) -> Result<Self, TextError> {
        Self::of(files.pairs(opened)?, files.name())
    }

    /// Reads all pairs; `name` is that of their file or files.
    pub(crate) fn of(mut reading: Pairs<'_>, name: String) -> Result<Self, TextError> {
        let (mut pairs, mut lines) = (Vec::new(), Vec::new());
        while let Some(pair) = reading.next() {
            pairs.push(pair?);
            lines.extend(reading.line());
        }
        Self { name, pairs, lines, notes: reading.notes() }.unless_empty("")
    }

    /// Reads a TSV from any reader; `name` is its name in messages.
    ///
    /// # Errors
    /// As [`Corpus::read`].
    pub fn parse_tsv(name: &str, reader: impl BufRead, columns: Columns) -> Result<Self, TextError> {
        let mut reading = TsvPairs::new(Lines::new(reader, name), name.to_owned(), columns);
        let pairs = reading.by_ref().collect::<Result<_, _>>()?;
        Self { name: name.to_owned(), pairs, lines: Vec::new(), notes: reading.notes() }.unless_empty("")
    }

    /// Returns the one-based line of the pair with this index.
    pub fn line(&self, index: usize) -> usize {
        self.lines.get(index).copied().unwrap_or(index + 1)
    }

    /// Removes the pairs with a blank side, and adds a note about them. Returns the number of removed pairs too.
    ///
    /// # Errors
    /// [`TextError::NoPairs`] if none is left.
    pub fn trainable(mut self) -> Result<(Self, usize), TextError> {
        let before = self.pairs.len();
        let mut kept = self.pairs.iter().map(|pair| !pair.has_blank_side());
        self.lines.retain(|_| kept.next() != Some(false));
        self.pairs.retain(|pair| !pair.has_blank_side());
        let dropped = before - self.pairs.len();
        self.notes.extend(note_on_blanks(dropped, before, &self.name));
        Ok((self.unless_empty(" with text on both sides")?, dropped))
    }

    fn unless_empty(self, reason: &'static str) -> Result<Self, TextError> {
        if self.pairs.is_empty() {
            return Err(TextError::NoPairs { file: self.name, reason });
        }
        Ok(self)
    }
}
