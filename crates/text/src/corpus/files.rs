//! The files of a corpus, and the recognition of their format.

use std::path::{Path, PathBuf};

use crate::corpus::columns::Columns;
use crate::corpus::csv;
use crate::corpus::languages::Languages;
use crate::corpus::pair::Pair;
use crate::corpus::pairs::{Pairs, TsvPairs, TwoPairs};
use crate::corpus::tmx::pairs::TmxPairs;
use crate::error::TextError;
use crate::io::lines::{Lines, TextReader};
use crate::io::open::{Opened, opened};
use crate::io::start::Start;
use crate::io::wrong_format::refuse_web_page;

/// The files of a corpus, each possibly packed as in [`open`](crate::open); `-` is standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorpusFiles {
    /// One file with both sides: a translation memory (TMX), a TSV or a CSV. The format is recognised by its beginning.
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
    /// Whether the cells of a table may be in quotation marks, with tabs, commas or semicolons between them (CSV). If
    /// not set, this is recognised by the ending `.csv` and by the quotation marks.
    pub is_csv: bool,
}

impl SideChoice {
    /// Returns the pairs of an open file.
    pub(crate) fn pairs(&self, opened: Opened, path: &Path) -> Result<Pairs<'static>, TextError> {
        let (start, opened) = opened.look()?;
        let refused = |problem| Err(TextError::WrongChoice { file: opened.name.clone(), problem });
        match (start, &self.columns, &self.languages) {
            (Start::Lines, None, Some(_)) => refused(NO_LANGUAGES),
            (Start::Lines, columns, _) => {
                let (name, columns) = (path.display().to_string(), columns.unwrap_or(Columns::DEFAULT));
                let (delimiter, opened) = csv::recognise(opened, path, self.is_csv)?;
                Ok(Pairs::Tsv(match delimiter {
                    Some(delimiter) => TsvPairs::quoted(csv::Rows::of(opened, delimiter), name, columns),
                    None => TsvPairs::new(opened.lines(), name, columns),
                }))
            }
            (_, Some(_), None) => refused(NO_COLUMNS),
            (_, _, languages) => Ok(Pairs::Tmx(Box::new(TmxPairs::new(opened, languages.clone())))),
        }
    }
}

/// The number of lines by which a TSV in the place of one side is recognised.
const SAMPLED_LINES: usize = 10;

/// The fewest lines of a TSV beside a file without tabs.
const ENOUGH_LINES: usize = 5;

/// Opens the two files of a corpus.
///
/// # Errors
/// [`TextError::WrongChoice`] if one has both sides: a translation memory, a CSV, or a TSV. A sentence may have a tab;
/// therefore the first lines of a TSV must all have one.
fn two_sides(sides: [(Opened, &Path); 2]) -> Result<[Opened; 2], TextError> {
    let mut looked = Vec::new();
    for (opened, path) in sides {
        let (start, opened) = opened.look()?;
        if start != Start::Lines || csv::has_csv_ending(path) {
            return Err(TextError::WrongChoice { file: opened.name, problem: BOTH_SIDES });
        }
        let (lines, opened) = opened.first_lines(SAMPLED_LINES)?;
        refuse_web_page(&lines, &opened.name)?;
        looked.push((lines, opened));
    }
    let has_tab = |line: &Vec<u8>| line.trim_ascii().contains(&b'\t');
    let is_table: Vec<bool> = looked.iter().map(|(lines, _)| !lines.is_empty() && lines.iter().all(has_tab)).collect();
    let at_fault = match is_table[..] {
        [true, true] => Some(0),
        _ => (0..2).find(|side| is_table[*side] && looked[*side].0.len() >= ENOUGH_LINES),
    };
    let mut opened = looked.into_iter().map(|(_, opened)| opened);
    match (at_fault, opened.next(), opened.next()) {
        (None, Some(source), Some(target)) => Ok([source, target]),
        (Some(0), Some(table), _) | (_, _, Some(table)) => {
            Err(TextError::WrongChoice { file: table.name, problem: BOTH_COLUMNS })
        }
        _ => unreachable!("there are two sides"),
    }
}

/// The rows of a table whose cells may be in quotation marks: the line where each begins, and its cells.
pub struct TableRows(csv::Rows<TextReader>);

impl Iterator for TableRows {
    type Item = Result<(usize, Vec<Vec<u8>>), TextError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.0.next()?.map(|row| (row.line, row.cells)))
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

    /// Returns the rows of a table whose cells are in quotation marks; `None` for other corpora.
    ///
    /// # Errors
    /// Those of [`open`](crate::open).
    pub fn table(&self) -> Result<Option<TableRows>, TextError> {
        let Self::One { path, choice } = self else { return Ok(None) };
        let (Start::Lines, opened) = opened(path)?.look()? else { return Ok(None) };
        let (delimiter, opened) = csv::recognise(opened, path, choice.is_csv)?;
        Ok(delimiter.map(|delimiter| TableRows(csv::Rows::of(opened, delimiter))))
    }

    /// Returns the lines of both files; `None` for one file.
    ///
    /// # Errors
    /// Those of [`open`](crate::open); [`TextError::WrongChoice`] if a file has both sides.
    pub fn sides(&self) -> Result<Option<[Lines<TextReader>; 2]>, TextError> {
        let Self::Two { source, target } = self else { return Ok(None) };
        Ok(Some(two_sides([(opened(source)?, source), (opened(target)?, target)])?.map(Opened::lines)))
    }

    /// Returns the pairs, with each file opened by `open`.
    pub(crate) fn pairs(
        &self,
        mut open: impl FnMut(&Path) -> Result<Opened, TextError>,
    ) -> Result<Pairs<'static>, TextError> {
        Ok(match self {
            Self::One { path, choice } => choice.pairs(open(path)?, path)?,
            Self::Two { source, target } => {
                let [s, t] = two_sides([(open(source)?, source), (open(target)?, target)])?;
                let name = |path: &Path| path.display().to_string();
                Pairs::Two(TwoPairs::new((s.lines(), name(source)), (t.lines(), name(target))))
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
const BOTH_SIDES: &str = "is a translation memory (TMX) or a CSV, which contains both sides; give this file alone";
const BOTH_COLUMNS: &str = "has a tab in every line, as a TSV, which contains both sides; give it alone (several TSVs \
                            are joined by `cat a.tsv b.tsv > pairs.tsv`), or give a source and a target file";
