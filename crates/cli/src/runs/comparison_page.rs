//! The page of a comparison: its data as JSON, with the learning curves of all runs.

use super::comparison::Comparison;
use crate::history::{Loss, Validated};
use anyhow::Result;
use serde::Serialize;

/// Most training losses of one run, and of all runs together: a curve of a few hundred pixels cannot show more.
const MAX_LOSSES: usize = 200;
const MAX_ALL_LOSSES: usize = 5000;

/// Fewest training losses of a run.
const MIN_LOSSES: usize = 30;

/// The data of the page.
#[derive(Serialize)]
struct Page<'a> {
    #[serde(flatten)]
    comparison: &'a Comparison,
    /// The learning curves, in the order of the runs.
    curves: Vec<LearningCurve<'a>>,
}

/// The learning curves of a run.
#[derive(Serialize)]
struct LearningCurve<'a> {
    validations: &'a [Validated],
    /// Smoothed training losses, evenly spaced.
    training: Vec<&'a Loss>,
}

/// Builds the page.
///
/// # Errors
/// If the data cannot be written as JSON.
pub fn page(comparison: &Comparison) -> Result<String> {
    let most = (MAX_ALL_LOSSES / comparison.trainings.len().max(1)).clamp(MIN_LOSSES, MAX_LOSSES);
    let curves = comparison.trainings.iter().map(|run| LearningCurve {
        validations: &run.history.validations,
        training: run.history.training.iter().step_by(run.history.training.len().div_ceil(most).max(1)).collect(),
    });
    let page = Page { comparison, curves: curves.collect() };
    Ok(glosser_pages::comparison(&serde_json::to_string(&page)?))
}
