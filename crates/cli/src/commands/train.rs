use crate::args::{ScoreArg, TrainArgs};
use crate::fault;
use crate::progress::Display;
use anyhow::{Context, Result};
use glosser_attention_decoder::Score;
use glosser_text::AnyCorpus;
use glosser_training::{BadSettings, Budget, Event, Job, Overrides, train};
use std::path::{Path, PathBuf};

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
        overrides,
    };
    let mut display = Display::new(args.quiet);
    let mut show = |event: &Event| {
        if matches!(event, Event::Validated(_)) {
            fault::on_demand("a validation");
        }
        display.show(event);
    };
    train(job, &mut show).map_err(|error| match (&args.config, error.is::<BadSettings>()) {
        (Some(config), true) => error.context(format!("{}", config.display())),
        _ => error,
    })?;
    Ok(())
}

fn read_config(path: &Path) -> Result<toml::Table> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    text.parse().map_err(|cause: toml::de::Error| {
        let line = cause.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
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
