//! The two passes over all corpora, and their result.

use glosser_text::{TextError, counted};

use crate::finding::{Finding, Findings, Place};
use crate::first_pass::{CorpusCounts, FirstPass, first_pass};
use crate::fix::FixedLines;
use crate::input::Input;
use crate::kind::Kind;
use crate::second_pass::second_pass;
use crate::suspect::Suspect;

/// The findings about a training corpus, its validation pairs and its test pairs.
pub struct Diagnosis {
    /// The training corpus first.
    pub corpora: Vec<CorpusCounts>,
    /// The most serious kinds first.
    pub findings: Vec<Finding>,
    /// The first line shift of each corpus, in the order of `corpora`.
    pub suspects: Vec<Option<Suspect>>,
    train: FirstPass,
}

/// A corpus that no program can repair, because it cannot know which lines translate each other.
#[derive(Debug, thiserror::Error)]
pub enum NotFixable {
    /// From some line on, source and target do not match.
    #[error(
        "{file}:{line}: {found}; correct this by hand: --fix does not guess which lines match, and nothing was written"
    )]
    Misaligned {
        /// The source file.
        file: String,
        /// The one-based source line of the first wrong pair.
        line: usize,
        /// A description of the fault.
        found: String,
    },
    /// The corpus cannot be read again.
    #[error(transparent)]
    NotRead(#[from] TextError),
}

impl Diagnosis {
    /// Returns the lines of the repaired training corpus.
    ///
    /// # Errors
    /// [`NotFixable`] if source and target do not match, or if reading fails.
    pub fn fix(&self, train: &Input) -> Result<FixedLines<'_>, NotFixable> {
        let counts = &self.train.counts;
        let suspect = self.suspects.first().and_then(Option::as_ref);
        if suspect.is_some() || counts.source.lines != counts.target.lines && train.names.len() == 2 {
            let line = suspect.map_or(counts.pairs + 1, |suspect| suspect.line);
            let found = match suspect {
                Some(suspect) => format!("source and target no longer match: {suspect}"),
                None => "one side ends here".to_owned(),
            };
            return Err(NotFixable::Misaligned { file: train.file_name(0).to_owned(), line, found });
        }
        Ok(FixedLines::new(train, &self.train)?)
    }
}

/// Checks a training corpus, and validation and test pairs against it.
///
/// # Errors
/// Only those of opening and reading; UTF-16, whose lines cannot be found.
pub fn check(train: &Input, others: &[Input]) -> Result<Diagnosis, TextError> {
    let mut findings = Findings::default();
    let statistics = first_pass(train, &mut findings)?;
    let mut suspects = vec![check_whole(train, &statistics, &mut findings)?];
    let mut corpora = vec![statistics.counts.clone()];
    second_pass(train, &statistics, &statistics, &mut findings)?;
    for input in others {
        let own = first_pass(input, &mut findings)?;
        suspects.push(check_whole(input, &own, &mut findings)?);
        second_pass(input, &own, &statistics, &mut findings)?;
        corpora.push(own.counts);
    }
    Ok(Diagnosis { corpora, findings: findings.into_vec(), suspects, train: statistics })
}

/// Reports the faults of a corpus as a whole.
fn check_whole(input: &Input, own: &FirstPass, findings: &mut Findings) -> Result<Option<Suspect>, TextError> {
    let counts = &own.counts;
    if counts.usable == 0 {
        findings.add(Kind::NoPairs, || input.place(0, 1));
    }
    for (side, counts) in [("source", counts.source), ("target", counts.target)] {
        if counts.numbers.has_only_numbers() {
            findings.add(Kind::Numbers, || Place { note: Some(format!("the {side} side")), ..input.place(0, 1) });
        }
    }
    let suspect = own.line_shift.map(|shift| Suspect::new(shift, input)).transpose()?;
    let (source, target) = (counts.source.lines, counts.target.lines);
    let is_uneven = source != target && input.names.len() == 2;
    if is_uneven || suspect.is_some() {
        let kind = if is_uneven { Kind::LineCounts } else { Kind::LineShift };
        findings.add(kind, || {
            let line = suspect.as_ref().map_or(counts.pairs + 1, |suspect| suspect.line);
            let uneven = is_uneven.then(|| format!("{} and {target}", counted(source, "line")));
            let end = || is_uneven.then(|| "no line before the end of the shorter file looks wrong".to_owned());
            let parts = [uneven, suspect.as_ref().map(ToString::to_string).or_else(end)];
            let note = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
            Place { note: Some(note), ..input.place(0, line) }
        });
    }
    Ok(suspect)
}
