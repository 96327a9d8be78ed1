//! How translations are written: a line for each, or cells of the rows of the input.

use crate::column::Place;
use crate::commands::translate::{AlignmentKind, TranslateFormat};
use crate::degraded::{Degradation, of_line, of_translation};
use crate::links;
use crate::rows::{Row, RowFormat};
use crate::terminal::for_terminal;
use anyhow::Result;
use glosser_alignment::Shades;
use glosser_text::WordSplitters;
use glosser_translator::{LinkReading, Record, Scorer, Translation, Weighting, WordView};
use serde::Serialize;
use std::borrow::Cow;
use std::io::Write;

/// How rows are read, and how their translations are written.
pub struct Form {
    pub rows: RowFormat,
    pub format: TranslateFormat,
    /// Where the translation of a cell is written; `None` for a translation on a line of its own.
    pub cell: Option<Place>,
    pub alignment: Option<AlignmentKind>,
    /// What links and weights are read from.
    pub reading: LinkReading,
    pub words: WordSplitters,
    /// Name of the input in messages.
    pub name: String,
    pub max_length: Option<usize>,
    pub shades: Shades,
    /// Whether a legend follows each grid.
    pub has_legend: bool,
    pub is_stdout: bool,
}

/// The translated lines of a text before its last one, with their faults.
#[derive(Default)]
pub struct EarlierLines {
    text: String,
    faults: Vec<(Degradation, String)>,
}

/// The fields of a JSON object that are added to those of the input.
#[derive(Serialize)]
struct Fields<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    translation: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<String>,
    /// `[target word][source word]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    weights: Option<Vec<&'a [f32]>>,
    /// Weight of each target word on the end of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    eos_mass: Option<&'a [f32]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    degraded: Vec<Degradation>,
}

impl Form {
    /// File and line in messages.
    pub fn place(&self, number: usize) -> String {
        format!("{}:{number}", self.name)
    }

    /// Returns whether translations are cells of rows whose other cells are passed through.
    pub fn has_cells(&self) -> bool {
        !matches!(self.rows, RowFormat::Line)
    }

    /// Whether the output has links or weights.
    fn shows_weights(&self) -> bool {
        self.format == TranslateFormat::Jsonl || self.alignment.is_some()
    }

    /// The weights that translations need: the attention costs nothing.
    pub fn weighting(&self) -> Weighting {
        if self.shows_weights() { self.reading.weighting() } else { Weighting::Attention }
    }

    /// The words of a translation, with their links. One that is too long for weights has none.
    fn view<'t>(&self, translation: &'t Translation, scorer: &Scorer) -> Result<WordView<'t>> {
        match translation.attention {
            Some(_) => Ok(scorer.links(translation, &self.words, self.reading)?),
            None => Ok(translation.words_by(&self.words)),
        }
    }

    /// Returns whether the lines of a text are translated one by one. Links between words need the whole text.
    pub fn is_line_by_line(&self) -> bool {
        self.cell.is_some() && self.alignment.is_none()
    }

    /// The translation, without control characters on a terminal.
    fn text<'t>(&self, translation: &'t Translation) -> Cow<'t, str> {
        if self.is_stdout { for_terminal(&translation.text) } else { Cow::Borrowed(&translation.text) }
    }

    fn faults(&self, translation: &Translation, number: usize) -> Vec<(Degradation, String)> {
        of_translation(translation, &self.place(number), self.max_length, self.shows_weights())
    }

    /// Adds a translated line of the text of row `number`, with its line break.
    pub fn add_line(&self, lines: &mut EarlierLines, number: usize, translation: &Translation, line_break: &str) {
        lines.text += &translation.text;
        lines.text += line_break;
        for fault in self.faults(translation, number) {
            // Of thousands of lines with one kind of fault, the first one is named.
            if lines.faults.iter().all(|(kind, _)| *kind != fault.0) {
                lines.faults.push(fault);
            }
        }
    }

    /// Writes all translations of row `number`, or of the last line of its text, and returns their faults, each with a
    /// message. `scorer` is that of the model.
    pub fn write(
        &self,
        out: &mut Vec<u8>,
        (number, row): (usize, &Row),
        earlier: EarlierLines,
        translations: &[Translation],
        scorer: &Scorer,
    ) -> Result<Vec<(Degradation, String)>> {
        let mut found = of_line(row.faults());
        if let Some(what) = row.missing() {
            let warning = format!("{}: {what}; the row is passed through", self.place(number));
            found.push((Degradation::NoColumn, warning));
        }
        let EarlierLines { text, faults } = earlier;
        found.extend(faults);
        let of_row = found.len();
        // Nothing was translated for an object without a text.
        let count = if row.keys().is_some() && (row.has_null() || row.missing().is_some()) { 1 } else { usize::MAX };
        for (rank, translation) in translations.iter().take(count).enumerate() {
            let more = self.faults(translation, number);
            let mut kinds: Vec<Degradation> = found[..of_row].iter().chain(&more).map(|(kind, _)| *kind).collect();
            match self.cell {
                Some(place) => {
                    kinds.sort();
                    kinds.dedup();
                    let text = text.clone() + &translation.text;
                    let view = self.alignment.map(|_| self.view(translation, scorer)).transpose()?;
                    out.extend(self.with_cells(row, place, &text, view.as_ref(), kinds)?);
                }
                None if (self.format, self.alignment) == (TranslateFormat::Text, None) => {
                    // Words are needed for the other formats only.
                    writeln!(out, "{}", self.text(translation))?;
                }
                None => {
                    let view = self.view(translation, scorer)?;
                    self.write_one(out, (number, rank + 1), row, (translation, &view), &kinds)?;
                }
            }
            found.extend(more);
        }
        Ok(found)
    }

    /// The line of the row with its translation, and with the alignment at its end.
    fn with_cells(
        &self,
        row: &Row,
        place: Place,
        text: &str,
        view: Option<&WordView>,
        degraded: Vec<Degradation>,
    ) -> Result<Vec<u8>> {
        if row.missing().is_some() && row.keys().is_some() && place == Place::End {
            return Ok(row.bytes(row.with_degraded(&degraded)?));
        }
        let of_kind = |kind| view.filter(|_| self.alignment == Some(kind));
        let (pharaoh, soft) = (of_kind(AlignmentKind::Pharaoh), of_kind(AlignmentKind::Soft));
        let is_replaced = place == Place::Cell;
        let replaced = if is_replaced { Some(row.with_texts(&[text])?) } else { None };
        let row = replaced.as_ref().unwrap_or(row);
        if row.is_object() {
            let written = row.with_record(&Fields {
                translation: (!is_replaced).then_some(text),
                links: pharaoh.map(|view| links::hard(view).to_string()),
                weights: soft.map(|view| view.attention.matrix().rows().collect()),
                eos_mass: soft.map(|view| view.attention.eos_mass()),
                degraded: if is_replaced { Vec::new() } else { degraded },
            });
            return Ok(row.bytes(written?));
        }
        let pharaoh = pharaoh.map(|view| links::hard(view).to_string());
        let alignment = match soft {
            Some(view) => Some(links::soft(view)?),
            None => pharaoh,
        };
        let cells = [(!is_replaced).then_some(text), alignment.as_deref()];
        let cells: Vec<(&str, &str)> = cells.into_iter().flatten().map(|cell| ("", cell)).collect();
        Ok(row.bytes(row.with_cells(&self.rows, &cells)?))
    }

    fn write_one(
        &self,
        out: &mut impl Write,
        (line, rank): (usize, usize),
        row: &Row,
        (translation, view): (&Translation, &WordView),
        degraded: &[Degradation],
    ) -> Result<()> {
        let Self { format, alignment, .. } = *self;
        match format {
            TranslateFormat::Text => write!(out, "{}", self.text(translation))?,
            TranslateFormat::Moses => write!(
                out,
                "{} ||| {} ||| log_prob= {:.4} ||| {:.4}",
                line - 1,
                self.text(translation),
                translation.log_prob,
                translation.score
            )?,
            TranslateFormat::Jsonl if row.missing().is_some() => {
                out.write_all(&row.bytes_without_end(row.with_degraded(&degraded)?))?;
            }
            TranslateFormat::Jsonl => {
                let json = links::json(line, rank, translation, Record::new(translation, view), degraded)?;
                // The text is one of the fields of the row.
                let json = if row.is_object() { row.with_json(&json, &["source"])? } else { json };
                out.write_all(&row.bytes_without_end(json))?;
            }
        }
        match alignment {
            // The JSON object already has links and weights.
            Some(AlignmentKind::Pharaoh | AlignmentKind::Soft) if format == TranslateFormat::Jsonl => {}
            Some(AlignmentKind::Pharaoh) => write!(out, " ||| {}", links::hard(view))?,
            Some(AlignmentKind::Soft) => write!(out, " ||| {}", links::soft(view)?)?,
            Some(AlignmentKind::Grid) => write!(out, "\n{}", links::picture(view, self.shades, self.has_legend))?,
            None => {}
        }
        writeln!(out)?;
        Ok(())
    }
}
