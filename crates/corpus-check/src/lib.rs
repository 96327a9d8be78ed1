//! Finds faults in a parallel corpus: where they are, how serious they are, and how to remove them.
//!
//! # The one decision: two passes, and sixteen bytes per pair
//!
//! The first pass reports what a single line shows by itself. For every pair it keeps a hash (twelve bytes, to find
//! duplicates) and two bytes per side (for line shifts and lengths); for each side it keeps a table of trigrams (for
//! the language). The second pass compares every line with these statistics. No text is kept except the excerpts that
//! are reported, so five million pairs take 140 megabytes, including the spare capacity of growing vectors. The price:
//! input from a pipe has to be copied to a file first.
//!
//! All checks except those of bytes look at the repaired text, so a corpus and its repaired copy have the same
//! findings.
//!
//! ```
//! use glosser_corpus_check::{Input, Kind, Role, check};
//! use glosser_text::CorpusFiles;
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("pairs.tsv");
//! std::fs::write(&path, "ein Hund\ta dog\nein Hund\ta dog\n")?;
//! let files = CorpusFiles::one(path);
//! let diagnosis = check(&Input { role: Role::Train, files, names: vec!["pairs.tsv".to_owned()] }, &[])?;
//! assert_eq!(diagnosis.findings[0].kind, Kind::DuplicatePair);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod diagnosis;
mod duplicates;
mod entities;
mod finding;
mod first_pass;
mod fix;
mod header;
mod input;
mod invisible;
mod kind;
mod language_profiles;
mod length_differences;
mod line_checks;
mod line_features;
mod line_set;
mod line_shift;
mod markup;
mod mixed_scripts;
mod mojibake;
mod numbers;
mod pair_checks;
mod pair_likelihood;
mod repair;
mod rows;
mod second_pass;
mod suspect;
mod windows;

pub use diagnosis::{Diagnosis, NotFixable, check};
pub use finding::{Finding, MOST_PLACES, Place};
pub use first_pass::{CorpusCounts, SideCounts};
pub use fix::FixedLines;
pub use input::{Input, Role};
pub use kind::{Kind, Severity};
pub use suspect::{Suspect, lines, locate_line_shift, read};
