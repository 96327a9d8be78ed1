//! The repaired corpus: faulty characters replaced, useless pairs removed, pairs kept together.

use std::collections::BTreeMap;

use glosser_text::{Columns, CorpusFiles, TextError};

use crate::first_pass::FirstPass;
use crate::input::Input;
use crate::kind::Kind;
use crate::line_checks::{lost_text, unusable};
use crate::rows::{Row, Rows};

/// The lines of the repaired corpus: for each row, one line per file. If columns of a table were chosen, the line has
/// these two only, the source first, so that training needs no choice. After the last row it holds a summary of the
/// repairs.
pub struct FixedLines<'a> {
    rows: Rows,
    columns: Option<Columns>,
    statistics: &'a FirstPass,
    done: BTreeMap<Kind, usize>,
    kept: usize,
}

impl<'a> FixedLines<'a> {
    pub(crate) fn new(input: &Input, statistics: &'a FirstPass) -> Result<Self, TextError> {
        let columns = match &input.files {
            CorpusFiles::One { choice, .. } => choice.columns,
            CorpusFiles::Two { .. } => None,
        };
        Ok(Self { rows: Rows::of(input)?, columns, statistics, done: BTreeMap::new(), kept: 0 })
    }

    /// Returns the columns that became the only two, if they were chosen.
    pub fn columns(&self) -> Option<Columns> {
        self.columns
    }

    /// Returns the number of pairs kept so far.
    pub fn kept(&self) -> usize {
        self.kept
    }

    /// Returns the number of lines repaired or removed so far, by kind of fault; see [`Kind::treatment`].
    pub fn done(&self) -> impl Iterator<Item = (Kind, usize)> {
        self.done.iter().map(|(kind, lines)| (*kind, *lines))
    }

    fn fix(&mut self, row: &Row) -> Option<Vec<String>> {
        if let Some(kind) = self.reason_to_remove(row) {
            *self.done.entry(kind).or_default() += 1;
            return None;
        }
        for (_, fault) in row.faults().filter(|(_, fault)| fault.kind.treatment().is_some()) {
            *self.done.entry(fault.kind).or_default() += 1;
        }
        self.kept += 1;
        match row.pair().filter(|_| self.columns.is_some()) {
            Some((source, target)) => Some(vec![format!("{source}\t{target}")]),
            None => Some(row.texts().map(str::to_owned).collect()),
        }
    }

    fn reason_to_remove(&self, row: &Row) -> Option<Kind> {
        let Some((source, target)) = row.pair() else { return Some(Kind::TooFewColumns) };
        if self.statistics.is_header(row) {
            return Some(Kind::Header);
        }
        if let Some((kind, _)) = unusable(source, target) {
            return Some(kind);
        }
        if lost_text(source, target).is_some() {
            return Some(Kind::Replacement);
        }
        if self.statistics.repeated.pairs.contains(row.line) {
            return Some(Kind::DuplicatePair);
        }
        self.statistics.is_unusual_length(source, target).then_some(Kind::LengthRatio)
    }
}

impl Iterator for FixedLines<'_> {
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
