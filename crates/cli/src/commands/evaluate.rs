//! `glosser evaluate`: scores translations by BLEU, chrF2 and TER.

use crate::arguments::{BeamArg, ColumnsArg, PAIRS_HELP, TextOrJson, wrong_usage};
use crate::comparison::ComparedSystems;
use crate::output::writer;
use crate::{corpora, scores};
use anyhow::{Result, ensure};
use clap::Args;
use glosser_evaluation::{SentenceCounts, paired_bootstrap};
use glosser_text::{CorpusFiles, read_lines};
use glosser_translator::{SearchOptions, Translator};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Score translations by BLEU, chrF2 and TER, as sacreBLEU computes them
///
/// With --against, each score has its mean and 95 % interval over a thousand test sets drawn from the sentences (paired
/// bootstrap resampling, Koehn 2004), and the line below the table says which differences are significant. For TER,
/// lower is better.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser evaluate --model de-en test.de test.en
  glosser evaluate --hypotheses out.en --references test.en
  glosser evaluate --hypotheses out.en --references test.en --against old.en")]
pub struct EvaluateArgs {
    /// Directory of the model that translates the pairs [example: --model de-en]
    #[arg(short, long, value_name = "DIR", requires = "files", conflicts_with_all = ["hypotheses", "references"])]
    pub model: Option<PathBuf>,

    #[arg(value_name = "FILE", num_args = 1..=2, requires = "model", help = PAIRS_HELP)]
    pub files: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// Translations to score, one per line, from any system [example: --hypotheses out.en]
    #[arg(long, value_name = "FILE", requires = "references")]
    pub hypotheses: Option<PathBuf>,

    /// Reference translations, one per line [example: --references test.en]
    #[arg(long, value_name = "FILE", requires = "hypotheses")]
    pub references: Option<PathBuf>,

    /// Translations of the same sentences by another system, to compare with [example: --against old.en]
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,

    /// Seed of the test sets that are drawn for --against [default: 1; example: --seed 7]
    #[arg(long, value_name = "N", requires = "against")]
    pub seed: Option<u64>,

    /// Output format; text is one line per metric, as sacreBLEU prints it; JSON also has the components of the scores
    #[arg(long, default_value = "text")]
    pub format: TextOrJson,

    #[command(flatten)]
    pub beam: BeamArg,
}

/// Default seed of the resamples.
const SEED: u64 = 1;

/// Translates if necessary, and writes the scores, also of a comparison.
pub fn run(args: EvaluateArgs) -> Result<()> {
    let test = TestSet::read(&args)?;
    // Before the translation, so that a wrong number of lines is found early.
    let baseline = args.against.as_deref().map(|path| test.translations(path)).transpose()?;
    let hypotheses = match (&args.model, &args.hypotheses) {
        (None, Some(hypotheses)) => test.translations(hypotheses)?,
        (Some(model), _) => test.translate(model, args.beam.beam_size)?,
        (None, None) => return Err(wrong_usage(MISSING.to_owned())),
    };
    let system = SentenceCounts::new(&hypotheses, &test.references)?;
    let compared = match (baseline, &args.against) {
        (Some(baseline), Some(against)) => {
            let baseline = SentenceCounts::new(&baseline, &test.references)?;
            let seed = args.seed.unwrap_or(SEED);
            let comparisons = paired_bootstrap(&system, &baseline, seed)?;
            let name = args.model.as_ref().or(args.hypotheses.as_ref()).map(|path| path.display().to_string());
            let (system, baseline) = (name.unwrap_or_default(), against.display().to_string());
            Some(ComparedSystems { system, baseline, seed, comparisons })
        }
        _ => None,
    };
    let mut out = writer();
    match (args.format, compared) {
        (TextOrJson::Json, compared) => writeln!(out, "{}", scores::json(&system, compared.as_ref())?)?,
        (TextOrJson::Text, Some(compared)) => write!(out, "{compared}")?,
        (TextOrJson::Text, None) => writeln!(out, "{}\n{}\n{}", system.bleu(), system.chrf(), system.ter())?,
    }
    out.flush()?;
    Ok(())
}

const MISSING: &str = "give --model and pairs, or --hypotheses and --references";

/// Sentences with reference translations.
struct TestSet {
    /// Empty if translations are given.
    sources: Vec<String>,
    references: Vec<String>,
    /// Name of the file with the references.
    name: String,
}

impl TestSet {
    fn read(args: &EvaluateArgs) -> Result<Self> {
        if args.model.is_some() {
            args.columns.check(&[&args.files])?;
            let files = args.columns.corpus_files(&args.files);
            let (sources, references) =
                corpora::read(&files, false)?.pairs.into_iter().map(|pair| (pair.source, pair.target)).unzip();
            let (CorpusFiles::One { path: name, .. } | CorpusFiles::Two { target: name, .. }) = &files;
            return Ok(Self { sources, references, name: name.display().to_string() });
        }
        let path = args.references.as_ref().ok_or_else(|| wrong_usage(MISSING.to_owned()))?;
        Ok(Self { sources: Vec::new(), references: read_lines(path)?, name: path.display().to_string() })
    }

    /// Reads the translations of a file, one per reference.
    fn translations(&self, path: &Path) -> Result<Vec<String>> {
        let lines = read_lines(path)?;
        ensure!(
            lines.len() == self.references.len(),
            "{} has {} lines but {} has {}: both files must have one line per sentence, in the same order",
            path.display(),
            lines.len(),
            self.name,
            self.references.len()
        );
        Ok(lines)
    }

    fn translate(&self, model: &Path, beam_size: usize) -> Result<Vec<String>> {
        let translator = Translator::load(model)?;
        let options = SearchOptions { beam_size, ..translator.search_options() };
        let translations = translator.translate_with(&self.sources, &options, 1)?;
        Ok(translations.into_iter().flatten().map(|translation| translation.text).collect())
    }
}
