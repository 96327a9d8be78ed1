//! `glosser report --runs`: reads trainings, and writes their comparison as a table, a page or JSON.

use super::comparison::{Comparison, LeftOut};
use super::comparison_page::page;
use super::directories::read;
use super::summary_table::{lined_up, rows};
use super::training_run::Status;
use crate::arguments::wrong_usage;
use crate::output::{is_terminal, note, replace, warn, width, wrote};
use anyhow::{Result, ensure};
use clap::ValueEnum;
use glosser_text::counted;
use std::path::{Path, PathBuf};

/// Forms of a comparison of trainings.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ComparisonFormat {
    /// A table: a header, then one line per setting, with tabs between the columns
    Text,
    /// One JSON object
    Json,
    /// A web page with the learning curves
    Html,
}

impl ComparisonFormat {
    /// Chooses the form: the given one, else that of the ending of the output file, else the table.
    ///
    /// # Errors
    /// If the ending promises another form than the given one.
    pub fn choose(given: Option<Self>, output: Option<&Path>) -> Result<Self> {
        let ending = output.and_then(Path::extension).map(|ending| ending.to_string_lossy().to_lowercase());
        let by_ending = match ending.as_deref() {
            Some("html" | "htm" | "xhtml") => Some(Self::Html),
            Some("json") => Some(Self::Json),
            Some("tsv" | "txt") => Some(Self::Text),
            _ => None,
        };
        match (given, by_ending, output) {
            (Some(given), Some(other), Some(output)) if given != other => Err(wrong_usage(format!(
                "{}: its ending is that of another --format; change one of them",
                output.display()
            ))),
            _ => Ok(given.or(by_ending).unwrap_or(Self::Text)),
        }
    }
}

/// Compares the trainings in `directories`, and writes the comparison.
///
/// # Errors
/// If a directory does not exist, or none has a training.
pub fn compare(directories: &[PathBuf], format: ComparisonFormat, output: Option<&Path>) -> Result<()> {
    let (runs, left_out) = read(directories)?;
    ensure!(
        !runs.is_empty(),
        "no training can be compared: {}",
        left_out.iter().map(|left_out| left_out.reason.as_str()).collect::<Vec<_>>().join("; ")
    );
    let comparison = Comparison::new(runs, left_out);
    let count = counted(comparison.runs.len(), "training");
    let bytes = match format {
        ComparisonFormat::Json => serde_json::to_vec(&comparison).map(|json| [json, b"\n".to_vec()].concat())?,
        ComparisonFormat::Html => page(&comparison)?.into_bytes(),
        ComparisonFormat::Text => table_of(&comparison, output)?,
    };
    let warned = |LeftOut { reason, remark, .. }: &LeftOut| warn(&format!("{reason}{remark}"));
    comparison.left_out.iter().for_each(warned);
    replace(output, &bytes)?;
    // The page and JSON have them inside.
    if format == ComparisonFormat::Text {
        let unfinished = comparison.runs.iter().filter(|run| run.status != Status::Finished);
        unfinished.for_each(|run| note(&run.progress()));
        comparison.notes.iter().for_each(|text| note(text));
    }
    wrote(output, &count);
    Ok(())
}

/// The table, lined up on a terminal.
fn table_of(comparison: &Comparison, output: Option<&Path>) -> Result<Vec<u8>> {
    if is_terminal(output) {
        return lined_up(comparison, width());
    }
    Ok(rows(comparison).iter().flat_map(|row| format!("{}\n", row.join("\t")).into_bytes()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_of_the_output_chooses_the_form_and_may_not_contradict_the_option() {
        let choose = |given, output: Option<&str>| ComparisonFormat::choose(given, output.map(Path::new)).ok();
        let (text, json, html) = (ComparisonFormat::Text, ComparisonFormat::Json, ComparisonFormat::Html);
        for (given, output, expected) in [
            (None, None, Some(text)),
            (None, Some("-"), Some(text)),
            (None, Some("runs.html"), Some(html)),
            (None, Some("runs.JSON"), Some(json)),
            (None, Some("runs.tsv"), Some(text)),
            (Some(html), None, Some(html)),
            (Some(json), Some("runs"), Some(json)),
            (Some(json), Some("runs.html"), None),
        ] {
            assert!(choose(given, output) == expected, "{output:?}");
        }
    }
}
