//! Findings, with their places in the files.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::kind::{Kind, Severity};

/// The largest number of places kept per kind, however many faults the corpus has.
pub const MOST_PLACES: usize = 100;

/// The place of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The name of the file as the user gave it.
    pub file: String,
    /// The one-based line.
    pub line: usize,
    /// The one-based byte within the line, if the finding is about bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// A part of the text there, safe to print: control characters are escaped.
    pub excerpt: String,
    /// Further information, in a few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// All findings of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The kind.
    pub kind: Kind,
    /// How serious it is.
    pub severity: Severity,
    /// The number of lines with this fault, including those whose place is not kept.
    pub count: usize,
    /// The first [`MOST_PLACES`] of them.
    pub places: Vec<Place>,
}

/// The findings so far, one per kind.
#[derive(Debug, Default)]
pub(crate) struct Findings(BTreeMap<Kind, Finding>);

impl Findings {
    /// Counts one more; `place` is called only while fewer than [`MOST_PLACES`] are kept.
    pub(crate) fn add(&mut self, kind: Kind, place: impl FnOnce() -> Place) {
        let severity = kind.severity();
        let finding = self.0.entry(kind).or_insert_with(|| Finding { kind, severity, count: 0, places: Vec::new() });
        finding.count += 1;
        if finding.places.len() < MOST_PLACES {
            finding.places.push(place());
        }
    }

    /// Returns the findings, the most serious kind first.
    pub(crate) fn into_vec(self) -> Vec<Finding> {
        self.0.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_counted_and_the_first_hundred_places_are_kept() {
        let mut findings = Findings::default();
        for line in 1..=250 {
            let place = || Place { file: "f".to_owned(), line, column: None, excerpt: String::new(), note: None };
            findings.add(Kind::Nul, place);
        }
        let findings = findings.into_vec();
        assert_eq!((findings.len(), findings[0].count, findings[0].places.len()), (1, 250, MOST_PLACES));
        assert_eq!(findings[0].places.last().map(|place| place.line), Some(MOST_PLACES));
    }
}
