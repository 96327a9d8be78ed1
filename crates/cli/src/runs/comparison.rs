//! The comparison of trainings: their settings, their scores, and which setting is the best.

use super::notes;
use super::scoring::Scoring;
use super::setting::{Setting, group};
use super::training_run::{Status, TrainingRun};
use glosser_translator::DevMetric;
use serde::Serialize;

/// The comparison, as `--format json` writes it.
#[derive(Serialize)]
pub struct Comparison {
    pub program: String,
    #[serde(flatten)]
    pub scoring: Scoring,
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

/// A directory that is not compared, or several for one reason.
#[derive(Serialize)]
pub struct LeftOut {
    pub directories: Vec<String>,
    /// The reason, as a message that names the directory.
    pub reason: String,
    /// The end of a warning about it.
    #[serde(skip)]
    pub remark: &'static str,
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
    /// The step, the scores and the validation loss of the saved model. `None` before the first validation.
    pub best_step: Option<usize>,
    /// The score that ranks it.
    pub score: Option<f64>,
    /// The score of greedy search, by the metric of the comparison.
    pub greedy_score: Option<f64>,
    /// The length penalty that the training has fitted for beam search. `None` before its end.
    pub length_penalty: Option<f32>,
    pub dev_loss: Option<f64>,
    /// The metric that chose the saved model.
    pub chosen_by: Option<DevMetric>,
}

impl Comparison {
    /// Compares runs.
    pub fn new(runs: Vec<TrainingRun>, left_out: Vec<LeftOut>) -> Self {
        let chosen_by: Vec<Option<DevMetric>> =
            runs.iter().map(|run| run.history.best().map(|_| run.history.metric)).collect();
        let scoring = Scoring::choose(&runs);
        let scored = |run: TrainingRun| TrainingRun { history: run.history.scored_by(scoring.metric), ..run };
        let runs: Vec<TrainingRun> = runs.into_iter().map(scored).collect();
        let (differing, settings) = group(&runs, scoring);
        let (best, notes) = notes::of(&runs, &settings, scoring, &chosen_by);
        let number = |index| settings.iter().find(|setting| setting.members.contains(&index)).map(|found| found.number);
        let mut rows: Vec<(RunRow, TrainingRun)> = runs
            .into_iter()
            .zip(chosen_by)
            .enumerate()
            .map(|(index, (run, chosen_by))| (RunRow::new(&run, number(index), chosen_by, scoring), run))
            .collect();
        rows.sort_by_key(|(row, _)| row.setting.unwrap_or(usize::MAX));
        let (rows, trainings) = rows.into_iter().unzip();
        Self {
            program: format!("glosser {}", env!("CARGO_PKG_VERSION")),
            scoring,
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
    fn new(run: &TrainingRun, setting: Option<usize>, chosen_by: Option<DevMetric>, scoring: Scoring) -> Self {
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
            score: scoring.of(run),
            greedy_score: run.greedy_score(),
            length_penalty: run.fitted.map(|fitted| fitted.length_penalty),
            dev_loss: best.map(|best| best.loss),
            chosen_by,
        }
    }

    /// How far a run is that is not finished, as a sentence.
    pub fn progress(&self) -> String {
        let of = self.steps.map_or_else(String::new, |steps| format!(" of {steps}"));
        let at = format!("at step {}{of}", self.step);
        let state = match (self.status, self.step) {
            (Status::Finished, _) => format!("is finished, {at}"),
            (Status::Running, 0) => "is running, before its first step".to_owned(),
            (Status::Running, _) => format!("is still running, {at}"),
            (Status::Unfinished, 0) => "was interrupted before its first step".to_owned(),
            (Status::Unfinished, _) => format!("is not finished, {at}"),
        };
        let seed = self.seed.map_or_else(String::new, |seed| format!(", seed {seed}"));
        let setting = self.setting.map_or_else(String::new, |setting| format!(" (setting {setting}{seed})"));
        format!("{}{setting}: {state}", self.directory)
    }
}
