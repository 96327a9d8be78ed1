//! Findings with their places.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Kind, Severity};

/// Places kept of each kind: enough to see what it is about, however dirty the corpus.
pub const MOST_PLACES: usize = 100;

/// Where something was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The name of the file as the user gave it.
    pub file: String,
    /// The line, from one.
    pub line: usize,
    /// The byte within the line, from one, where the finding is about bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// Some of the text there, safe to print: control characters are spelt.
    pub excerpt: String,
    /// What else is known, in a few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// All that was found of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// How bad.
    pub severity: Severity,
    /// On how many lines, places that were not kept counted.
    pub count: usize,
    /// The first [`MOST_PLACES`] of them.
    pub places: Vec<Place>,
}

/// What was found so far, a finding a kind.
#[derive(Debug, Default)]
pub(super) struct Findings(BTreeMap<Kind, Finding>);

impl Findings {
    /// Counts one more; `place` is asked only while places are kept.
    pub(super) fn add(&mut self, kind: Kind, place: impl FnOnce() -> Place) {
        let severity = kind.severity();
        let finding = self.0.entry(kind).or_insert_with(|| Finding { kind, severity, count: 0, places: Vec::new() });
        finding.count += 1;
        if finding.places.len() < MOST_PLACES {
            finding.places.push(place());
        }
    }

    /// Worst first.
    pub(super) fn into_vec(self) -> Vec<Finding> {
        self.0.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_counted_and_the_first_hundred_kept() {
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
