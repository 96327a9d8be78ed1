//! The findings of `glosser check` as text and as JSON.

use crate::confirmation::Confirmation;
use crate::links::in_one_line;
use anyhow::Result;
use glosser_corpus_check::{CorpusCounts, Diagnosis, Finding, FixedLines, Kind, Place, Severity, SideCounts, Suspect};
use glosser_text::{Columns, printable};
use serde::Serialize;
use std::fmt;
use std::io::Write;
use std::path::PathBuf;

/// Maximum number of places per kind, so that the text fits on a screen.
const SHOWN: usize = 3;

/// With more kinds than this, only one place of each is shown.
const MANY_KINDS: usize = 4;

/// Errors or warnings were found and written: only the exit code is left.
#[derive(Debug)]
pub struct FaultsFound;

impl fmt::Display for FaultsFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("errors or warnings were found")
    }
}

impl std::error::Error for FaultsFound {}

/// The findings and the repairs.
#[derive(Serialize)]
pub struct Examined<'a> {
    corpora: &'a [CorpusCounts],
    findings: Vec<Record<'a>>,
    #[serde(rename = "slips")]
    line_shifts: Vec<LineShift<'a>>,
    /// Number of kinds of errors.
    errors: usize,
    /// Number of kinds of warnings.
    warnings: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed: Option<Fixed>,
}

#[derive(Serialize)]
struct Record<'a> {
    kind: Kind,
    severity: Severity,
    count: usize,
    says: &'static str,
    remedy: &'static str,
    places: &'a [Place],
}

/// A line shift, with the result of the model.
#[derive(Serialize)]
struct LineShift<'a> {
    file: &'a str,
    #[serde(flatten)]
    suspect: &'a Suspect,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<Confirmation>,
}

/// Result of `--fix`.
#[derive(Serialize)]
pub struct Fixed {
    files: Vec<String>,
    pairs: usize,
    /// The columns that became source and target.
    #[serde(skip)]
    columns: Option<Columns>,
    done: Vec<Treated>,
}

#[derive(Serialize)]
struct Treated {
    kind: Kind,
    count: usize,
    says: &'static str,
}

impl Fixed {
    pub fn new(files: &[PathBuf], fixing: &FixedLines<'_>) -> Self {
        let done = fixing.done().filter_map(|(kind, count)| Some(Treated { kind, count, says: kind.treatment()? }));
        let files = files.iter().map(|path| path.display().to_string()).collect();
        Self { files, pairs: fixing.kept(), columns: fixing.columns(), done: done.collect() }
    }
}

impl<'a> Examined<'a> {
    /// Joins the findings with the results of the model, one per corpus.
    pub fn new(diagnosis: &'a Diagnosis, confirmations: Vec<Option<Confirmation>>, fixed: Option<Fixed>) -> Self {
        let line_shifts = diagnosis.corpora.iter().zip(&diagnosis.suspects).zip(confirmations);
        let line_shifts: Vec<LineShift> = line_shifts
            .filter_map(|((corpus, suspect), model)| {
                Some(LineShift { file: corpus.files.first()?, suspect: suspect.as_ref()?, model })
            })
            .collect();
        let is_doubted = line_shifts.iter().all(|shift| shift.model.as_ref().is_some_and(|model| !model.is_confirmed));
        let record = |finding: &'a Finding| Record {
            kind: finding.kind,
            // A model knows more than the line lengths: a shift that it does not confirm is only a warning.
            severity: if finding.kind == Kind::LineShift && is_doubted { Severity::Warning } else { finding.severity },
            count: finding.count,
            says: finding.kind.title(),
            remedy: finding.kind.remedy(),
            places: &finding.places,
        };
        let findings: Vec<Record> = diagnosis.findings.iter().map(record).collect();
        let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        Self { corpora: &diagnosis.corpora, findings, line_shifts, errors, warnings, fixed }
    }

    pub fn has_errors_or_warnings(&self) -> bool {
        self.errors + self.warnings > 0
    }

    /// Writes one JSON object on one line.
    pub fn write_json(&self, out: &mut impl Write) -> Result<()> {
        Ok(writeln!(out, "{}", in_one_line(serde_json::to_string(self)?))?)
    }

    /// Writes about one screen of text.
    pub fn write_text(&self, out: &mut impl Write) -> Result<()> {
        for corpus in self.corpora {
            writeln!(out, "{}: {}", printable(&corpus.files.join(", ")), counted(corpus.pairs, "pair"))?;
            write_side(out, "source", &corpus.source)?;
            write_side(out, "target", &corpus.target)?;
        }
        for finding in &self.findings {
            self.write_finding(out, finding)?;
        }
        writeln!(out, "\n{}", self.verdict())?;
        if let Some(fixed) = &self.fixed {
            write_fixed(out, fixed)?;
        }
        Ok(())
    }

    fn write_finding(&self, out: &mut impl Write, finding: &Record) -> Result<()> {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Information => "note",
        };
        let count = grouped(finding.count);
        writeln!(out, "\n{severity}: {}: {count}", finding.says)?;
        let most = if self.findings.len() > MANY_KINDS { 1 } else { SHOWN };
        let shown = finding.places.iter().take(most);
        for place in shown.clone() {
            writeln!(out, "  {}", printable(&line_of(place)))?;
        }
        if matches!(finding.kind, Kind::LineShift | Kind::LineCounts) {
            for shift in
                self.line_shifts.iter().filter(|shift| finding.places.iter().any(|place| place.file == shift.file))
            {
                shift.model.iter().try_for_each(|model| writeln!(out, "  {model}"))?;
            }
        }
        let left = finding.count - shown.len();
        if left > 0 {
            writeln!(out, "  and {} more", grouped(left))?;
        }
        Ok(writeln!(out, "  {}", finding.remedy)?)
    }

    fn verdict(&self) -> String {
        let kinds = |count: usize, what: &str| match count {
            0 => None,
            1 => Some(format!("1 kind of {what}")),
            _ => Some(format!("{count} kinds of {what}s")),
        };
        let parts: Vec<String> =
            [kinds(self.errors, "error"), kinds(self.warnings, "warning")].into_iter().flatten().collect();
        if parts.is_empty() { "no errors or warnings".to_owned() } else { parts.join(", ") }
    }
}

fn write_side(out: &mut impl Write, name: &str, side: &SideCounts) -> Result<()> {
    let sizes = [(side.lines, "line"), (side.words, "word"), (side.characters, "character")];
    Ok(writeln!(out, "  {name}: {}", sizes.map(|(count, noun)| counted(count, noun)).join(", "))?)
}

fn write_fixed(out: &mut impl Write, fixed: &Fixed) -> Result<()> {
    writeln!(out, "\nwritten: {}: {}", printable(&fixed.files.join(", ")), counted(fixed.pairs, "pair"))?;
    for treated in &fixed.done {
        writeln!(out, "  {}: {}", treated.says, grouped(treated.count))?;
    }
    if let Some(columns) = fixed.columns {
        let (source, target) = (columns.source(), columns.target());
        writeln!(out, "  source and target only: columns {source} and {target} are now 1 and 2")?;
    }
    if fixed.done.is_empty() {
        writeln!(out, "  no pair was changed or removed")?;
    }
    Ok(())
}

fn line_of(place: &Place) -> String {
    let column = place.column.map(|column| format!(":{column}")).unwrap_or_default();
    let excerpt = if place.excerpt.is_empty() { String::new() } else { format!(": `{}`", place.excerpt) };
    let note = match &place.note {
        Some(note) if place.excerpt.is_empty() => format!(": {note}"),
        Some(note) => format!(" ({note})"),
        None => String::new(),
    };
    format!("{}:{}{column}{excerpt}{note}", place.file, place.line)
}

/// The number with its noun, as [`glosser_text::counted`] writes it, but with a comma between thousands.
fn counted(count: usize, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} {noun}{s}", grouped(count))
}

/// The number with a comma between thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        let expected = [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")];
        expected.into_iter().for_each(|(number, text)| assert_eq!(grouped(number), text));
    }
}
