//! TMX, the exchange format of translation memories: versions 1.1 to 1.4b.
//!
//! A `tu` holds a sentence in several languages: one `tuv` per language, with its text in a `seg`. The file is read
//! piece by piece, so its size does not matter.

mod code;
mod element;
mod markup;
mod metered;
pub(super) mod pairs;
mod segment;
mod sides;
mod structure;
