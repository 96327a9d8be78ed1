//! Words: their boundaries, letter case, sentence ends, and the parts of a sentence that placeholders replace.

pub(crate) mod casing;
pub(crate) mod digits;
mod emoji;
pub(crate) mod inline_marks;
pub(crate) mod known_characters;
pub(crate) mod letter_case;
pub(crate) mod mapped;
pub(crate) mod mark_tree;
pub(crate) mod ngrams;
pub(crate) mod normalized;
pub(crate) mod numbers;
pub(crate) mod placeholders;
pub(crate) mod preparation;
pub(crate) mod profile;
pub(crate) mod rule;
pub(crate) mod script;
pub(crate) mod sentence_ends;
pub(crate) mod sentences;
pub(crate) mod split;
pub(crate) mod training_words;
pub(crate) mod unknown;
pub(crate) mod word_forms;
