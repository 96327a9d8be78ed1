use crate::args::{AlignArgs, AlignFormat, LinksFrom};
use crate::output::{say, shades, writer};
use crate::{corpora, forced, links};
use anyhow::Result;
use glosser_translator::{Translation, Translator, Weighting};
use std::io::Write;

/// Given pairs in, one alignment a line out.
pub fn run(args: AlignArgs) -> Result<()> {
    args.columns.check(&[&args.files])?;
    let translator = Translator::load(&args.model.directory)?;
    let corpus = corpora::read(&args.columns.corpus_files(&args.files))?;
    let mut out = writer(None)?;
    forced::each(&translator, &corpus, args.batch_size, args.links.into(), |line, scored| {
        let aligned = &scored.translation;
        if let Some(complaint) = forced::complaint(&corpus.name, corpus.line(line - 1), aligned) {
            say(&format!("warning: {complaint}; not aligned"));
        }
        write(&mut out, line, aligned, args.format)
    })?;
    out.flush()?;
    Ok(())
}

fn write(out: &mut impl Write, line: usize, aligned: &Translation, format: AlignFormat) -> Result<()> {
    let view = aligned.words();
    match format {
        AlignFormat::Pharaoh => writeln!(out, "{}", links::hard(&view))?,
        AlignFormat::Soft => writeln!(out, "{}", links::soft(&view)?)?,
        AlignFormat::Tsv => {
            let links = links::hard(&view);
            write!(out, "{}", links::tsv(line, &links, &view.source, &view.target, view.attention.matrix()))?;
        }
        AlignFormat::Jsonl => writeln!(out, "{}", links::json(line, 1, aligned, &view, &[])?)?,
        AlignFormat::Grid => writeln!(out, "{}", links::picture(&view, shades(None)))?,
    }
    Ok(())
}

impl From<LinksFrom> for Weighting {
    fn from(links: LinksFrom) -> Self {
        match links {
            LinksFrom::Posterior => Self::Posterior,
            LinksFrom::Attention => Self::Attention,
        }
    }
}
