//! A training job: its inputs, settings and directory, and its preparation up to the first step.

use crate::data::examples::Examples;
use crate::data::overlap::Overlap;
use crate::data::placeholders::Placeholders;
use crate::data::preparation::{EncodedPairs, Selection, survey};
use crate::data::sampled_vocabulary::VocabularySampler;
use crate::data::validation_pairs::{ValidationPairs, encode_validation_pairs};
use crate::data::word_dropout::WordDropout;
use crate::earlier_run::{check_files, checkpoint_of, languages_of_earlier_run, saved_checkpoint};
use crate::error::{Result, SettingsError, TrainingError};
use crate::events::diagnostic::note_on_few_pairs;
use crate::events::diagnostics::Diagnostics;
use crate::events::event::{Event, Summary};
use crate::events::event_log::{EventLog, Observer};
use crate::guided_alignment::links::{GivenLinks, WordLinks};
use crate::parameters::Parameters;
use crate::run::checkpoint::Checkpoint;
use crate::run::parent_model::ParentModel;
use crate::run::run_identity::RunIdentity;
use crate::run::step::Run;
use crate::run::training_loop::{Outcome, TrainingLoop};
use crate::settings::{DEFAULT_LEARNING_RATE, LinkSource, Overrides, Settings, TokenizerSettings, TrainingSettings};
use crate::training_directory::{DirectoryLock, TrainingDirectory};
use candle_core::DType;
use glosser_corpus_check::locate_line_shift;
use glosser_text::{
    AnyCorpus, Corpus, CorpusReader, CorpusSize, Fingerprint, LanguagePair, Pair, ScriptCounts, Survey, TrainingWords,
    WordRule, WordSplitter, WordSplitters, counted,
};
use glosser_translator::{ModelConfig, ModelDirectory, ShortList, Tokenizers};
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A training job.
pub struct Job {
    /// The training pairs. They need not fit in memory.
    pub corpus: AnyCorpus,
    /// The validation pairs, which must fit in memory. Without them, a part of the corpus is held out.
    pub dev: Option<AnyCorpus>,
    /// The links, if `training.guided_alignment.links` is `file`.
    pub links: Option<GivenLinks>,
    /// The languages of source and target. Without them, they are those of a translation memory, of the checkpoint to
    /// continue from, or of the model to continue from. The weights do not depend on them.
    pub languages: Option<LanguagePair>,
    /// The directory of a model to continue from. It is not changed. Without it, the weights are new.
    pub from: Option<PathBuf>,
    /// The directory of the new model.
    pub directory: PathBuf,
    /// Whether a model in the directory may be replaced.
    pub overwrite: bool,
    /// The time between two checkpoints: a crash loses no more. The model does not depend on it.
    pub save_every: Duration,
    /// Changes of the default settings.
    pub overrides: Overrides,
}

impl Job {
    /// Makes the job of training on a corpus with the default settings, into a directory without a model.
    pub fn new(corpus: impl Into<AnyCorpus>, directory: impl Into<PathBuf>) -> Self {
        Self {
            corpus: corpus.into(),
            dev: None,
            links: None,
            languages: None,
            from: None,
            directory: directory.into(),
            overwrite: false,
            save_every: Duration::from_secs(120),
            overrides: Overrides::default(),
        }
    }
}

/// Trains a model. The observer receives every [`Event`](crate::Event); the same events are in the log of the model
/// directory, one JSON object per line. If the observer stops the training, a checkpoint is saved, and the same job
/// continues from it: its weights are then the same, to the last byte, as without the interruption. After a crash, the
/// same job continues from the last checkpoint.
///
/// # Errors
/// If the directory is in use, or holds a model or the checkpoint of another job and may not be overwritten; if a
/// setting, the model to continue from, a corpus or its links cannot be used; if the disk is full; or if training
/// diverges and rolling back does not help. Everything that was saved before is intact.
pub fn train(job: Job, observer: &mut dyn Observer) -> Result<Outcome> {
    let started = Instant::now();
    let directory = ModelDirectory::new(&job.directory);
    let training_directory = TrainingDirectory::new(&job.directory);
    let parent = job.from.as_deref().map(|from| ParentModel::read(from, &directory)).transpose()?;
    let default_rate = parent.as_ref().map_or(Ok(DEFAULT_LEARNING_RATE), ParentModel::learning_rate)?;
    let other_files = check_files(&directory)?;
    let existed = directory.path().exists();
    let lock = training_directory.lock()?;
    let mut events = EventLog::new(observer);
    other_files.into_iter().try_for_each(|note| events.note(note))?;
    let prepared =
        saved_checkpoint(&job).and_then(|saved| prepare(job, parent, saved, &mut events)).inspect_err(|_| {
            if !existed {
                training_directory.remove_if_empty();
            }
        })?;
    training_directory.remove_leftovers();
    let outcome = match prepared {
        Prepared::IsFinished(summary) => Outcome::AlreadyFinished(summary),
        Prepared::Run(run, examples) => {
            // A parent model was trained on more.
            let few_pairs = note_on_few_pairs(examples.len()).filter(|_| run.parent.is_none());
            few_pairs.into_iter().try_for_each(|note| events.note(note))?;
            events.diagnose(Diagnostics::new(run.settings.training.clone(), default_rate));
            TrainingLoop::new(*run, &examples, &mut events, started.elapsed())?.run()?
        }
    };
    drop(lock);
    Ok(outcome)
}

/// Prepares a job as [`train`] does, without a checkpoint to continue from. Returns also the lock of its directory.
///
/// # Errors
/// As [`train`], before its first step.
pub(crate) fn prepare_anew(job: Job, observer: &mut dyn Observer) -> Result<(Run, Examples, DirectoryLock)> {
    let directory = ModelDirectory::new(&job.directory);
    let parent = job.from.as_deref().map(|from| ParentModel::read(from, &directory)).transpose()?;
    let lock = TrainingDirectory::new(&job.directory).lock()?;
    match prepare(job, parent, None, &mut EventLog::new(observer))? {
        Prepared::Run(run, examples) => Ok((*run, examples, lock)),
        Prepared::IsFinished(_) => {
            Err(TrainingError::unusable(directory.path().display(), "the training in this directory is finished"))
        }
    }
}

/// A job whose input has been checked.
enum Prepared {
    Run(Box<Run>, Examples),
    IsFinished(Summary),
}

/// Prepares a run. All errors of the input are found here, before the log of an earlier training is replaced: until
/// then only files without a name are written.
fn prepare(
    job: Job,
    parent: Option<ParentModel>,
    saved: Option<Checkpoint>,
    events: &mut EventLog,
) -> Result<Prepared> {
    let (directory, training_directory) = (ModelDirectory::new(&job.directory), TrainingDirectory::new(&job.directory));
    let Job { corpus, dev, links, languages, overwrite, save_every, overrides, .. } = job;
    let input = read_input(corpus, dev, &training_directory, events)?;
    let (identity, given) = identify(&input, links, parent.as_ref(), &overrides, events)?;
    let checkpoint = checkpoint_of(&identity, saved, overwrite, directory.path())?;
    let languages = languages.or_else(|| input.languages.clone());
    let languages = languages_of_run(languages, checkpoint.is_some(), parent.as_ref(), &directory, events)?;
    if let Some(summary) = checkpoint.as_ref().and_then(|checkpoint| checkpoint.finished.clone()) {
        return Ok(Prepared::IsFinished(summary));
    }
    checkpoint.iter().flat_map(Checkpoint::notes).try_for_each(|note| events.note(note))?;

    let checked = Checked { input, given, identity, checkpoint, languages, parent, directory, training_directory };
    let (run, examples) = prepare_run(checked, save_every, events)?;
    Ok(Prepared::Run(Box::new(run), examples))
}

/// A job that is not finished, with everything that its files have.
struct Checked {
    input: Input,
    given: Option<WordLinks>,
    identity: RunIdentity,
    checkpoint: Option<Checkpoint>,
    languages: Option<LanguagePair>,
    parent: Option<ParentModel>,
    directory: ModelDirectory,
    training_directory: TrainingDirectory,
}

/// Learns what a run needs from the training pairs, and encodes all pairs.
fn prepare_run(checked: Checked, save_every: Duration, events: &mut EventLog) -> Result<(Run, Examples)> {
    let Checked { input, given, identity, checkpoint, languages, parent, directory, training_directory } = checked;
    let settings = identity.settings.clone();
    let mut selection = Selection::all(input.reader, input.size);
    let dev = ValidationPairs::choose(input.dev, &mut selection, settings.training.seed)?;
    let own = |parent: &ParentModel| Ok(parent.tokenizers.clone());
    let tokenizers = parent.as_ref().map_or_else(|| selection.tokenizers(&settings.tokenizer, events), own)?;
    let dev = dev.pairs(&mut selection, &tokenizers, settings.training.longest, events)?;
    let mut overlap = Overlap::new(&dev);
    let validation = encode_validation_pairs(dev, &tokenizers, settings.training.longest, events)?;

    let config = model_config(&settings, &tokenizers, parent.as_ref(), checkpoint.as_ref());
    settings.check_model(&config)?;
    let training = &settings.training;
    let (model, parameters) = Parameters::initialise(&config, training.seed, DType::F32)?;
    let own_list = parent.as_ref().map(|parent| parent.short_list.clone());
    let parent = parent.map(|parent| parent.copy_weights(&parameters)).transpose()?;
    let seen = (&mut overlap, training_directory.unnamed_file()?);
    let encoded = encode_training_pairs(&selection, training, &tokenizers, given, seen, events)?;
    overlap.warning().into_iter().try_for_each(|warning| events.report(Event::Warning(warning)))?;
    let EncodedPairs { examples, words, guided_alignment, statistics, short_list } = encoded;
    let tokenizers = with_words(tokenizers, &words);
    let run = Run {
        word_dropout: WordDropout::new(training.target_word_dropout, &tokenizers),
        placeholders: Placeholders::learn(&examples, &tokenizers, training.placeholders)?,
        vocabulary: VocabularySampler::learn(&examples, config.target_vocab, training.sampled_vocabulary),
        frozen: parameters.frozen(&config)?,
        corpus: selection.name(),
        languages,
        directory,
        training_directory,
        save_every,
        settings,
        identity,
        config,
        tokenizers,
        guided_alignment,
        statistics,
        short_list: with_list_of_parent(short_list, own_list),
        validation_part: validation,
        sample: None,
        model,
        parameters,
        parent,
        checkpoint,
    };
    Ok((run, examples))
}

/// Returns the configuration of the model. A run that an earlier version began, and a model whose parent is of an earlier
/// version, keep the score of that version.
fn model_config(
    settings: &Settings,
    tokenizers: &Tokenizers,
    parent: Option<&ParentModel>,
    checkpoint: Option<&Checkpoint>,
) -> ModelConfig {
    let mut config = settings.model_config(tokenizers);
    let attention = &mut config.decoder.attention;
    let of_parent = || parent.map(ParentModel::is_scaled);
    attention.scaled = checkpoint.map(|checkpoint| checkpoint.scaled).or_else(of_parent).unwrap_or(attention.scaled);
    config
}

/// The languages that were given, else those of the earlier run that this one continues, else those of the parent model.
fn languages_of_run(
    given: Option<LanguagePair>,
    continues: bool,
    parent: Option<&ParentModel>,
    directory: &ModelDirectory,
    events: &mut EventLog,
) -> Result<Option<LanguagePair>> {
    match continues {
        true => languages_of_earlier_run(given, directory, events),
        false => Ok(given.or_else(|| parent.and_then(ParentModel::languages))),
    }
}

/// Adds the words of the training pairs to those that a parent model knows already.
fn with_words(tokenizers: Tokenizers, words: &TrainingWords) -> Tokenizers {
    let words = tokenizers.training_words().and(words);
    tokenizers.with_training_words(words)
}

/// Adds the short lists of a parent model, which knows more words than the training pairs have. If it has no lists, there
/// are none.
fn with_list_of_parent(list: Option<ShortList>, parent: Option<Option<Arc<ShortList>>>) -> Option<ShortList> {
    match parent {
        None => list,
        Some(parent) => list.zip(parent).map(|(list, parent)| parent.and(&list)),
    }
}

/// The corpora of a job, checked.
struct Input {
    reader: CorpusReader,
    size: CorpusSize,
    /// Fingerprint of the training pairs.
    fingerprint: Fingerprint,
    /// The languages, if it is a translation memory.
    languages: Option<LanguagePair>,
    /// The validation pairs, if they are given.
    dev: Option<Vec<Pair>>,
}

/// Reads and checks the corpora.
fn read_input(
    corpus: AnyCorpus,
    dev: Option<AnyCorpus>,
    training_directory: &TrainingDirectory,
    events: &mut EventLog,
) -> Result<Input> {
    let reader = CorpusReader::new(corpus, || training_directory.unnamed_file().map_err(io::Error::other))?;
    let survey = survey(&reader, events)?;
    survey.notes.iter().try_for_each(|note| events.note(note.clone()))?;
    let dev = dev.map(|dev| trainable_pairs(dev, events)).transpose()?;
    let Survey { size, fingerprint, languages, .. } = survey;
    Ok(Input { reader, size, fingerprint, languages, dev })
}

/// Returns the pairs with text on both sides, and reports notes on the others.
fn trainable_pairs(corpus: AnyCorpus, events: &mut EventLog) -> Result<Vec<Pair>> {
    let files = corpus.files().cloned();
    let corpus = corpus.read().map_err(|error| locate_line_shift(error, files.as_ref()))?;
    let (Corpus { pairs, notes, .. }, _) = corpus.trainable()?;
    notes.into_iter().try_for_each(|note| events.note(note))?;
    Ok(pairs)
}

/// Chooses the settings, reads given links, and returns the identity of the run.
fn identify(
    input: &Input,
    links: Option<GivenLinks>,
    parent: Option<&ParentModel>,
    overrides: &Overrides,
    events: &mut EventLog,
) -> Result<(RunIdentity, Option<WordLinks>)> {
    let settings = match parent {
        Some(parent) => parent.settings(input.size, overrides)?,
        None => Settings::for_corpus(input.size, overrides)?,
    };
    parent.iter().try_for_each(|parent| events.note(parent.note()))?;
    let given = given_links(links, &settings, &input.reader)?;
    let identity = RunIdentity {
        corpus: input.fingerprint.to_string(),
        dev: input.dev.as_ref().map(|dev| Fingerprint::of(dev).to_string()),
        links: given.as_ref().and_then(WordLinks::fingerprint),
        parent: parent.map(|parent| parent.fingerprint.clone()),
        settings,
    };
    Ok((identity, given))
}

/// Reads the given links, if the settings use them.
fn given_links(links: Option<GivenLinks>, settings: &Settings, corpus: &CorpusReader) -> Result<Option<WordLinks>> {
    match (settings.training.guided_alignment.links, links) {
        (LinkSource::File, Some(links)) => {
            WordLinks::read(links, corpus, words_of_links(&settings.tokenizer, corpus)?).map(Some)
        }
        (LinkSource::File, None) => Err(SettingsError::new(
            "training.guided_alignment.links is \"file\", but no file of links is given; name it with --guided-alignment"
                .to_owned(),
        )
        .into()),
        (LinkSource::None | LinkSource::Statistical, _) => Ok(None),
    }
}

/// Returns the words that given links are between: those of the model, but characters for a side of sub-words, which
/// nobody can know before the training.
fn words_of_links(settings: &TokenizerSettings, corpus: &CorpusReader) -> Result<WordSplitters> {
    let mut letters = <(ScriptCounts, ScriptCounts)>::default();
    for pair in corpus.pairs()? {
        let pair = pair?;
        letters.0.add(&pair.source);
        letters.1.add(&pair.target);
    }
    let (source, target) = settings.word_rules(letters, corpus.is_reversed());
    let splitter = |rule| match rule {
        WordRule::WhiteSpace => WordSplitter::WhiteSpace,
        WordRule::Unicode => WordSplitter::Unicode,
        WordRule::SubWords => WordSplitter::Characters,
    };
    Ok(WordSplitters { source: splitter(source), target: splitter(target) })
}

/// Learns links, if the settings say so, and encodes the training pairs into an empty file.
fn encode_training_pairs(
    selection: &Selection,
    training: &TrainingSettings,
    tokenizers: &Tokenizers,
    given: Option<WordLinks>,
    (overlap, file): (&mut Overlap, File),
    events: &mut EventLog,
) -> Result<EncodedPairs> {
    let links = match training.guided_alignment.links {
        LinkSource::Statistical => Some(selection.learn_links(tokenizers, events)?),
        LinkSource::None | LinkSource::File => given,
    };
    let encoded = selection.encode(tokenizers, links.as_ref(), training, overlap, file, events)?;
    let (all, kept, longest) = (selection.len(), encoded.examples.len(), training.longest);
    if kept == 0 {
        let problem = format!("no pair is short enough to train on (training.longest is {longest})");
        return Err(TrainingError::unusable(selection.name(), problem));
    }
    if kept < all {
        events.note(format!(
            "{} left out: more than {longest} tokens in source or target (training.longest)",
            counted(all - kept, "pair")
        ))?;
    }
    Ok(encoded)
}
