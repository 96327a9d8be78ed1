//! The score that ranks trainings: its metric, and the search that it is of.

use super::training_run::TrainingRun;
use glosser_text::counted;
use glosser_translator::DevMetric;
use serde::Serialize;
use std::cmp::Ordering;

/// The score that ranks trainings.
#[derive(Clone, Copy, Serialize)]
pub struct Scoring {
    /// The metric of all scores.
    pub metric: DevMetric,
    pub higher_is_better: bool,
    /// The search that translated the validation pairs. `None` for the loss, which needs no search.
    pub search: Option<Search>,
}

/// A search that translates the validation pairs.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Search {
    /// That of `glosser translate`, with the length penalty that the training has fitted.
    Beam,
    /// That of the validations during training.
    Greedy,
}

impl Scoring {
    /// Chooses the score that all runs have: that of beam search, which translates, if all finished runs have it, else
    /// that of greedy search.
    pub fn choose(runs: &[TrainingRun]) -> Self {
        let metric = common_metric(runs);
        let higher_is_better = metric != DevMetric::Loss;
        let mut counted = runs.iter().filter(|run| run.is_counted()).peekable();
        let has_beam = counted.peek().is_some() && counted.all(|run| run.beam_score(metric).is_some());
        let search = if has_beam { Search::Beam } else { Search::Greedy };
        Self { metric, higher_is_better, search: higher_is_better.then_some(search) }
    }

    /// The score of a run, whose history has the metric of this scoring.
    pub fn of(self, run: &TrainingRun) -> Option<f64> {
        match self.search {
            Some(Search::Beam) => run.beam_score(self.metric),
            _ => run.greedy_score(),
        }
    }

    /// The name of the metric and of the search, as "BLEU (beam search)".
    pub fn name(self) -> String {
        match self.search {
            Some(Search::Beam) => format!("{} (beam search)", self.metric.name()),
            Some(Search::Greedy) => format!("{} (greedy search)", self.metric.name()),
            None => self.metric.name().to_owned(),
        }
    }

    /// Writes a score with as many decimals as its metric has everywhere.
    pub fn shown(self, value: f64) -> String {
        let decimals = if self.metric == DevMetric::Loss { 3 } else { 2 };
        format!("{value:.decimals$}")
    }

    /// Compares two scores: the better one is less, so that it comes first.
    pub fn better_first(self, one: f64, other: f64) -> Ordering {
        let order = one.total_cmp(&other);
        if self.higher_is_better { order.reverse() } else { order }
    }

    /// Explains why the runs are not ranked by beam search.
    pub fn note(self, runs: &[TrainingRun]) -> Option<String> {
        let without: Vec<&TrainingRun> =
            runs.iter().filter(|run| run.is_counted() && run.beam_score(self.metric).is_none()).collect();
        let first = without.first().filter(|_| self.search == Some(Search::Greedy))?;
        let runs = match without.len() {
            1 => format!("{} has", first.directory),
            count => format!("{} ({} and others) have", counted(count, "run"), first.directory),
        };
        Some(format!(
            "{runs} no {} of beam search, so all are ranked by greedy search; `glosser translate` uses beam search, \
             for which the order can be another one",
            self.metric.name()
        ))
    }
}

/// The metric that all runs have: their own if it is the same, else chrF2, which counts characters and so suits every
/// language and every quality. Logs of earlier versions have only BLEU.
fn common_metric(runs: &[TrainingRun]) -> DevMetric {
    let validated = runs.iter().filter(|run| run.history.best().is_some()).map(|run| &run.history);
    let mut metrics = validated.clone().map(|history| history.metric);
    let first = metrics.next().unwrap_or_default();
    if metrics.all(|metric| metric == first) {
        return first;
    }
    let has_chrf = validated.flat_map(|history| &history.validations).all(|validation| validation.chrf.is_some());
    if has_chrf { DevMetric::Chrf } else { DevMetric::Bleu }
}
