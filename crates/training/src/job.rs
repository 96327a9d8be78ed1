use crate::base::Base;
use crate::coach::Coach;
use crate::data::{Examples, encode};
use crate::event::Summary;
use crate::noise::Noise;
use crate::preparation::{Selection, survey};
use crate::run::Run;
use crate::stand_ins::StandIns;
use crate::teller::Teller;
use crate::validation::ValidationSet;
use crate::{Event, Overrides, Parameters, Settings};
use anyhow::{Result, bail, ensure};
use candle_core::DType;
use glosser_text::{AnyCorpus, Corpus, CorpusReader};
use glosser_translator::ModelDirectory;
use std::io;
use std::path::PathBuf;

/// A training run to be done.
pub struct Job {
    /// The pairs to train on. They need not fit in memory.
    pub corpus: AnyCorpus,
    /// The pairs to validate on, which must; without them a part of the corpus is held out.
    pub dev: Option<AnyCorpus>,
    /// A model to go on from, which stays as it is; without it the weights are new.
    pub from: Option<PathBuf>,
    /// Where the model goes.
    pub directory: PathBuf,
    /// Whether a model that is there may be replaced.
    pub overwrite: bool,
    /// What to do differently from the defaults.
    pub overrides: Overrides,
}

/// Trains a model. `listener` hears of every [`Event`]; the same events are kept in the model directory, one JSON
/// object a line.
///
/// # Errors
/// If the directory holds a model and may not be overwritten, the model to go on from cannot be used, a corpus cannot be read or has a faulty line, the
/// configuration cannot be used, the disk is full, or training diverges and going back does not help. A model that was saved before
/// stays.
pub fn train(job: Job, listener: &mut dyn FnMut(&Event)) -> Result<Summary> {
    let Job { corpus, dev, from, directory, overwrite, overrides } = job;
    let directory = ModelDirectory::new(&directory);
    let base = from.map(|from| Base::read(&from, &directory)).transpose()?;
    if directory.holds_a_model() && !overwrite {
        bail!(
            "{}: there is a model already; give another --model, or --overwrite to replace it",
            directory.path().display()
        );
    }
    let was_there = directory.path().exists();
    let mut teller = Teller::new(listener);
    match prepared(corpus, dev, base, &directory, &overrides, &mut teller) {
        Ok(run) => {
            let mut coach = Coach::new(run.settings.training.clone());
            run.train(&mut |event| {
                let remarks = coach.hear(&event);
                teller.tell(event)?;
                remarks.into_iter().try_for_each(|remark| teller.tell(remark))
            })
        }
        Err(error) => {
            if !was_there {
                directory.remove_if_empty();
            }
            Err(error)
        }
    }
}

/// Everything that can be wrong with the input is found before the log of an earlier training is replaced; what is
/// written until then are files without a name.
fn prepared(
    corpus: AnyCorpus,
    dev: Option<AnyCorpus>,
    base: Option<Base>,
    directory: &ModelDirectory,
    overrides: &Overrides,
    teller: &mut Teller,
) -> Result<Run> {
    let reader = CorpusReader::new(corpus, || directory.unnamed_file().map_err(io::Error::other))?;
    let name = reader.name();
    let survey = survey(&reader, teller)?;
    survey.notes.into_iter().try_for_each(|note| teller.note(note))?;
    let dev = dev.map(|dev| usable(dev, teller)).transpose()?;
    let settings = match &base {
        Some(base) => base.settings(survey.size, overrides)?,
        None => Settings::for_corpus(survey.size, overrides)?,
    };
    base.iter().try_for_each(|base| teller.note(base.note()))?;
    let mut selection = Selection::all(reader, survey.size);
    let dev_pairs = match dev {
        Some(dev) => dev.pairs,
        None => {
            let held_out = selection.hold_out(settings.training.seed)?;
            let count = held_out.len();
            teller.note(format!(
                "no --dev was given: {count} of the pairs are held out for validation and not trained on"
            ))?;
            held_out
        }
    };
    let tokenizers = match &base {
        Some(base) => base.tokenizers(),
        None => selection.tokenizers(&settings.tokenizer, teller)?,
    };
    let longest = settings.training.longest;
    let dev_examples = Examples::from_ids(encode(&dev_pairs, &tokenizers, longest));
    ensure!(!dev_examples.is_empty(), "no pair is short enough to validate on (training.longest is {longest})");
    let config = settings.model_config(&tokenizers);
    settings.check_model(&config)?;
    let (model, parameters) = Parameters::initialise(&config, settings.training.seed, DType::F32)?;
    let from = base.map(|base| base.give_weights(&parameters)).transpose()?;

    let (examples, known) = selection.encode(&tokenizers, longest, directory.unnamed_file()?, teller)?;
    ensure!(!examples.is_empty(), "{name}: no pair is short enough to train on (training.longest is {longest})");
    let left_out = selection.len() - examples.len();
    if left_out > 0 {
        teller.note(format!(
            "{left_out} pairs have more than {longest} tokens on a side (training.longest) and are left out"
        ))?;
    }
    let stand_ins = StandIns::learn(&examples, &tokenizers, settings.training.stand_ins)?;
    // A model that training goes on from knows words already.
    let known = tokenizers.known_words().and(&known);
    let tokenizers = tokenizers.with_known_words(known);
    teller.open_log(&directory.log())?;
    let validation = ValidationSet { pairs: dev_pairs, examples: dev_examples };
    let noise = Noise::new(&settings.training.noise, &tokenizers)?;
    let directory = directory.clone();
    Ok(Run {
        settings,
        config,
        tokenizers,
        corpus: name,
        examples,
        stand_ins,
        noise,
        validation,
        model,
        parameters,
        from,
        directory,
    })
}

/// The pairs with text on both sides, after notes on what was found.
fn usable(corpus: AnyCorpus, teller: &mut Teller) -> Result<Corpus> {
    let (mut corpus, _) = corpus.read()?.trainable()?;
    corpus.notes.drain(..).try_for_each(|note| teller.note(note))?;
    Ok(corpus)
}
