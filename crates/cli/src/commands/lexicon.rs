use crate::args::{CaseArg, LexiconArgs, LexiconFormat};
use crate::output::{say, writer};
use crate::{corpora, forced, links};
use anyhow::Result;
use glosser_alignment::{LexiconCounter, LexiconEntry};
use glosser_text::{Casing, Corpus, Pair, Truecaser};
use glosser_translator::{Translator, Weighting};
use serde::Serialize;
use std::io::Write;

/// Given pairs in, pairs of words out.
pub fn run(args: LexiconArgs) -> Result<()> {
    let files = args.pairs.corpus_files()?;
    let translator = Translator::load(&args.model.directory)?;
    let corpus = corpora::read(&files)?;
    let source = casing(args.case, &corpus, |pair| &pair.source);
    let target = casing(args.case, &corpus, |pair| &pair.target);
    let mut counter = LexiconCounter::default();
    forced::each(&translator, &corpus, args.pairs.batch_size, Weighting::Aligner, |number, scored| {
        let line = corpus.line(number - 1);
        if let Some(complaint) = forced::complaint(&corpus.name, line, &scored.translation) {
            say(&format!("warning: {complaint}; not counted"));
        }
        let view = scored.translation.words_by(args.words.rule());
        counter.add(line, &source.words(&view.source), &target.words(&view.target), &view.attention);
        Ok(())
    })?;
    let entries = counter.entries(args.min_count);
    let mut out = writer(None)?;
    if args.format == LexiconFormat::Tsv {
        writeln!(out, "source\ttarget\tcount\tp(target|source)\tp(source|target)\tconfidence\tscore\tlines")?;
    }
    for entry in entries.iter().take(args.top.unwrap_or(usize::MAX)) {
        match args.format {
            LexiconFormat::Tsv => writeln!(out, "{}", tsv(entry))?,
            LexiconFormat::Jsonl => {
                writeln!(out, "{}", links::in_one_line(serde_json::to_string(&Record::new(entry))?))?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

fn casing(case: CaseArg, corpus: &Corpus, side: impl Fn(&Pair) -> &String) -> Casing {
    match case {
        CaseArg::Truecase => Casing::Truecase(Truecaser::learn(corpus.pairs.iter().map(|pair| side(pair).as_str()))),
        CaseArg::Lower => Casing::Lower,
        CaseArg::Keep => Casing::Keep,
    }
}

fn tsv(entry: &LexiconEntry) -> String {
    let lines: Vec<String> = entry.lines.iter().map(usize::to_string).collect();
    let LexiconEntry { source, target, count, target_given_source, source_given_target, confidence, score, .. } = entry;
    format!(
        "{source}\t{target}\t{count:.2}\t{target_given_source:.3}\t{source_given_target:.3}\t{confidence:.3}\t{score:.2}\t{}",
        lines.join(",")
    )
}

#[derive(Serialize)]
struct Record<'a> {
    source: &'a str,
    target: &'a str,
    /// Sum of the weights between the two.
    count: f64,
    target_given_source: f64,
    source_given_target: f64,
    confidence: f64,
    score: f64,
    /// Lines of pairs that have both, from one.
    lines: &'a [usize],
}

impl<'a> Record<'a> {
    fn new(entry: &'a LexiconEntry) -> Self {
        Self {
            source: entry.source,
            target: entry.target,
            count: entry.count,
            target_given_source: entry.target_given_source,
            source_given_target: entry.source_given_target,
            confidence: entry.confidence,
            score: entry.score,
            lines: &entry.lines,
        }
    }
}
