//! `glosser report`: writes an HTML page about the translations of a model.

use crate::arguments::{BatchArg, BeamArg, MODEL_VARIABLE, PAIRS_HELP, QuietArg, wrong_usage};
use crate::column_arguments::ColumnsArg;
use crate::corpora;
use crate::forced_decoding::warn_if_too_long;
use crate::history::History;
use crate::link_arguments::LinksArg;
use crate::output::{replace, warn, wrote};
use crate::progress::Bar;
use crate::report::{Report, ReportedModel, Sentence, Translating, of_pairs, of_sentences};
use crate::runs::{ComparisonFormat, compare};
use crate::words_argument::WordsArg;
use anyhow::{Result, ensure};
use clap::Args;
use glosser_text::{WordSplitters, counted, open_sentences};
use glosser_training::TrainingDirectory;
use glosser_translator::{LinkReading, ModelDirectory, Translation, Translator};
use std::env;
use std::path::{Path, PathBuf};

/// Write a page with attention and alignment of sentences, or compare trainings
///
/// Any browser opens the page, without a network. Sentences are sorted by score, the worst first; the page sorts,
/// searches and filters them, and shows for each word where it came from, by attention and by the links (--links).
///
/// With --runs it compares trainings instead: runs that differ only in their seed are one setting, with the best
/// validation score, the mean, and the sample standard deviation over seeds. The score is that of beam search, as
/// `translate` uses it, if all finished runs have it. It writes a table, or a page with the learning curves if the output
/// file ends in .html. Validation scores are comparable on the same pairs only: give all trainings the same --dev.
#[derive(Args)]
#[command(
    override_usage = "glosser report [OPTIONS] --model <DIR> <FILE>...\n       \
        glosser report [OPTIONS] --model <DIR> --translate <FILE>\n       \
        glosser report [OPTIONS] --runs <DIR>...",
    after_help = "\
Examples:
  glosser report --model de-en pairs.tsv -o report.html
  glosser report --model de-en --translate test.de --explain -o report.html
  glosser report --model de-en --compare de-en-more test.de test.en -o report.html
  glosser report --runs runs/*/
  glosser report --runs runs/*/ -o runs.html"
)]
pub struct ReportArgs {
    /// Directory of the model [example: --model de-en]
    #[arg(short, long, value_name = "DIR", env = MODEL_VARIABLE, hide_env_values = true, required_unless_present = "runs")]
    pub model: Option<PathBuf>,

    #[arg(value_name = "FILE", num_args = 1..=2, required_unless_present_any = ["translate", "runs"], help = PAIRS_HELP)]
    pub files: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// Sentences to translate, one per line, instead of pairs [example: --translate test.de.gz]
    #[arg(long, value_name = "FILE", conflicts_with = "files")]
    pub translate: Option<PathBuf>,

    #[command(flatten)]
    pub words: WordsArg,

    #[command(flatten)]
    pub links: LinksArg,

    /// Add the steps of the search, as `glosser explain` shows them: about 14 kB for a short sentence
    #[arg(long, requires = "translate", conflicts_with = "files")]
    pub explain: bool,

    /// Directory of a second model to show beside the first [example: --compare de-en-more]
    #[arg(long, value_name = "DIR")]
    pub compare: Option<PathBuf>,

    /// Directories of trainings to compare, finished or not [example: --runs runs/*/]
    #[arg(
        long,
        value_name = "DIR",
        num_args = 1..,
        conflicts_with_all = ["files", "translate", "explain", "compare", "columns", "languages", "csv", "words", "links",
            "beam_size", "batch_size"]
    )]
    pub runs: Vec<PathBuf>,

    /// Form of the comparison of --runs [default: by the ending of the output file, .html, .json, .tsv or .txt; else
    /// text; example: --format json]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<ComparisonFormat>,

    /// Output file [default: standard output; example: -o report.html]
    #[arg(short, long, value_name = "FILE.html")]
    pub output: Option<PathBuf>,

    #[command(flatten)]
    pub beam: BeamArg,

    #[command(flatten)]
    pub batch: BatchArg,

    #[command(flatten)]
    pub quiet: QuietArg,
}

/// Number of dropped extensions that are shown for each step of a search.
const DROPPED_SHOWN: usize = 3;

/// Maximum number of training losses: a curve of a few hundred pixels cannot show more.
const MAX_LOSSES: usize = 200;

/// Passes pairs or sentences through one or two models and writes the page.
pub fn run(args: ReportArgs) -> Result<()> {
    if !args.runs.is_empty() {
        refuse_model(&args)?;
        let output = args.output.as_deref();
        return compare(&args.runs, ComparisonFormat::choose(args.format, output)?, output);
    }
    // `requires` of clap does not hold for an option that conflicts with a given argument.
    if args.format.is_some() {
        return Err(wrong_usage(
            "--format is for --runs, which compares trainings; a report on sentences is always HTML, so leave it out"
                .to_owned(),
        ));
    }
    args.columns.check(&[&args.files])?;
    let directories: Vec<&Path> =
        [args.model.as_ref(), args.compare.as_ref()].into_iter().flatten().map(AsRef::as_ref).collect();
    let translators = directories.iter().map(|path| Ok(Translator::load(path)?)).collect::<Result<Vec<_>>>()?;
    let models = directories.iter().map(|path| model(path)).collect::<Result<Vec<_>>>()?;
    let (name, sentences) = match &args.translate {
        Some(file) => translated(&args, file, &translators)?,
        None => given(&args, &translators)?,
    };
    let count = sentences.len();
    let report = Report::new(name, args.translate.is_some(), models, sentences);
    let page = glosser_pages::report(&serde_json::to_string(&report)?);
    replace(args.output.as_deref(), page.as_bytes())?;
    wrote(args.output.as_deref(), &counted(count, "sentence"));
    Ok(())
}

/// Refuses a model beside --runs. One that an environment variable names counts for nothing there.
fn refuse_model(args: &ReportArgs) -> Result<()> {
    let variable = env::var_os(MODEL_VARIABLE).map(PathBuf::from);
    if args.model.is_some() && args.model != variable {
        return Err(wrong_usage(
            "--model cannot be used with --runs, which compares trainings and translates nothing; leave one out"
                .to_owned(),
        ));
    }
    Ok(())
}

fn model(path: &Path) -> Result<ReportedModel> {
    let directory = ModelDirectory::new(path);
    // An 8-bit model has no log, nor has a model that was copied without it: then the page has no learning curves.
    let log = TrainingDirectory::new(path).log();
    let history = log.exists().then(|| History::read(&log)).transpose()?;
    let history = history.map(|history| history.with_losses(MAX_LOSSES));
    Ok(ReportedModel::new(path.display().to_string(), directory.read_card()?, history))
}

fn given(args: &ReportArgs, translators: &[Translator]) -> Result<(String, Vec<Sentence>)> {
    let files = args.columns.corpus_files(&args.files);
    let corpus = corpora::read(&files, args.quiet.quiet)?;
    let bar = Bar::over(corpus.pairs.len() * translators.len(), "sentence");
    let words = words(args, translators);
    let models = read_models(args, translators)?;
    let warner = warner(&corpus.name, args.quiet.quiet, &bar);
    let sentences = of_pairs(&models, &corpus, args.batch.batch_size, &words, warner)?;
    Ok((corpus.name, sentences))
}

fn translated(args: &ReportArgs, file: &Path, translators: &[Translator]) -> Result<(String, Vec<Sentence>)> {
    let (mut lines, mut sources) = (open_sentences(file)?, Vec::new());
    while let Some(line) = lines.next_lossy() {
        let line = line?;
        for fault in line.faults.iter().filter(|_| !args.quiet.quiet) {
            warn(&format!("{fault}; translated without it"));
        }
        sources.push(line.text);
    }
    let name = file.display().to_string();
    ensure!(!sources.is_empty(), "`{name}` has no sentence; a report needs one per line");
    let translating = Translating {
        beam_size: args.beam.beam_size,
        batch_size: args.batch.batch_size,
        words: words(args, translators),
        explained: args.explain.then_some(DROPPED_SHOWN),
    };
    let models = read_models(args, translators)?;
    let bar = Bar::over(sources.len() * translators.len(), "sentence");
    let sentences = of_sentences(&models, &sources, &translating, warner(&name, args.quiet.quiet, &bar))?;
    Ok((name, sentences))
}

/// The definition of a word: that of the first model, so that the readings of both have the same words.
fn words(args: &ReportArgs, translators: &[Translator]) -> WordSplitters {
    translators.first().map_or(WordSplitters::WHITE_SPACE, |first| args.words.splitters(first.tokenizers()))
}

/// The models, each with what its links are read from: the best for it, unless --links names one.
fn read_models<'a>(args: &ReportArgs, translators: &'a [Translator]) -> Result<Vec<(&'a Translator, LinkReading)>> {
    translators.iter().map(|one| Ok((one, args.links.reading(one.scorer(), &args.words)?))).collect()
}

/// Returns a function that counts pairs, and warns about those that are too long, unless `quiet`.
fn warner(name: &str, quiet: bool, bar: &Bar) -> impl FnMut(usize, &Translation) {
    move |line, scored| {
        bar.inc(1);
        if !quiet {
            warn_if_too_long(name, line, scored, "shown without its probability");
        }
    }
}
