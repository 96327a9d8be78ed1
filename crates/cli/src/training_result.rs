//! The result of a training as one line of JSON, for programs that start trainings.

use crate::links::in_one_line;
use crate::output::writer;
use crate::trainer::{Ended, Trained};
use anyhow::{Context, Result};
use glosser_training::{SavedRun, Schedule};
use glosser_translator::{DevMetric, FittedSearch, ModelDirectory, Provenance};
use serde::Serialize;
use std::io::Write;

/// The direction of a model.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From source to target.
    Forward,
    /// From target to source.
    Reverse,
}

/// How a training ended.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Finished,
    AlreadyFinished,
    Interrupted,
}

/// The result. Every line has all keys; a value that is not known yet is null.
#[derive(Serialize)]
struct TrainingResult {
    model: String,
    direction: Direction,
    status: Status,
    seed: u64,
    /// Steps done.
    step: usize,
    /// Steps of the whole run, once they are fixed: `--steps` with this number repeats the run.
    steps: Option<usize>,
    /// The argument of `--steps` that repeats the run if the number of steps was corrected to keep a budget in minutes.
    schedule: Option<Schedule>,
    /// Whether it ended before the last step, because validation no longer improved.
    stopped_early: bool,
    seconds: f64,
    tokens_per_second: f64,
    pairs: usize,
    dev_pairs: usize,
    /// The validation of the saved model. `None` before the first one.
    #[serde(flatten)]
    best: Best,
    /// The search that was fitted at the end.
    search: Option<Search>,
}

/// The validation that chose the saved model.
#[derive(Default, Serialize)]
struct Best {
    best_step: Option<usize>,
    metric: Option<DevMetric>,
    /// The value of `metric`.
    score: Option<f64>,
    dev_bleu: Option<f64>,
    dev_chrf: Option<f64>,
    dev_loss: Option<f64>,
}

/// The fitted search, with the scores of the validation pairs.
#[derive(Serialize)]
struct Search {
    length_penalty: f32,
    metric: DevMetric,
    /// The value of `metric`.
    score: f64,
    dev_bleu: f64,
    dev_chrf: Option<f64>,
}

/// Writes the result of a training, as its directory has it now, to standard output.
///
/// # Errors
/// If the directory cannot be read, or the result cannot be written.
pub fn write_result(ended: &Ended, model: &ModelDirectory, direction: Direction) -> Result<()> {
    let missing = || format!("{}: the training is not recorded there any more", model.path().display());
    let saved = SavedRun::read(model.path())?.with_context(missing)?;
    // Before the first validation there is no model, or one of an earlier training that is being replaced.
    let card = saved.best_step.map(|_| model.read_card()).transpose()?;
    let provenance = card.map(|card| card.provenance);
    let (status, pairs, dev_pairs) = match ended {
        Ended::Finished(Trained { pairs, dev_pairs, .. }) => (Status::Finished, *pairs, *dev_pairs),
        Ended::Interrupted { pairs, dev_pairs, .. } => (Status::Interrupted, *pairs, *dev_pairs),
        Ended::AlreadyFinished => {
            let (pairs, dev_pairs) = provenance.as_ref().map_or((0, 0), |from| (from.pairs, from.dev_pairs));
            (Status::AlreadyFinished, pairs, dev_pairs)
        }
    };
    let search = saved.finished.as_ref().and_then(|summary| summary.search.as_ref());
    let result = TrainingResult {
        model: model.path().display().to_string(),
        direction,
        status,
        seed: saved.identity.settings.training.seed,
        step: saved.step,
        steps: saved.steps.as_ref().map(Schedule::steps),
        schedule: saved.steps.filter(Schedule::is_corrected),
        stopped_early: saved.finished.as_ref().is_some_and(|summary| summary.stopped_early),
        seconds: saved.seconds,
        tokens_per_second: saved.tokens_per_second,
        pairs,
        dev_pairs,
        best: provenance.as_ref().map(Best::new).unwrap_or_default(),
        search: search.map(Search::new),
    };
    let mut out = writer();
    writeln!(out, "{}", in_one_line(serde_json::to_string(&result)?))?;
    Ok(out.flush()?)
}

impl Best {
    fn new(from: &Provenance) -> Self {
        let metric = from.dev_metric;
        Self {
            best_step: Some(from.step),
            metric: Some(metric),
            score: Some(metric.of(from.dev_bleu, from.dev_chrf, from.dev_loss)),
            dev_bleu: Some(from.dev_bleu),
            dev_chrf: from.dev_chrf,
            dev_loss: Some(from.dev_loss),
        }
    }
}

impl Search {
    fn new(search: &FittedSearch) -> Self {
        Self {
            length_penalty: search.length_penalty,
            metric: search.metric,
            score: search.score(),
            dev_bleu: search.dev_bleu,
            dev_chrf: search.dev_chrf,
        }
    }
}
