//! `glosser demo`: trains on the bundled corpus and shows translations with their attention.

use crate::arguments::{QuietArg, at_least_one};
use crate::output::{is_for_person, say, shades, width, writer};
use crate::sentences::with_progress;
use crate::{links, trainer};
use anyhow::{Context, Result, ensure};
use clap::Args;
use glosser_alignment::{GoldLinks, IndexBase, Links, NamedText, score};
use glosser_demo_corpus::{DEV, TEST, TEST_LINKS, TRAIN, TRAIN_LINKS};
use glosser_evaluation::{Bleu, Tokenization};
use glosser_text::{Columns, Corpus, Pair, WordSplitters, printable};
use glosser_training::{Budget, GivenLinks, Job, LinkSource, Overrides, is_interrupted};
use glosser_translator::{ModelDirectory, Translation, Translator};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Train on the bundled English-French corpus, translate, show the attention
///
/// Takes a few minutes. The model is kept for the other commands, and a second run uses it again.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser demo
  glosser demo --steps 500
  glosser demo --model en-fr --overwrite")]
pub struct DemoArgs {
    /// Directory of the model [example: --model /tmp/demo]
    #[arg(short, long, value_name = "DIR", default_value = "demo-model")]
    pub model: PathBuf,

    /// Train again even if the directory has a model
    #[arg(long)]
    pub overwrite: bool,

    /// Number of training steps; fewer are faster and worse [example: --steps 500]
    #[arg(long, value_name = "N", default_value = "2000", value_parser = at_least_one)]
    pub steps: usize,

    #[command(flatten)]
    pub quiet: QuietArg,
}

/// Name of the bundled corpus, by which a second run recognises the model of the first.
const NAME: &str = "bundled English-French corpus";

/// Its source and target.
const LANGUAGES: &str = "en:fr";

/// One small model: the corpus has a few hundred words, and the user is waiting.
const CONFIG: &str = "
[tokenizer]
vocab = 3000

[model]
embed = 128
encoder_hidden = 128
decoder_hidden = 256
attention_size = 128
ensemble = 1

[training]
batch_tokens = 500
learning_rate = 3e-3
warmup_steps = 200
dropout = 0.1
target_word_dropout = 0.0
";

/// Number of sentences whose attention is shown.
const SHOWN: usize = 4;

const BATCH: usize = 64;

/// Time between checkpoints of a training of a few minutes.
const SAVE_EVERY: Duration = Duration::from_secs(20);

/// Trains on the bundled corpus, then translates the test pairs and shows some of them.
pub fn run(args: DemoArgs) -> Result<()> {
    let translator = trained(&args)?;
    let test = bundled("test.en-fr.tsv", TEST)?.pairs;
    let sources: Vec<String> = test.iter().map(|pair| pair.source.clone()).collect();
    let translations = with_progress(&translator, &sources, &translator.search_options())?;
    let mut out = writer();
    show(&mut out, &test, &translations)?;
    advise(&mut out, &args.model)?;

    let hypotheses: Vec<&str> = translations.iter().map(|translation| translation.text.as_str()).collect();
    let references: Vec<&str> = test.iter().map(|pair| pair.target.as_str()).collect();
    writeln!(out, "BLEU {:.2}", Bleu::compute(&hypotheses, &references, Tokenization::V13a)?.score)?;
    let better = if is_for_person() { " % (lower is better)" } else { "" };
    writeln!(out, "AER {:.2}{better}", 100.0 * alignment_error(&translator, &test)?)?;
    out.flush()?;
    Ok(())
}

/// Loads the model of an earlier run, or trains a new one.
fn trained(args: &DemoArgs) -> Result<Translator> {
    let directory = ModelDirectory::new(&args.model);
    let shown = args.model.display();
    // An interrupted training is continued: its model is not the final one.
    if directory.holds_a_model() && !args.overwrite && !is_interrupted(&args.model)? {
        let corpus = directory.read_card()?.provenance.corpus;
        ensure!(
            corpus == NAME,
            "{shown} already contains a model of `{corpus}`; give another --model, or --overwrite to replace it"
        );
        if !args.quiet.quiet {
            say(&format!(
                "{shown} contains the model of an earlier demo, which is used again (--overwrite trains a new one)"
            ));
        }
    } else {
        if !args.quiet.quiet {
            say("Training a translator from English to French on the bundled corpus; this takes about three minutes.");
        }
        let trained = trainer::run(job(args)?, args.quiet.quiet)?.finished()?;
        let advice = trained.iter().filter(|_| !args.quiet.quiet).flat_map(|trained| &trained.advice);
        advice.for_each(|advice| say(&format!("advice: {advice}")));
    }
    Ok(directory.load()?)
}

/// The training of the demo, guided by the bundled links.
fn job(args: &DemoArgs) -> Result<Job> {
    let overrides = Overrides {
        file: CONFIG.parse().context("the settings of the demo are not TOML")?,
        budget: Some(Budget::Steps(args.steps)),
        guided_alignment: Some(LinkSource::File),
        ..Overrides::default()
    };
    Ok(Job {
        links: Some(GivenLinks::InMemory { name: "train.en-fr.align".to_owned(), text: TRAIN_LINKS.to_owned() }),
        languages: Some(LANGUAGES.parse()?),
        dev: Some(bundled("dev.en-fr.tsv", DEV)?.into()),
        overwrite: args.overwrite,
        save_every: SAVE_EVERY,
        overrides,
        ..Job::new(bundled(NAME, TRAIN)?, &args.model)
    })
}

fn bundled(name: &str, text: &str) -> Result<Corpus> {
    Ok(Corpus::parse_tsv(name, text.as_bytes(), Columns::DEFAULT)?)
}

/// Writes some translations with their attention: sentences of medium length whose word order changes, spread over the
/// test pairs.
fn show(out: &mut impl Write, test: &[Pair], translations: &[Translation]) -> Result<()> {
    writeln!(
        out,
        "Sentences that were not in the training data, with the attention of each French word to the English words:"
    )?;
    let is_telling = |translation: &&Translation| {
        (6..=10).contains(&translation.source.split_whitespace().count()) && crosses(&links::hard(&translation.words()))
    };
    let candidates: Vec<&Translation> = translations.iter().filter(is_telling).collect();
    for translation in candidates.iter().step_by((candidates.len() / SHOWN).max(1)).take(SHOWN) {
        let reference = test.iter().find(|pair| pair.source == translation.source).map_or("", |pair| &pair.target);
        writeln!(out, "\n  English    {}", printable(&translation.source))?;
        writeln!(out, "  French     {}", printable(&translation.text))?;
        if translation.text != reference {
            writeln!(out, "  reference  {reference}")?;
        }
        writeln!(out, "\n{}", links::picture(&translation.words(), shades(None), false))?;
    }
    write!(out, "{}", shades(None).legend(width()))?;
    Ok(())
}

/// Whether two links cross, so that the word order changes.
fn crosses(links: &Links) -> bool {
    let pairs = || links.iter().flat_map(|a| links.iter().map(move |b| (a, b)));
    pairs().any(|(a, b)| a.source < b.source && a.target > b.target)
}

/// Writes commands to try with the model.
fn advise(out: &mut impl Write, model: &Path) -> Result<()> {
    let model = model.display();
    writeln!(
        out,
        "
What to try next:
  glosser translate --model {model} --alignment grid \"I do not see the black cat.\"
  glosser info {model}
  glosser train your-pairs.tsv --model my-model
"
    )?;
    Ok(())
}

/// Alignment error rate of the model's links for the test pairs, from 0 to 1.
fn alignment_error(translator: &Translator, test: &[Pair]) -> Result<f64> {
    let gold = NamedText { name: "test.en-fr.align", text: TEST_LINKS }
        .parse_lines(|line| GoldLinks::parse(line, IndexBase::Zero))?;
    let pairs: Vec<(&str, &str)> = test.iter().map(|pair| (pair.source.as_str(), pair.target.as_str())).collect();
    let (scorer, reading) = (translator.scorer(), translator.scorer().default_reading());
    let aligned = scorer.score(&pairs, BATCH, reading.weighting())?;
    let links = |pair| Ok(links::hard(&scorer.links(pair, &WordSplitters::WHITE_SPACE, reading)?));
    let found = aligned.iter().map(links).collect::<Result<Vec<_>>>()?;
    Ok(score(gold.iter().zip(&found)).aer)
}
