//! The first line shift with the sentences there, for messages, and its use to explain different numbers of lines.

use glosser_text::{Corpus, CorpusFiles, TextError, counted, is_pipe};
use serde::Serialize;

use crate::input::{Input, Role};
use crate::line_features::LineFeatures;
use crate::line_shift::{LineShift, first_line_shift};
use crate::repair::excerpt;
use crate::rows::Rows;

/// The place from which source and target probably no longer match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suspect {
    /// The most likely one-based line.
    pub line: usize,
    /// The first possible line.
    pub first: usize,
    /// The last possible line.
    pub last: usize,
    /// From there on, line N of the source matches line N + `shift` of the target. If `shift` is negative, the first
    /// `-shift` lines of the source from `line` on have no counterpart.
    pub shift: i64,
    /// The source line where the shift ends; `None` if it continues to the end of the corpus.
    pub until: Option<usize>,
    /// The beginning of the source on `line`.
    pub source: String,
    /// The beginning of the target on `line`.
    pub target: String,
}

impl Suspect {
    pub(crate) fn new(found: LineShift, input: &Input) -> Result<Self, TextError> {
        let [source, target] = lines(input, found.line, found.line)?;
        let shown = |side: Vec<String>| side.first().map(|text| excerpt(text)).unwrap_or_default();
        Ok(Self {
            line: found.line,
            first: found.possible.0,
            last: found.possible.1,
            shift: found.shift,
            until: found.until,
            source: shown(source),
            target: shown(target),
        })
    }
}

impl std::fmt::Display for Suspect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { line, first, last, shift, source, target, .. } = self;
        write!(f, "from line {line} on")?;
        if first < last {
            write!(f, " (between {first} and {last})")?;
        }
        let lines = counted(shift.unsigned_abs() as usize, "line");
        let place = if *shift > 0 { "below" } else { "above" };
        write!(f, " a source matches the target {lines} {place}; line {line} has `{source}` and `{target}`")
    }
}

/// Reads a corpus whole. If its two files have different numbers of lines, the error names the place of the line shift.
///
/// # Errors
/// Those of [`Corpus::read`].
pub fn read(files: &CorpusFiles) -> Result<Corpus, TextError> {
    Corpus::read(files).map_err(|error| locate_line_shift(error, Some(files)))
}

/// Adds the place of the line shift to [`TextError::LineCounts`]; the files are read once more for that. Returns other
/// errors unchanged, and those about pipes, which cannot be read again. A corpus in memory has no `files`.
pub fn locate_line_shift(mut error: TextError, files: Option<&CorpusFiles>) -> TextError {
    let Some(files @ CorpusFiles::Two { source, target }) = files else { return error };
    if let TextError::LineCounts { source_file, target_file, hint, .. } = &mut error
        && ![source, target].into_iter().any(|path| is_pipe(path))
    {
        let names = vec![source_file.clone(), target_file.clone()];
        // Both files have just been read to the end. If that fails now, the first error is still the one to report.
        let suspect = find_suspect(&Input { role: Role::Train, files: files.clone(), names }).ok().flatten();
        *hint = suspect.map(|suspect| format!("source and target stop matching before that: {suspect}"));
    }
    error
}

fn find_suspect(input: &Input) -> Result<Option<Suspect>, TextError> {
    let (mut source, mut target): (Vec<LineFeatures>, Vec<LineFeatures>) = Default::default();
    for row in Rows::of(input)? {
        let row = row?;
        source.extend(row.source().map(LineFeatures::of));
        target.extend(row.target().map(LineFeatures::of));
    }
    first_line_shift(&source, &target).map(|found| Suspect::new(found, input)).transpose()
}

/// Returns the lines of both sides from `first` to `last`, counted from one; fewer if a side ends before.
///
/// # Errors
/// Those of reading.
pub fn lines(input: &Input, first: usize, last: usize) -> Result<[Vec<String>; 2], TextError> {
    let mut lines = [Vec::new(), Vec::new()];
    for row in Rows::of(input)?.skip(first.saturating_sub(1)).take((last + 1).saturating_sub(first.max(1))) {
        let row = row?;
        lines[0].extend(row.source().map(str::to_owned));
        lines[1].extend(row.target().map(str::to_owned));
    }
    Ok(lines)
}
