use crate::args::{AlignArgs, AlignFormat};
use crate::output::{say, writer};
use crate::{corpora, links};
use anyhow::Result;
use glosser_translator::{Translation, Translator};
use std::io::Write;

/// Batches that are sorted by length together.
const BATCHES_AT_ONCE: usize = 16;

/// Given pairs in, one alignment a line out.
pub fn run(args: AlignArgs) -> Result<()> {
    args.columns.check(&[&args.files])?;
    let translator = Translator::load(&args.model.directory)?;
    let corpus = corpora::read(&args.columns.corpus_files(&args.files))?;
    let mut out = writer(None)?;
    let mut line = 0;
    for pairs in corpus.pairs.chunks(args.batch_size.saturating_mul(BATCHES_AT_ONCE)) {
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|p| (p.source.as_str(), p.target.as_str())).collect();
        for aligned in translator.force(&pairs, args.batch_size)? {
            line += 1;
            if aligned.target_tokens.is_empty() && !aligned.source.trim().is_empty() && !aligned.text.trim().is_empty()
            {
                say(&format!(
                    "warning: {}:{line}: more than {} sub-words on a side; not aligned",
                    corpus.name,
                    Translator::LONGEST_FORCED
                ));
            }
            write(&mut out, line, &aligned, args.format)?;
        }
    }
    out.flush()?;
    Ok(())
}

fn write(out: &mut impl Write, line: usize, aligned: &Translation, format: AlignFormat) -> Result<()> {
    let view = aligned.words();
    match format {
        AlignFormat::Pharaoh => writeln!(out, "{}", links::hard(&view))?,
        AlignFormat::Soft => writeln!(out, "{}", links::soft(&view)?)?,
        AlignFormat::Jsonl => writeln!(out, "{}", links::json(line, 1, aligned, &view)?)?,
        AlignFormat::Grid => writeln!(out, "{}", links::picture(&view))?,
    }
    Ok(())
}
