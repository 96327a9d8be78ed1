//! Languages: their codes and names.

pub(crate) mod code;
pub(crate) mod names;
pub(crate) mod pair;
mod subtag_names;
