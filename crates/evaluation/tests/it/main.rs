//! The metrics from outside: definitions by hand, sacreBLEU's own numbers, and what holds for any text.

mod bleu;
mod bootstrap;
mod chrf;
mod odd_lines;
mod properties;
mod ter;
mod tokenize;
