//! Languages: their codes and names, and the language of a text.

pub(crate) mod code;
pub(crate) mod identifier;
pub(crate) mod names;
mod ngram_model;
pub(crate) mod pair;
mod subtag_names;
