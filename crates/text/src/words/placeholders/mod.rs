//! The parts of a sentence that placeholders replace: terms of a glossary, and names, numbers and addresses to copy.

pub(crate) mod find;
pub(crate) mod item;
pub(crate) mod terms;
