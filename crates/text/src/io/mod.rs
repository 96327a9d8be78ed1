//! Files: opening, compression, lines, and writing a file whole or not at all.

mod archive;
pub(crate) mod atomic;
pub(crate) mod compression;
pub(crate) mod fault;
mod gzip;
pub(crate) mod lines;
mod lz4;
pub(crate) mod open;
mod packed;
mod signatures;
pub(crate) mod start;
mod tar;
mod utf16;
pub(crate) mod wrong_format;
mod zip;
mod zstandard;
