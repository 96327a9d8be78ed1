//! Progress bars on standard error, and durations.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, stderr};

/// Returns a bar over `count` units; it is hidden without a terminal, or if `quiet`.
pub fn bar(count: usize, unit: &str, quiet: bool) -> ProgressBar {
    if quiet || !stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(count as u64);
    bar.set_style(style(&format!("{{bar:24.cyan/dim}} {{pos}}/{{len}} {unit}, {{eta}} left")));
    bar
}

/// Parses a template of indicatif; an invalid one gives the default bar.
pub fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Formats a duration in whole seconds as `1:02:03` or `2:03`.
pub fn duration(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}
