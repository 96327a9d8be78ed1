//! The corpus doctor: what is wrong with a parallel corpus, where, and what to do about it.
//!
//! # The one decision: two readings, and sixteen bytes a pair
//!
//! The first reading notes what a line shows by itself, and remembers of every pair a hash (twelve bytes, for what occurs
//! twice), two bytes a side (for slips and lengths), and of each side a table of trigrams (for its language). The second
//! holds every line against that. No text is kept but that of the places that are shown, so five million pairs take 140
//! megabytes, the room that vectors keep for growing counted. The price: what comes from a pipe has to be copied to a
//! file first.
//!
//! All checks but those of bytes look at the text as it would be mended, so that a mended corpus is judged as the broken
//! one was.

mod examination;
mod finding;
mod findings_of_line;
mod fix;
mod kind;
mod likeness;
mod line_set;
mod prints;
mod profile;
mod ratio;
mod repair;
mod repeats;
mod rows;
mod seen;
mod slip;
mod survey;
mod suspect;

pub use finding::{Finding, MOST_PLACES, Place};
pub use fix::Fixing;
pub use kind::{Kind, Severity};
pub(crate) use suspect::name_suspect;
pub use suspect::{Suspect, lines};

use examination::examine;
use finding::Findings;
use line_set::LineSet;
use repair::{Fault, Repaired};
use serde::Serialize;
use survey::{Survey, survey};

use crate::{CorpusFiles, TextError};

/// What a corpus is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// To learn from.
    Train,
    /// To validate with.
    Dev,
    /// To test with.
    Test,
}

/// A corpus to look at.
#[derive(Debug, Clone)]
pub struct Input {
    /// What it is for.
    pub role: Role,
    /// Where it lies; every file is read several times, so none may be a pipe.
    pub files: CorpusFiles,
    /// What messages call the file, or the two files.
    pub names: Vec<String>,
}

impl Input {
    fn file_name(&self, index: usize) -> &str {
        self.names.get(index).or(self.names.first()).map_or("", String::as_str)
    }

    /// Where a finding is about the whole corpus.
    fn place(&self, line: usize, excerpt: String, note: Option<String>) -> Place {
        Place { file: self.file_name(0).to_owned(), line, column: None, excerpt, note }
    }
}

/// How large a corpus is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CorpusCounts {
    /// What it is for.
    pub role: Role,
    /// Its files.
    pub files: Vec<String>,
    /// Lines with both sides, blank or not.
    pub pairs: usize,
    /// Those that can be learnt from.
    pub usable: usize,
    /// The source side.
    pub source: SideCounts,
    /// The target side.
    pub target: SideCounts,
}

/// How large a side of a corpus is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SideCounts {
    /// Lines.
    pub lines: usize,
    /// As [`running_words`](crate::running_words) counts them.
    pub words: usize,
    /// Unicode scalar values.
    pub characters: usize,
    #[serde(skip)]
    numbers: usize,
    #[serde(skip)]
    texts: usize,
}

/// What was found in a corpus and those to validate and test with.
pub struct Diagnosis {
    /// The training corpus first.
    pub corpora: Vec<CorpusCounts>,
    /// Worst first.
    pub findings: Vec<Finding>,
    /// Where the sides of each corpus slip, in the order of `corpora`.
    pub suspects: Vec<Option<Suspect>>,
    train: Survey,
}

impl Diagnosis {
    /// The repaired training corpus.
    ///
    /// # Errors
    /// [`TextError::NotFixable`] where pairs do not belong together; those of reading.
    pub fn fix(&self, train: &Input) -> Result<Fixing<'_>, TextError> {
        let counts = &self.train.counts;
        let suspect = self.suspects.first().and_then(Option::as_ref);
        if suspect.is_some() || counts.source.lines != counts.target.lines && train.names.len() == 2 {
            let line = suspect.map_or(counts.pairs + 1, |suspect| suspect.line);
            let found = suspect.map_or("one side ends here".to_owned(), |suspect| format!("the sides slip: {suspect}"));
            return Err(TextError::NotFixable { file: train.file_name(0).to_owned(), line, found });
        }
        Fixing::new(train, &self.train)
    }
}

/// Looks at a training corpus, and at those to validate and test with.
///
/// # Errors
/// Only those of opening and reading; UTF-16, in which no line can be told.
pub fn check(train: &Input, others: &[Input]) -> Result<Diagnosis, TextError> {
    let mut findings = Findings::default();
    let known = survey(train, &mut findings)?;
    let mut suspects = vec![note_whole(train, &known, &mut findings)?];
    let mut corpora = vec![known.counts.clone()];
    examine(train, &known, &known, &mut findings)?;
    for input in others {
        let own = survey(input, &mut findings)?;
        suspects.push(note_whole(input, &own, &mut findings)?);
        examine(input, &own, &known, &mut findings)?;
        corpora.push(own.counts);
    }
    Ok(Diagnosis { corpora, findings: findings.into_vec(), suspects, train: known })
}

/// Notes what is wrong with a corpus as a whole.
fn note_whole(input: &Input, survey: &Survey, findings: &mut Findings) -> Result<Option<Suspect>, TextError> {
    let counts = &survey.counts;
    if counts.usable == 0 {
        findings.add(Kind::NoPairs, || input.place(1, String::new(), None));
    }
    for (index, side) in [counts.source, counts.target].into_iter().enumerate() {
        if side.is_numbers() {
            let note = ["source", "target"].get(index).map(|side| format!("the {side} side"));
            findings.add(Kind::Numbers, || input.place(1, String::new(), note));
        }
    }
    let suspect = survey.slip.map(|slip| Suspect::new(slip, input)).transpose()?;
    let (source, target) = (counts.source.lines, counts.target.lines);
    let is_uneven = source != target && input.names.len() == 2;
    if is_uneven || suspect.is_some() {
        let kind = if is_uneven { Kind::LineCounts } else { Kind::Slip };
        findings.add(kind, || {
            let line = suspect.as_ref().map_or(counts.pairs + 1, |suspect| suspect.line);
            let uneven = is_uneven.then(|| format!("{source} lines and {target}"));
            let end = || is_uneven.then(|| "no line before the end of the shorter one looks wrong".to_owned());
            let parts = [uneven, suspect.as_ref().map(ToString::to_string).or_else(end)];
            let note = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
            input.place(line, String::new(), Some(note))
        });
    }
    Ok(suspect)
}
