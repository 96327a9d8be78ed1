//! The outcome of `translate` over all lines: degraded lines, unknown words, terms of the glossary.

use crate::degraded::{Degradation, Tally};
use crate::glossary::GlossaryUse;
use crate::output::{note, warn};
use crate::unknown_words::UnknownWords;
use anyhow::{Result, bail};
use glosser_text::Terms;
use glosser_translator::Translation;

/// Everything that is reported about all lines.
pub struct Outcome {
    degraded: Tally,
    unknown: UnknownWords,
    glossary: GlossaryUse,
}

impl Outcome {
    pub fn new(terms: &Terms) -> Self {
        Self { degraded: Tally::default(), unknown: UnknownWords::default(), glossary: GlossaryUse::new(terms) }
    }

    /// Counts the unknown words and the terms of a translation: of a line, or of a part of it.
    pub fn add(&mut self, best: &Translation) {
        self.unknown.add(best);
        self.glossary.add(best);
    }

    /// Counts the line whose translations were added, with its faults. `place` is file and line.
    pub fn end_line(&mut self, faults: Vec<(Degradation, String)>, place: &str) {
        self.degraded.add(faults, warn);
        self.unknown.end_line(place, warn);
    }

    /// Prints a summary of each kind, unless `is_quiet`.
    ///
    /// # Errors
    /// A summary whose option asks for an error: --strict for degraded lines, --strict-words for unknown words.
    pub fn report(&self, strict: bool, strict_words: bool, is_quiet: bool) -> Result<()> {
        let (degraded, unknown) = (self.degraded.summary(), self.unknown.summary());
        if !is_quiet {
            self.glossary.summary().iter().for_each(|summary| note(summary));
            let has_unnamed = self.unknown.has_unnamed() && !strict_words;
            unknown.iter().filter(|_| has_unnamed).for_each(|summary| warn(summary));
            degraded.iter().filter(|_| !strict).for_each(|summary| warn(summary));
        }
        let asked = [("--strict", degraded, strict), ("--strict-words", unknown, strict_words)];
        let errors: Vec<(&str, String)> = asked
            .into_iter()
            .filter(|(_, _, is_asked)| *is_asked)
            .filter_map(|(option, summary, _)| Some((option, summary?)))
            .collect();
        match &errors[..] {
            [] => Ok(()),
            [(option, summary)] => bail!("{summary}; all lines are written, but {option} makes this an error"),
            _ => {
                let (options, summaries): (Vec<&str>, Vec<String>) = errors.into_iter().unzip();
                let (options, summaries) = (options.join(" and "), summaries.join("; "));
                bail!("{summaries}; all lines are written, but {options} make this an error")
            }
        }
    }
}
