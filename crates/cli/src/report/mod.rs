//! The report: attention, alignment and probabilities of sentences as one interactive HTML page.
//!
//! This module writes plain data as JSON into the page. The page's own script draws, sorts and searches them. So the
//! file is small, and a program can read the data too.

mod data;
mod html;
mod pack;
mod readings;

pub use data::{Report, ReportedModel, Sentence};
pub use html::html;
pub use readings::{Translating, of_pairs, of_sentences};
