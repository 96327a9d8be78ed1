use super::curve;
use crate::args::ReportArgs;
use crate::output::{is_same_file, replace, say};
use crate::report::{History, Report, ReportedModel, Sentence, Translating, html, of_pairs, of_sentences};
use crate::{corpora, forced};
use anyhow::{Result, ensure};
use glosser_text::{Corpus, open};
use glosser_translator::{ModelDirectory, ScoredTranslation, Translator};
use std::path::Path;

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
    let history = directory.log().exists().then(|| History::read(&curve::log(path)?)).transpose()?;
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
