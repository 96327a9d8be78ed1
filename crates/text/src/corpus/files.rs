//! The files of a corpus, and the recognition of their format.

use std::path::{Path, PathBuf};

use crate::corpus::columns::Columns;
use crate::corpus::languages::Languages;
use crate::corpus::pair::Pair;
use crate::corpus::pairs::{Pairs, TsvPairs, TwoPairs};
use crate::corpus::tmx::pairs::TmxPairs;
use crate::error::TextError;
use crate::io::open::{Opened, opened};
use crate::io::start::Start;

/// The files of a corpus. Each may be compressed with gzip or Zstandard; `-` is standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorpusFiles {
    /// One file with both sides: a translation memory (TMX) or a TSV. The format is recognised by the first bytes.
    One {
        /// The file.
        path: PathBuf,
        /// The sides that are read.
        choice: SideChoice,
    },
    /// One file per side: line N of one translates line N of the other.
    Two {
        /// The file of the source side.
        source: PathBuf,
        /// The file of the target side.
        target: PathBuf,
    },
}

/// The choice of source and target in a file whose format is not known before it is read. A choice for the other format
/// is an error, unless the choice for the format of the file is set too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SideChoice {
    /// The columns of a TSV; the first two if there is no choice.
    pub columns: Option<Columns>,
    /// The languages of a translation memory; needed only if it has more than two.
    pub languages: Option<Languages>,
}

impl SideChoice {
    /// Returns the pairs of an open file.
    fn pairs(&self, opened: Opened, path: &Path) -> Result<Pairs<'static>, TextError> {
        let (start, opened) = opened.look()?;
        let refused = |problem| Err(TextError::WrongChoice { file: opened.name.clone(), problem });
        match (start, &self.columns, &self.languages) {
            (Start::Lines, None, Some(_)) => refused(NO_LANGUAGES),
            (Start::Lines, columns, _) => {
                let (name, columns) = (path.display().to_string(), columns.unwrap_or(Columns::DEFAULT));
                Ok(Pairs::Tsv(TsvPairs::new(opened.lines(), name, columns)))
            }
            (_, Some(_), None) => refused(NO_COLUMNS),
            (_, _, languages) => Ok(Pairs::Tmx(Box::new(TmxPairs::new(opened, start, languages.clone())))),
        }
    }
}

impl CorpusFiles {
    /// One file with both sides and the default choice.
    pub fn one(path: impl Into<PathBuf>) -> Self {
        Self::One { path: path.into(), choice: SideChoice::default() }
    }

    /// Returns the name of the file or files for messages.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::One { path, .. } => path.display().to_string(),
            Self::Two { source, target } => format!("{} and {}", source.display(), target.display()),
        }
    }

    /// Returns the paths of the files.
    pub(crate) fn paths(&self) -> Vec<&Path> {
        match self {
            Self::One { path, .. } => vec![path],
            Self::Two { source, target } => vec![source, target],
        }
    }

    /// Reads the pairs once, one after the other, including those with a blank side.
    ///
    /// # Errors
    /// Those of [`open`](crate::open); [`TextError::WrongChoice`].
    pub fn stream(&self) -> Result<PairStream, TextError> {
        Ok(PairStream(self.pairs(opened)?))
    }

    /// Returns the pairs, with each file opened by `open`.
    pub(crate) fn pairs(
        &self,
        mut open: impl FnMut(&Path) -> Result<Opened, TextError>,
    ) -> Result<Pairs<'static>, TextError> {
        Ok(match self {
            Self::One { path, choice } => choice.pairs(open(path)?, path)?,
            Self::Two { source, target } => {
                let mut side = |path: &Path| match open(path)?.look()? {
                    (Start::Lines, opened) => Ok((opened.lines(), path.display().to_string())),
                    (_, opened) => Err(TextError::WrongChoice { file: opened.name, problem: BOTH_SIDES }),
                };
                Pairs::Two(TwoPairs::new(side(source)?, side(target)?))
            }
        })
    }
}

/// The pairs of a corpus in file order, up to the first error.
pub struct PairStream(Pairs<'static>);

impl PairStream {
    /// Returns notes as in [`Corpus::notes`](crate::Corpus::notes), about the pairs read so far.
    pub fn notes(&self) -> Vec<String> {
        self.0.notes()
    }

    /// Returns the line of the last pair, if it differs from the number of the pair.
    pub fn line(&self) -> Option<usize> {
        self.0.line()
    }
}

impl Iterator for PairStream {
    type Item = Result<Pair, TextError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

const NO_LANGUAGES: &str =
    "is not a translation memory (TMX), so it has no languages to choose from; remove --languages";
const NO_COLUMNS: &str =
    "is a translation memory (TMX), which has no columns; remove --columns (--languages chooses the sides)";
const BOTH_SIDES: &str = "is a translation memory (TMX), which contains both sides; give this file alone";
