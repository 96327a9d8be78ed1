//! Parallel corpora: sentence pairs that stay together.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use crate::doctor::name_suspect;
use crate::pairs::{Pairs, TsvPairs, TwoPairs};
use crate::{Columns, Lines, TextError, TextReader, open};

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
}

/// Where a corpus lies; every file may be gzip, and `-` is standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorpusFiles {
    /// One file with the two sides in columns.
    Tsv {
        /// The file.
        path: PathBuf,
        /// Its columns that are read.
        columns: Columns,
    },
    /// One file a side, where line N translates line N.
    Two {
        /// The file of the source side.
        source: PathBuf,
        /// The file of the target side.
        target: PathBuf,
    },
}

impl CorpusFiles {
    /// The file or files, for messages.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Tsv { path, .. } => path.display().to_string(),
            Self::Two { source, target } => format!("{} and {}", source.display(), target.display()),
        }
    }

    /// The pairs, with each file opened by `open`.
    pub(crate) fn pairs(
        &self,
        mut open: impl FnMut(&Path) -> Result<Lines<TextReader>, TextError>,
    ) -> Result<Pairs<'static>, TextError> {
        let mut side = |path: &Path| Ok((open(path)?, path.display().to_string()));
        Ok(match self {
            Self::Tsv { path, columns } => {
                let (lines, name) = side(path)?;
                Pairs::Tsv(TsvPairs::new(lines, name, *columns))
            }
            Self::Two { source, target } => Pairs::Two(TwoPairs::new(side(source)?, side(target)?)),
        })
    }
}

/// The pairs of a corpus in file order, and what a user should know about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corpus {
    /// The file or files, for messages.
    pub name: String,
    /// Pair `i` stands on line `i + 1`; pairs with a blank side are kept, so that this holds.
    pub pairs: Vec<Pair>,
    /// Sentences about the corpus that are no errors: columns left out, columns of numbers, pairs dropped.
    pub notes: Vec<String>,
}

impl Corpus {
    /// Reads the corpus whole.
    ///
    /// # Errors
    /// Those of [`read_lines`](crate::read_lines); [`TextError::TooFewColumns`], [`TextError::LineCounts`], [`TextError::NoPairs`].
    pub fn read(files: &CorpusFiles) -> Result<Self, TextError> {
        let mut reading = files.pairs(open)?;
        let pairs = reading.by_ref().collect::<Result<_, _>>().map_err(|error| name_suspect(error, files))?;
        Self { name: files.name(), pairs, notes: reading.notes() }.unless_empty("")
    }

    /// Reads a TSV from any reader; `name` stands in messages for the file.
    ///
    /// # Errors
    /// As [`Corpus::read`].
    pub fn parse_tsv(name: &str, reader: impl BufRead, columns: Columns) -> Result<Self, TextError> {
        let mut reading = TsvPairs::new(Lines::new(reader, name), name.to_owned(), columns);
        let pairs = reading.by_ref().collect::<Result<_, _>>()?;
        Self { name: name.to_owned(), pairs, notes: reading.notes() }.unless_empty("")
    }

    /// Drops the pairs that have a blank side, and says how many those were, in a note and as a number.
    ///
    /// # Errors
    /// [`TextError::NoPairs`] if none is left.
    pub fn trainable(mut self) -> Result<(Self, usize), TextError> {
        let before = self.pairs.len();
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
