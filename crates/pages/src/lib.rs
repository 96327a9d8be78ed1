//! The web pages of glosser: each is one HTML file with one style and one script that loads no other file.
//!
//! their page. The files are joined here, without a build step.

mod report;
mod sentence;

pub use report::report;
