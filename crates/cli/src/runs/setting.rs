//! A setting: all runs that differ only in their seed.

use super::scoring::Scoring;
use super::setting_values::{differing, shown_values};
use super::statistics::Statistics;
use super::training_run::{Settings, TrainingRun};
use serde::Serialize;

/// The runs of one setting, and the scores of those that are finished.
#[derive(Serialize)]
pub struct Setting {
    /// The number of the setting, from 1, in the order of the means: the best first.
    pub number: usize,
    /// The values that differ between the settings.
    pub settings: Settings,
    /// Runs, with the unfinished ones.
    pub runs: usize,
    pub finished: usize,
    #[serde(flatten)]
    pub statistics: Statistics,
    /// The best score.
    pub best: Option<f64>,
    /// The directory of the run with the best score.
    pub best_run: Option<String>,
    /// Mean and spread of the scores of greedy search.
    pub greedy: Statistics,
    /// Indices of the runs.
    #[serde(skip)]
    pub members: Vec<usize>,
}

/// Groups runs by their settings, and returns the names of the settings that differ. Runs whose settings are not known
/// yet are in no group.
pub fn group(runs: &[TrainingRun], scoring: Scoring) -> (Vec<String>, Vec<Setting>) {
    let mut groups: Vec<(&Settings, Vec<usize>)> = Vec::new();
    for (index, run) in runs.iter().enumerate() {
        let Some(settings) = &run.settings else { continue };
        match groups.iter_mut().find(|(found, _)| *found == settings) {
            Some((_, members)) => members.push(index),
            None => groups.push((settings, vec![index])),
        }
    }
    let differing = differing(&groups.iter().map(|(settings, _)| *settings).collect::<Vec<_>>());
    let (differing, values) = shown_values(runs, &groups, differing);
    let members = groups.into_iter().map(|(_, members)| members);
    let mut settings: Vec<Setting> =
        values.into_iter().zip(members).map(|(values, members)| setting(values, members, runs, scoring)).collect();
    // The sort is stable: equal ones stay in the order of the command line.
    settings.sort_by(|one, other| match (one.statistics.mean, other.statistics.mean) {
        (Some(one), Some(other)) => scoring.better_first(one, other),
        (one, other) => other.is_some().cmp(&one.is_some()),
    });
    settings.iter_mut().zip(1..).for_each(|(setting, number)| setting.number = number);
    (differing, settings)
}

fn setting(settings: Settings, members: Vec<usize>, runs: &[TrainingRun], scoring: Scoring) -> Setting {
    let counted: Vec<&TrainingRun> = members.iter().map(|at| &runs[*at]).filter(|run| run.is_counted()).collect();
    let mut scored: Vec<(f64, &str)> =
        counted.iter().filter_map(|run| Some((scoring.of(run)?, run.directory.as_str()))).collect();
    let scores: Vec<f64> = scored.iter().map(|(score, _)| *score).collect();
    let greedy: Vec<f64> = counted.iter().filter_map(|run| run.greedy_score()).collect();
    scored.sort_by(|one, other| scoring.better_first(one.0, other.0));
    Setting {
        number: 0,
        settings,
        runs: members.len(),
        finished: counted.len(),
        statistics: Statistics::of(&scores),
        best: scored.first().map(|(score, _)| *score),
        best_run: scored.first().map(|(_, directory)| (*directory).to_owned()),
        greedy: Statistics::of(&greedy),
        members,
    }
}
