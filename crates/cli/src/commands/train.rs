use crate::args::{ScoreArg, TrainArgs, wrong_usage};
use crate::output::say;
use crate::trainer;
use anyhow::{Context, Result, bail, ensure};
use glosser_attention_decoder::Score;
use glosser_text::{AnyCorpus, is_pipe, shown};
use glosser_training::{BadSettings, Budget, GivenLinks, Job, Overrides};
use glosser_translator::ModelDirectory;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

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
