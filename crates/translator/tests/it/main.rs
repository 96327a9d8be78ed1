//! Text in, text out, with models of random weights: what holds of any model, trained or not.

mod copying;
mod directory;
mod ensemble;
mod explain;
mod hostile;
mod lines;
mod quantized;
mod search;
mod support;
