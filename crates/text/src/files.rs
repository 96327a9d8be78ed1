//! The files of a corpus, and what they turn out to be.

use std::path::{Path, PathBuf};

use crate::open::{Opened, opened};
use crate::pairs::{Pairs, TsvPairs, TwoPairs};
use crate::tmx::TmxPairs;
use crate::tmx::start::Start;
use crate::{Columns, Languages, Pair, TextError};

/// Where a corpus lies; every file may be compressed with gzip or Zstandard, and `-` is standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorpusFiles {
    /// One file with the two sides in columns.
    Tsv {
        /// The file.
        path: PathBuf,
        /// Its columns that are read.
        columns: Columns,
    },
    /// One file with both sides, whose kind it shows itself: a translation memory (TMX), or a TSV.
    Recognised {
        /// The file.
        path: PathBuf,
        /// What was chosen of it.
        choice: SideChoice,
    },
    /// One file a side, where line N translates line N.
    Two {
        /// The file of the source side.
        source: PathBuf,
        /// The file of the target side.
        target: PathBuf,
    },
}

/// Which sides of a file are wanted whose kind is not known before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SideChoice {
    /// Of a TSV the first two columns, of a translation memory its two languages.
    Default,
    /// These columns; a translation memory is an error.
    Columns(Columns),
    /// These languages; a TSV is an error.
    Languages(Languages),
    /// The columns if it is a TSV, the languages if it is a translation memory.
    Either(Columns, Languages),
}

impl SideChoice {
    /// The columns of a TSV.
    pub fn columns(&self) -> Columns {
        match self {
            Self::Columns(columns) | Self::Either(columns, _) => *columns,
            Self::Default | Self::Languages(_) => Columns::DEFAULT,
        }
    }

    /// The pairs of a file that is open.
    fn pairs(&self, opened: Opened, path: &Path) -> Result<Pairs<'static>, TextError> {
        let (start, opened) = opened.look()?;
        let refused = |problem| Err(TextError::WrongChoice { file: opened.name.clone(), problem });
        match (start, self) {
            (Start::Lines, Self::Languages(_)) => refused(NO_LANGUAGES),
            (Start::Lines, Self::Columns(columns) | Self::Either(columns, _)) => Ok(tsv(opened, path, *columns)),
            (Start::Lines, Self::Default) => Ok(tsv(opened, path, Columns::DEFAULT)),
            (_, Self::Columns(_)) => refused(NO_COLUMNS),
            (_, Self::Languages(languages) | Self::Either(_, languages)) => Ok(tmx(opened, start, Some(languages))),
            (_, Self::Default) => Ok(tmx(opened, start, None)),
        }
    }
}

impl CorpusFiles {
    /// The file or files, for messages.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Tsv { path, .. } | Self::Recognised { path, .. } => path.display().to_string(),
            Self::Two { source, target } => format!("{} and {}", source.display(), target.display()),
        }
    }

    /// The files.
    pub(crate) fn paths(&self) -> Vec<&Path> {
        match self {
            Self::Tsv { path, .. } | Self::Recognised { path, .. } => vec![path],
            Self::Two { source, target } => vec![source, target],
        }
    }

    /// The pairs one after the other, read once: also those with a blank side.
    ///
    /// # Errors
    /// Those of [`open`](crate::open); [`TextError::WrongChoice`].
    pub fn stream(&self) -> Result<PairStream, TextError> {
        Ok(PairStream(self.pairs(opened)?))
    }

    /// The pairs, with each file opened by `open`.
    pub(crate) fn pairs(
        &self,
        mut open: impl FnMut(&Path) -> Result<Opened, TextError>,
    ) -> Result<Pairs<'static>, TextError> {
        Ok(match self {
            Self::Tsv { path, columns } => tsv(open(path)?, path, *columns),
            Self::Recognised { path, choice } => choice.pairs(open(path)?, path)?,
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

/// The pairs of a corpus in file order, up to the first fault.
pub struct PairStream(Pairs<'static>);

impl PairStream {
    /// As in [`Corpus::notes`](crate::Corpus::notes), of the pairs that were read so far.
    pub fn notes(&self) -> Vec<String> {
        self.0.notes()
    }

    /// The line of the last pair, where it is not the number of the pair.
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
    "is no translation memory (TMX), and only that has languages to choose from; leave --languages out";
const NO_COLUMNS: &str =
    "is a translation memory (TMX), which has no columns; leave --columns out (--languages chooses)";
const BOTH_SIDES: &str = "is a translation memory (TMX), which holds both sides; name it alone";

fn tsv(opened: Opened, path: &Path, columns: Columns) -> Pairs<'static> {
    Pairs::Tsv(TsvPairs::new(opened.lines(), path.display().to_string(), columns))
}

fn tmx(opened: Opened, start: Start, languages: Option<&Languages>) -> Pairs<'static> {
    Pairs::Tmx(Box::new(TmxPairs::new(opened, start, languages.cloned())))
}
