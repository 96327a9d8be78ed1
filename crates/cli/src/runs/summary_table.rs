//! The comparison as a table of text: one row for each setting.

use super::comparison::Comparison;
use super::setting::Setting;
use glosser_text::printable_lines;
use glosser_translator::DevMetric;
use serde_json::Value;

/// Returns the rows of the table, the first of which is the header, and the columns that may be cut on a terminal.
pub fn rows(comparison: &Comparison) -> (Vec<Vec<String>>, Vec<usize>) {
    let differing = comparison.differing.iter().cloned();
    let figures = ["finished", "mean", "sample standard deviation", "best", "best run", "mark"].map(str::to_owned);
    let metric = comparison.metric;
    let named = figures.map(|name| if name == "mean" { format!("mean {}", metric.name()) } else { name });
    let header = ["setting".to_owned()].into_iter().chain(differing).chain(named).collect();
    let row = |setting: &Setting| row(setting, comparison);
    let rows: Vec<Vec<String>> = std::iter::once(header).chain(comparison.settings.iter().map(row)).collect();
    let last = 1 + comparison.differing.len() + 4;
    (rows, (1..=comparison.differing.len()).chain([last]).collect())
}

fn row(setting: &Setting, comparison: &Comparison) -> Vec<String> {
    let number = |value: Option<f64>| score(comparison.metric, value);
    let values = comparison.differing.iter().map(|name| cell(setting.settings.get(name)));
    let is_best = comparison.best == Some(setting.number);
    let statistics = setting.statistics;
    let figures = [
        format!("{} of {}", setting.finished, setting.runs),
        number(statistics.mean),
        number(statistics.sample_standard_deviation),
        number(setting.best),
        one_cell(setting.best_run.as_deref().unwrap_or("-")),
        if is_best { "best mean" } else { "-" }.to_owned(),
    ];
    [setting.number.to_string()].into_iter().chain(values).chain(figures).collect()
}

/// A score with as many decimals as its metric is printed with everywhere; a dash without one.
fn score(metric: DevMetric, value: Option<f64>) -> String {
    let decimals = if metric == DevMetric::Loss { 3 } else { 2 };
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.decimals$}"))
}

/// A value of a setting without quotation marks.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => one_cell(text),
        Some(value) => one_cell(&value.to_string()),
    }
}

/// A text without tabs and line breaks.
fn one_cell(text: &str) -> String {
    printable_lines(&text.replace(['\t', '\n', '\r'], " ")).to_string()
}
