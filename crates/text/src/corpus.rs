//! Parallel corpora: sentence pairs that stay together.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use crate::error::excerpt;
use crate::{Columns, Lines, TextError, open, read_lines};

/// With fewer lines than this, a column of numbers may well be meant as text.
const ENOUGH_NUMBERS: usize = 3;

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
    /// Those of [`read_lines`]; [`TextError::TooFewColumns`], [`TextError::LineCounts`], [`TextError::NoPairs`].
    pub fn read(files: &CorpusFiles) -> Result<Self, TextError> {
        match files {
            CorpusFiles::Tsv { path, columns } => from_tsv(open(path)?, path.display().to_string(), *columns),
            CorpusFiles::Two { source, target } => from_two(source, target),
        }
    }

    /// Reads a TSV from any reader; `name` stands in messages for the file.
    ///
    /// # Errors
    /// As [`Corpus::read`].
    pub fn parse_tsv(name: &str, reader: impl BufRead, columns: Columns) -> Result<Self, TextError> {
        from_tsv(Lines::new(reader, name), name.to_owned(), columns)
    }

    /// Drops the pairs that have a blank side, and says how many those were, in a note and as a number.
    ///
    /// # Errors
    /// [`TextError::NoPairs`] if none is left.
    pub fn trainable(mut self) -> Result<(Self, usize), TextError> {
        let before = self.pairs.len();
        self.pairs.retain(|pair| !pair.has_blank_side());
        let dropped = before - self.pairs.len();
        if dropped > 0 {
            let s = if dropped == 1 { "" } else { "s" };
            self.notes.push(format!("{dropped} pair{s} of {before} in `{}` left out: a side is blank", self.name));
        }
        Ok((self.unless_empty(" with text on both sides")?, dropped))
    }

    fn unless_empty(self, reason: &'static str) -> Result<Self, TextError> {
        if self.pairs.is_empty() {
            return Err(TextError::NoPairs { file: self.name, reason });
        }
        Ok(self)
    }
}

fn from_tsv(lines: Lines<impl BufRead>, name: String, columns: Columns) -> Result<Corpus, TextError> {
    let mut pairs = Vec::new();
    let mut widest = 0;
    for (index, line) in lines.enumerate() {
        let line = line?;
        let fields: Vec<&str> = line.split('\t').collect();
        widest = widest.max(fields.len());
        pairs.push(pair_of(&fields, columns).ok_or_else(|| too_few(&name, index + 1, &line, &fields, columns))?);
    }
    let notes = notes_on(&name, &pairs, widest, columns);
    Corpus { name, pairs, notes }.unless_empty("")
}

fn pair_of(fields: &[&str], columns: Columns) -> Option<Pair> {
    let field = |column: usize| fields.get(column - 1).map(|&text| text.to_owned());
    Some(Pair { source: field(columns.source())?, target: field(columns.target())? })
}

fn too_few(name: &str, line: usize, text: &str, fields: &[&str], columns: Columns) -> TextError {
    TextError::TooFewColumns {
        file: name.to_owned(),
        line,
        found: fields.len(),
        wanted: columns.needed(),
        text: excerpt(text),
    }
}

fn notes_on(name: &str, pairs: &[Pair], widest: usize, columns: Columns) -> Vec<String> {
    let (source, target) = (columns.source(), columns.target());
    let mut notes = Vec::new();
    if widest > 2 {
        notes.push(format!(
            "`{name}` has {widest} columns; columns {source} and {target} are read (--columns chooses others)"
        ));
    }
    let all_ids = [
        (source, all_numbers(pairs.iter().map(|pair| pair.source.as_str()))),
        (target, all_numbers(pairs.iter().map(|pair| pair.target.as_str()))),
    ];
    for (column, _) in all_ids.into_iter().filter(|&(_, ids)| ids) {
        notes.push(format!(
            "column {column} of `{name}` holds nothing but numbers and is likely an id; \
             exports of Tatoeba are `id text id text` and want --columns 2,4"
        ));
    }
    notes
}

fn all_numbers<'a>(texts: impl Iterator<Item = &'a str>) -> bool {
    let mut numbers = 0;
    for text in texts.filter(|text| !is_blank(text)) {
        if !text.trim().bytes().all(|byte| byte.is_ascii_digit()) {
            return false;
        }
        numbers += 1;
    }
    numbers >= ENOUGH_NUMBERS
}

fn from_two(source: &Path, target: &Path) -> Result<Corpus, TextError> {
    let (sources, targets) = (read_lines(source)?, read_lines(target)?);
    if sources.len() != targets.len() {
        return Err(line_counts(source, &sources, target, &targets));
    }
    let pairs = sources.into_iter().zip(targets).map(|(source, target)| Pair { source, target }).collect();
    let name = format!("{} and {}", source.display(), target.display());
    Corpus { name, pairs, notes: Vec::new() }.unless_empty("")
}

fn line_counts(source: &Path, sources: &[String], target: &Path, targets: &[String]) -> TextError {
    let first = sources.len().min(targets.len());
    let (longer, text) = if sources.len() > first { (source, &sources[first]) } else { (target, &targets[first]) };
    TextError::LineCounts {
        source_file: source.display().to_string(),
        source_lines: sources.len(),
        target_file: target.display().to_string(),
        target_lines: targets.len(),
        longer: longer.display().to_string(),
        line: first + 1,
        text: excerpt(text),
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
