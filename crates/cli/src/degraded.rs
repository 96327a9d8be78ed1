//! Degraded lines: the faults of a translation, a warning for each of the first lines, a count of all.

use glosser_text::{PLACEHOLDERS, TextError};
use glosser_translator::{Translation, Translator};
use serde::Serialize;
use std::collections::BTreeMap;

/// Maximum number of warnings per kind: in a file with the wrong encoding every line is degraded.
const MAX_WARNINGS: usize = 20;

/// Kinds of degraded lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Degradation {
    /// Bytes that are not UTF-8 were replaced.
    BytesReplaced,
    /// A NUL was removed.
    NulRemoved,
    /// The line was too long for the model, or had too many copied words, and was translated in pieces.
    Split,
    /// The translation was truncated at --max-length.
    Cut,
    /// The translation was truncated at the default length, because the model predicted no end.
    NoEnd,
    /// The translation had characters that some programs read as the end of a line.
    LineEndsReplaced,
    /// The model gave no place to a copied word or a term of the glossary, which was put where it would have ended.
    ItemAppended,
    /// The line or its translation is too long for the weights and links that the output needs.
    NoWeights,
    /// A given pair is too long for the model.
    TooLong,
    /// The row has not the columns that are read, or is no JSON object.
    NoColumn,
}

impl Degradation {
    /// Describes the lines of this kind, after their number.
    fn description(self) -> &'static str {
        match self {
            Self::BytesReplaced => "with bytes that are not UTF-8",
            Self::NulRemoved => "with a NUL",
            Self::Split => "translated in pieces",
            Self::Cut => "truncated at --max-length",
            Self::NoEnd => "without an end",
            Self::LineEndsReplaced => "with line ends in the translation",
            Self::ItemAppended => "with a copied word or term that the model gave no place to",
            Self::NoWeights => "without weights",
            Self::TooLong => "too long for the model",
            Self::NoColumn => "without the column",
        }
    }
}

/// Faults of a line as it was read, with their warnings.
pub fn of_line(faults: &[TextError]) -> Vec<(Degradation, String)> {
    faults.iter().map(|fault| (kind(fault), format!("{fault}; translated without it"))).collect()
}

/// Faults of a row of pairs as it was read, with their warnings. `missing` is what it has in the place of its columns;
/// `consequence` is the end of the warnings.
pub fn of_row(
    faults: &[TextError],
    missing: Option<&str>,
    place: &str,
    consequence: &str,
) -> Vec<(Degradation, String)> {
    let repaired = faults.iter().map(|fault| (kind(fault), format!("{fault}; {consequence}")));
    let missing = missing.map(|what| (Degradation::NoColumn, format!("{place}: {what}; {consequence}")));
    repaired.chain(missing).collect()
}

fn kind(fault: &TextError) -> Degradation {
    match fault {
        TextError::Nul { .. } | TextError::EscapedNul { .. } => Degradation::NulRemoved,
        _ => Degradation::BytesReplaced,
    }
}

/// Faults of a translation, with their warnings. `place` is file and line; missing weights are a fault only if the
/// output shows weights or links.
pub fn of_translation(
    translation: &Translation,
    place: &str,
    max_length: Option<usize>,
    shows_weights: bool,
) -> Vec<(Degradation, String)> {
    let mut all = Vec::new();
    let pieces = translation.pieces;
    if pieces > 1 {
        let cause = format!("too long for the model, or more than {PLACEHOLDERS} words to copy");
        all.push((Degradation::Split, format!("{place}: {cause}; translated in {pieces} pieces")));
    }
    match max_length {
        Some(most) if translation.truncated => {
            all.push((Degradation::Cut, format!("{place}: the translation was truncated at --max-length {most}")));
        }
        None if translation.truncated => {
            all.push((
                Degradation::NoEnd,
                format!("{place}: the model predicted no end of the translation; it was truncated"),
            ));
        }
        _ => {}
    }
    if translation.line_ends > 0 {
        let what =
            "a character that some programs read as the end of a line was replaced by a space in the translation";
        all.push((Degradation::LineEndsReplaced, format!("{place}: {what}")));
    }
    let appended = translation.items.iter().filter(|item| item.is_appended);
    let appended: Vec<String> =
        appended.map(|item| format!("`{}`", &translation.source[item.source.clone()])).collect();
    if !appended.is_empty() {
        let what = format!("the model gave no place to {}, put where its translation ended", appended.join(", "));
        all.push((Degradation::ItemAppended, format!("{place}: {what}")));
    }
    if shows_weights && pieces > 0 && translation.attention.is_none() {
        let most = Translator::MAX_ATTENTION_TOKENS;
        all.push((
            Degradation::NoWeights,
            format!("{place}: no weights and links, because it has more than {most} sub-words"),
        ));
    }
    all
}

/// Counts degraded lines.
#[derive(Debug, Default)]
pub struct Tally {
    lines: usize,
    degraded: usize,
    kinds: BTreeMap<Degradation, usize>,
}

impl Tally {
    /// Counts a line with its faults, and calls `warn` for the first lines of each kind.
    pub fn add(&mut self, mut found: Vec<(Degradation, String)>, mut warn: impl FnMut(&str)) {
        // Several translations of one line count once.
        found.sort_by_key(|(kind, _)| *kind);
        found.dedup_by_key(|(kind, _)| *kind);
        self.lines += 1;
        self.degraded += usize::from(!found.is_empty());
        for (kind, what) in found {
            let count = self.kinds.entry(kind).or_default();
            *count += 1;
            if *count < MAX_WARNINGS {
                warn(&what);
            } else if *count == MAX_WARNINGS {
                warn(&format!("{what} (further lines of this kind are only counted)"));
            }
        }
    }

    /// Summary in one line; `None` if no line was degraded.
    pub fn summary(&self) -> Option<String> {
        let kinds: Vec<String> =
            self.kinds.iter().map(|(kind, count)| format!("{count} {}", kind.description())).collect();
        let Self { lines, degraded, .. } = self;
        (*degraded > 0).then(|| format!("degraded lines: {degraded} of {lines} ({})", kinds.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_twenty_lines_of_a_kind_give_warnings_and_all_are_counted() {
        let mut tally = Tally::default();
        let mut warnings = Vec::new();
        for line in 1..=50 {
            let split = (Degradation::Split, format!("{line} is long"));
            let nul = (Degradation::NulRemoved, format!("{line} has a NUL"));
            let found = match line {
                7 => vec![split.clone(), nul, split],
                8 => Vec::new(),
                _ => vec![split],
            };
            tally.add(found, |text| warnings.push(text.to_owned()));
        }
        assert_eq!(warnings.len(), 21);
        assert_eq!(warnings[6..8], ["7 has a NUL", "7 is long"]);
        assert_eq!(warnings[20], "21 is long (further lines of this kind are only counted)");
        assert_eq!(
            tally.summary().as_deref(),
            Some("degraded lines: 49 of 50 (1 with a NUL, 49 translated in pieces)")
        );
        assert_eq!(Tally::default().summary(), None);
    }
}
