//! `glosser train`: trains a model.

use crate::arguments::{CorpusArg, QuietArg, TextOrJson, above_zero, at_least_one, wrong_usage};
use crate::next_steps::{commands_to_try, meaning};
use crate::output::{say, say_commands, writer};
use crate::trainer::{self, Trained};
use crate::training_result::{Direction, write_result};
use crate::words_argument::both_sides;
use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use glosser_attention_decoder::Score;
use glosser_text::{AnyCorpus, CorpusSize, LanguageCode, LanguagePair, Lines, is_pipe, shown};
use glosser_training::{
    Budget, GivenLinks, Job, LinkSource, Overrides, Schedule, Settings, TrainingError, WordChoice, corpus_size,
};
use glosser_translator::ModelDirectory;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Train a model on sentence pairs
///
/// Settings that are not given are chosen by the size of the corpus; `glosser info` shows them. The model with the best
/// validation score is kept: BLEU, or chrF2 as long as BLEU is below 5 (training.select).
///
/// With --from, training continues on other pairs: vocabulary and sizes stay the same, and the learning rate is a
/// quarter of the former one. The model slowly forgets the former pairs unless they are among the new ones.
///
/// Ctrl-C and SIGTERM save a checkpoint and exit with code 130; a second one exits without saving. The same command
/// continues from the last checkpoint, also after a crash, and gives the same weights as without the interruption. With
/// other pairs or settings it is refused; the languages may be given later.
///
/// --print-config prints all settings with their documentation, as a configuration file for --config.
///
/// --format json writes the result for a program: one JSON object on one line of standard output for each model, also if
/// the training is interrupted or was finished before. Its keys are described in the guide.
#[derive(Args)]
#[command(mut_arg("files", |files| files.required(false).required_unless_present("print_config")))]
#[command(after_help = "\
Examples:
  glosser train pairs.tsv --model my-model
  glosser train train.de.gz train.en.gz --dev val.de val.en --model de-en --minutes 30
  glosser train pairs.tsv --source-language de --target-language en --model de-en
  glosser train memory.tmx --languages de,en --model de-en
  glosser train more.tsv --from de-en --model de-en-more")]
pub struct TrainArgs {
    #[command(flatten)]
    pub corpus: CorpusArg,

    /// Validation pairs, given like the training pairs [default: a part of the training pairs; example: --dev val.tsv]
    #[arg(long, value_name = "FILE", num_args = 1..=2)]
    pub dev: Vec<PathBuf>,

    /// Code of the source language, which is stored in the model [default: the one of a TMX or of --from; example:
    /// --source-language de]
    #[arg(long, value_name = "CODE", requires = "target_language")]
    pub source_language: Option<LanguageCode>,

    /// Code of the target language [default: the one of a TMX or of --from; example: --target-language pt-BR]
    #[arg(long, value_name = "CODE", requires = "source_language")]
    pub target_language: Option<LanguageCode>,

    /// Directory of the new model [example: --model de-en]
    #[arg(short, long, value_name = "DIR", required_unless_present = "print_config")]
    pub model: Option<PathBuf>,

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

    /// Number of training steps; repeats a run with --minutes exactly, also in the form that such a run prints if it
    /// had to correct the number [example: --steps 5000]
    #[arg(long, value_name = "N", group = "budget")]
    pub steps: Option<Schedule>,

    /// Time of the whole training, from reading the corpus to choosing the length penalty: the first steps are timed,
    /// then the number of steps is fixed, and corrected if the machine becomes slower or faster. With
    /// --both-directions, the time of each direction [example: --minutes 30]
    #[arg(long, value_name = "M", group = "budget", value_parser = above_zero)]
    pub minutes: Option<f64>,

    /// Seed of all random numbers [default: 1; example: --seed 7]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Score function of the attention, for a query q and a key k [default: additive; example: --attention dot]
    #[arg(long, value_name = "SCORE")]
    pub attention: Option<ScoreArg>,

    /// Links that the aligner learns from: `statistical` (computed from the pairs), a file with one line of links such
    /// as `0-0 1-2` per pair, or `none` for a model without an aligner [default: statistical, but none above 250,000
    /// pairs; example: --guided-alignment links.pharaoh]
    #[arg(long, alias = "guide", value_name = "LINKS", value_parser = guided_alignment)]
    pub guided_alignment: Option<GuidedAlignmentArg>,

    /// Definition of a word, of both sides or of source and target: `whitespace`, `unicode` (with dictionaries for
    /// scripts without spaces), `subwords` (for text without spaces in another script) or `auto` [default: auto, by the
    /// script of most letters; example: --words unicode,whitespace]
    #[arg(long, value_name = "RULE[,RULE]", value_parser = word_choices)]
    pub words: Option<(WordChoice, WordChoice)>,

    /// Settings in TOML; an unknown key is an error [example: --config small.toml]
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,

    /// Print the settings of this command as a commented configuration file, and do not train [default: for a corpus of
    /// 29,000 pairs; example: glosser train pairs.tsv --print-config]
    #[arg(long, conflicts_with = "from")]
    pub print_config: bool,

    /// Form of the result on standard output: nothing, or one JSON object per model at the end [example: --format json]
    #[arg(long, value_name = "FORMAT", default_value = "text", conflicts_with = "print_config")]
    pub format: TextOrJson,

    #[command(flatten)]
    pub quiet: QuietArg,
}

/// Links that the aligner learns from.
#[derive(Clone)]
pub struct GuidedAlignmentArg {
    pub links: LinkSource,
    pub file: Option<PathBuf>,
}

/// Parses `none`, `statistical` or a file name.
fn guided_alignment(text: &str) -> Result<GuidedAlignmentArg, String> {
    Ok(match text {
        "none" => GuidedAlignmentArg { links: LinkSource::None, file: None },
        "statistical" => GuidedAlignmentArg { links: LinkSource::Statistical, file: None },
        "" => return Err("give `none`, `statistical` or the name of a file with links".to_owned()),
        file => GuidedAlignmentArg { links: LinkSource::File, file: Some(file.into()) },
    })
}

/// Parses the definitions of a word of both sides.
fn word_choices(text: &str) -> Result<(WordChoice, WordChoice), String> {
    both_sides(text, |rule| match rule {
        "auto" => Ok(WordChoice::Auto),
        "whitespace" => Ok(WordChoice::WhiteSpace),
        "unicode" => Ok(WordChoice::Unicode),
        "subwords" => Ok(WordChoice::SubWords),
        other => Err(format!("`{other}` is not a definition of a word; give auto, whitespace, unicode or subwords")),
    })
}

/// Score functions of the attention, for a query q and a key k of size d.
#[derive(Clone, Copy, ValueEnum)]
pub enum ScoreArg {
    /// q·k / √d
    Dot,
    /// qᵀ W k / √d
    General,
    /// vᵀ tanh(W q + U k)
    Additive,
    /// vᵀ tanh(W₂ tanh(W₁ [q; k]))
    Mlp,
}

/// Trains one model, or one for each direction.
pub fn run(args: TrainArgs) -> Result<()> {
    args.corpus.columns.check(&[&args.corpus.files, &args.dev])?;
    let overrides = overrides(&args)?;
    if args.print_config {
        return print_config(&args, &overrides);
    }
    let model = ModelDirectory::new(args.model.as_deref().context("give --model, the directory of the new model")?);
    check_reverse(&args, &model.reverse())?;
    let forward = train(&args, &overrides, &model, Direction::Forward)?;
    if args.both_directions {
        train(&args, &overrides, &model.reverse(), Direction::Reverse)?;
    }
    if let Some(trained) = forward.filter(|_| !args.quiet.quiet) {
        say_commands(&commands_to_try(&trained, &args, &model));
    }
    Ok(())
}

/// The settings of the configuration file and of the command line, which has priority.
fn overrides(args: &TrainArgs) -> Result<Overrides> {
    let budget =
        args.epochs.map(Budget::Epochs).or(args.steps.clone().map(Budget::from)).or(args.minutes.map(Budget::Minutes));
    Ok(Overrides {
        file: args.config.as_deref().map(read_config).transpose()?.unwrap_or_default(),
        budget,
        seed: args.seed,
        attention: args.attention.map(Score::from),
        guided_alignment: args.guided_alignment.as_ref().map(|argument| argument.links),
        words: args.words,
    })
}

/// Trains the model of one direction, and prints what its score means.
fn train(
    args: &TrainArgs,
    overrides: &Overrides,
    model: &ModelDirectory,
    direction: Direction,
) -> Result<Option<Trained>> {
    let corpus = |files: &[PathBuf]| {
        let corpus = AnyCorpus::from(args.corpus.columns.corpus_files(files));
        match direction {
            Direction::Forward => corpus,
            Direction::Reverse => corpus.reversed(),
        }
    };
    let from = args.from.as_ref().map(|from| match direction {
        Direction::Forward => from.clone(),
        Direction::Reverse => ModelDirectory::new(from).reverse().path().to_owned(),
    });
    if args.both_directions && !args.quiet.quiet {
        let name = match direction {
            Direction::Forward => "from source to target",
            Direction::Reverse => "from target to source",
        };
        say(&format!("{}: {name}", model.path().display()));
    }
    let languages = languages(args).map(|languages| match direction {
        Direction::Forward => languages,
        Direction::Reverse => languages.reversed(),
    });
    let job = Job {
        languages,
        dev: (!args.dev.is_empty()).then(|| corpus(&args.dev)),
        links: args.guided_alignment.as_ref().and_then(|argument| argument.file.clone()).map(GivenLinks::InFile),
        from,
        overwrite: args.overwrite,
        save_every: Duration::from_secs(args.save_every),
        overrides: overrides.clone(),
        ..Job::new(corpus(&args.corpus.files), model.path())
    };
    let ended = trainer::run(job, args.quiet.quiet).map_err(|error| name_config(error, args.config.as_deref()))?;
    if args.format == TextOrJson::Json {
        write_result(&ended, model, direction)?;
    }
    let trained = ended.finished()?;
    if let Some(trained) = trained.as_ref().filter(|_| !args.quiet.quiet) {
        say(&meaning(trained, args.dev.is_empty()));
    }
    Ok(trained)
}

/// The languages that are given.
fn languages(args: &TrainArgs) -> Option<LanguagePair> {
    Some(LanguagePair { source: args.source_language.clone()?, target: args.target_language.clone()? })
}

/// Adds the name of the configuration file to an error of the settings.
fn name_config(error: anyhow::Error, config: Option<&Path>) -> anyhow::Error {
    match (config, error.downcast_ref()) {
        (Some(config), Some(TrainingError::Settings(_))) => error.context(config.display().to_string()),
        _ => error,
    }
}

/// Size of the corpus that the settings are printed for if no corpus is given: the German and English of Multi30k.
const EXAMPLE_SIZE: CorpusSize = CorpusSize { pairs: 29_000, words: 667_000, distinct_words: 39_500 };

/// Prints all settings as a commented configuration file.
fn print_config(args: &TrainArgs, overrides: &Overrides) -> Result<()> {
    let size = if args.corpus.files.is_empty() {
        EXAMPLE_SIZE
    } else {
        corpus_size(args.corpus.columns.corpus_files(&args.corpus.files))?
    };
    let settings = Settings::for_corpus(size, overrides)
        .map_err(|error| name_config(TrainingError::from(error).into(), args.config.as_deref()))?;
    let mut out = writer();
    write!(out, "{}", settings.to_commented_toml()?)?;
    out.flush()?;
    Ok(())
}

/// Checks that the reverse direction can be trained, or that no outdated reverse model stays behind.
fn check_reverse(args: &TrainArgs, reverse: &ModelDirectory) -> Result<()> {
    if !args.both_directions {
        ensure!(
            !args.overwrite || !reverse.holds_a_model(),
            "{}: the directory also has a model of the opposite direction; add --both-directions to replace both, or remove it",
            reverse.path().display()
        );
        return Ok(());
    }
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

/// Reads the configuration file.
fn read_config(path: &Path) -> Result<toml::Table> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_CONFIG + 1).read_to_end(&mut bytes));
    read.with_context(|| format!("{}: cannot be read", path.display()))?;
    ensure!(
        bytes.len() as u64 <= MAX_CONFIG,
        "{}: the file has more than {MAX_CONFIG} bytes; name a TOML file with settings",
        path.display()
    );
    // Names the line and the remedy of bytes that are not UTF-8.
    let lines: Vec<String> = Lines::new(&bytes[..], path.display().to_string()).collect::<Result<_, _>>()?;
    let text = lines.join("\n");
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
