//! The first reading of a corpus: each line by itself, and what is remembered of it.

use super::findings_of_line::note_line;
use super::prints::{Print, difference};
use super::profile::Profiles;
use super::ratio::Differences;
use super::rows::{Row, Rows};
use super::seen::{Repeated, Seen};
use super::slip::{Slip, first_slip};
use super::{CorpusCounts, Findings, Input, LineSet, SideCounts};
use crate::{TextError, running_words};
use std::ops::RangeInclusive;

/// What is known of a corpus after it was read once: some sixteen bytes a pair.
pub(super) struct Survey {
    pub(super) counts: CorpusCounts,
    pub(super) profiles: Profiles,
    pub(super) seen: Seen,
    pub(super) repeated: Repeated,
    pub(super) usual: RangeInclusive<i32>,
    pub(super) slip: Option<Slip>,
}

/// Reads the corpus and notes what is wrong with single lines.
pub(super) fn survey(input: &Input, findings: &mut Findings) -> Result<Survey, TextError> {
    let mut profiles = Profiles::new();
    let mut seen = Seen::default();
    let (mut source, mut target): (Vec<Print>, Vec<Print>) = Default::default();
    let mut counts = CorpusCounts::new(input);
    let mut usable = LineSet::default();
    for row in Rows::of(input)? {
        let row = row?;
        counts.add(&row);
        let is_usable = note_line(&row, input, findings);
        // A line of a TSV that is no pair holds a place on both sides, so that those below keep theirs.
        let (s, t) = if row.too_few_columns().is_some() { (Some(""), Some("")) } else { (row.source(), row.target()) };
        source.extend(s.map(Print::of));
        target.extend(t.map(Print::of));
        let Some((s, t)) = row.pair().filter(|_| is_usable) else { continue };
        counts.usable += 1;
        usable.insert(row.line);
        seen.add(row.line, s, t);
        profiles.learn(s, t);
    }
    let repeated = seen.sort();
    let mut differences = Differences::new();
    for (line, (s, t)) in (1..).zip(source.iter().zip(&target)) {
        if usable.contains(line) && !repeated.pairs.contains(line) {
            differences.add(difference(*s, *t));
        }
    }
    let slip = first_slip(&source, &target);
    Ok(Survey { counts, profiles, seen, repeated, usual: differences.usual(), slip })
}

impl CorpusCounts {
    fn new(input: &Input) -> Self {
        let nothing = SideCounts { lines: 0, words: 0, characters: 0, numbers: 0, texts: 0 };
        Self { role: input.role, files: input.names.clone(), pairs: 0, usable: 0, source: nothing, target: nothing }
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
        let text = text.trim();
        if !text.is_empty() {
            self.texts += 1;
            self.numbers += usize::from(text.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }

    /// Whether the side is a column of ids; a few lines may well be meant as numbers.
    pub(super) fn is_numbers(&self) -> bool {
        self.texts >= 3 && self.numbers == self.texts
    }
}
