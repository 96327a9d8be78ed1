//! Fixed phrases: adverbials, conjunctions, openings.

use super::fields;
use crate::word::{Phrase, Tie, Word};

/// A phrase that does not inflect, with its links written out.
#[derive(Debug)]
pub(crate) struct Fixed {
    pub(crate) kind: String,
    pub(crate) english: String,
    french: String,
    links: Vec<(usize, usize, bool)>,
}

impl Fixed {
    pub(super) fn parse(line: &str) -> Option<Self> {
        let [kind, english, french, links] = fields(line, ',')?;
        Some(Self {
            kind: kind.to_owned(),
            english: english.to_owned(),
            french: french.to_owned(),
            links: links.split_whitespace().map(link).collect::<Option<_>>()?,
        })
    }

    /// The phrase, with a fresh tie for each of its links.
    pub(crate) fn phrase(&self, mut tie: impl FnMut() -> Tie) -> Phrase {
        let mut phrase = Phrase {
            source: self.english.split_whitespace().map(Word::new).collect(),
            target: self.french.split_whitespace().map(Word::new).collect(),
        };
        for &(source, target, sure) in &self.links {
            let tie = tie();
            phrase.source[source].ties.push((tie, sure));
            phrase.target[target].ties.push((tie, sure));
        }
        phrase
    }
}

fn link(text: &str) -> Option<(usize, usize, bool)> {
    let sure = text.contains('-');
    let (source, target) = text.split_once(['-', 'p'])?;
    Some((source.parse().ok()?, target.parse().ok()?, sure))
}
