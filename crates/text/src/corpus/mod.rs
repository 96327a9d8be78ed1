//! Parallel corpora: their files, their pairs, and writing them.

pub(crate) mod columns;
pub(crate) mod csv;
pub(crate) mod files;
pub(crate) mod fingerprint;
pub(crate) mod id_columns;
pub(crate) mod in_memory;
pub(crate) mod languages;
pub(crate) mod opened_pairs;
pub(crate) mod pair;
pub(crate) mod pairs;
pub(crate) mod reader;
mod tmx;
pub(crate) mod writer;
