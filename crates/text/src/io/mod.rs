//! Files: opening, compression, lines, and writing a file whole or not at all.

pub(crate) mod atomic;
pub(crate) mod compression;
pub(crate) mod lines;
pub(crate) mod open;
pub(crate) mod start;
mod zstandard;
