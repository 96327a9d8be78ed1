//! Generates the bundled English-French corpus from a grammar that writes both languages at once.
//!
//! A sentence starts as two lists of words; a source and a target word that translate each other share a *tie*.
//! Grammar moves words about, and the surface rules (elision, contraction) merge them; a merged word keeps the ties
//! of its parts, so the gold links of the finished text are simply the pairs of words with a common tie. The price
//! is that every word must be written with its tie, and a test demands that none is left without a link.
//!
//! ```
//! let bundle = glosser_bundled_corpus::generate(glosser_bundled_corpus::SEED);
//! assert_eq!(bundle.test.len(), 500);
//! ```

mod action;
mod auxiliary;
mod clause;
mod determiner;
mod example;
mod files;
mod frame;
mod french;
mod lexicon;
mod noun_phrase;
mod object;
mod place;
mod predicate;
mod question;
mod readme;
mod relative;
mod sentence;
mod split;
mod state;
mod statistics;
mod subject;
mod surface;
#[cfg(test)]
mod tests;
mod word;
mod writer;

pub use example::{Example, Link};
pub use files::{alignments, files, line, pairs};
pub use split::{Bundle, DEV, FAMILIAR, TEST, TRAIN, UNSEEN, endless, generate};
pub use statistics::Statistics;

/// The seed of the committed files.
pub const SEED: u64 = 1;
