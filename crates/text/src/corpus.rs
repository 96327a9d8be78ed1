//! Parallel corpora: sentence pairs that stay together.

use std::io::BufRead;

use crate::open::opened;
use crate::pairs::TsvPairs;
use crate::{Columns, CorpusFiles, Lines, TextError};

/// A sentence and its translation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The sentence to translate from.
    pub source: String,
    /// The sentence to translate into.
    pub target: String,
}

impl Pair {
    /// Whether a side has nothing but white space, so that there is nothing to learn from the pair.
    pub fn has_blank_side(&self) -> bool {
        is_blank(&self.source) || is_blank(&self.target)
    }

    /// The pair of the other direction.
    pub fn reversed(self) -> Self {
        Self { source: self.target, target: self.source }
    }
}

/// The pairs of a corpus in file order, and what a user should know about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corpus {
    /// The file or files, for messages.
    pub name: String,
    /// Pairs with a blank side are kept, so that pair `i` stands on line `i + 1`, unless `lines` says otherwise.
    pub pairs: Vec<Pair>,
    /// Of a translation memory: the one-based line where the unit of each pair begins.
    pub lines: Vec<usize>,
    /// Sentences about the corpus that are no errors: columns left out, columns of numbers, pairs dropped.
    pub notes: Vec<String>,
}

impl Corpus {
    /// Reads the corpus whole.
    ///
    /// # Errors
    /// Those of [`read_lines`](crate::read_lines); [`TextError::TooFewColumns`], [`TextError::LineCounts`], [`TextError::NoPairs`];
    /// of a translation memory, [`TextError::BadTmx`], [`TextError::Languages`], [`TextError::NoUnits`].
    pub fn read(files: &CorpusFiles) -> Result<Self, TextError> {
        let mut reading = files.pairs(opened)?;
        let (mut pairs, mut lines) = (Vec::new(), Vec::new());
        while let Some(pair) = reading.next() {
            pairs.push(pair?);
            lines.extend(reading.line());
        }
        Self { name: files.name(), pairs, lines, notes: reading.notes() }.unless_empty("")
    }

    /// Reads a TSV from any reader; `name` stands in messages for the file.
    ///
    /// # Errors
    /// As [`Corpus::read`].
    pub fn parse_tsv(name: &str, reader: impl BufRead, columns: Columns) -> Result<Self, TextError> {
        let mut reading = TsvPairs::new(Lines::new(reader, name), name.to_owned(), columns);
        let pairs = reading.by_ref().collect::<Result<_, _>>()?;
        Self { name: name.to_owned(), pairs, lines: Vec::new(), notes: reading.notes() }.unless_empty("")
    }

    /// The one-based line of a pair, by its index.
    pub fn line(&self, index: usize) -> usize {
        self.lines.get(index).copied().unwrap_or(index + 1)
    }

    /// Drops the pairs that have a blank side, and says how many those were, in a note and as a number.
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

/// What to say of pairs with a blank side, if there are any.
pub(crate) fn note_on_blanks(dropped: usize, of: usize, name: &str) -> Option<String> {
    let s = if dropped == 1 { "" } else { "s" };
    (dropped > 0).then(|| format!("{dropped} pair{s} of {of} in `{name}` left out: a side is blank"))
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
