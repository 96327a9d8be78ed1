//! One training, as its directory records it.

use crate::history::{self, History};
use anyhow::{Result, bail, ensure};
use glosser_text::counted;
use glosser_training::{Event, RunIdentity, SavedRun, Summary, TrainingDirectory, read_log};
use glosser_translator::{DevMetric, FittedSearch, ModelCard, ModelDirectory};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
    /// The languages, or which of two opposite models it is. `None` if nothing says so.
    pub direction: Option<String>,
    pub status: Status,
    /// Steps done.
    pub step: usize,
    /// Steps of the whole run, once they are fixed.
    pub steps: Option<usize>,
    pub history: History,
    /// Beam search on the validation pairs, if the training is finished.
    pub fitted: Option<FittedSearch>,
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
    /// The fingerprint of given pairs, and the number of those that were used, if they are not all.
    Given { dev: String, sample: Option<usize> },
    /// Pairs of the corpus, which the seed has chosen.
    HeldOut { corpus: String, seed: u64, sample: Option<usize> },
}

impl TrainingRun {
    /// Reads the training of a model directory, which messages call `directory`.
    ///
    /// # Errors
    /// If the directory has no training log, a file cannot be read, or the log lacks the saved model.
    pub fn read(path: &Path, directory: String) -> Result<Self> {
        let log = log_of(path, &directory)?;
        // The checkpoint before the log, which a training in progress writes first.
        let saved = SavedRun::read(path)?;
        let events = read_log(&log)?;
        let model = ModelDirectory::new(path);
        let card = model.has_card().then(|| model.read_card()).transpose()?;
        let progress = LoggedProgress::of(&events);
        let summary = progress.finished.as_ref().or(saved.as_ref().and_then(|saved| saved.finished.as_ref()));
        let status = match &saved {
            Some(saved) if saved.finished.is_some() => Status::Finished,
            None if progress.finished.is_some() => Status::Finished,
            _ if TrainingDirectory::new(path).is_in_use() => Status::Running,
            _ => Status::Unfinished,
        };
        let is_empty = events.is_empty();
        let history = History::of(events, &log)?;
        let best_step = match (&saved, status) {
            (_, Status::Finished) => summary.map(|summary| summary.best_step),
            // The log of a model that is being replaced is not empty.
            (None, Status::Unfinished) if is_empty => card.as_ref().map(|card| card.provenance.step),
            _ => None,
        };
        let has_best = |step| history.validations.iter().any(|validation| validation.position.step == step);
        ensure!(
            best_step.is_none_or(has_best),
            "{directory}: the training log `{}` is incomplete: it has no validation of the saved model, so its score \
             is not known; copy the whole log, or train again with --overwrite",
            log.strip_prefix(path).unwrap_or(&log).display()
        );
        let fitted = summary.filter(|_| status == Status::Finished).and_then(|summary| summary.search);
        let (settings, seed) = settings(saved.as_ref(), card.as_ref())?;
        Ok(Self {
            directory,
            seed,
            settings,
            validated_on: saved.as_ref().map(|saved| ValidationPairs::of(&saved.identity, progress.sample)),
            direction: direction(path, card.as_ref()),
            corpus: card.map(|card| card.provenance.corpus),
            status,
            step: saved.as_ref().map_or(0, |saved| saved.step).max(progress.step),
            steps: saved.as_ref().and_then(|saved| Some(saved.steps.as_ref()?.steps())).or(progress.steps),
            history,
            fitted,
        })
    }

    /// Whether its score counts: it is finished and was validated.
    pub fn is_counted(&self) -> bool {
        self.status == Status::Finished && self.greedy_score().is_some()
    }

    /// The score of the saved model with greedy search, by the metric of the history.
    pub fn greedy_score(&self) -> Option<f64> {
        Some(self.history.best()?.score)
    }

    /// The score of the saved model with beam search and the fitted length penalty.
    pub fn beam_score(&self, metric: DevMetric) -> Option<f64> {
        let fitted = self.fitted?;
        match metric {
            DevMetric::Loss => None,
            DevMetric::Chrf => fitted.dev_chrf,
            DevMetric::Bleu | DevMetric::BleuZh | DevMetric::BleuChar => Some(fitted.dev_bleu),
        }
    }

    /// Whether two finished trainings have the same settings, input, seed and results: one is a copy or a repetition.
    pub fn is_same_training(&self, other: &Self) -> bool {
        let results = |run: &Self| -> Vec<(usize, [f64; 2])> {
            let validations = run.history.validations.iter();
            validations.map(|found| (found.position.step, [found.bleu, found.loss])).collect()
        };
        self.is_counted()
            && other.is_counted()
            && self.settings.is_some()
            && (&self.settings, self.seed) == (&other.settings, other.seed)
            && results(self) == results(other)
    }

    /// Minutes of the training so far.
    pub fn minutes(&self) -> f64 {
        let training = self.history.training.last().map_or(0.0, |loss| loss.position.minutes);
        self.history.validations.last().map_or(training, |last| training.max(last.position.minutes))
    }
}

impl ValidationPairs {
    fn of(identity: &RunIdentity, sample: Option<usize>) -> Self {
        match &identity.dev {
            Some(dev) => Self::Given { dev: dev.clone(), sample },
            None => Self::HeldOut { corpus: identity.corpus.clone(), seed: identity.settings.training.seed, sample },
        }
    }
}

/// How far a training is, by its log.
#[derive(Default)]
struct LoggedProgress {
    step: usize,
    steps: Option<usize>,
    /// Validation pairs that are used, if they are not all.
    sample: Option<usize>,
    finished: Option<Summary>,
}

impl LoggedProgress {
    fn of(events: &[Event]) -> Self {
        let mut progress = Self::default();
        for event in events {
            match event {
                Event::StepsFixed { steps, validation_pairs, .. } => {
                    (progress.steps, progress.sample) = (Some(*steps), *validation_pairs);
                }
                Event::Progress(report) => progress.step = progress.step.max(report.step),
                Event::Validated(validation) => progress.step = progress.step.max(validation.step),
                Event::Finished(summary) => {
                    (progress.finished, progress.step) = (Some(summary.clone()), summary.steps);
                }
                _ => {}
            }
        }
        progress
    }
}

/// Finds the training log.
fn log_of(path: &Path, directory: &str) -> Result<PathBuf> {
    let log = TrainingDirectory::new(path).log();
    if log.exists() || ModelDirectory::new(path).holds_a_model() {
        // For a model without a log, the error message has the remedy.
        return history::log(path);
    }
    let entries = path.read_dir().into_iter().flatten().flatten();
    let trainings = entries.filter(|entry| TrainingDirectory::new(&entry.path()).log().exists()).count();
    if trainings > 0 {
        bail!(
            "{directory}: this is not a training but a directory with {}; name them: --runs {directory}/*/",
            counted(trainings, "training")
        );
    }
    bail!("{directory}: there is no training in this directory; --runs takes the directories of trainings")
}

/// Returns the languages of a model, or which of two opposite models it is: `train --both-directions` writes one into
/// the directory of the other.
fn direction(path: &Path, card: Option<&ModelCard>) -> Option<String> {
    if let Some(languages) = card.and_then(|card| card.languages.as_ref()) {
        return Some(format!("{} to {}", languages.source, languages.target));
    }
    let place = path.canonicalize().ok()?;
    let is_training = |place: &Path| TrainingDirectory::new(place).log().exists();
    let reverse_of = |forward: &Path| ModelDirectory::new(forward).reverse().path().to_owned();
    if place.parent().is_some_and(|forward| is_training(forward) && reverse_of(forward) == place) {
        return Some("reverse".to_owned());
    }
    is_training(&reverse_of(&place)).then(|| "forward".to_owned())
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
pub const VALIDATION_PAIRS: &str = "validation pairs";

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
