//! The report: what a model attended to, as one page of HTML to look at.
//!
//! Here a report is plain data, which becomes JSON inside the page; all that is drawn, sorted and searched is done by the
//! page itself, from that JSON. So the file is small, and a program can read it as well as a person.

mod data;
mod history;
mod html;
mod pack;
mod readings;

pub use data::{Report, ReportedModel, Sentence};
pub use history::History;
pub use html::html;
pub use readings::{Translating, of_pairs, of_sentences};
