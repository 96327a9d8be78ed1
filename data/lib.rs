//! The bundled English-French corpus as text inside the program.
//!
//! A crate of its own, because `cargo package` packs only files below the folder of a crate: so a program that is installed
//! from a registry has its corpus, too. `README.md` describes the files.
//!
//! Pairs are lines `English<TAB>French`. Links are one line a pair, `source-target`, zero-based, sure (`3-4`) or possible
//! (`3p4`).

/// 12,000 pairs to train on.
pub const TRAIN: &str = include_str!("train.en-fr.tsv");

/// Gold links of [`TRAIN`].
pub const TRAIN_LINKS: &str = include_str!("train.en-fr.align");

/// 500 validation pairs.
pub const DEV: &str = include_str!("dev.en-fr.tsv");

/// 500 test pairs, which no choice of training depends on.
pub const TEST: &str = include_str!("test.en-fr.tsv");

/// Gold links of [`TEST`].
pub const TEST_LINKS: &str = include_str!("test.en-fr.align");
