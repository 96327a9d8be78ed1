//! The spaces around an item in its sentence.

use std::ops::Range;

use crate::words::script::is_unspaced;

/// An item as it is inserted into a translation, with its surroundings in the source sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedItem<'a> {
    /// The text to insert.
    pub text: &'a str,
    /// The index of the item in its sentence.
    pub index: usize,
    /// The character before it.
    pub before: Neighbour,
    /// The character behind it.
    pub after: Neighbour,
}

/// The part of a sentence directly before or behind an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Neighbour {
    /// White space, the end of the text, or a letter of a script in which words are not written apart.
    Apart,
    /// A letter or digit.
    Letter,
    /// Punctuation or another sign.
    Sign(char),
    /// Another item.
    Item,
}

impl<'a> PlacedItem<'a> {
    /// Returns an item with white space on both sides.
    pub fn apart(text: &'a str) -> Self {
        Self { text, index: 0, before: Neighbour::Apart, after: Neighbour::Apart }
    }

    /// Returns the items of a sentence. `ranges` are their bytes in the sentence, in order; `texts` are inserted.
    pub fn all(sentence: &str, ranges: &[Range<usize>], texts: impl IntoIterator<Item = &'a str>) -> Vec<Self> {
        let placed = |(index, text): (usize, &'a str)| {
            let Range { start, end } = ranges[index];
            let follows = index > 0 && ranges[index - 1].end == start;
            let is_followed = ranges.get(index + 1).is_some_and(|next| next.start == end);
            let before = if follows { Neighbour::Item } else { Neighbour::new(sentence[..start].chars().next_back()) };
            let after = if is_followed { Neighbour::Item } else { Neighbour::new(sentence[end..].chars().next()) };
            Self { text, index, before, after }
        };
        texts.into_iter().enumerate().map(placed).collect()
    }
}

impl Neighbour {
    fn new(c: Option<char>) -> Self {
        match c {
            Some(c) if is_spaced(c) => Self::Letter,
            Some(c) if !c.is_alphanumeric() && !c.is_whitespace() => Self::Sign(c),
            _ => Self::Apart,
        }
    }
}

/// Returns whether a character is a letter or digit of a script in which words are written apart. Korean does not
/// count: its particles are written directly behind a name or number.
pub(crate) fn is_spaced(c: char) -> bool {
    c.is_ascii_alphanumeric() || c.is_alphanumeric() && !is_unspaced(c) && !is_hangul(c)
}

pub(crate) fn is_hangul(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' | '\u{AC00}'..='\u{D7FF}')
}
