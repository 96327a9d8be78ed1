//! `glosser train`: trains a model.

use crate::arguments::{CorpusArg, QuietArg, above_zero, at_least_one, wrong_usage};
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

/// Train a model on sentence pairs
///
/// Settings that are not given are chosen by the size of the corpus; `glosser info` shows them. The model with the best
/// validation BLEU is kept.
///
/// With --from, training continues on other pairs: vocabulary and sizes stay the same, and the learning rate is a quarter
/// of the former one. The model slowly forgets the former pairs unless they are among the new ones.
///
/// Ctrl-C and SIGTERM save a checkpoint and exit with code 130; a second one exits without saving. The same command
/// continues from the last checkpoint, also after a crash, and gives the same weights as without the interruption. With
/// other pairs or settings it is refused.
///
/// A configuration file (--config) has the tables `tokenizer` with vocab, joint; `model` with embed, encoder_hidden,
/// encoder_layers, decoder_hidden, attention, attention_size, ensemble; `training` with seed, batch_tokens, learning_rate,
/// warmup_steps, dropout, candidates, label_smoothing, stand_ins, weight_decay, clip, patience, longest;
/// `training.noise` with bpe_dropout, source_words, target_words; `training.guide` with links, aligner_weight,
/// attention_weight; and `training.budget` with one of epochs, steps, minutes.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser train pairs.tsv --model my-model
  glosser train train.de.gz train.en.gz --dev val.de val.en --model de-en --minutes 30
  glosser train memory.tmx --languages de,en --model de-en
  glosser train more.tsv --from de-en --model de-en-more")]
pub struct TrainArgs {
    #[command(flatten)]
    pub corpus: CorpusArg,

    /// Validation pairs, given like the training pairs [default: a part of the training pairs; example: --dev val.tsv]
    #[arg(long, value_name = "FILE", num_args = 1..=2)]
    pub dev: Vec<PathBuf>,

    /// Directory of the new model [example: --model de-en]
    #[arg(short, long, value_name = "DIR")]
    pub model: PathBuf,

    /// Train a second model of the opposite direction, in DIR/reverse; `glosser align` uses both
    #[arg(long)]
    pub both_directions: bool,

    /// Directory of a model whose training continues on these pairs; it is not changed [default: new weights;
    /// example: --from de-en]
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,

    /// Replace a model in the directory; an interrupted training with the same settings is continued
    #[arg(long)]
    pub overwrite: bool,

    /// Maximum time between two checkpoints: a crash loses no more [example: --save-every 600]
    #[arg(long, value_name = "SECONDS", default_value = "120")]
    pub save_every: u64,

    /// Number of passes over the corpus [default: by the size of the corpus; example: --epochs 5]
    #[arg(long, value_name = "N", group = "budget", value_parser = at_least_one)]
    pub epochs: Option<usize>,

    /// Number of training steps; repeats a run with --minutes exactly [example: --steps 5000]
    #[arg(long, value_name = "N", group = "budget", value_parser = at_least_one)]
    pub steps: Option<usize>,

    /// Approximate training time: the first steps are timed, then the number of steps is fixed [example: --minutes 30]
    #[arg(long, value_name = "M", group = "budget", value_parser = above_zero)]
    pub minutes: Option<f64>,

    /// Seed of all random numbers [default: 1; example: --seed 7]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Score function of the attention, for a query q and a key k [default: additive; example: --attention dot]
    #[arg(long, value_name = "SCORE")]
    pub attention: Option<ScoreArg>,

    /// Links that the aligner learns from: `statistical` (computed from the pairs), a file with one line of links such as
    /// `0-0 1-2` per pair, or `none` for a model without an aligner [default: statistical, but none above 250,000 pairs;
    /// example: --guide links.pharaoh]
    #[arg(long, value_name = "LINKS", value_parser = guide)]
    pub guide: Option<GuideArg>,

    /// Settings in TOML; an unknown key is an error [example: --config small.toml]
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,

    #[command(flatten)]
    pub quiet: QuietArg,
}

/// Links that the aligner learns from.
#[derive(Clone)]
pub struct GuideArg {
    pub links: LinkSource,
    pub file: Option<PathBuf>,
}

/// Parses `none`, `statistical` or a file name.
fn guide(text: &str) -> Result<GuideArg, String> {
    Ok(match text {
        "none" => GuideArg { links: LinkSource::None, file: None },
        "statistical" => GuideArg { links: LinkSource::Statistical, file: None },
        "" => return Err("give `none`, `statistical` or the name of a file with links".to_owned()),
        file => GuideArg { links: LinkSource::File, file: Some(file.into()) },
    })
}

/// Score functions of the attention, for a query q and a key k of size d.
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

/// Trains one model, or one for each direction.
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
    args.corpus.columns.check(&[&args.corpus.files, &args.dev])?;
    let reverse = ModelDirectory::new(&args.model).reverse();
    if args.both_directions {
        check_for_both(&args)?;
    } else if args.overwrite && reverse.holds_a_model() {
        bail!(
            "{}: the directory also has a model of the opposite direction; add --both-directions to replace both, or remove it",
            reverse.path().display()
        );
    }
    let corpus = |files: &[PathBuf]| AnyCorpus::from(args.corpus.columns.corpus_files(files));
    let job = |directory: &ModelDirectory, from: Option<PathBuf>, turn: fn(AnyCorpus) -> AnyCorpus| Job {
        corpus: turn(corpus(&args.corpus.files)),
        dev: (!args.dev.is_empty()).then(|| turn(corpus(&args.dev))),
        guide: args.guide.as_ref().and_then(|guide| guide.file.clone()).map(GivenLinks::InFile),
        from,
        directory: directory.path().to_owned(),
        overwrite: args.overwrite,
        save_every: Duration::from_secs(args.save_every),
        overrides: overrides.clone(),
    };
    let train = |direction: &str, job: Job| {
        if args.both_directions && !args.quiet.quiet {
            say(&format!("{}: {direction}", job.directory.display()));
        }
        trainer::run(job, args.quiet.quiet).map_err(|error| match (&args.config, error.is::<BadSettings>()) {
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

/// Checks that everything the first direction reads can also be read for the second.
fn check_for_both(args: &TrainArgs) -> Result<()> {
    if let Some(pipe) = args.corpus.files.iter().chain(&args.dev).find(|path| is_pipe(path)) {
        return Err(wrong_usage(format!(
            "--both-directions reads the pairs twice, but {} can be read only once; write them to a file",
            shown(pipe)
        )));
    }
    if let Some(from) = &args.from {
        let reverse = ModelDirectory::new(from).reverse();
        ensure!(
            reverse.holds_a_model(),
            "{}: there is no model of the opposite direction to continue from; leave out --both-directions",
            reverse.path().display()
        );
    }
    Ok(())
}

/// Maximum size of a configuration file in bytes: a device such as /dev/zero has no end.
const MAX_CONFIG: u64 = 1 << 20;

fn read_config(path: &Path) -> Result<toml::Table> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MAX_CONFIG + 1).read_to_string(&mut text));
    read.with_context(|| format!("{}: cannot be read", path.display()))?;
    ensure!(
        text.len() as u64 <= MAX_CONFIG,
        "{}: the file has more than {MAX_CONFIG} bytes; name a TOML file with settings",
        path.display()
    );
    text.parse().map_err(|cause: toml::de::Error| {
        let before = cause.span().map_or(0, |span| span.start.min(text.len()));
        let line = 1 + text.as_bytes()[..before].iter().filter(|byte| **byte == b'\n').count();
        anyhow::anyhow!("{}:{line}: not valid TOML: {}", path.display(), cause.message())
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
