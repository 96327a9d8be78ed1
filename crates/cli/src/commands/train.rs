//! `glosser train`.

use crate::arguments::{ColumnsArg, above_zero, at_least_one, wrong_usage};
use crate::output::say;
use crate::trainer;
use anyhow::{Context, Result, bail, ensure};
use clap::{Args, ValueEnum};
use glosser_attention_decoder::Score;
use glosser_text::{AnyCorpus, is_pipe, shown};
use glosser_training::{BadSettings, Budget, GivenLinks, Job, LinkSource, Overrides};
use glosser_translator::ModelDirectory;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Train a model: one TSV or TMX file, or a source file and a target file; gzip and Zstandard are unpacked
///
/// Example: glosser train pairs.tsv --model my-model
///
/// Example: glosser train train.de.gz train.en.gz --dev val.de val.en --model de-en --minutes 30
///
/// Example: glosser train memory.tmx --languages de,en --model de-en
///
/// Example: glosser train more.tsv --from de-en --model de-en-more
///
/// With --from a model learns from further pairs: its sub-words and sizes stay, the learning rate is a quarter of what it
/// was, and what only earlier pairs told is slowly forgotten, unless they are among the new ones.
///
/// Ctrl-C and SIGTERM save everything and end with exit code 130, a second one ends at once. The same command again goes on
/// from there, or from the last state that was saved before a crash, and ends with the same weights as if nothing had
/// happened. With other pairs or choices it is refused.
///
/// A configuration file (--config) has the tables `tokenizer` with vocab, joint; `model` with embed, encoder_hidden,
/// encoder_layers, decoder_hidden, attention, attention_size, members; `training` with seed, batch_tokens,
/// learning_rate, warmup_steps, dropout, candidates, label_smoothing, stand_ins, weight_decay, clip, patience, longest;
/// `training.noise` with bpe_dropout, source_words, target_words; `training.guide` with links, aligner_weight,
/// attention_weight; and `training.budget` with one of epochs, steps, minutes. What it leaves out is fitted to the
/// corpus; `glosser info` shows what was used.
#[derive(Args)]
pub struct TrainArgs {
    /// The pairs: a TSV or TMX file, or a source file and a target file of as many lines
    #[arg(value_name = "FILE", num_args = 1..=2, required = true)]
    pub files: Vec<PathBuf>,

    /// Pairs to validate on, given like the training pairs [default: a part of them is held out]
    #[arg(long, value_name = "FILE", num_args = 1..=2)]
    pub dev: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// Directory that the model is written to [example: --model de-en]
    #[arg(short, long, value_name = "DIR")]
    pub model: PathBuf,

    /// Train a second model, of the opposite direction, in `reverse` inside the directory: `align` then joins what both say
    #[arg(long)]
    pub both_directions: bool,

    /// Go on from the model in this directory, which stays as it is [default: new weights; example: --from de-en]
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,

    /// Replace a model that is in the directory; the same training, interrupted, goes on
    #[arg(long)]
    pub overwrite: bool,

    /// Save the state at least so often, so that a crash costs no more [example: --save-every 600]
    #[arg(long, value_name = "SECONDS", default_value = "120")]
    pub save_every: u64,

    /// Read the corpus so many times [default: fitted to its size; example: --epochs 5]
    #[arg(long, value_name = "N", group = "budget", value_parser = at_least_one)]
    pub epochs: Option<usize>,

    /// Take so many steps; repeats a run with --minutes exactly [example: --steps 5000]
    #[arg(long, value_name = "N", group = "budget", value_parser = at_least_one)]
    pub steps: Option<usize>,

    /// Train for about so long: times the first steps, then fixes the number of steps [example: --minutes 30]
    #[arg(long, value_name = "M", group = "budget", value_parser = above_zero)]
    pub minutes: Option<f64>,

    /// The one seed of all that is random [default: 1; example: --seed 7]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// How the decoder's query is scored against a source position [default: additive]
    #[arg(long, value_name = "SCORE")]
    pub attention: Option<ScoreArg>,

    /// What the aligner learns from: `statistical` are links that are learnt from the pairs first, a file has a line of
    /// links such as `0-0 1-2` for each pair, `none` makes a model without an aligner [default: statistical, none above
    /// 250,000 pairs; example: --guide links.pharaoh]
    #[arg(long, value_name = "LINKS", value_parser = guide)]
    pub guide: Option<GuideArg>,

    /// Choices in TOML; unknown keys are errors [example: --config small.toml]
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,

    /// Show no progress
    #[arg(short, long)]
    pub quiet: bool,
}

/// What guides the attention.
#[derive(Clone)]
pub struct GuideArg {
    pub links: LinkSource,
    pub file: Option<PathBuf>,
}

fn guide(text: &str) -> Result<GuideArg, String> {
    Ok(match text {
        "none" => GuideArg { links: LinkSource::None, file: None },
        "statistical" => GuideArg { links: LinkSource::Statistical, file: None },
        "" => return Err("give `none`, `statistical` or a file of links".to_owned()),
        file => GuideArg { links: LinkSource::File, file: Some(file.into()) },
    })
}

/// Score functions of the attention.
#[derive(Clone, Copy, ValueEnum)]
pub enum ScoreArg {
    /// q·k / √d
    Dot,
    /// qᵀ W k
    General,
    /// vᵀ tanh(W q + U k)
    Additive,
    /// vᵀ tanh(W₂ tanh(W₁ [q; k]))
    Mlp,
}

/// Trains on the corpus, and shows how it goes.
pub fn run(args: TrainArgs) -> Result<()> {
    let budget =
        args.epochs.map(Budget::Epochs).or(args.steps.map(Budget::Steps)).or(args.minutes.map(Budget::Minutes));
    let overrides = Overrides {
        file: args.config.as_deref().map(read_config).transpose()?.unwrap_or_default(),
        budget,
        seed: args.seed,
        attention: args.attention.map(Score::from),
        guide: args.guide.as_ref().map(|guide| guide.links),
    };
    args.columns.check(&[&args.files, &args.dev])?;
    let reverse = ModelDirectory::new(&args.model).reverse();
    if args.both_directions {
        check_for_both(&args)?;
    } else if args.overwrite && reverse.holds_a_model() {
        bail!(
            "{}: the other direction of the model that is to be replaced; train with --both-directions, or take it away",
            reverse.path().display()
        );
    }
    let corpus = |files: &[PathBuf]| AnyCorpus::from(args.columns.corpus_files(files));
    let job = |directory: &ModelDirectory, from: Option<PathBuf>, turned: fn(AnyCorpus) -> AnyCorpus| Job {
        corpus: turned(corpus(&args.files)),
        dev: (!args.dev.is_empty()).then(|| turned(corpus(&args.dev))),
        guide: args.guide.as_ref().and_then(|guide| guide.file.clone()).map(GivenLinks::InFile),
        from,
        directory: directory.path().to_owned(),
        overwrite: args.overwrite,
        save_every: Duration::from_secs(args.save_every),
        overrides: overrides.clone(),
    };
    let train = |direction: &str, job: Job| {
        if args.both_directions && !args.quiet {
            say(&format!("{}: {direction}", job.directory.display()));
        }
        trainer::run(job, args.quiet).map_err(|error| match (&args.config, error.is::<BadSettings>()) {
            (Some(config), true) => error.context(format!("{}", config.display())),
            _ => error,
        })
    };
    train("from source to target", job(&ModelDirectory::new(&args.model), args.from.clone(), |corpus| corpus))?;
    if args.both_directions {
        let from = args.from.as_deref().map(|from| ModelDirectory::new(from).reverse().path().to_owned());
        train("from target to source", job(&reverse, from, AnyCorpus::reversed))?;
    }
    Ok(())
}

/// What is read for the first direction has to be there for the second.
fn check_for_both(args: &TrainArgs) -> Result<()> {
    if let Some(pipe) = args.files.iter().chain(&args.dev).find(|path| is_pipe(path)) {
        return Err(wrong_usage(format!(
            "--both-directions reads the pairs twice, and {} can be read only once; put them into a file",
            shown(pipe)
        )));
    }
    if let Some(from) = &args.from {
        let reverse = ModelDirectory::new(from).reverse();
        ensure!(
            reverse.holds_a_model(),
            "{}: there is no model of the other direction to go on from; leave out --both-directions",
            reverse.path().display()
        );
    }
    Ok(())
}

/// A device has no end.
const MOST_OF_CONFIG: u64 = 1 << 20;

fn read_config(path: &Path) -> Result<toml::Table> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MOST_OF_CONFIG + 1).read_to_string(&mut text));
    read.with_context(|| format!("{}: cannot be read", path.display()))?;
    ensure!(
        text.len() as u64 <= MOST_OF_CONFIG,
        "{}: a configuration has less than {MOST_OF_CONFIG} bytes; name a TOML file",
        path.display()
    );
    text.parse().map_err(|cause: toml::de::Error| {
        let before = cause.span().map_or(0, |span| span.start.min(text.len()));
        let line = 1 + text.as_bytes()[..before].iter().filter(|byte| **byte == b'\n').count();
        anyhow::anyhow!("{}:{line}: this is not TOML: {}", path.display(), cause.message())
    })
}

impl From<ScoreArg> for Score {
    fn from(score: ScoreArg) -> Self {
        match score {
            ScoreArg::Dot => Score::Dot,
            ScoreArg::General => Score::General,
            ScoreArg::Additive => Score::Additive,
            ScoreArg::Mlp => Score::Mlp,
        }
    }
}
