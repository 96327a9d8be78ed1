//! The corpus as it can be used: what is broken mended, what is useless left out, pairs kept together.

use std::collections::BTreeMap;

use super::examination::is_far;
use super::findings_of_line::unusable;
use super::rows::{Row, Rows};
use super::survey::Survey;
use super::{Input, Kind};
use crate::TextError;

/// The lines of a repaired corpus, for each of its files; and, after the last, what was done.
pub struct Fixing<'a> {
    rows: Rows,
    survey: &'a Survey,
    done: BTreeMap<Kind, usize>,
    kept: usize,
}

impl<'a> Fixing<'a> {
    pub(super) fn new(input: &Input, survey: &'a Survey) -> Result<Self, TextError> {
        Ok(Self { rows: Rows::of(input)?, survey, done: BTreeMap::new(), kept: 0 })
    }

    /// Pairs kept so far.
    pub fn kept(&self) -> usize {
        self.kept
    }

    /// On how many lines what was done so far, by what was wrong; see [`Kind::treatment`].
    pub fn done(&self) -> impl Iterator<Item = (Kind, usize)> {
        self.done.iter().map(|(kind, lines)| (*kind, *lines))
    }

    fn fix(&mut self, row: &Row) -> Option<Vec<String>> {
        if let Some(kind) = self.reason_to_leave_out(row) {
            *self.done.entry(kind).or_default() += 1;
            return None;
        }
        for (_, fault) in row.faults() {
            *self.done.entry(fault.kind).or_default() += 1;
        }
        self.kept += 1;
        Some(row.texts().map(str::to_owned).collect())
    }

    fn reason_to_leave_out(&self, row: &Row) -> Option<Kind> {
        let Some((source, target)) = row.pair() else { return Some(Kind::TooFewColumns) };
        if let Some((kind, _)) = unusable(source, target) {
            return Some(kind);
        }
        if self.survey.repeated.pairs.contains(row.line) {
            return Some(Kind::DuplicatePair);
        }
        is_far(source, target, self.survey).then_some(Kind::LengthRatio)
    }
}

impl Iterator for Fixing<'_> {
    type Item = Result<Vec<String>, TextError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.rows.next()? {
                Ok(row) => {
                    if let Some(lines) = self.fix(&row) {
                        return Some(Ok(lines));
                    }
                }
                Err(cause) => return Some(Err(cause)),
            }
        }
    }
}
