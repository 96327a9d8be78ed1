//! The first slip with the sentences that stand there, for people.

use serde::Serialize;

use super::repair::excerpt;
use super::rows::Rows;
use super::slip::Slip;
use super::{Input, Role, prints::Print, slip::first_slip};
use crate::reader::is_pipe;
use crate::{CorpusFiles, TextError};

/// Where the sides slip first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suspect {
    /// The most likely line, from one.
    pub line: usize,
    /// The first line where it may be.
    pub first: usize,
    /// The last.
    pub last: usize,
    /// From there on, line N of the source goes with line N + `shift` of the target; where that is negative, as many lines
    /// of the source from `line` on have no partner.
    pub shift: i64,
    /// The line of the source where that ends; none if it goes on to the end.
    pub until: Option<usize>,
    /// The beginning of the source on `line`.
    pub source: String,
    /// The beginning of the target beside it.
    pub target: String,
}

impl Suspect {
    pub(super) fn new(slip: Slip, input: &Input) -> Result<Self, TextError> {
        let [source, target] = lines(input, slip.line, slip.line)?;
        let shown = |side: Vec<String>| side.first().map(|text| excerpt(text)).unwrap_or_default();
        Ok(Self {
            line: slip.line,
            first: slip.possible.0,
            last: slip.possible.1,
            shift: slip.shift,
            until: slip.until,
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
            write!(f, " (somewhere from {first} to {last})")?;
        }
        let (lines, place) = (shift.unsigned_abs(), if *shift > 0 { "below" } else { "above" });
        let s = if lines == 1 { "" } else { "s" };
        write!(f, " sources go with targets {lines} line{s} {place}; there `{source}` stands beside `{target}`")
    }
}

/// Adds to an error about numbers of lines where the sides slip, for which the files are read once more. Other errors
/// stay what they are, and so does one about pipes, which are empty now.
pub(crate) fn name_suspect(error: TextError, files: &CorpusFiles) -> TextError {
    let CorpusFiles::Two { source, target } = files else { return error };
    match error {
        TextError::LineCounts { source_file, source_lines, target_file, target_lines, line, text, .. }
            if ![source, target].into_iter().any(|path| is_pipe(path)) =>
        {
            let names = vec![source_file.clone(), target_file.clone()];
            // Both files were read to the end a moment ago; if that fails now, the first error is still the one to tell.
            let suspect = find_suspect(&Input { role: Role::Train, files: files.clone(), names }).ok().flatten();
            let suspect = suspect.map(Box::new);
            TextError::LineCounts { source_file, source_lines, target_file, target_lines, line, text, suspect }
        }
        other => other,
    }
}

fn find_suspect(input: &Input) -> Result<Option<Suspect>, TextError> {
    let (mut source, mut target): (Vec<Print>, Vec<Print>) = Default::default();
    for row in Rows::of(input)? {
        let row = row?;
        source.extend(row.source().map(Print::of));
        target.extend(row.target().map(Print::of));
    }
    first_slip(&source, &target).map(|slip| Suspect::new(slip, input)).transpose()
}

/// The lines of both sides from `first` to `last`, counted from one; fewer where a side ends.
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
