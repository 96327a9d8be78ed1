//! `glosser evaluate`.

use crate::arguments::{ColumnsArg, from_one_to};
use crate::comparison::ComparedSystems;
use crate::{corpora, figures, output::writer};
use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use glosser_evaluation::{SentenceCounts, paired_bootstrap};
use glosser_text::{CorpusFiles, read_lines};
use glosser_translator::{SearchOptions, Translator};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Score translations: BLEU, chrF2 and TER as sacreBLEU computes them
///
/// Example: glosser evaluate --model de-en test.de test.en
///
/// Example: glosser evaluate --hypotheses out.en --references test.en
///
/// Example: glosser evaluate --hypotheses out.en --references test.en --against old.en
///
/// With --against each score has the mean and 95 % interval of a thousand test sets drawn from the sentences (paired
/// bootstrap resampling, Koehn 2004), and the line below the table says which differences are significant. TER counts
/// edits: lower is better.
#[derive(Args)]
pub struct EvaluateArgs {
    /// The model to translate the pairs with
    #[arg(short, long, value_name = "DIR", requires = "files", conflicts_with_all = ["hypotheses", "references"])]
    pub model: Option<PathBuf>,

    /// The pairs: a TSV or TMX file, or a source file and a target file of as many lines
    #[arg(value_name = "FILE", num_args = 1..=2, requires = "model")]
    pub files: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// Translations made by anything, one a line
    #[arg(long, value_name = "FILE", requires = "references", required_unless_present = "model")]
    pub hypotheses: Option<PathBuf>,

    /// What they should be
    #[arg(long, value_name = "FILE", requires = "hypotheses")]
    pub references: Option<PathBuf>,

    /// Translations of the same sentences by another system, to compare with [example: --against old.en]
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,

    /// Seed of the test sets that are drawn for --against [default: 1; example: --seed 7]
    #[arg(long, value_name = "N", requires = "against")]
    pub seed: Option<u64>,

    /// How figures are written
    #[arg(long, default_value = "text")]
    pub format: EvaluateFormat,

    /// Hypotheses followed at a time [example: --beam-size 1]
    #[arg(long, value_name = "N", default_value = "5", value_parser = from_one_to::<1000>)]
    pub beam_size: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EvaluateFormat {
    /// A line a metric, as sacreBLEU prints it
    Text,
    /// One JSON object: each metric with score and signature, and what it is made of
    Json,
}

/// Seed of the resamples unless another is given, the same as in training.
const SEED: u64 = 1;

/// Translations and what they should be in, BLEU, chrF2 and TER out.
pub fn run(args: EvaluateArgs) -> Result<()> {
    let test = TestSet::read(&args)?;
    // Before anything is translated, which would be in vain if a file had another length.
    let baseline = args.against.as_deref().map(|path| test.translations(path)).transpose()?;
    let hypotheses = match (&args.model, &args.hypotheses) {
        (None, Some(hypotheses)) => test.translations(hypotheses)?,
        (Some(model), _) => test.translate(model, args.beam_size)?,
        (None, None) => anyhow::bail!(MISSING),
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
    let mut out = writer(None)?;
    match (args.format, compared) {
        (EvaluateFormat::Json, compared) => writeln!(out, "{}", figures::json(&system, compared.as_ref())?)?,
        (EvaluateFormat::Text, Some(compared)) => write!(out, "{compared}")?,
        (EvaluateFormat::Text, None) => writeln!(out, "{}\n{}\n{}", system.bleu(), system.chrf(), system.ter())?,
    }
    out.flush()?;
    Ok(())
}

const MISSING: &str = "give --model and the pairs, or --hypotheses and --references";

/// What systems are tested on.
struct TestSet {
    /// Nothing where translations are given.
    sources: Vec<String>,
    references: Vec<String>,
    /// File of the references.
    name: String,
}

impl TestSet {
    fn read(args: &EvaluateArgs) -> Result<Self> {
        if args.model.is_some() {
            args.columns.check(&[&args.files])?;
            let files = args.columns.corpus_files(&args.files);
            let (sources, references) =
                corpora::read(&files)?.pairs.into_iter().map(|pair| (pair.source, pair.target)).unzip();
            let (CorpusFiles::Tsv { path: name, .. }
            | CorpusFiles::Recognised { path: name, .. }
            | CorpusFiles::Two { target: name, .. }) = &files;
            return Ok(Self { sources, references, name: name.display().to_string() });
        }
        let path = args.references.as_ref().context(MISSING)?;
        Ok(Self { sources: Vec::new(), references: read_lines(path)?, name: path.display().to_string() })
    }

    /// Those of a file, one for each reference.
    fn translations(&self, path: &Path) -> Result<Vec<String>> {
        let lines = read_lines(path)?;
        ensure!(
            lines.len() == self.references.len(),
            "{} has {} lines but {} has {}: line n of one must be the translation of line n of the other",
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
