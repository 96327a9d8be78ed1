//! `glosser evaluate`: scores translations by BLEU, chrF2, chrF2++ and TER.

use crate::arguments::{BeamArg, TextOrJson, wrong_usage};
use crate::column_arguments::ColumnsArg;
use crate::comparison::ComparedSystems;
use crate::output::{is_for_person, note, writer};
use crate::progress::Bar;
use crate::sentences::with_progress;
use crate::{corpora, scores};
use anyhow::{Result, ensure};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use glosser_evaluation::{SentenceCounts, SentenceScores, Tokenization, paired_bootstrap};
use glosser_text::{CorpusFiles, counted, read_lines};
use glosser_training::bleu_tokenization;
use glosser_translator::{SearchOptions, Translator};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Score translations by BLEU, chrF2, chrF2++ and TER, as sacreBLEU computes them
///
/// With --against, each score has its mean and 95 % interval over a thousand test sets drawn from the sentences (paired
/// bootstrap resampling, Koehn 2004), and the line below the table says which differences are significant. For TER,
/// lower is better.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser evaluate --model de-en test.de test.en
  glosser evaluate out.en test.en
  glosser evaluate out.en test.en --against old.en
  glosser evaluate --hypotheses out.en --references first.en second.en
  glosser evaluate --hypotheses out.zh --references test.zh --tokenize zh
  glosser evaluate --hypotheses out.en --references test.en --sentence-level | paste - out.en")]
pub struct EvaluateArgs {
    /// Directory of the model that translates the pairs [example: --model de-en]
    #[arg(short, long, value_name = "DIR", requires = "files", conflicts_with_all = ["hypotheses", "references"])]
    pub model: Option<PathBuf>,

    /// With --model, the pairs: a TSV, CSV or TMX file, or a source and a target file with the same number of lines;
    /// UTF-16, gzip, Zstandard, xz, bzip2, LZ4, ZIP and tar are recognised. Without, translations and references
    #[arg(value_name = "FILE", num_args = 1..=2, conflicts_with_all = ["hypotheses", "references"])]
    pub files: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// Translations to score, one per line, from any system [example: --hypotheses out.en]
    #[arg(long, value_name = "FILE", requires = "references")]
    pub hypotheses: Option<PathBuf>,

    /// Reference translations, one per line; several files are several references for each line [example: --references
    /// test.en]
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "hypotheses")]
    pub references: Vec<PathBuf>,

    /// Tokeniser of BLEU, named as in sacreBLEU [default: by the script of the references; example: --tokenize intl]
    ///
    /// The default is 13a. If the references are mostly written without spaces between words, it is zh for Chinese, and
    /// char for Japanese, Thai, Lao, Khmer, Burmese and Tibetan. sacreBLEU's ja-mecab and ko-mecab need dictionaries and
    /// are not available.
    #[arg(long, value_name = "NAME", value_parser = tokenizations())]
    pub tokenize: Option<Tokenization>,

    /// Translations of the same sentences by another system, to compare with [example: --against old.en]
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,

    /// Seed of the test sets that are drawn for --against [default: 1; example: --seed 7]
    #[arg(long, value_name = "N", requires = "against")]
    pub seed: Option<u64>,

    /// Print the scores of each sentence, one line per sentence: BLEU, chrF2, chrF2++ and TER, separated by tabs
    ///
    /// BLEU then uses the n-grams that the sentence has (effective order), as in sacreBLEU. With --format json each line
    /// is an object, also with the texts.
    #[arg(long, conflicts_with = "against")]
    pub sentence_level: bool,

    /// Output format; text is one line per metric, as sacreBLEU prints it; JSON also has the components of the scores
    #[arg(long, default_value = "text")]
    pub format: TextOrJson,

    #[command(flatten)]
    pub beam: BeamArg,
}

impl EvaluateArgs {
    /// Takes two files without a model as --hypotheses and --references.
    ///
    /// # Errors
    /// If there is only one.
    fn name_files(&mut self) -> Result<()> {
        if self.model.is_some() || self.files.is_empty() {
            return Ok(());
        }
        self.columns.check(&[])?;
        let [hypotheses, references] = &self.files[..] else {
            return Err(wrong_usage(format!(
                "{} is one file: give --model to translate it as pairs, or a file of translations and one of references",
                self.files[0].display()
            )));
        };
        (self.hypotheses, self.references) = (Some(hypotheses.clone()), vec![references.clone()]);
        Ok(())
    }
}

/// Default seed of the resamples.
const SEED: u64 = 1;

/// The tokenisers, each with a sentence for the help.
fn tokenizations() -> impl TypedValueParser<Value = Tokenization> {
    let explained = |tokenization: Tokenization| {
        PossibleValue::new(tokenization.name()).help(match tokenization {
            Tokenization::V13a => "Each symbol is a token, by rules for European languages",
            Tokenization::Intl => "Each punctuation mark and symbol of any script is a token",
            Tokenization::Zh => "Each Chinese character is a token, and the rest is as 13a",
            Tokenization::Char => "Each character is a token",
            Tokenization::None => "Only white space separates tokens",
        })
    };
    PossibleValuesParser::new(Tokenization::ALL.map(explained))
        .try_map(|name| Tokenization::from_name(&name).ok_or("this is no tokeniser"))
}

/// Translates if necessary, and writes the scores, also of a comparison.
pub fn run(mut args: EvaluateArgs) -> Result<()> {
    args.name_files()?;
    let test = TestSet::read(&args)?;
    // Before the translation, so that a wrong number of lines is found early.
    let baseline = args.against.as_deref().map(|path| test.translations(path)).transpose()?;
    let hypotheses = match (&args.model, &args.hypotheses) {
        (None, Some(hypotheses)) => test.translations(hypotheses)?,
        (Some(model), _) => test.translate(model, args.beam.beam_size)?,
        (None, None) => return Err(wrong_usage(MISSING.to_owned())),
    };
    let tokenization = args.tokenize.unwrap_or_else(|| test.tokenization());
    let references = test.references();
    let system = SentenceCounts::new(&hypotheses, &references, tokenization)?;
    if args.sentence_level {
        return write_sentences(&system, &hypotheses, &references, args.format);
    }
    let compared = match (baseline, &args.against) {
        (Some(baseline), Some(against)) => {
            let baseline = SentenceCounts::new(&baseline, &references, tokenization)?;
            let _bar = Bar::waiting("drawing test sets");
            let comparisons = paired_bootstrap(&system, &baseline, args.seed.unwrap_or(SEED))?;
            let name = args.model.as_ref().or(args.hypotheses.as_ref()).map(|path| path.display().to_string());
            let (system, baseline) = (name.unwrap_or_default(), against.display().to_string());
            Some(ComparedSystems { system, baseline, comparisons })
        }
        _ => None,
    };
    let mut out = writer();
    match (args.format, compared) {
        (TextOrJson::Json, compared) => writeln!(out, "{}", scores::json(&system, compared.as_ref())?)?,
        (TextOrJson::Text, Some(compared)) => {
            write!(out, "{compared}")?;
            if is_for_person() {
                writeln!(out, "TER counts errors: lower is better.")?;
            }
        }
        (TextOrJson::Text, None) => {
            let (bleu, chrf, chrf_plus_plus, ter) =
                (system.bleu(), system.chrf(), system.chrf_plus_plus(), system.ter());
            if is_for_person() {
                let rows = [("BLEU", bleu.score), ("chrF2", chrf.score), ("chrF2++", chrf_plus_plus.score)];
                for (name, score) in rows {
                    writeln!(out, "{name:<8}{score:>6.2}")?;
                }
                writeln!(out, "{:<8}{:>6.2}  (lower is better)\n\nAs sacreBLEU reports them:", "TER", ter.score)?;
            }
            writeln!(out, "{bleu}\n{chrf}\n{chrf_plus_plus}\n{ter}")?;
        }
    }
    out.flush()?;
    Ok(())
}

/// Writes one line per sentence.
fn write_sentences(
    system: &SentenceCounts,
    hypotheses: &[String],
    references: &[&[String]],
    format: TextOrJson,
) -> Result<()> {
    let mut out = writer();
    for (at, scores) in system.sentences().enumerate() {
        match format {
            TextOrJson::Json => {
                let references: Vec<&str> = references.iter().map(|references| references[at].as_str()).collect();
                writeln!(out, "{}", scores::sentence_json(scores, &hypotheses[at], references)?)?;
            }
            TextOrJson::Text => {
                let SentenceScores { bleu, chrf, chrf_plus_plus, ter } = scores;
                writeln!(out, "{bleu:.2}\t{chrf:.2}\t{chrf_plus_plus:.2}\t{ter:.2}")?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

const MISSING: &str = "give --model and pairs, or --hypotheses and --references";

/// Sentences with reference translations.
struct TestSet {
    /// Empty if translations are given.
    sources: Vec<String>,
    /// `[references][sentences]`, with at least one reference.
    references: Vec<Vec<String>>,
    /// Name of the file with the first references.
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
            return Ok(Self { sources, references: vec![references], name: name.display().to_string() });
        }
        let (first, others) = args.references.split_first().ok_or_else(|| wrong_usage(MISSING.to_owned()))?;
        let (references, name) = (vec![read_lines(first)?], first.display().to_string());
        let mut test = Self { sources: Vec::new(), references, name };
        for path in others {
            test.references.push(test.translations(path)?);
        }
        Ok(test)
    }

    /// The references, `[references][sentences]`.
    fn references(&self) -> Vec<&[String]> {
        self.references.iter().map(Vec::as_slice).collect()
    }

    /// Chooses the tokeniser by the script of the references, and prints a note if it is not the usual one.
    fn tokenization(&self) -> Tokenization {
        let tokenization = bleu_tokenization(self.references.iter().flatten());
        let script = match tokenization {
            Tokenization::Zh => "in Chinese characters",
            Tokenization::Char => "in a script without spaces",
            _ => return tokenization,
        };
        note(&format!(
            "BLEU uses the tokeniser {}, because the references are mostly written {script}; --tokenize chooses another",
            tokenization.name()
        ));
        tokenization
    }

    /// Reads the translations of a file, one per reference.
    fn translations(&self, path: &Path) -> Result<Vec<String>> {
        let (lines, expected) = (read_lines(path)?, self.references[0].len());
        ensure!(
            lines.len() == expected,
            "{} has {} but {} has {expected}: both files must have one line per sentence, in the same order",
            path.display(),
            counted(lines.len(), "line"),
            self.name,
        );
        Ok(lines)
    }

    fn translate(&self, model: &Path, beam_size: usize) -> Result<Vec<String>> {
        let translator = Translator::load(model)?;
        let options = SearchOptions { beam_size, ..translator.search_options() };
        let translations = with_progress(&translator, &self.sources, &options)?;
        Ok(translations.into_iter().map(|translation| translation.text).collect())
    }
}
