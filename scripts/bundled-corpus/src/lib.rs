//! Generates the bundled English-French corpus from a grammar that writes both languages at once.
//!
//! A sentence begins as two lists of words. A source and a target word that translate each other share a *tie*. The grammar
//! reorders words, and the surface rules (elision, contraction) merge them; a merged word keeps the ties of its parts. So the
//! gold links of the finished text are the pairs of words with a common tie. The price: the grammar must give every word a
//! tie, and a test checks that every word has a link.
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
