//! A part of a sentence that a placeholder replaces.

use std::ops::Range;

/// The number of placeholder tokens, and the largest number of items that are translated together. The search keeps the
/// set of placeholders that are still missing in a `u8`.
pub const PLACEHOLDERS: usize = 8;

const _: () = assert!(PLACEHOLDERS <= u8::BITS as usize, "a u8 holds a set of placeholders");

/// The kind of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemKind {
    /// A term with a translation in the glossary.
    Glossary,
    /// A term that is not to be translated.
    Kept,
    /// A URL, an e-mail address, a file path, `@somebody` or `#something`.
    Address,
    /// A variable, entity or escape of a program: `{0}`, `%s`, `&amp;`, `\n`.
    Variable,
    /// One emoji or several.
    Emoji,
    /// A number with several digits or with signs, or a telephone number: `42`, `3,5`, `10:30`, `€5`, `1 000`.
    Number,
    /// Letters and digits, or an underscore: `X200-b`, `to_string`.
    Identifier,
    /// A capitalised word that is unlike the words of the training text.
    Name,
}

/// A part of a sentence that a placeholder replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its bytes in the sentence.
    pub range: Range<usize>,
    /// Its kind.
    pub kind: ItemKind,
    /// Its translation; `None` if the item itself is copied.
    pub target: Option<String>,
    /// The index of its term in [`Terms::translated`](crate::Terms::translated); `None` without a translation.
    pub term: Option<usize>,
}
