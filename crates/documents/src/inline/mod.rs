//! Text with tags inside: one segment, its marks, and the translation with its marks put back.

pub(crate) mod collapse;
pub(crate) mod content;
pub(crate) mod item;
mod mark;
mod order;
mod pairs;
mod punctuation;
mod text_places;
mod wrap;
mod writer;
