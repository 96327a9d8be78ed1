//! The files that a training finds in its directory: an earlier run to continue, a model, or files of someone else.

use crate::error::{Result, TrainingError};
use crate::events::event_log::EventLog;
use crate::job::Job;
use crate::run::checkpoint::Checkpoint;
use crate::run::run_identity::RunIdentity;
use crate::training_directory::TrainingDirectory;
use glosser_text::{LanguagePair, counted};
use glosser_translator::{ModelCard, ModelDirectory};
use std::path::Path;

const HOW_TO_REPLACE: &str = "give another --model, or --overwrite";

/// Most files of someone else that a note names.
const MOST_NAMED: usize = 3;

/// Returns whether a training in this directory was interrupted, so that the same job would continue it.
///
/// # Errors
/// If its checkpoint cannot be read.
pub fn is_interrupted(directory: &Path) -> Result<bool> {
    let checkpoint = Checkpoint::read(&TrainingDirectory::new(directory))?;
    Ok(checkpoint.is_some_and(|checkpoint| checkpoint.finished.is_none()))
}

/// Checks that training replaces no file of someone else, whether it may overwrite a model or not. Returns a note if
/// there are other files in the directory of a new model.
///
/// # Errors
/// If a file of the model directory has the name of one of a model, but there is no sign of a model of this program.
pub(crate) fn check_files(directory: &ModelDirectory) -> Result<Option<String>> {
    let training_directory = TrainingDirectory::new(directory.path());
    let is_ours = directory.has_card() || training_directory.has_log();
    let foreign = || directory.present_files().into_iter().next().or_else(|| training_directory.foreign_log());
    if let Some(file) = foreign().filter(|_| !is_ours) {
        let problem = format!(
            "this file is not of a model of glosser, and training would replace it; give a directory of its own to the \
             model, for example --model {}",
            directory.path().join("model").display()
        );
        return Err(TrainingError::unusable(file.display(), problem));
    }
    Ok(if is_ours { None } else { note_on_other_files(directory) })
}

fn note_on_other_files(directory: &ModelDirectory) -> Option<String> {
    let others = directory.other_files();
    let named = others.iter().take(MOST_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if others.len() > MOST_NAMED { ", ..." } else { "" };
    let are = if others.len() == 1 { "is" } else { "are" };
    (!others.is_empty()).then(|| {
        format!(
            "`{}` has {} that {are} not of a model ({named}{more}); training touches no other file, but a model is easier to \
             copy and to remove if it has a directory of its own",
            directory.path().display(),
            counted(others.len(), "other file")
        )
    })
}

/// Returns the checkpoint of an earlier run. An unreadable one is ignored if it may be overwritten.
pub(crate) fn saved_checkpoint(job: &Job) -> Result<Option<Checkpoint>> {
    let directory = ModelDirectory::new(&job.directory);
    let saved = match Checkpoint::read(&TrainingDirectory::new(&job.directory)) {
        Err(_) if job.overwrite => None,
        read => read?,
    };
    if saved.is_none() && !job.overwrite && directory.holds_a_model() {
        let problem = format!("there is a model already; {HOW_TO_REPLACE} to replace it");
        return Err(TrainingError::unusable(directory.path().display(), problem));
    }
    // The best weights are those of the model, which the user may have removed.
    Ok(saved.filter(|saved| saved.state.progress.best.is_none() || directory.holds_a_model()))
}

/// Returns the saved checkpoint, if it is of this run.
///
/// # Errors
/// If it is of another run, and may not be overwritten.
pub(crate) fn checkpoint_of(
    identity: &RunIdentity,
    saved: Option<Checkpoint>,
    overwrite: bool,
    directory: &Path,
) -> Result<Option<Checkpoint>> {
    let Some(checkpoint) = saved else { return Ok(None) };
    let steps = checkpoint.state.progress.steps.as_ref();
    let differences = identity.differences(&checkpoint.identity, steps)?;
    let is_finished = checkpoint.finished.is_some();
    // An unfinished run is continued even with --overwrite: the result is the same.
    if differences.is_empty() && !(is_finished && overwrite) {
        return Ok(Some(checkpoint));
    }
    if overwrite {
        return Ok(None);
    }
    let is_longer = identity.is_longer_version_of(&checkpoint.identity, steps)?;
    let (differences, position, shown) = (differences.join(", "), checkpoint.position(), directory.display());
    let problem = match (is_finished, is_longer) {
        (true, true) => format!(
            "the training in this directory is finished, and this one is only longer: {differences}; to train its model \
             further, add `--from {shown}` and give another --model; --overwrite trains again from the beginning"
        ),
        (true, false) => format!(
            "there is a model already, from a training with other data or settings: {differences}; {HOW_TO_REPLACE} to \
             replace it"
        ),
        (false, _) => format!(
            "an interrupted training in this directory, at {position}, used different data or settings: {differences}; \
             repeat its command to continue it, or {HOW_TO_REPLACE} to train again"
        ),
    };
    Err(TrainingError::unusable(shown, problem))
}

/// Returns the languages of a run that is continued, or is finished: those that are given, or else those of its model,
/// which gets the given ones.
pub(crate) fn languages_of_earlier_run(
    given: Option<LanguagePair>,
    directory: &ModelDirectory,
    events: &mut EventLog,
) -> Result<Option<LanguagePair>> {
    // A model that cannot be read is replaced by the run, or reported when it is used.
    let Ok(card) = directory.read_card() else { return Ok(given) };
    if given.is_none() || given == card.languages {
        return Ok(card.languages);
    }
    directory.save_card(&ModelCard { languages: given.clone(), ..card })?;
    if let Some(LanguagePair { source, target }) = &given {
        events.note(format!("`{}` is now a model from {source} to {target}", directory.path().display()))?;
    }
    Ok(given)
}
