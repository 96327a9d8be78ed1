//! The web pages of glosser: each has one markup, one style and one script, and needs no other file.
//!
//! `sentence/` has what the pages of sentences share: words, bars, heat maps, explanations; `chart/` has the axes of
//! diagrams. `report/`, `comparison/` and `translator/` have the rest of their page. The files are joined here, without a
//! build step.

mod comparison;
pub mod engine;
mod file_page;
mod report;
mod sentence;
mod translator;

pub use comparison::comparison;
pub use file_page::{Block, EngineError, FilePage, MAX_PAGE_BYTES, PageModel, file_page};
pub use report::report;
pub use translator::{OFFLINE_WORKER, translator_markup, translator_script, translator_style};
