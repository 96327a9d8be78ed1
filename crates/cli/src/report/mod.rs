//! The report: attention, alignment and probabilities of sentences as one interactive HTML page.
//!
//! This module collects plain data. The page of `glosser_pages` gets them as JSON, and its own script draws, sorts and
//! searches them. So the file is small, and a program can read the data too.

mod data;
mod pack;
mod readings;

pub use data::{Report, ReportedModel, Sentence};
pub use readings::{Translating, of_pairs, of_sentences};
