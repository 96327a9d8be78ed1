//! A table that compares two systems.

use glosser_evaluation::{Comparison, Estimate};
use std::fmt;

/// Two systems, compared by each metric.
pub struct ComparedSystems {
    /// Name of the system.
    pub system: String,
    /// Name of the system that it is compared with.
    pub baseline: String,
    /// One comparison per metric.
    pub comparisons: [Comparison; 4],
}

/// A table of scores with mean and interval, a line with the significant differences, and the signatures.
impl fmt::Display for ComparedSystems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = ["".to_owned(), self.system.clone(), self.baseline.clone(), "p".to_owned()];
        let rows = self.comparisons.iter().map(|c| {
            [c.signature.metric.name().to_owned(), shown(&c.system), shown(&c.baseline), format!("{:.3}", c.p_value)]
        });
        let rows: Vec<[String; 4]> = std::iter::once(heads).chain(rows).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: [usize; 4] = std::array::from_fn(width);
        for row in &rows {
            let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            writeln!(f, "{}", cells.join("  ").trim_end())?;
        }
        writeln!(f, "{}", self.verdict())?;
        for comparison in &self.comparisons {
            writeln!(f, "{}|{}", comparison.signature.metric.name(), comparison.signature)?;
        }
        Ok(())
    }
}

impl ComparedSystems {
    /// Names the metrics with significant differences, in one line.
    fn verdict(&self) -> String {
        let named = |is_meant: fn(&Comparison) -> bool| {
            let names: Vec<&str> = self
                .comparisons
                .iter()
                .filter(|c| is_meant(c))
                .map(|comparison| comparison.signature.metric.name())
                .collect();
            names.join(", ")
        };
        let parts = [
            ("better in ", named(|c| c.is_significant() && c.is_improvement())),
            ("worse in ", named(|c| c.is_significant() && !c.is_improvement())),
            ("no significant difference in ", named(|c| !c.is_significant())),
        ];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(what, names)| format!("{what}{names}"))
            .collect();
        format!("{} against {} at p < 0.05: {}", self.system, self.baseline, parts.join("; "))
    }
}

fn shown(estimate: &Estimate) -> String {
    format!("{:.2} ({:.2} ± {:.2})", estimate.score, estimate.mean, estimate.half_width())
}
