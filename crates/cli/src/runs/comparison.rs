//! The comparison of trainings: their settings, their scores, and which setting is the best.

use super::notes;
use super::setting::{Setting, group};
use super::training_run::{Status, TrainingRun};
use glosser_translator::DevMetric;
use serde::Serialize;

/// The comparison, as `--format json` writes it.
#[derive(Serialize)]
pub struct Comparison {
    pub program: String,
    /// The metric of all scores.
    pub metric: DevMetric,
    pub higher_is_better: bool,
    /// The number of the best setting; `None` if the settings cannot be compared, or only one has a finished run.
    pub best: Option<usize>,
    /// The names of the settings whose values differ.
    pub differing: Vec<String>,
    /// The settings, the best mean first; those without a finished run at the end.
    pub settings: Vec<Setting>,
    /// All runs, in the order of the settings.
    pub runs: Vec<RunRow>,
    /// What a reader of the scores must know.
    pub notes: Vec<String>,
    /// Directories that are not compared.
    pub left_out: Vec<LeftOut>,
    /// The trainings, in the order of the rows.
    #[serde(skip)]
    pub trainings: Vec<TrainingRun>,
}

/// A directory that is not compared.
#[derive(Clone, Serialize)]
pub struct LeftOut {
    pub directory: String,
    /// The reason, as a message that names the directory.
    pub reason: String,
}

/// One run.
#[derive(Serialize)]
pub struct RunRow {
    pub directory: String,
    /// The number of its setting. `None` before its first checkpoint, like the seed.
    pub setting: Option<usize>,
    pub seed: Option<u64>,
    pub status: Status,
    /// Steps done.
    pub step: usize,
    /// Steps of the whole run, once they are fixed.
    pub steps: Option<usize>,
    pub minutes: f64,
    /// The step, the score and the validation loss of the saved model. `None` before the first validation.
    pub best_step: Option<usize>,
    pub score: Option<f64>,
    pub dev_loss: Option<f64>,
    /// The metric that chose the saved model.
    pub chosen_by: Option<DevMetric>,
}

impl Comparison {
    /// Compares runs.
    pub fn new(runs: Vec<TrainingRun>, left_out: Vec<LeftOut>) -> Self {
        let chosen_by: Vec<Option<DevMetric>> =
            runs.iter().map(|run| run.history.best().map(|_| run.history.metric)).collect();
        let metric = common_metric(&runs);
        let scored = |run: TrainingRun| TrainingRun { history: run.history.scored_by(metric), ..run };
        let runs: Vec<TrainingRun> = runs.into_iter().map(scored).collect();
        let (differing, settings) = group(&runs, metric);
        let (best, notes) = notes::of(&runs, &settings, metric, &chosen_by);
        let number = |index| settings.iter().find(|setting| setting.members.contains(&index)).map(|found| found.number);
        let mut rows: Vec<(RunRow, TrainingRun)> = runs
            .into_iter()
            .zip(chosen_by)
            .enumerate()
            .map(|(index, (run, chosen_by))| (RunRow::new(&run, number(index), chosen_by), run))
            .collect();
        rows.sort_by_key(|(row, _)| row.setting.unwrap_or(usize::MAX));
        let (rows, trainings) = rows.into_iter().unzip();
        Self {
            program: format!("glosser {}", env!("CARGO_PKG_VERSION")),
            metric,
            higher_is_better: metric != DevMetric::Loss,
            best,
            differing,
            settings,
            runs: rows,
            notes,
            left_out,
            trainings,
        }
    }
}

impl RunRow {
    fn new(run: &TrainingRun, setting: Option<usize>, chosen_by: Option<DevMetric>) -> Self {
        let best = run.history.best();
        Self {
            directory: run.directory.clone(),
            setting,
            seed: run.seed,
            status: run.status,
            step: run.step,
            steps: run.steps,
            minutes: (run.minutes() * 100.0).round() / 100.0,
            best_step: best.map(|best| best.position.step),
            score: best.map(|best| best.score),
            dev_loss: best.map(|best| best.loss),
            chosen_by,
        }
    }

    /// How far a run is that is not finished, as a sentence.
    pub fn progress(&self) -> String {
        let of = self.steps.map_or_else(String::new, |steps| format!(" of {steps}"));
        let state = match self.status {
            Status::Finished => "is finished",
            Status::Running => "is still running",
            Status::Unfinished => "is not finished",
        };
        let seed = self.seed.map_or_else(String::new, |seed| format!(", seed {seed}"));
        let setting = self.setting.map_or_else(String::new, |setting| format!(" (setting {setting}{seed})"));
        format!("{}{setting}: {state}, at step {}{of}", self.directory, self.step)
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
