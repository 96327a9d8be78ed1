//! Trainings compared: which settings they differ in, and the validation scores of each setting over its seeds.

mod chance;
mod comparison;
mod comparison_page;
mod directories;
mod notes;
mod output;
mod scoring;
mod setting;
mod setting_values;
mod statistics;
mod summary_table;
mod training_run;

pub use output::{ComparisonFormat, compare};
