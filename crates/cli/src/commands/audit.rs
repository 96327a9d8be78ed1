use crate::args::{AuditArgs, AuditFormat, wrong_usage};
use crate::output::{is_same_file, say, writer};
use crate::{corpora, forced, links};
use anyhow::{Result, ensure};
use glosser_alignment::Cut;
use glosser_text::{Corpus, CorpusWriter, Output};
use glosser_translator::{Translator, Weighting, WordView};
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// Characters of a side that a table shows.
const EXCERPT: usize = 60;

/// A source word with less weight than this, over all target words, is one that no target word came from.
const COVERED: f32 = 0.2;

/// What the model says of a pair.
#[derive(Serialize)]
struct Judged {
    /// Place of the pair in the corpus.
    #[serde(skip)]
    index: usize,
    /// Line of the pair, from one.
    line: usize,
    /// Log probability over sub-words and end.
    score: f32,
    log_prob: f32,
    /// Share of the source words that some target word came from.
    coverage: f32,
    /// Mean weight of the target words on the source's end.
    eos_mass: f32,
    /// Null where there is no cut.
    below_cut: Option<bool>,
    source: String,
    target: String,
}

/// Given pairs in, the worst out.
pub fn run(args: AuditArgs) -> Result<()> {
    let files = args.pairs.corpus_files()?;
    if let Some(keep) = &args.keep {
        check_output(keep, &args)?;
    }
    let translator = Translator::load(&args.model.directory)?;
    let corpus = corpora::read(&files)?;
    let mut judged = judge(&translator, &corpus, args.pairs.batch_size)?;
    let scores: Vec<f64> = judged.iter().map(|pair| f64::from(pair.score)).collect();
    let cut = args.cut.or_else(|| Cut::between(&scores).map(|cut| cut.threshold));
    for pair in &mut judged {
        pair.below_cut = cut.map(|cut| f64::from(pair.score) < cut);
    }
    judged.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.index.cmp(&b.index)));
    say(&said(&judged, cut));
    write_worst(&judged, args.top, args.format)?;
    if let Some(keep) = &args.keep {
        write_kept(&corpus, &judged, keep)?;
    }
    Ok(())
}

/// What is kept must not go where the list goes, nor in the place of what is not to be lost.
fn check_output(keep: &Path, args: &AuditArgs) -> Result<()> {
    if keep == Path::new("-") {
        return Err(wrong_usage("standard output has the list; give --keep a file".to_owned()));
    }
    let is_read = args.pairs.files.iter().any(|file| is_same_file(file, keep));
    ensure!(!is_read, "{}: --keep would replace a file that is audited; give another", keep.display());
    ensure!(
        args.overwrite || !keep.is_file(),
        "{}: there is a file already; give another --keep, or --overwrite to replace it",
        keep.display()
    );
    Ok(())
}

fn judge(translator: &Translator, corpus: &Corpus, batch_size: usize) -> Result<Vec<Judged>> {
    let mut judged = Vec::with_capacity(corpus.pairs.len());
    forced::each(translator, corpus, batch_size, Weighting::Aligner, |number, scored| {
        let (index, line) = (number - 1, corpus.line(number - 1));
        let pair = &scored.translation;
        if let Some(complaint) = forced::complaint(&corpus.name, line, pair) {
            say(&format!("warning: {complaint}; not judged"));
        }
        if !scored.token_log_probs.is_empty() {
            let view = pair.words();
            judged.push(Judged {
                index,
                line,
                score: pair.score,
                log_prob: pair.log_prob,
                coverage: coverage(&view),
                eos_mass: view.attention.eos_mass().iter().sum::<f32>() / view.target.len() as f32,
                below_cut: None,
                source: pair.source.clone(),
                target: pair.text.clone(),
            });
        }
        Ok(())
    })?;
    Ok(judged)
}

fn coverage(view: &WordView) -> f32 {
    let matrix = view.attention.matrix();
    let is_covered = |source: &usize| matrix.column(*source).sum::<f32>() >= COVERED;
    (0..view.source.len()).filter(is_covered).count() as f32 / view.source.len() as f32
}

fn said(judged: &[Judged], cut: Option<f64>) -> String {
    let below = judged.iter().filter(|pair| pair.below_cut == Some(true)).count();
    match cut {
        Some(cut) => format!("{below} of {} pairs are below the cut at a score of {cut:.3}", judged.len()),
        None => format!("the scores of {} pairs are one group: no cut (--cut sets one)", judged.len()),
    }
}

fn write_worst(judged: &[Judged], top: usize, format: AuditFormat) -> Result<()> {
    let mut out = writer(None)?;
    if format == AuditFormat::Tsv {
        writeln!(out, "line\tscore\tcoverage\teos_mass\tsource\ttarget")?;
    }
    for pair in judged.iter().take(top) {
        let Judged { line, score, coverage, eos_mass, source, target, .. } = pair;
        match format {
            AuditFormat::Jsonl => writeln!(out, "{}", links::in_one_line(serde_json::to_string(pair)?))?,
            AuditFormat::Tsv => {
                let (source, target) = (excerpt(source), excerpt(target));
                writeln!(out, "{line}\t{score:.3}\t{coverage:.2}\t{eos_mass:.2}\t{source}\t{target}")?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

fn excerpt(text: &str) -> String {
    let text = text.replace(|c: char| c.is_control(), " ");
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// All pairs but those below the cut, in their order.
fn write_kept(corpus: &Corpus, judged: &[Judged], file: &Path) -> Result<()> {
    let mut is_kept = vec![true; corpus.pairs.len()];
    for pair in judged.iter().filter(|pair| pair.below_cut == Some(true)) {
        is_kept[pair.index] = false;
    }
    let mut writer = CorpusWriter::tsv(Output::create(file)?);
    for (pair, _) in corpus.pairs.iter().zip(is_kept).filter(|(_, is_kept)| *is_kept) {
        writer.write(pair)?;
    }
    if let Some(note) = writer.finish()?.note() {
        say(&format!("note: {note}"));
    }
    Ok(())
}
