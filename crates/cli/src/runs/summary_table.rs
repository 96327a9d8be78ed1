//! The comparison as a table of text: one row for each setting.

use super::comparison::Comparison;
use super::setting::Setting;
use crate::output::wrapped;
use crate::table;
use anyhow::Result;
use glosser_text::printable_lines;
use serde_json::Value;

/// Returns the rows of the table, the first of which is the header.
pub fn rows(comparison: &Comparison) -> Vec<Vec<String>> {
    rows_of(comparison, &format!("mean {}", comparison.scoring.name()), true)
}

/// Lines up the table for a terminal. If it is too narrow for the whole table, the header is shorter; if that is not
/// enough, values and directories follow below the table, so that none is cut.
///
/// # Errors
/// Those of writing, which memory does not have.
pub fn lined_up(comparison: &Comparison, width: usize) -> Result<Vec<u8>> {
    let forms = [rows(comparison), rows_of(comparison, MEAN, true)];
    let fitting = forms.into_iter().find(|rows| table::width_of(rows) <= width);
    let is_whole = fitting.is_some();
    let rows = fitting.unwrap_or_else(|| rows_of(comparison, MEAN, false));
    let mut bytes = Vec::new();
    table::lined_up(&mut bytes, &rows, &[], width)?;
    let below = comparison.settings.iter().filter(|_| !is_whole).map(|setting| values_of(setting, comparison));
    for line in below.chain([explanation(comparison)]) {
        bytes.extend(format!("{}\n", wrapped(&line, width)).into_bytes());
    }
    Ok(bytes)
}

/// The short header of the means.
const MEAN: &str = "mean";

/// The rows, with the values of the settings and the directories of their best runs if the table is `whole`.
fn rows_of(comparison: &Comparison, mean: &str, whole: bool) -> Vec<Vec<String>> {
    let names = if whole { comparison.differing.as_slice() } else { &[] };
    let directory = if whole { &["best run"][..] } else { &[] };
    let header = std::iter::once("setting").chain(names.iter().map(String::as_str)).chain(["runs", mean]);
    let header = header.chain(["deviation", "best"]).chain(directory.iter().copied()).chain(["mark"]);
    let row = |setting: &Setting| {
        let number = |value: Option<f64>| value.map_or_else(dash, |value| comparison.scoring.shown(value));
        let mut row = vec![setting.number.to_string()];
        row.extend(names.iter().map(|name| cell(setting.settings.get(name))));
        row.push(format!("{} of {}", setting.finished, setting.runs));
        row.extend([setting.statistics.mean, setting.statistics.sample_standard_deviation, setting.best].map(number));
        row.extend(directory.iter().map(|_| setting.best_run.as_deref().map_or_else(dash, one_cell)));
        row.push(mark(setting, comparison));
        row
    };
    std::iter::once(header.map(one_cell).collect()).chain(comparison.settings.iter().map(row)).collect()
}

/// The mark of the best setting; a single run is no mean.
fn mark(setting: &Setting, comparison: &Comparison) -> String {
    match setting.finished {
        _ if comparison.best != Some(setting.number) => dash(),
        1 => "best (n = 1)".to_owned(),
        _ => "best mean".to_owned(),
    }
}

/// The values of a setting and the directory of its best run, for a terminal on which they have no room in the table.
fn values_of(setting: &Setting, comparison: &Comparison) -> String {
    let values =
        comparison.differing.iter().map(|name| format!("{} {}", one_cell(name), cell(setting.settings.get(name))));
    let best = setting.best_run.as_deref().map(|run| format!("best run {}", one_cell(run)));
    let all: Vec<String> = values.chain(best).collect();
    format!("setting {}: {}", setting.number, all.join(", "))
}

/// The meaning of the columns.
fn explanation(comparison: &Comparison) -> String {
    format!(
        "runs: those finished, of all; mean, deviation (sample standard deviation) and best: their {} on the \
         validation pairs",
        comparison.scoring.name()
    )
}

fn dash() -> String {
    "-".to_owned()
}

/// A value of a setting without quotation marks.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => dash(),
        Some(Value::String(text)) => one_cell(text),
        Some(value) => one_cell(&value.to_string()),
    }
}

/// A text without tabs and line breaks.
fn one_cell(text: &str) -> String {
    printable_lines(&text.replace(['\t', '\n', '\r'], " ")).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::scoring::{Scoring, Search};
    use crate::runs::statistics::Statistics;
    use glosser_translator::DevMetric;
    use unicode_width::UnicodeWidthStr;

    const NAMES: [&str; 2] = ["model.decoder_layers", "model.decoder_units"];

    fn comparison() -> Comparison {
        let setting = |number: usize| Setting {
            number,
            settings: NAMES.map(|name| (name.to_owned(), number.into())).into_iter().collect(),
            runs: 3,
            finished: 3,
            statistics: Statistics::of(&[11.0, 12.0, 13.0]),
            best: Some(13.0),
            best_run: Some(format!("experiments/november/layers-{number}-seed-3")),
            greedy: Statistics::of(&[]),
            members: Vec::new(),
        };
        Comparison {
            program: String::new(),
            scoring: Scoring { metric: DevMetric::Bleu, higher_is_better: true, search: Some(Search::Beam) },
            best: Some(1),
            differing: NAMES.map(str::to_owned).to_vec(),
            settings: vec![setting(1), setting(2)],
            runs: Vec::new(),
            notes: Vec::new(),
            left_out: Vec::new(),
            trainings: Vec::new(),
        }
    }

    #[test]
    fn no_name_and_no_directory_is_cut_on_a_terminal_of_any_width() {
        let shown = |width| String::from_utf8(lined_up(&comparison(), width).expect("memory")).expect("UTF-8");
        assert!(shown(200).starts_with(
            "setting  model.decoder_layers  model.decoder_units  runs    mean BLEU (beam search)  deviation   best  "
        ));
        let shorter = shown(140);
        assert!(shorter.lines().next().is_some_and(|header| header.contains("runs     mean  deviation")), "{shorter}");
        let narrow = shown(60);
        assert!(narrow.starts_with("setting  runs     mean  deviation   best  mark\n"), "{narrow}");
        let values = "setting 2: model.decoder_layers 2, model.decoder_units 2, best";
        assert!(narrow.replace("\n  ", " ").contains(values), "{narrow}");
        for text in [shown(200), shorter, narrow] {
            for needed in [NAMES[0], NAMES[1], "experiments/november/layers-2-seed-3", "BLEU (beam search)"] {
                assert!(text.replace("\n  ", " ").contains(needed), "{needed}: {text}");
            }
        }
        assert!(shown(60).lines().all(|line| line.width() <= 60), "{}", shown(60));
    }
}
