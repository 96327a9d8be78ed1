use crate::args::EvaluateArgs;
use crate::corpora;
use crate::output::writer;
use anyhow::{Result, ensure};
use glosser_evaluation::{Bleu, Chrf};
use glosser_text::{CorpusFiles, read_lines};
use glosser_translator::{SearchOptions, Translator};
use std::io::Write;
use std::path::Path;

/// Translations and what they should be in, BLEU and chrF2 out.
pub fn run(args: EvaluateArgs) -> Result<()> {
    let (hypotheses, references) = match (&args.model, &args.hypotheses, &args.references) {
        (Some(model), ..) => {
            args.columns.check(&[&args.files])?;
            let options = SearchOptions { beam_size: args.beam_size, ..SearchOptions::STANDARD };
            translate(model, &args.columns.corpus_files(&args.files), &options)?
        }
        (None, Some(hypotheses), Some(references)) => given(hypotheses, references)?,
        _ => anyhow::bail!("give --model and the pairs, or --hypotheses and --references"),
    };
    let mut out = writer(None)?;
    writeln!(out, "{}", Bleu::compute(&hypotheses, &references)?)?;
    writeln!(out, "{}", Chrf::compute(&hypotheses, &references)?)?;
    out.flush()?;
    Ok(())
}

fn translate(model: &Path, files: &CorpusFiles, options: &SearchOptions) -> Result<(Vec<String>, Vec<String>)> {
    let translator = Translator::load(model)?;
    let (sources, references): (Vec<String>, Vec<String>) =
        corpora::read(files)?.pairs.into_iter().map(|pair| (pair.source, pair.target)).unzip();
    let translations = translator.translate_with(&sources, options, 1)?;
    Ok((translations.into_iter().flatten().map(|translation| translation.text).collect(), references))
}

fn given(hypotheses: &Path, references: &Path) -> Result<(Vec<String>, Vec<String>)> {
    let lines = (read_lines(hypotheses)?, read_lines(references)?);
    ensure!(
        lines.0.len() == lines.1.len(),
        "{} has {} lines but {} has {}: line n of one must be the translation of line n of the other",
        hypotheses.display(),
        lines.0.len(),
        references.display(),
        lines.1.len()
    );
    Ok(lines)
}
