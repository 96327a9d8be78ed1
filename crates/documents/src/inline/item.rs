//! The items of inline content: text, tags and whole elements.

use std::ops::Range;

use crate::lines::BOM;

/// An item of inline content. The items of a run follow each other in the source without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// Its bytes in the source.
    pub range: Range<usize>,
    /// Its kind.
    pub kind: ItemKind,
}

/// The kind of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ItemKind {
    /// Text, with entities decoded.
    Text(String),
    /// A start tag, with its name.
    Start(String),
    /// An end tag, with its name.
    End(String),
    /// A line break, until it is decided whether it ends the segment.
    Break,
    /// An empty element, or a whole element that is kept as it is.
    Leaf(Leaf),
}

/// Properties of an element that is kept as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// Whether it separates the words on its two sides, as an image does and a comment does not.
    pub separates: bool,
    /// Whether it contains the white space between the words on its two sides.
    pub holds_space: bool,
}

impl Item {
    /// Returns whether the item is no text, or only white space or a byte order mark.
    pub fn is_blank(&self) -> bool {
        !matches!(&self.kind, ItemKind::Text(text) if text.contains(|c: char| !c.is_whitespace() && c != BOM))
    }
}
