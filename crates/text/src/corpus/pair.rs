//! A sentence and its translation.

use crate::counted::counted;

/// A sentence and its translation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The sentence to translate from.
    pub source: String,
    /// The sentence to translate into.
    pub target: String,
}

impl Pair {
    /// Returns whether a side has only white space, so that training cannot use the pair.
    pub fn has_blank_side(&self) -> bool {
        self.source.trim().is_empty() || self.target.trim().is_empty()
    }

    /// Exchanges source and target.
    pub fn reversed(self) -> Self {
        Self { source: self.target, target: self.source }
    }
}

/// Returns a note about pairs with a blank side, if there are any.
pub(crate) fn note_on_blanks(dropped: usize, of: usize, name: &str) -> Option<String> {
    (dropped > 0).then(|| format!("{} of {of} in `{name}` left out: a side is blank", counted(dropped, "pair")))
}
