//! Parallel corpora: their files, their pairs, and writing them.

pub(crate) mod columns;
pub(crate) mod files;
pub(crate) mod fingerprint;
pub(crate) mod in_memory;
pub(crate) mod languages;
pub(crate) mod pair;
mod pairs;
pub(crate) mod reader;
pub(crate) mod size;
mod tmx;
pub(crate) mod writer;
