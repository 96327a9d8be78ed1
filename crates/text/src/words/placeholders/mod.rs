//! The parts of a sentence that placeholders replace: terms of a glossary, and names, numbers and the like to copy.

pub(crate) mod find;
pub(crate) mod item;
mod numbers;
mod paths;
pub(crate) mod spacing;
pub(crate) mod tags;
pub(crate) mod term_match;
pub(crate) mod terms;
pub(crate) mod variables;
