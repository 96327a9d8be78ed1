//! Properties of every model, trained or not, tested with random weights.

mod complete;
mod copying;
mod directory;
mod ensemble;
mod explain;
mod hostile;
mod lines;
mod load_ensemble;
mod quantized;
mod real_text;
mod search;
mod sentences;
mod short_list;
mod statistics;
mod support;
mod unknown_words;
mod whole_characters;
