//! A sentence pair with its gold word links.

use std::fmt;

/// One gold alignment point between white-space words, zero-based.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Link {
    /// Index of the English word.
    pub source: usize,
    /// Index of the French word.
    pub target: usize,
    /// Whether the link is sure (every annotator would choose it). Otherwise it is only possible.
    pub sure: bool,
}

/// Pharaoh notation: `3-4` for a sure link, `3p4` for a possible one.
impl fmt::Display for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joint = if self.sure { '-' } else { 'p' };
        write!(formatter, "{}{joint}{}", self.source, self.target)
    }
}

/// A sentence in both languages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// The English sentence.
    pub source: String,
    /// The French sentence.
    pub target: String,
    /// The gold links, sorted by source, then target.
    pub links: Vec<Link>,
}

impl Example {
    /// The word forms of both sides in lower case and without punctuation, with the prefix `en:` or `fr:`.
    pub fn forms(&self) -> impl Iterator<Item = String> {
        let english = self.source.split_whitespace().map(|word| format!("en:{}", form(word)));
        let french = self.target.split_whitespace().map(|word| format!("fr:{}", form(word)));
        english.chain(french)
    }
}

/// A word in lower case without the punctuation at its end.
pub(crate) fn form(word: &str) -> String {
    word.trim_end_matches(['.', ',', '?']).to_lowercase()
}
