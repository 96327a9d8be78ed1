//! Lines whose translation is less than it could be: told one by one, counted, summed up at the end.

use crate::output::say;
use glosser_text::TextError;
use glosser_translator::{Translation, Translator};
use serde::Serialize;
use std::collections::BTreeMap;

/// Lines of a kind that are told one by one; of a file in the wrong encoding every line would be.
const TOLD: usize = 20;

/// What can be wrong with the translation of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Degradation {
    /// Bytes of the line are not UTF-8, and were replaced.
    BytesReplaced,
    /// The line has a NUL, which was left out.
    NulRemoved,
    /// The line was too long for the model.
    Split,
    /// The translation reached the length that was asked for before its end.
    Cut,
    /// The translation reached its greatest length without an end.
    NoEnd,
    /// The translation would have been several lines for some programs.
    LineEndsReplaced,
    /// The line, or its translation, is too long for weights and links that were asked for.
    NoWeights,
}

impl Degradation {
    /// What lines have this, behind their number.
    fn counted(self) -> &'static str {
        match self {
            Self::BytesReplaced => "with bytes that are not UTF-8",
            Self::NulRemoved => "with a NUL",
            Self::Split => "translated in pieces",
            Self::Cut => "cut at --max-length",
            Self::NoEnd => "without an end",
            Self::LineEndsReplaced => "with line ends in the translation",
            Self::NoWeights => "without weights",
        }
    }
}

/// What is wrong with a line as it was read, and what is to be said of it.
pub fn of_line(faults: &[TextError]) -> Vec<(Degradation, String)> {
    let kind = |fault: &TextError| match fault {
        TextError::Nul { .. } => Degradation::NulRemoved,
        _ => Degradation::BytesReplaced,
    };
    faults.iter().map(|fault| (kind(fault), format!("{fault}; translated as it could be read"))).collect()
}

/// What is wrong with a translation of a line, and what is to be said of it. `place` names the line; weights are missed
/// only where they are `wanted`.
pub fn of_translation(
    translation: &Translation,
    place: &str,
    max_length: Option<usize>,
    wanted: Weights,
) -> Vec<(Degradation, String)> {
    let mut all = Vec::new();
    let pieces = translation.pieces;
    if pieces > 1 {
        all.push((Degradation::Split, format!("{place}: too long for the model; translated in {pieces} pieces")));
    }
    match max_length {
        Some(most) if translation.truncated => {
            all.push((Degradation::Cut, format!("{place}: the translation is cut at --max-length {most}")));
        }
        None if translation.truncated => {
            all.push((Degradation::NoEnd, format!("{place}: the model found no end for the translation; it is cut")));
        }
        _ => {}
    }
    if translation.line_ends > 0 {
        let what = "a character of the translation that ends lines for some programs is a space now";
        all.push((Degradation::LineEndsReplaced, format!("{place}: {what}")));
    }
    if wanted == Weights::Wanted && pieces > 0 && !translation.has_attention() {
        let most = Translator::LONGEST_WEIGHTED;
        all.push((
            Degradation::NoWeights,
            format!("{place}: no weights and no links, since it has more than {most} sub-words"),
        ));
    }
    all
}

/// Whether an output shows weights, or what is read from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weights {
    /// It does.
    Wanted,
    /// It does not.
    Unseen,
}

/// The count of all lines that were degraded.
#[derive(Debug, Default)]
pub struct Tally {
    lines: usize,
    degraded: usize,
    kinds: BTreeMap<Degradation, usize>,
}

impl Tally {
    /// Counts the next line. `told` says the first lines of each kind.
    pub fn add(&mut self, mut found: Vec<(Degradation, String)>, mut told: impl FnMut(&str)) {
        // Several translations of one line count once.
        found.sort_by_key(|(kind, _)| *kind);
        found.dedup_by_key(|(kind, _)| *kind);
        self.lines += 1;
        self.degraded += usize::from(!found.is_empty());
        for (kind, what) in found {
            let count = self.kinds.entry(kind).or_default();
            *count += 1;
            match (*count).cmp(&TOLD) {
                std::cmp::Ordering::Less => told(&what),
                std::cmp::Ordering::Equal => told(&format!("{what} (from here on such lines are only counted)")),
                std::cmp::Ordering::Greater => {}
            }
        }
    }

    /// All of it in a line, if there is something to say.
    pub fn summary(&self) -> Option<String> {
        let kinds: Vec<String> = self.kinds.iter().map(|(kind, count)| format!("{count} {}", kind.counted())).collect();
        let Self { lines, degraded, .. } = self;
        (*degraded > 0).then(|| format!("degraded lines: {degraded} of {lines} ({})", kinds.join(", ")))
    }
}

/// Says a warning.
pub fn warn(what: &str) {
    say(&format!("warning: {what}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_lines_of_a_kind_are_told_and_all_are_counted() {
        let mut tally = Tally::default();
        let mut told = Vec::new();
        for line in 1..=50 {
            let split = (Degradation::Split, format!("{line} is long"));
            let nul = (Degradation::NulRemoved, format!("{line} has a NUL"));
            let found = match line {
                7 => vec![split.clone(), nul, split],
                8 => Vec::new(),
                _ => vec![split],
            };
            tally.add(found, |what| told.push(what.to_owned()));
        }
        assert_eq!(told.len(), 21);
        assert_eq!(told[6..8], ["7 has a NUL", "7 is long"]);
        assert_eq!(told[20], "21 is long (from here on such lines are only counted)");
        assert_eq!(
            tally.summary().as_deref(),
            Some("degraded lines: 49 of 50 (1 with a NUL, 49 translated in pieces)")
        );
        assert_eq!(Tally::default().summary(), None);
    }
}
