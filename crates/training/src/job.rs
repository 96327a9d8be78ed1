use crate::data::hold_out;
use crate::event::{Event, Summary};
use crate::run::Run;
use crate::validation::ValidationSet;
use crate::{Examples, Overrides, Parameters, Settings, TokenizerSettings};
use anyhow::{Context, Result, bail, ensure};
use candle_core::DType;
use glosser_text::{Corpus, Pair, Tokenizer};
use glosser_translator::{ModelDirectory, Tokenizers};
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

/// A training run to be done.
pub struct Job {
    /// The pairs to train on, as read.
    pub corpus: Corpus,
    /// The pairs to validate on; without them a part of the corpus is held out.
    pub dev: Option<Corpus>,
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
/// If the directory holds a model and may not be overwritten, the corpus or the configuration cannot be used, the
/// disk is full, or the loss is no longer a number. A model that was saved before stays.
pub fn train(job: Job, listener: &mut dyn FnMut(&Event)) -> Result<Summary> {
    let Job { corpus, dev, directory, overwrite, overrides } = job;
    let directory = ModelDirectory::new(&directory);
    if directory.holds_a_model() && !overwrite {
        bail!(
            "{}: there is a model already; give another --model, or --overwrite to replace it",
            directory.path().display()
        );
    }
    // Everything that can be wrong with the input is found before anything is written.
    let mut early = Vec::new();
    let mut corpus = usable(corpus, &mut early)?;
    let dev = dev.map(|dev| usable(dev, &mut early)).transpose()?;
    let settings = Settings::for_corpus(&corpus, &overrides)?;
    let dev_pairs = match dev {
        Some(dev) => dev.pairs,
        None => held_out(&mut corpus, settings.training.seed, &mut early)?,
    };
    let tokenizers = tokenizers(&corpus, &settings.tokenizer)?;
    let longest = settings.training.longest;
    let (examples, left_out) = Examples::encode(&corpus.pairs, &tokenizers, longest);
    if left_out > 0 {
        early.push(format!(
            "{left_out} pairs have more than {longest} tokens on a side (training.longest) and are left out"
        ));
    }
    ensure!(
        !examples.is_empty(),
        "{}: no pair is short enough to train on (training.longest is {longest})",
        corpus.name
    );
    let (dev_examples, _) = Examples::encode(&dev_pairs, &tokenizers, longest);
    ensure!(!dev_examples.is_empty(), "no pair is short enough to validate on (training.longest is {longest})");
    let config = settings.model_config(&tokenizers);
    let (model, parameters) = Parameters::initialise(&config, settings.training.seed, DType::F32)?;

    directory.create()?;
    let log = directory.log();
    let mut log = File::create(&log).with_context(|| format!("{}: cannot be written", log.display()))?;
    let mut tell = |event: Event| -> Result<()> {
        writeln!(log, "{}", serde_json::to_string(&event)?).context("the training log cannot be written")?;
        listener(&event);
        Ok(())
    };
    for text in early {
        tell(Event::Note { text })?;
    }
    let validation = ValidationSet { pairs: dev_pairs, examples: dev_examples };
    let run =
        Run { settings, config, tokenizers, corpus: corpus.name, examples, validation, model, parameters, directory };
    run.train(&mut tell)
}

/// The pairs with text on both sides, and notes on what was found.
fn usable(corpus: Corpus, notes: &mut Vec<String>) -> Result<Corpus> {
    let (mut corpus, _) = corpus.trainable()?;
    notes.append(&mut corpus.notes);
    Ok(corpus)
}

fn held_out(corpus: &mut Corpus, seed: u64, notes: &mut Vec<String>) -> Result<Vec<Pair>> {
    ensure!(
        corpus.pairs.len() >= 2,
        "{}: a corpus of one pair leaves none to validate on; give more pairs, or --dev",
        corpus.name
    );
    let held_out = hold_out(corpus, seed);
    notes.push(format!(
        "no --dev was given: {} of the pairs are held out for validation and not trained on",
        held_out.len()
    ));
    Ok(held_out)
}

fn tokenizers(corpus: &Corpus, settings: &TokenizerSettings) -> Result<Tokenizers> {
    let sources = corpus.pairs.iter().map(|pair| pair.source.as_str());
    let targets = corpus.pairs.iter().map(|pair| pair.target.as_str());
    Ok(if settings.joint {
        Tokenizers::joint(Tokenizer::train(sources.chain(targets), settings.vocab)?)
    } else {
        Tokenizers::separate(Tokenizer::train(sources, settings.vocab)?, Tokenizer::train(targets, settings.vocab)?)
    })
}
