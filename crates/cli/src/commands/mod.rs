//! The commands, one per file, each with its arguments.

pub mod aer;
pub mod align;
pub mod align_statistical;
pub mod audit;
pub mod check;
pub mod completions;
pub mod concordance;
pub mod convert;
pub mod curve;
pub mod demo;
pub mod evaluate;
pub mod explain;
pub mod gloss;
pub mod heat_map;
pub mod info;
pub mod lexicon;
pub mod man;
pub mod page;
pub mod quantize;
pub mod report;
pub mod score;
pub mod serve;
pub mod symmetrize;
pub mod train;
pub mod translate;
