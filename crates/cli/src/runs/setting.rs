//! A setting: all runs that differ only in their seed.

use super::statistics::Statistics;
use super::training_run::{CORPUS, Settings, TrainingRun};
use glosser_translator::DevMetric;
use serde::Serialize;
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

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
    /// Indices of the runs.
    #[serde(skip)]
    pub members: Vec<usize>,
}

/// Compares two scores: the better one is less, so that it comes first.
pub fn better_first(metric: DevMetric, one: f64, other: f64) -> Ordering {
    let order = one.total_cmp(&other);
    if metric == DevMetric::Loss { order } else { order.reverse() }
}

/// Groups runs by their settings. Runs whose settings are not known yet are in no group.
pub fn group(runs: &[TrainingRun], metric: DevMetric) -> (Vec<String>, Vec<Setting>) {
    let mut groups: Vec<(&Settings, Vec<usize>)> = Vec::new();
    for (index, run) in runs.iter().enumerate() {
        let Some(settings) = &run.settings else { continue };
        match groups.iter_mut().find(|(found, _)| *found == settings) {
            Some((_, members)) => members.push(index),
            None => groups.push((settings, vec![index])),
        }
    }
    let differing = differing(&groups.iter().map(|(settings, _)| *settings).collect::<Vec<_>>());
    let names = corpus_names(runs);
    let mut settings: Vec<Setting> = groups
        .into_iter()
        .map(|(values, members)| {
            let chosen = differing.iter().map(|name| (name.clone(), shown(name, values.get(name), &names)));
            setting(chosen.collect(), members, runs, metric)
        })
        .collect();
    // The sort is stable: equal ones stay in the order of the command line.
    settings.sort_by(|one, other| match (one.statistics.mean, other.statistics.mean) {
        (Some(one), Some(other)) => better_first(metric, one, other),
        (one, other) => other.is_some().cmp(&one.is_some()),
    });
    settings.iter_mut().zip(1..).for_each(|(setting, number)| setting.number = number);
    (differing, settings)
}

fn setting(settings: Settings, members: Vec<usize>, runs: &[TrainingRun], metric: DevMetric) -> Setting {
    let counted: Vec<&TrainingRun> = members.iter().map(|at| &runs[*at]).filter(|run| run.is_counted()).collect();
    let mut scored: Vec<(f64, &str)> =
        counted.iter().filter_map(|run| Some((run.score()?, run.directory.as_str()))).collect();
    let scores: Vec<f64> = scored.iter().map(|(score, _)| *score).collect();
    scored.sort_by(|one, other| better_first(metric, one.0, other.0));
    Setting {
        number: 0,
        settings,
        runs: members.len(),
        finished: counted.len(),
        statistics: Statistics::of(&scores),
        best: scored.first().map(|(score, _)| *score),
        best_run: scored.first().map(|(_, directory)| (*directory).to_owned()),
        members,
    }
}

/// The names whose values differ. A value that one run does not have, because an earlier version wrote it, differs.
fn differing(settings: &[&Settings]) -> Vec<String> {
    let names: BTreeSet<&String> = settings.iter().flat_map(|settings| settings.keys()).collect();
    let differ = |name: &&String| settings.windows(2).any(|two| two[0].get(*name) != two[1].get(*name));
    names.into_iter().filter(differ).cloned().collect()
}

/// The name of each corpus, by its fingerprint.
fn corpus_names(runs: &[TrainingRun]) -> BTreeMap<String, String> {
    let named = |run: &TrainingRun| {
        let fingerprint = run.settings.as_ref()?.get(CORPUS)?.as_str()?.to_owned();
        Some((fingerprint, run.corpus.clone()?))
    };
    runs.iter().filter_map(named).collect()
}

/// Letters of a fingerprint that are shown.
const FINGERPRINT: usize = 8;

/// A value as it is shown: a fingerprint is short, and that of a corpus has its name, since two files may have one
/// name.
fn shown(name: &str, value: Option<&Value>, corpora: &BTreeMap<String, String>) -> Value {
    let Some(Value::String(text)) = value else { return value.cloned().unwrap_or_default() };
    let is_fingerprint = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match corpora.get(text) {
        Some(corpus) if name == CORPUS && is_fingerprint => format!("{corpus} ({})", &text[..FINGERPRINT]).into(),
        _ if is_fingerprint => text[..FINGERPRINT].into(),
        _ => text.as_str().into(),
    }
}
