//! The metrics from outside: definitions by hand, sacreBLEU's own numbers, and what holds for any text.
#![allow(clippy::unwrap_used, reason = "a test that unwraps in vain fails, as it should")]

mod bleu;
mod bootstrap;
mod chrf;
mod odd_lines;
mod properties;
mod ter;
mod tokenize;
