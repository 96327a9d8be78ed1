//! Trainings compared: which settings they differ in, and the validation scores of each setting over its seeds.

mod comparison;
mod comparison_page;
mod notes;
mod output;
mod setting;
mod statistics;
mod summary_table;
mod training_run;

pub use output::{ComparisonFormat, compare};
