//! Words: their boundaries, letter case, sentence ends, and the parts of a sentence that placeholders replace.

pub(crate) mod casing;
mod emoji;
pub(crate) mod normalized;
pub(crate) mod placeholders;
pub(crate) mod sentences;
pub(crate) mod split;
pub(crate) mod training_words;
