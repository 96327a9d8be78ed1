use crate::data::examples::{Examples, encode};
use crate::data::placeholders::Placeholders;
use crate::data::preparation::{Selection, survey};
use crate::data::sampled_vocabulary::VocabularySampler;
use crate::data::word_dropout::WordDropout;
use crate::events::diagnostics::Diagnostics;
use crate::events::event::Summary;
use crate::events::event_log::EventLog;
use crate::guided_alignment::links::WordLinks;
use crate::guided_alignment::loss::Loss;
use crate::run::checkpoint::Checkpoint;
use crate::run::parent_model::ParentModel;
use crate::run::run_identity::RunIdentity;
use crate::run::step::Run;
use crate::run::training_loop::{Outcome, TrainingLoop};
use crate::run::validation::ValidationSet;
use crate::training_directory::TrainingDirectory;
use crate::{BadSettings, Event, GivenLinks, LinkSource, Overrides, Parameters, Settings};
use anyhow::{Result, ensure};
use candle_core::DType;
use glosser_corpus_check::locate_line_shift;
use glosser_text::{AnyCorpus, Corpus, CorpusReader, Fingerprint};
use glosser_translator::ModelDirectory;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A training run to be done.
pub struct Job {
    /// The pairs to train on. They need not fit in memory.
    pub corpus: AnyCorpus,
    /// The pairs to validate on, which must; without them a part of the corpus is held out.
    pub dev: Option<AnyCorpus>,
    /// The links that guide the aligner, where `training.guide.links` is `file`.
    pub guide: Option<GivenLinks>,
    /// A model to go on from, which stays as it is; without it the weights are new.
    pub from: Option<PathBuf>,
    /// Where the model goes.
    pub directory: PathBuf,
    /// Whether a model that is there may be replaced.
    pub overwrite: bool,
    /// How much of a training a crash may cost; nothing of the model depends on it.
    pub save_every: Duration,
    /// What to do differently from the defaults.
    pub overrides: Overrides,
}

/// Trains a model. `listener` hears of every [`Event`]; the same events are kept in the model directory, one JSON
/// object a line. `stop` is asked after every step and within validations; once it says yes, everything is saved, and the
/// same job goes on from there: it ends with the same weights, to the last byte, as if it had never been interrupted. It
/// goes on after a crash, too, from the state that was saved last.
///
/// # Errors
/// If the directory is in use, holds the model or the state of another job and may not be overwritten, the model to go on
/// from cannot be used, a corpus cannot be read or has a faulty line, the configuration cannot be used, the disk is full, or
/// training diverges and going back does not help. What was saved before stays.
pub fn train(job: Job, stop: &dyn Fn() -> bool, listener: &mut dyn FnMut(&Event)) -> Result<Outcome> {
    let directory = ModelDirectory::new(&job.directory);
    let base = job.from.as_deref().map(|from| ParentModel::read(from, &directory)).transpose()?;
    let was_there = directory.path().exists();
    let training_directory = TrainingDirectory::new(&job.directory);
    let lock = training_directory.lock()?;
    let mut events = EventLog::new(listener);
    let ready = saved_state(&directory, job.overwrite)
        .and_then(|saved| prepared(job, base, saved, &directory, &mut events))
        .inspect_err(|_| {
            if !was_there {
                training_directory.remove_if_empty();
            }
        })?;
    training_directory.remove_leftovers();
    let outcome = match ready {
        Ready::IsDone(summary) => Outcome::AlreadyFinished(summary),
        Ready::ToTrain(run, examples) => {
            events.engage(Diagnostics::new(run.settings.training.clone()));
            TrainingLoop::new(*run, &examples, stop, &mut events)?.run()?
        }
    };
    drop(lock);
    Ok(outcome)
}

/// Whether a training in this directory was interrupted, and the same job would go on.
///
/// # Errors
/// If the state cannot be read.
pub fn is_interrupted(directory: &Path) -> Result<bool> {
    Ok(Checkpoint::read(&TrainingDirectory::new(directory))?.is_some_and(|state| state.finished.is_none()))
}

/// What an earlier run left. Whoever overwrites does not care whether it can be read.
fn saved_state(directory: &ModelDirectory, overwrite: bool) -> Result<Option<Checkpoint>> {
    let saved = match Checkpoint::read(&TrainingDirectory::new(directory.path())) {
        Err(_) if overwrite => None,
        read => read?,
    };
    ensure!(
        saved.is_some() || overwrite || !directory.holds_a_model(),
        "{}: there is a model already; {OTHERWISE} to replace it",
        directory.path().display()
    );
    // The best weights are the model's, which someone may have taken away.
    Ok(saved.filter(|state| state.progress.best.is_none() || directory.holds_a_model()))
}

const OTHERWISE: &str = "give another --model, or --overwrite";

/// A job that nothing is wrong with.
enum Ready {
    ToTrain(Box<Run>, Examples),
    IsDone(Summary),
}

/// The state that was saved, if it is that of this job.
///
/// # Errors
/// If it is that of another, and is not to be overwritten.
fn of_this_job(
    saved: Option<Checkpoint>,
    identity: &RunIdentity,
    overwrite: bool,
    directory: &Path,
) -> Result<Option<Checkpoint>> {
    let Some(state) = saved else { return Ok(None) };
    let differences = identity.differences(&state.identity, state.progress.steps)?;
    let is_over = state.finished.is_some();
    // What is not over goes on even so: to the same end by the same way.
    if differences.is_empty() && !(is_over && overwrite) {
        return Ok(Some(state));
    }
    let (shown, differences) = (directory.display(), differences.join(", "));
    ensure!(
        overwrite || !is_over,
        "{shown}: there is a model already, and it was trained otherwise: {differences}; {OTHERWISE} to replace it"
    );
    ensure!(
        overwrite,
        "{shown}: a training was interrupted here at {}, and it was another: {differences}; give the same command to go on \
         with it, {OTHERWISE} to begin anew",
        state.progress()
    );
    Ok(None)
}

/// Everything that can be wrong with the input is found before the log of an earlier training is replaced; what is
/// written until then are files without a name.
fn prepared(
    job: Job,
    base: Option<ParentModel>,
    saved: Option<Checkpoint>,
    directory: &ModelDirectory,
    events: &mut EventLog,
) -> Result<Ready> {
    let Job { corpus, dev, guide, overwrite, save_every, overrides, .. } = job;
    let training_directory = TrainingDirectory::new(directory.path());
    let reader = CorpusReader::new(corpus, || training_directory.unnamed_file().map_err(io::Error::other))?;
    let name = reader.name();
    let survey = survey(&reader, events)?;
    survey.notes.into_iter().try_for_each(|note| events.note(note))?;
    let dev = dev.map(|dev| usable(dev, events)).transpose()?;
    let settings = match &base {
        Some(base) => base.settings(survey.size, &overrides)?,
        None => Settings::for_corpus(survey.size, &overrides)?,
    };
    base.iter().try_for_each(|base| events.note(base.note()))?;
    let given = given_guide(guide, settings.training.guide.links, &reader)?;
    let identity = RunIdentity {
        corpus: survey.fingerprint.to_string(),
        dev: dev.as_ref().map(|dev| Fingerprint::of(&dev.pairs).to_string()),
        guide: given.as_ref().and_then(WordLinks::fingerprint),
        from: base.as_ref().map(ParentModel::fingerprint),
        settings: settings.clone(),
    };
    let interrupted = of_this_job(saved, &identity, overwrite, directory.path())?;
    if let Some(summary) = interrupted.as_ref().and_then(|state| state.finished.clone()) {
        return Ok(Ready::IsDone(summary));
    }
    interrupted.iter().flat_map(Checkpoint::notes).try_for_each(|note| events.note(note))?;

    let mut selection = Selection::all(reader, survey.size);
    let dev_pairs = match dev {
        Some(dev) => dev.pairs,
        None => {
            let held_out = selection.hold_out(settings.training.seed)?;
            let count = held_out.len();
            events.note(format!(
                "no --dev was given: {count} of the pairs are held out for validation and not trained on"
            ))?;
            held_out
        }
    };
    let tokenizers = match &base {
        Some(base) => base.tokenizers(),
        None => selection.tokenizers(&settings.tokenizer, events)?,
    };
    let longest = settings.training.longest;
    let dev_examples = Examples::from_ids(encode(&dev_pairs, &tokenizers, longest));
    ensure!(!dev_examples.is_empty(), "no pair is short enough to validate on (training.longest is {longest})");
    let config = settings.model_config(&tokenizers);
    settings.check_model(&config)?;
    let (model, parameters) = Parameters::initialise(&config, settings.training.seed, DType::F32)?;
    let from = base.map(|base| base.give_weights(&parameters)).transpose()?;

    let guide = match settings.training.guide.links {
        LinkSource::Statistical => Some(WordLinks::learn(&selection, events)?),
        LinkSource::None | LinkSource::File => given,
    };
    let mut guided = guide.map(|guide| (guide, Loss::new(settings.training.guide.clone())));
    let to_guide = guided.as_mut().map(|(guide, guided)| (&*guide, guided));
    let (examples, known) =
        selection.encode(&tokenizers, longest, training_directory.unnamed_file()?, to_guide, events)?;
    ensure!(!examples.is_empty(), "{name}: no pair is short enough to train on (training.longest is {longest})");
    let left_out = selection.len() - examples.len();
    if left_out > 0 {
        events.note(format!(
            "{left_out} pairs have more than {longest} tokens on a side (training.longest) and are left out"
        ))?;
    }
    let stand_ins = Placeholders::learn(&examples, &tokenizers, settings.training.stand_ins)?;
    let candidates = VocabularySampler::learn(&examples, config.target_vocab, settings.training.candidates);
    // A model that training goes on from knows words already.
    let known = tokenizers.training_words().and(&known);
    let tokenizers = tokenizers.with_training_words(known);
    let run = Run {
        noise: WordDropout::new(&settings.training.noise, &tokenizers)?,
        validation: ValidationSet { pairs: dev_pairs, examples: dev_examples },
        // Follows the training: it shares the weights.
        frozen: parameters.frozen(&config)?,
        directory: directory.clone(),
        training_directory,
        save_every,
        corpus: name,
        settings,
        identity,
        config,
        tokenizers,
        stand_ins,
        candidates,
        guided: guided.map(|(_, guided)| guided),
        model,
        parameters,
        from,
        interrupted,
    };
    Ok(Ready::ToTrain(Box::new(run), examples))
}

/// The links that were given, if the settings want any.
fn given_guide(given: Option<GivenLinks>, links: LinkSource, corpus: &CorpusReader) -> Result<Option<WordLinks>> {
    match (links, given) {
        (LinkSource::File, Some(given)) => WordLinks::read(given, corpus).map(Some),
        (LinkSource::File, None) => Err(BadSettings::new(
            "training.guide.links is \"file\", but no file of links is given; name it by --guide".to_owned(),
        )
        .into()),
        (LinkSource::None | LinkSource::Statistical, _) => Ok(None),
    }
}

/// The pairs with text on both sides, after notes on what was found.
fn usable(corpus: AnyCorpus, events: &mut EventLog) -> Result<Corpus> {
    let files = corpus.files().cloned();
    let corpus = corpus.read().map_err(|error| locate_line_shift(error, files.as_ref()))?;
    let (mut corpus, _) = corpus.trainable()?;
    corpus.notes.drain(..).try_for_each(|note| events.note(note))?;
    Ok(corpus)
}
