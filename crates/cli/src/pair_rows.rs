//! Rows of which two cells are a pair: read as a stream, passed through models, written with their results.

use crate::degraded::{Degradation, Tally, of_row};
use crate::forced_decoding::{BATCHES_AT_ONCE, CountedWords, has_no_result, too_long};
use crate::missing_column::MissingColumn;
use crate::output::{warn, writer};
use crate::progress::{Bar, is_possible};
use crate::read_ahead::{ReadAhead, Share};
use crate::rows::{Row, RowFormat};
use anyhow::{Result, bail};
use glosser_text::{Lines, LossyLine, TextReader, open};
use glosser_translator::{Scorer, Translation, Weighting};
use serde::Serialize;
use std::collections::VecDeque;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Maximum mean size of the pairs that are scored together: attention grows with the product of both lengths.
const BYTES_PER_PAIR: usize = 256;

/// Maximum size of the rows that are taken at a time: most of it may be cells that are passed through.
const ROW_BYTES: usize = 1 << 20;

/// Keys of a result that a row of JSON has already, whatever it calls them.
const SIDES: [&str; 3] = ["source", "target", "translation"];

/// The rows of a file.
pub struct PairRows {
    pub format: RowFormat,
    /// Name of the file in messages.
    pub name: String,
    path: PathBuf,
    input: ReadAhead,
    /// Number of rows that were read.
    count: usize,
    /// Rows that were read before they are taken.
    waiting: VecDeque<PairRow>,
}

/// A row with the faults that it was read with.
pub struct PairRow {
    pub row: Row,
    pub faults: Vec<(Degradation, String)>,
}

impl PairRow {
    /// Source and target; blank if the row has a fault, so that it gets no result.
    pub fn pair(&self) -> (&str, &str) {
        match self.row.texts() {
            [source, target] if self.faults.is_empty() => (source, target),
            _ => ("", ""),
        }
    }
}

impl PairRows {
    pub fn new(lines: Lines<TextReader>, format: RowFormat, path: &Path) -> Self {
        let name = lines.name().to_owned();
        Self { format, name, path: path.to_owned(), input: ReadAhead::start(lines), count: 0, waiting: VecDeque::new() }
    }

    /// Returns further rows, at most a share. `consequence` is the end of warnings, such as "not scored".
    fn take(&mut self, share: Share, consequence: &str) -> Result<Option<Vec<PairRow>>> {
        if !self.waiting.is_empty() {
            let count = share.lines.min(self.waiting.len());
            return Ok(Some(self.waiting.drain(..count).collect()));
        }
        let Some(lines) = self.input.take(share)? else { return Ok(None) };
        if let Some(first) = lines.first().filter(|_| self.count == 0) {
            self.format.check_first(&first.text, &self.name)?;
        }
        Ok(Some(lines.into_iter().map(|line| self.row(line, consequence)).collect()))
    }

    fn row(&mut self, line: LossyLine, consequence: &str) -> PairRow {
        self.count += 1;
        let place = format!("{}:{}", self.name, self.count);
        let row = self.format.read(line, &self.name, self.count);
        let faults = of_row(row.faults(), row.missing(), &place, consequence);
        PairRow { row, faults }
    }

    /// Reads all rows.
    pub fn read(&mut self, consequence: &str) -> Result<Vec<PairRow>> {
        let _bar = Bar::waiting("reading rows");
        let mut rows = Vec::new();
        while let Some(more) = self.take(share(BATCHES_AT_ONCE), consequence)? {
            rows.extend(more);
        }
        Ok(rows)
    }

    /// Reads all rows without taking them, for work that needs all of them first.
    pub fn wait_for_all(&mut self, consequence: &str) -> Result<&VecDeque<PairRow>> {
        self.waiting = self.read(consequence)?.into();
        Ok(&self.waiting)
    }

    /// The progress over the rows, which are counted first if they are in a file.
    fn bar(&self) -> Bar {
        let is_counted = is_possible() && self.path.is_file();
        let count = is_counted.then(|| open(&self.path).ok().map(Iterator::count)).flatten();
        count.map_or_else(|| Bar::counting("row"), |count| Bar::over(count, "row"))
    }
}

/// How rows are passed through models.
pub struct RowDecoding<'a> {
    pub forward: &'a Scorer,
    /// A model of the opposite direction.
    pub reverse: Option<&'a Scorer>,
    pub batch_size: usize,
    pub weighting: Weighting,
    /// As in [`ForcedDecoding`](crate::forced_decoding::ForcedDecoding).
    pub counted_words: Option<CountedWords<'a>>,
    /// The end of warnings about a row without a result, such as "not scored".
    pub consequence: &'static str,
}

impl RowDecoding<'_> {
    /// Gives each row with its result to `take`, and writes what it adds to the output as soon as a chunk of rows is
    /// done. Returns the faults of all rows, of which the first of each kind have been named.
    pub fn run(
        &self,
        mut rows: PairRows,
        mut take: impl FnMut(&mut Vec<u8>, &ScoredRow) -> Result<()>,
    ) -> Result<RowFaults> {
        let mut out = writer();
        let mut faults = RowFaults::new(self.consequence, rows.format.clone());
        let bar = Bar::unless_seen(None, || rows.bar());
        let mut line = 0;
        while let Some(taken) = rows.take(share(self.batch_size), self.consequence)? {
            for part in parts(taken, pair_bytes(self.batch_size)) {
                let count = part.len();
                let (forward, reverse) = self.score(&part)?;
                let mut text = Vec::new();
                for (at, PairRow { row, faults: found }) in part.into_iter().enumerate() {
                    line += 1;
                    let pair = &forward[at];
                    let too_long = has_no_result(pair, self.counted_words).then(|| too_long(pair));
                    let degraded = faults.add(&row, found, too_long, &format!("{}:{line}", rows.name));
                    let (row, format, reverse) = (&row, &rows.format, reverse.get(at));
                    take(&mut text, &ScoredRow { line, format, row, degraded, pair, reverse })?;
                }
                out.write_all(&text)?;
                out.flush()?;
                bar.inc(count);
            }
        }
        Ok(faults)
    }

    /// Scores of the rows in both directions; none in the opposite direction without a model of it.
    fn score(&self, rows: &[PairRow]) -> Result<(Vec<Translation>, Vec<Translation>)> {
        let pairs: Vec<(&str, &str)> = rows.iter().map(PairRow::pair).collect();
        let forward = self.forward.score(&pairs, self.batch_size, self.weighting)?;
        let Some(reverse) = self.reverse else { return Ok((forward, Vec::new())) };
        let swapped: Vec<(&str, &str)> = pairs.iter().map(|(source, target)| (*target, *source)).collect();
        Ok((forward, reverse.score(&swapped, self.batch_size, self.weighting)?))
    }
}

/// Maximum size of a chunk of rows, which is sorted by length and scored together.
fn share(batch_size: usize) -> Share {
    let lines = batch_size.saturating_mul(BATCHES_AT_ONCE);
    Share { lines, bytes: pair_bytes(batch_size).max(ROW_BYTES) }
}

/// Maximum size of the pairs that are scored together.
fn pair_bytes(batch_size: usize) -> usize {
    batch_size.saturating_mul(BATCHES_AT_ONCE).saturating_mul(BYTES_PER_PAIR)
}

/// Returns the rows in parts, each with at most so many bytes in its pairs, or one row.
fn parts(rows: Vec<PairRow>, bytes: usize) -> Vec<Vec<PairRow>> {
    let (mut parts, mut part, mut size) = (Vec::new(), Vec::new(), 0);
    for row in rows {
        let (source, target) = row.pair();
        let more = source.len() + target.len();
        if size + more > bytes && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
            size = 0;
        }
        size += more;
        part.push(row);
    }
    parts.push(part);
    parts
}

/// A row with its result.
pub struct ScoredRow<'a> {
    /// Line of the row, counted from 1.
    pub line: usize,
    pub format: &'a RowFormat,
    pub row: &'a Row,
    /// Kinds of its faults.
    pub degraded: Vec<Degradation>,
    pub pair: &'a Translation,
    pub reverse: Option<&'a Translation>,
}

impl ScoredRow<'_> {
    /// Returns the line of the row of a TSV with further cells, or of the JSON object with further fields.
    pub fn with_result(&self, cells: &[String], fields: &impl Serialize) -> Result<Vec<u8>> {
        with_result(self.row, self.format, cells, fields, &self.degraded)
    }

    /// Returns the line of the object with the fields of another one, which names its faults itself.
    pub fn with_object(&self, json: &str) -> Result<Vec<u8>> {
        let written = match self.row.missing() {
            Some(_) => self.row.with_degraded(&self.degraded)?,
            None => self.row.with_json(json, &SIDES)?,
        };
        Ok(self.row.bytes(written))
    }
}

/// Fields of a result, and the faults of the row.
#[derive(Serialize)]
struct Fields<'a, T> {
    #[serde(flatten)]
    result: &'a T,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    degraded: &'a [Degradation],
}

/// Returns the line of a row of a TSV with further cells, or of a JSON object with further fields and its faults. An
/// object without the columns has only its faults.
pub fn with_result(
    row: &Row,
    format: &RowFormat,
    cells: &[String],
    fields: &impl Serialize,
    degraded: &[Degradation],
) -> Result<Vec<u8>> {
    if row.missing().is_some() && row.keys().is_some() {
        return Ok(row.bytes(row.with_degraded(&degraded)?));
    }
    if row.is_object() {
        let fields = serde_json::to_string(&Fields { result: fields, degraded })?;
        return Ok(row.bytes(row.with_json(&fields, &SIDES)?));
    }
    // A cell of a TSV has no name.
    let cells: Vec<(&str, &str)> = cells.iter().map(|cell| ("", cell.as_str())).collect();
    Ok(row.bytes(row.with_cells(format, &cells)?))
}

/// Counts rows without a result, and warns about the first of each kind.
pub struct RowFaults {
    tally: Tally,
    missing: MissingColumn,
    format: RowFormat,
    consequence: &'static str,
}

impl RowFaults {
    pub fn new(consequence: &'static str, format: RowFormat) -> Self {
        Self { tally: Tally::default(), missing: MissingColumn::default(), format, consequence }
    }

    /// Counts a row with the faults that it was read with, and returns all kinds of faults. `too_long` is the reason if the
    /// pair is too long, `place` is file and line.
    pub fn add(
        &mut self,
        row: &Row,
        mut found: Vec<(Degradation, String)>,
        too_long: Option<String>,
        place: &str,
    ) -> Vec<Degradation> {
        self.missing.add(row, || place.to_owned());
        if let Some(reason) = too_long {
            found.push((Degradation::TooLong, format!("{place}: {reason}; {}", self.consequence)));
        }
        let mut kinds: Vec<Degradation> = found.iter().map(|(kind, _)| *kind).collect();
        kinds.sort();
        kinds.dedup();
        self.tally.add(found, warn);
        kinds
    }

    /// Prints the summary.
    ///
    /// # Errors
    /// The summary, if `strict` makes it one; or that no row has the columns.
    pub fn finish(&self, strict: bool) -> Result<()> {
        self.missing.check(&self.format)?;
        match self.tally.summary() {
            Some(summary) if strict => bail!("{summary}; all rows are written, but --strict makes this an error"),
            Some(summary) => warn(&summary),
            None => {}
        }
        Ok(())
    }
}
