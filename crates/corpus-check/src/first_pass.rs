//! The first pass over a corpus: each line by itself, and the statistics for the second pass.

use std::ops::RangeInclusive;

use glosser_text::{NumberColumn, TextError, running_words};
use serde::Serialize;

use crate::duplicates::{PairIndex, Repeated};
use crate::finding::Findings;
use crate::header::HeaderCheck;
use crate::input::{Input, Role};
use crate::kind::Kind;
use crate::language_profiles::Profiles;
use crate::length_differences::Differences;
use crate::line_checks::{check_line, lost_text, side_place};
use crate::line_features::{LineFeatures, difference};
use crate::line_set::LineSet;
use crate::line_shift::{LineShift, first_line_shift};
use crate::rows::{Row, Rows, Side};

/// The size of a corpus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CorpusCounts {
    /// Its purpose.
    pub role: Role,
    /// Its files.
    pub files: Vec<String>,
    /// The number of lines with both sides, blank or not.
    pub pairs: usize,
    /// The number of pairs that training can use.
    pub usable: usize,
    /// The source side.
    pub source: SideCounts,
    /// The target side.
    pub target: SideCounts,
}

/// The size of one side of a corpus.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct SideCounts {
    /// The number of lines.
    pub lines: usize,
    /// The number of words, as [`running_words`] counts them.
    pub words: usize,
    /// The number of Unicode scalar values.
    pub characters: usize,
    #[serde(skip)]
    pub(crate) numbers: NumberColumn,
}

/// The statistics of a corpus after the first pass: about sixteen bytes per pair.
pub(crate) struct FirstPass {
    pub(crate) counts: CorpusCounts,
    pub(crate) profiles: Profiles,
    pub(crate) index: PairIndex,
    pub(crate) repeated: Repeated,
    /// The usual differences of length, in steps of [`LineFeatures::length`].
    pub(crate) usual: RangeInclusive<i32>,
    pub(crate) line_shift: Option<LineShift>,
    /// Whether the first row is a header.
    has_header: bool,
}

/// Reads the corpus and reports the faults of single lines.
pub(crate) fn first_pass(input: &Input, findings: &mut Findings) -> Result<FirstPass, TextError> {
    let mut profiles = Profiles::new();
    let mut index = PairIndex::default();
    let (mut source, mut target): (Vec<LineFeatures>, Vec<LineFeatures>) = Default::default();
    let mut counts = CorpusCounts::new(input);
    // Only pairs that a repair keeps, or a repaired corpus would have other usual lengths and so new faults.
    let mut compared = LineSet::default();
    let mut header = None;
    for row in Rows::of(input)? {
        let row = row?;
        counts.add(&row);
        let is_usable = check_line(&row, input, findings);
        // A TSV line that is not a pair takes a place on both sides, so that the lines below keep theirs.
        let (s, t) = if row.too_few_columns().is_some() { (Some(""), Some("")) } else { (row.source(), row.target()) };
        source.extend(s.map(LineFeatures::of));
        target.extend(t.map(LineFeatures::of));
        let Some((s, t)) = row.pair().filter(|_| is_usable) else { continue };
        if row.line == 1 {
            header = HeaderCheck::new(s, t).map(|check| (check, side_place(&row, input, Side::Source, Side::Source)));
        } else if let Some((check, _)) = &mut header {
            check.add(s, t);
        }
        counts.usable += 1;
        if lost_text(s, t).is_none() {
            compared.insert(row.line);
        }
        index.add(row.line, s, t);
        profiles.learn(s, t);
    }
    let header = header.filter(|(check, _)| check.is_header()).map(|(_, place)| place);
    let has_header = header.is_some();
    header.into_iter().for_each(|place| findings.add(Kind::Header, || place));
    let repeated = index.sort();
    let mut differences = Differences::new();
    for (line, (s, t)) in (1..).zip(source.iter().zip(&target)) {
        let is_header = has_header && line == 1;
        if compared.contains(line) && !is_header && !repeated.pairs.contains(line) {
            differences.add(difference(*s, *t));
        }
    }
    let line_shift = first_line_shift(&source, &target);
    Ok(FirstPass { counts, profiles, index, repeated, usual: differences.usual(), line_shift, has_header })
}

impl FirstPass {
    /// Returns whether a row is the header of this corpus.
    pub(crate) fn is_header(&self, row: &Row) -> bool {
        self.has_header && row.line == 1
    }

    /// Returns whether one side is far longer than the other, compared with the other pairs of this corpus.
    pub(crate) fn is_unusual_length(&self, source: &str, target: &str) -> bool {
        !self.usual.contains(&difference(LineFeatures::of(source), LineFeatures::of(target)))
    }
}

impl CorpusCounts {
    fn new(input: &Input) -> Self {
        let (source, target) = (SideCounts::default(), SideCounts::default());
        Self { role: input.role, files: input.names.clone(), pairs: 0, usable: 0, source, target }
    }

    /// Returns whether a side has only numbers, and so is probably a column of ids.
    pub(crate) fn has_number_column(&self) -> bool {
        [self.source, self.target].iter().any(|side| side.numbers.has_only_numbers())
    }

    fn add(&mut self, row: &Row) {
        self.pairs += usize::from(row.pair().is_some());
        row.source().into_iter().for_each(|text| self.source.add(text));
        row.target().into_iter().for_each(|text| self.target.add(text));
    }
}

impl SideCounts {
    fn add(&mut self, text: &str) {
        self.lines += 1;
        self.words += running_words(text);
        self.characters += text.chars().count();
        self.numbers.add(text);
    }
}
