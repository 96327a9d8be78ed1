//! Sub-word tokens: the tokenizer, its file, its vocabulary, and decoding.

pub(crate) mod decoded;
mod file;
mod library;
mod parts;
mod spans;
pub(crate) mod token_bytes;
pub(crate) mod token_words;
pub(crate) mod tokenizer;
pub(crate) mod vocabulary;
pub(crate) mod word_splitter;
pub(crate) mod writable;
