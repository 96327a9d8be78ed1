//! `glosser report`.

use super::curve;
use crate::arguments::{ColumnsArg, ModelArg, WordsArg, at_least_one};
use crate::output::{is_same_file, replace, say};
use crate::report::{History, Report, ReportedModel, Sentence, Translating, html, of_pairs, of_sentences};
use crate::{corpora, forced};
use anyhow::{Result, ensure};
use clap::Args;
use glosser_text::{Corpus, open};
use glosser_training::TrainingDirectory;
use glosser_translator::{ModelDirectory, ScoredTranslation, Translator};
use std::path::{Path, PathBuf};

/// Write a report to look at: one HTML file with what the model attended to, sentence by sentence
///
/// Example: glosser report --model de-en pairs.tsv -o report.html
///
/// Example: glosser report --model de-en --compare de-en-more --translate test.de -o report.html
///
/// Any browser opens the file, without a network. Sentences stand worst first, and can be sorted, searched and filtered;
/// a word shows where it came from, by attention and by the aligner.
#[derive(Args)]
pub struct ReportArgs {
    #[command(flatten)]
    pub model: ModelArg,

    /// The pairs: a TSV file, or a source file and a target file of as many lines
    #[arg(value_name = "FILE", num_args = 1..=2, required_unless_present = "translate")]
    pub files: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// Sentences to translate, one a line, in place of pairs [example: --translate test.de.gz]
    #[arg(long, value_name = "FILE", conflicts_with = "files")]
    pub translate: Option<PathBuf>,

    #[command(flatten)]
    pub words: WordsArg,

    /// With each translation the steps of its search, as `glosser explain` shows them: some 14 kB for a caption
    #[arg(long, requires = "translate", conflicts_with = "files")]
    pub explain: bool,

    /// A second model, shown beside the first [example: --compare de-en-more]
    #[arg(long, value_name = "DIR")]
    pub compare: Option<PathBuf>,

    /// Where the page goes [default: standard output; example: -o report.html]
    #[arg(short, long, value_name = "FILE.html")]
    pub output: Option<PathBuf>,

    /// Hypotheses followed at a time, with --translate
    #[arg(long, value_name = "N", default_value = "5", value_parser = at_least_one)]
    pub beam_size: usize,

    /// Pairs computed together: speed and memory, never the result [example: --batch-size 8]
    #[arg(long, value_name = "N", default_value = "32", value_parser = at_least_one)]
    pub batch_size: usize,

    /// Say nothing on standard error but errors
    #[arg(short, long)]
    pub quiet: bool,
}

/// Dropped ways to go on that are told of each step of a search.
const DROPPED_SHOWN: usize = 3;

/// Pairs or sentences in, a page out.
pub fn run(args: ReportArgs) -> Result<()> {
    args.columns.check(&[&args.files])?;
    check_output(&args)?;
    let directories: Vec<&Path> =
        [Some(&args.model.directory), args.compare.as_ref()].into_iter().flatten().map(AsRef::as_ref).collect();
    let translators = directories.iter().map(|path| Translator::load(path)).collect::<Result<Vec<_>, _>>()?;
    let models = directories.iter().map(|path| model(path)).collect::<Result<Vec<_>>>()?;
    let (name, sentences) = match &args.translate {
        Some(file) => translated(&args, file, &translators)?,
        None => given(&args, &translators)?,
    };
    let report = Report::new(name, args.translate.is_some(), models, sentences);
    replace(args.output.as_deref(), html(&report)?.as_bytes())
}

/// A page must not take the place of what it is made from.
fn check_output(args: &ReportArgs) -> Result<()> {
    let Some(output) = &args.output else { return Ok(()) };
    let mut inputs = args.files.iter().chain(&args.translate);
    ensure!(
        !inputs.any(|input| is_same_file(input, output)),
        "{}: input and output are the same file, which would be lost; give another -o",
        output.display()
    );
    Ok(())
}

fn model(path: &Path) -> Result<ReportedModel> {
    let directory = ModelDirectory::new(path);
    // An 8-bit model has no log, nor has one that was copied without it: then there are no curves to draw.
    let history = TrainingDirectory::new(path).log().exists().then(|| History::read(&curve::log(path)?)).transpose()?;
    Ok(ReportedModel::new(path.display().to_string(), directory.read_card()?, history))
}

fn given(args: &ReportArgs, translators: &[Translator]) -> Result<(String, Vec<Sentence>)> {
    let files = args.columns.corpus_files(&args.files);
    let corpus = if args.quiet { Corpus::read(&files)? } else { corpora::read(&files)? };
    let sentences =
        of_pairs(translators, &corpus, args.batch_size, args.words.rule(), complaining(&corpus.name, args.quiet))?;
    Ok((corpus.name, sentences))
}

fn translated(args: &ReportArgs, file: &Path, translators: &[Translator]) -> Result<(String, Vec<Sentence>)> {
    let (mut lines, mut sources) = (open(file)?, Vec::new());
    while let Some(line) = lines.next_lossy() {
        let line = line?;
        for fault in line.faults.iter().filter(|_| !args.quiet) {
            say(&format!("warning: {fault}; translated as it could be read"));
        }
        sources.push(line.text);
    }
    let name = file.display().to_string();
    ensure!(!sources.is_empty(), "`{name}` holds no sentence: a report has one a line");
    let translating = Translating {
        beam_size: args.beam_size,
        batch_size: args.batch_size,
        rule: args.words.rule(),
        explained: args.explain.then_some(DROPPED_SHOWN),
    };
    let sentences = of_sentences(translators, &sources, &translating, complaining(&name, args.quiet))?;
    Ok((name, sentences))
}

/// Says which sentences have no probability though they have text.
fn complaining(name: &str, quiet: bool) -> impl FnMut(usize, &ScoredTranslation) {
    move |line, scored| {
        if let (Some(complaint), false) = (forced::complaint(name, line, &scored.translation), quiet) {
            say(&format!("warning: {complaint}; shown without its probability"));
        }
    }
}
