//! Sub-word tokens: the tokenizer, its file, its vocabulary, and decoding.

pub(crate) mod decoded;
mod file;
mod library;
pub(crate) mod resegmenter;
mod spans;
pub(crate) mod tokenizer;
pub(crate) mod vocabulary;
