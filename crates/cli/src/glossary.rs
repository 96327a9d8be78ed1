//! The glossary of `translate`: its files, and which of its terms were found.

use anyhow::Result;
use clap::ValueEnum;
use glosser_text::{TermMatch, Terms, counted, open};
use glosser_translator::Translation;
use std::collections::BTreeSet;
use std::path::Path;

/// Maximum number of terms that are named.
const MAX_NAMED: usize = 20;

/// How terms match the words of a sentence.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GlossaryMatch {
    /// As written; the first letter may be a capital at the beginning of a sentence
    Exact,
    /// In any letter case
    Case,
    /// In any letter case and with other endings: the first letters must be the same, at least four and at least two
    /// thirds of both words
    Forms,
}

impl From<GlossaryMatch> for TermMatch {
    fn from(matching: GlossaryMatch) -> Self {
        match matching {
            GlossaryMatch::Exact => Self::Exact,
            GlossaryMatch::Case => Self::Case,
            GlossaryMatch::Forms => Self::Forms,
        }
    }
}

/// Reads the terms of --glossary and --keep.
pub fn terms(glossary: Option<&Path>, keep: Option<&Path>, matching: GlossaryMatch) -> Result<Terms> {
    let mut terms = Terms::matching(matching.into());
    if let Some(file) = glossary {
        terms.add_glossary(open(file)?)?;
    }
    if let Some(file) = keep {
        terms.add_kept(open(file)?)?;
    }
    Ok(terms)
}

/// Maximum number of other forms of terms that are counted, so that the memory is bounded.
const MAX_FORMS: usize = 10_000;

/// Counts the terms of a glossary that translations contain.
pub struct GlossaryUse {
    terms: Vec<String>,
    /// The number of times that each was found.
    counts: Vec<usize>,
    /// Words that matched a term by another ending, with their terms.
    forms: BTreeSet<(String, String)>,
}

impl GlossaryUse {
    pub fn new(terms: &Terms) -> Self {
        let terms = terms.translated().to_vec();
        Self { counts: vec![0; terms.len()], terms, forms: BTreeSet::new() }
    }

    /// Counts the terms of a translation.
    pub fn add(&mut self, translation: &Translation) {
        for item in &translation.items {
            let Some(number) = item.term else { continue };
            self.counts[number] += 1;
            let (term, found) = (&self.terms[number], &translation.source[item.source.clone()]);
            if self.forms.len() < MAX_FORMS && term.to_lowercase() != found.to_lowercase() {
                self.forms.insert((found.to_owned(), term.clone()));
            }
        }
    }

    /// Hits and misses in one line; `None` without a glossary.
    pub fn summary(&self) -> Option<String> {
        let Self { terms, counts, forms } = self;
        if terms.is_empty() {
            return None;
        }
        let found = counts.iter().filter(|count| **count > 0).count();
        let least = if forms.len() == MAX_FORMS { "at least " } else { "" };
        let missed = terms.iter().zip(counts).filter(|(_, count)| **count == 0).map(|(term, _)| format!("`{term}`"));
        let forms = forms.iter().map(|(found, term)| format!("`{found}` (`{term}`)"));
        let mut text = format!("glossary: {found} of {} found", counted(terms.len(), "term"));
        if found > 0 {
            text += &format!(", {}", counted(counts.iter().sum(), "time"));
        }
        for (name, least, list) in
            [("other forms", least, forms.collect::<Vec<_>>()), ("not found", "", missed.collect())]
        {
            if !list.is_empty() {
                let more = list.len().saturating_sub(MAX_NAMED);
                let more = if more > 0 { format!(" and {least}{more} more") } else { String::new() };
                text += &format!("; {name}: {}{more}", list[..list.len().min(MAX_NAMED)].join(", "));
            }
        }
        Some(text)
    }
}
