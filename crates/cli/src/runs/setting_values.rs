//! The values of settings as they are shown: those that differ, a corpus by its name, and the direction.

use super::training_run::{CORPUS, Settings, TrainingRun, VALIDATION_PAIRS};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The name of the direction among the settings.
const DIRECTION: &str = "direction";

/// Letters of a fingerprint that are shown.
const FINGERPRINT: usize = 8;

/// The names whose values differ. A value that one run does not have, because an earlier version wrote it, differs.
pub fn differing(settings: &[&Settings]) -> Vec<String> {
    let names: BTreeSet<&String> = settings.iter().flat_map(|settings| settings.keys()).collect();
    let differ = |name: &&String| settings.windows(2).any(|two| two[0].get(*name) != two[1].get(*name));
    names.into_iter().filter(differ).cloned().collect()
}

/// Returns the names that are shown, and their values in each group: those of `differing`, with the direction in the
/// place of fingerprints that differ only by it.
pub fn shown_values(
    runs: &[TrainingRun],
    groups: &[(&Settings, Vec<usize>)],
    mut differing: Vec<String>,
) -> (Vec<String>, Vec<Settings>) {
    let corpora = Corpora::of(runs);
    let direction = |(_, members): &(&Settings, Vec<usize>)| members.iter().find_map(|at| runs[*at].direction.clone());
    let directions: Vec<Option<String>> = groups.iter().map(direction).collect();
    let has_directions = directions.iter().flatten().collect::<BTreeSet<_>>().len() > 1;
    differing.retain(|name| {
        let values = groups.iter().map(|(settings, _)| shown(name, settings.get(name), &corpora));
        let pairs: Vec<(&Option<String>, Value)> = directions.iter().zip(values).collect();
        !(has_directions && is_explained(name, &pairs))
    });
    let chosen = |(settings, _): &(&Settings, Vec<usize>)| -> Settings {
        differing.iter().map(|name| (name.clone(), shown(name, settings.get(name), &corpora))).collect()
    };
    let mut values: Vec<Settings> = groups.iter().map(chosen).collect();
    if has_directions {
        differing.insert(0, DIRECTION.to_owned());
        for (values, direction) in values.iter_mut().zip(directions) {
            values.insert(DIRECTION.to_owned(), direction.into());
        }
    }
    (differing, values)
}

/// Whether the direction says as much as a value: corpora have the same name, or there is one set of validation pairs
/// for each direction.
fn is_explained(name: &str, values: &[(&Option<String>, Value)]) -> bool {
    match name {
        CORPUS => values.windows(2).all(|two| two[0].1 == two[1].1),
        VALIDATION_PAIRS => values.iter().all(|(direction, value)| {
            direction.is_some() && values.iter().all(|(other, found)| other != direction || found == value)
        }),
        _ => false,
    }
}

/// The name and the direction of each corpus, by its fingerprint.
struct Corpora(BTreeMap<String, (String, Option<String>)>);

impl Corpora {
    fn of(runs: &[TrainingRun]) -> Self {
        let named = |run: &TrainingRun| {
            let fingerprint = run.settings.as_ref()?.get(CORPUS)?.as_str()?.to_owned();
            Some((fingerprint, (run.corpus.clone()?, run.direction.clone())))
        };
        Self(runs.iter().filter_map(named).collect())
    }

    /// Returns the name of a corpus, and whether another corpus in the same direction has the same name.
    fn name(&self, fingerprint: &str) -> Option<(&str, bool)> {
        let named = self.0.get(fingerprint)?;
        Some((&named.0, self.0.values().filter(|other| *other == named).count() > 1))
    }
}

/// A value as it is shown: a corpus by its name, with its fingerprint if two corpora have one name; other inputs, which
/// have no name, by their fingerprints. A fingerprint is short.
fn shown(name: &str, value: Option<&Value>, corpora: &Corpora) -> Value {
    let Some(Value::String(text)) = value else { return value.cloned().unwrap_or_default() };
    let is_fingerprint = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match corpora.name(text).filter(|_| name == CORPUS) {
        Some((corpus, true)) if is_fingerprint => format!("{corpus} ({})", &text[..FINGERPRINT]).into(),
        Some((corpus, _)) => corpus.into(),
        None if is_fingerprint => text[..FINGERPRINT].into(),
        None => text.as_str().into(),
    }
}
