use crate::args::{ScoreArg, TrainArgs};
use crate::trainer;
use anyhow::{Context, Result, ensure};
use glosser_attention_decoder::Score;
use glosser_text::AnyCorpus;
use glosser_training::{BadSettings, Budget, Job, Overrides};
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
    };
    args.columns.check(&[&args.files, &args.dev])?;
    let corpus = |files: &[PathBuf]| AnyCorpus::from(args.columns.corpus_files(files));
    let dev = (!args.dev.is_empty()).then(|| corpus(&args.dev));
    let job = Job {
        corpus: corpus(&args.files),
        dev,
        from: args.from,
        directory: args.model,
        overwrite: args.overwrite,
        save_every: Duration::from_secs(args.save_every),
        overrides,
    };
    trainer::run(job, args.quiet).map_err(|error| match (&args.config, error.is::<BadSettings>()) {
        (Some(config), true) => error.context(format!("{}", config.display())),
        _ => error,
    })
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
