//! Rows that `audit` has compared: written with their scores, or without those that are below the cut.

use crate::degraded::Degradation;
use crate::forced_decoding::too_many_sub_words;
use crate::output::{writer, wrote};
use crate::pair_audit::Judged;
use crate::pair_rows::{PairRow, PairRows, RowFaults, with_result};
use crate::rows::RowFormat;
use anyhow::{Context, Result};
use glosser_text::{Corpus, Output, Pair, counted};
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// All rows of a file, in order.
pub struct AuditedRows {
    rows: Vec<PairRow>,
    format: RowFormat,
    name: String,
    /// Kinds of the faults of each row.
    degraded: Vec<Vec<Degradation>>,
}

/// The fields that --append adds to a JSON object; null for a row without a score.
#[derive(Default, Serialize)]
struct Scores {
    score: Option<f32>,
    coverage: Option<f32>,
    eos_mass: Option<f32>,
    below_cut: Option<bool>,
}

impl AuditedRows {
    /// Reads all rows: audit compares pairs with others.
    pub fn read(mut rows: PairRows, consequence: &str) -> Result<Self> {
        let read = rows.read(consequence)?;
        Ok(Self { rows: read, format: rows.format, name: rows.name, degraded: Vec::new() })
    }

    /// The pairs of the rows, with blank sides for those that have a fault.
    pub fn corpus(&self) -> Corpus {
        let pair = |row: &PairRow| {
            let (source, target) = row.pair();
            Pair { source: source.to_owned(), target: target.to_owned() }
        };
        let pairs = self.rows.iter().map(pair).collect();
        Corpus { name: self.name.clone(), pairs, lines: Vec::new(), notes: Vec::new() }
    }

    /// Counts rows with faults; `too_long` are the indices of those that the model cannot read, in order.
    pub fn count_faults(&mut self, too_long: &[usize], consequence: &'static str) -> RowFaults {
        let mut faults = RowFaults::new(consequence, self.format.clone());
        let mut too_long = too_long.iter().peekable();
        for (index, row) in self.rows.iter_mut().enumerate() {
            let too_long = too_long.next_if_eq(&&index).map(|_| too_many_sub_words());
            let place = format!("{}:{}", self.name, index + 1);
            self.degraded.push(faults.add(&row.row, std::mem::take(&mut row.faults), too_long, &place));
        }
        faults
    }

    /// Writes every row with its scores, all of them if `is_jsonl`; a row without a score has blank cells.
    pub fn append(&self, judged: &[Judged], is_jsonl: bool) -> Result<()> {
        let mut scored: Vec<Option<&Judged>> = vec![None; self.rows.len()];
        for pair in judged {
            scored[pair.index] = Some(pair);
        }
        let mut out = writer();
        for (index, pair) in scored.into_iter().enumerate() {
            let line = match pair {
                None => self.with(index, &vec![String::new(); 4], &Scores::default())?,
                Some(pair) if is_jsonl => self.with(index, &[], pair)?,
                Some(Judged { score, coverage, eos_mass, below_cut, .. }) => {
                    let below = below_cut.map_or_else(String::new, |is_below| is_below.to_string());
                    let cells = [format!("{score:.3}"), format!("{coverage:.2}"), format!("{eos_mass:.2}"), below];
                    let (score, coverage, eos_mass) = (Some(*score), Some(*coverage), Some(*eos_mass));
                    self.with(index, &cells, &Scores { score, coverage, eos_mass, below_cut: *below_cut })?
                }
            };
            out.write_all(&line)?;
        }
        Ok(out.flush()?)
    }

    /// Writes the worst pairs as JSON objects, with all their own fields.
    pub fn list<'j>(&self, worst: impl Iterator<Item = &'j Judged>) -> Result<()> {
        let mut out = writer();
        for pair in worst {
            out.write_all(&self.with(pair.index, &[], pair)?)?;
        }
        Ok(out.flush()?)
    }

    fn with(&self, index: usize, cells: &[String], fields: &impl Serialize) -> Result<Vec<u8>> {
        with_result(&self.rows[index].row, &self.format, cells, fields, &self.degraded[index])
    }

    /// Writes the rows that are kept to a file, as they are.
    pub fn keep(&self, is_kept: &[bool], file: &Path) -> Result<()> {
        let mut out = Output::create(file)?;
        let kept = self.rows.iter().zip(is_kept).filter(|(_, is_kept)| **is_kept);
        let mut count = 0;
        for (PairRow { row, .. }, _) in kept {
            out.write_all(&row.bytes(row.line().to_owned()))
                .with_context(|| format!("{}: cannot be written", file.display()))?;
            count += 1;
        }
        Output::finish(vec![out])?;
        wrote(Some(file), &counted(count, "row"));
        Ok(())
    }
}
