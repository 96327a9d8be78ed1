//! Support: small corpora, small settings, and runs into temporary directories.

use glosser_text::{Corpus, CorpusSize, Pair};
use glosser_training::{Event, Job, Observer, Outcome, Overrides, Summary, train};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Words that soon are single tokens.
pub const SYMBOLS: [&str; 12] = ["ka", "lo", "mi", "tu", "ne", "so", "ra", "pi", "du", "fe", "gu", "ho"];

/// The size of a small corpus.
pub const SMALL: CorpusSize = CorpusSize { pairs: 100, words: 1000, distinct_words: 200 };

/// Settings with which a step takes milliseconds.
pub const TINY: &str = "
    [tokenizer]
    vocab = 290
    [model]
    embed = 16
    encoder_hidden = 12
    decoder_hidden = 24
    attention_size = 16
    [training]
    batch_tokens = 120
    warmup_steps = 10
    patience = 1000
";

/// Pseudo-random numbers, the same in every run (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((u128::from(mixed ^ (mixed >> 31)) * bound as u128) >> 64) as usize
    }

    /// Three to eight symbols.
    pub fn sequence(&mut self) -> Vec<&'static str> {
        (0..3 + self.below(6)).map(|_| SYMBOLS[self.below(SYMBOLS.len())]).collect()
    }
}

/// A sequence, and its reversal as the target.
pub fn reversed(sequence: &[&str]) -> Pair {
    let target: Vec<&str> = sequence.iter().rev().copied().collect();
    Pair { source: sequence.join(" "), target: target.join(" ") }
}

/// Random sequences and their reversals.
pub fn reversals(count: usize, seed: u64) -> Vec<Pair> {
    let mut random = Random(seed);
    (0..count).map(|_| reversed(&random.sequence())).collect()
}

pub fn corpus(pairs: Vec<Pair>) -> Corpus {
    Corpus { name: "pairs.tsv".to_owned(), pairs, lines: Vec::new(), notes: Vec::new() }
}

/// The settings of TOML texts; later ones take precedence.
pub fn overrides(texts: &[&str]) -> Overrides {
    let mut file = toml::Table::new();
    for text in texts {
        let table: toml::Table = text.parse().expect("TOML");
        for (name, values) in table {
            let toml::Value::Table(values) = values else { panic!("`{name}` is a table") };
            let toml::Value::Table(known) = file.entry(name).or_insert_with(|| toml::Table::new().into()) else {
                panic!("only tables are put in")
            };
            known.extend(values);
        }
    }
    Overrides { file, ..Overrides::default() }
}

/// A finished run.
pub struct Trained {
    pub directory: TempDir,
    pub events: Vec<Event>,
    pub summary: Summary,
}

impl Trained {
    pub fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.directory.path().join(name)).unwrap_or_else(|cause| panic!("{name}: {cause}"))
    }

    pub fn weights(&self) -> Vec<u8> {
        self.file("model.safetensors")
    }
}

/// Trains into a new directory; without `dev`, a part of the pairs is held out.
pub fn run(pairs: Vec<Pair>, dev: Option<Vec<Pair>>, overrides: Overrides) -> anyhow::Result<Trained> {
    let directory = tempfile::tempdir()?;
    let (summary, events) = run_in(directory.path(), false, pairs, dev, overrides)?;
    Ok(Trained { directory, events, summary })
}

pub fn run_in(
    directory: &Path,
    overwrite: bool,
    pairs: Vec<Pair>,
    dev: Option<Vec<Pair>>,
    overrides: Overrides,
) -> anyhow::Result<(Summary, Vec<Event>)> {
    let (outcome, events) = run_until(&|| false, job_in(directory, overwrite, pairs, dev, overrides))?;
    match outcome {
        Outcome::Finished(summary) => Ok((summary, events)),
        other => anyhow::bail!("{other:?}"),
    }
}

pub fn job_in(
    directory: &Path,
    overwrite: bool,
    pairs: Vec<Pair>,
    dev: Option<Vec<Pair>>,
    overrides: Overrides,
) -> Job {
    Job { dev: dev.map(|dev| corpus(dev).into()), overwrite, overrides, ..Job::new(corpus(pairs), directory) }
}

/// Collects events, and stops the training when `stop` returns true.
struct Collector<'a> {
    stop: &'a dyn Fn() -> bool,
    events: Vec<Event>,
}

impl Observer for Collector<'_> {
    fn event(&mut self, event: &Event) {
        self.events.push(event.clone());
    }

    fn should_stop(&self) -> bool {
        (self.stop)()
    }
}

/// Trains until the end, or until `stop` returns true.
pub fn run_until(stop: &dyn Fn() -> bool, job: Job) -> anyhow::Result<(Outcome, Vec<Event>)> {
    let mut collector = Collector { stop, events: Vec::new() };
    let outcome = train(job, &mut collector)?;
    Ok((outcome, collector.events))
}
