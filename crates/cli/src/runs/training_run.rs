//! One training, as its directory records it.

use crate::history::{self, History};
use anyhow::{Result, ensure};
use glosser_training::{Event, RunIdentity, SavedRun, TrainingDirectory, read_log};
use glosser_translator::{ModelCard, ModelDirectory};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Everything that the weights of a run depend on, except for the seed: names and values. The settings have the names
/// of the configuration file.
pub type Settings = BTreeMap<String, Value>;

/// The name of the setting that is the seed.
const SEED: &str = "training.seed";

/// A training, finished or not.
pub struct TrainingRun {
    /// As the user named it.
    pub directory: String,
    /// `None` before the first checkpoint, like the settings.
    pub seed: Option<u64>,
    pub settings: Option<Settings>,
    /// `None` if they are not known.
    pub validated_on: Option<ValidationPairs>,
    /// The name of the corpus. `None` before the first model.
    pub corpus: Option<String>,
    pub status: Status,
    /// Steps done.
    pub step: usize,
    /// Steps of the whole run, once they are fixed.
    pub steps: Option<usize>,
    pub history: History,
}

/// How far a training is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Finished,
    /// A process trains in the directory now.
    Running,
    /// It was interrupted or has failed; the same command continues it.
    Unfinished,
}

/// The pairs on which a run was validated.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ValidationPairs {
    /// The fingerprint of given pairs.
    Given(String),
    /// Pairs of the corpus, which the seed has chosen.
    HeldOut { corpus: String, seed: u64 },
}

impl TrainingRun {
    /// Reads the training of a model directory.
    ///
    /// # Errors
    /// If it is no directory with a training log, or a file of it cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        let directory = path.display().to_string();
        ensure!(path.is_dir(), "{directory}: this is not a directory; --runs takes the directories of trainings");
        let log = history::log(path)?;
        let events = read_log(&log)?;
        let saved = SavedRun::read(path)?;
        let directory_of_model = ModelDirectory::new(path);
        let card = directory_of_model.has_card().then(|| directory_of_model.read_card()).transpose()?;
        let progress = LoggedProgress::of(&events);
        let status = match &saved {
            Some(saved) if saved.finished.is_some() => Status::Finished,
            None if progress.is_finished => Status::Finished,
            _ if TrainingDirectory::new(path).is_in_use() => Status::Running,
            _ => Status::Unfinished,
        };
        let (settings, seed) = settings(saved.as_ref(), card.as_ref())?;
        Ok(Self {
            directory,
            seed,
            settings,
            validated_on: saved.as_ref().map(|saved| ValidationPairs::of(&saved.identity)),
            corpus: card.map(|card| card.provenance.corpus),
            status,
            step: saved.as_ref().map_or(0, |saved| saved.step).max(progress.step),
            steps: saved.and_then(|saved| saved.steps).or(progress.steps),
            history: History::of(events, &log)?,
        })
    }

    /// Whether its score counts: it is finished and was validated.
    pub fn is_counted(&self) -> bool {
        self.status == Status::Finished && self.score().is_some()
    }

    /// The score of the saved model, by the metric of the history.
    pub fn score(&self) -> Option<f64> {
        Some(self.history.best()?.score)
    }

    /// Minutes of the training so far.
    pub fn minutes(&self) -> f64 {
        let training = self.history.training.last().map_or(0.0, |loss| loss.position.minutes);
        self.history.validations.last().map_or(training, |last| training.max(last.position.minutes))
    }
}

impl ValidationPairs {
    fn of(identity: &RunIdentity) -> Self {
        match &identity.dev {
            Some(dev) => Self::Given(dev.clone()),
            None => Self::HeldOut { corpus: identity.corpus.clone(), seed: identity.settings.training.seed },
        }
    }
}

/// How far a training is, by its log.
#[derive(Default)]
struct LoggedProgress {
    step: usize,
    steps: Option<usize>,
    is_finished: bool,
}

impl LoggedProgress {
    fn of(events: &[Event]) -> Self {
        let mut progress = Self::default();
        for event in events {
            match event {
                Event::StepsFixed { steps } => progress.steps = Some(*steps),
                Event::Progress(report) => progress.step = progress.step.max(report.step),
                Event::Validated(validation) => progress.step = progress.step.max(validation.step),
                Event::Finished(summary) => (progress.is_finished, progress.step) = (true, summary.steps),
                _ => {}
            }
        }
        progress
    }
}

/// Returns the settings and the seed: those of the checkpoint, or, if it was removed, those of the model, which do not
/// know the input.
fn settings(saved: Option<&SavedRun>, card: Option<&ModelCard>) -> Result<(Option<Settings>, Option<u64>)> {
    let mut settings = Settings::new();
    match (saved, card) {
        (Some(SavedRun { identity, .. }), _) => {
            flatten("", &serde_json::to_value(&identity.settings)?, &mut settings);
            let RunIdentity { corpus, dev, links, parent, .. } = identity;
            let held_out = || "held out of the corpus".to_owned();
            settings.insert(CORPUS.to_owned(), corpus.clone().into());
            settings.insert(VALIDATION_PAIRS.to_owned(), dev.clone().unwrap_or_else(held_out).into());
            let inputs = [("links of guided alignment", links), ("parent model", parent)];
            for (name, fingerprint) in inputs {
                settings.insert(name.to_owned(), fingerprint.clone().unwrap_or_else(|| "none".to_owned()).into());
            }
        }
        (None, Some(card)) => {
            flatten("", &card.provenance.training, &mut settings);
            settings.insert(CORPUS.to_owned(), card.provenance.corpus.clone().into());
        }
        (None, None) => return Ok((None, None)),
    }
    let seed = settings.remove(SEED).and_then(|seed| seed.as_u64());
    Ok((Some(settings), seed))
}

/// The names of two values that are not settings of the configuration file.
pub const CORPUS: &str = "corpus";
const VALIDATION_PAIRS: &str = "validation pairs";

/// Adds all values of nested tables, with the path of their keys. A budget is one value: `240 steps`.
fn flatten(path: &str, value: &Value, settings: &mut Settings) {
    for (key, value) in value.as_object().into_iter().flatten() {
        let name = format!("{path}{key}");
        match value {
            Value::Object(budget) if key == "budget" => {
                let text = budget.iter().map(|(unit, length)| format!("{length} {unit}")).collect::<Vec<_>>().join(" ");
                settings.insert(name, text.into());
            }
            Value::Object(_) => flatten(&format!("{name}."), value, settings),
            value => {
                settings.insert(name, value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_have_the_names_of_the_configuration_file_and_a_budget_is_one_value() {
        let mut settings = Settings::new();
        let saved = json!({ "model": { "embed": 8 }, "training": { "seed": 3, "budget": { "minutes": 1.5 } } });
        flatten("", &saved, &mut settings);
        let flat: Vec<(String, Value)> = settings.into_iter().collect();
        let expected =
            [("model.embed", json!(8)), ("training.budget", json!("1.5 minutes")), ("training.seed", json!(3))];
        assert_eq!(flat, expected.map(|(name, value)| (name.to_owned(), value)));
    }
}
