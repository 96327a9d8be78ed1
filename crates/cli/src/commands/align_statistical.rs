use crate::args::{AlignStatisticalArgs, AlignStatisticalFormat, LinkMethod};
use crate::output::{say, writer};
use crate::progress::iterations;
use crate::{corpora, links};
use anyhow::Result;
use glosser_alignment::statistical::{Posteriors, StatisticalAligner};
use glosser_alignment::{Links, WordAttention, symmetrize};
use glosser_text::{Corpus, Pair};
use serde::Serialize;
use std::io::Write;

/// Pairs in, one alignment a line out, learnt from the pairs themselves.
pub fn run(args: AlignStatisticalArgs) -> Result<()> {
    args.columns.check(&[&args.files])?;
    let files = args.columns.corpus_files(&args.files);
    let corpus = if args.quiet { Corpus::read(&files)? } else { corpora::read(&files)? };
    let texts: Vec<(&str, &str)> = corpus.pairs.iter().map(|p| (p.source.as_str(), p.target.as_str())).collect();
    let bar = iterations(StatisticalAligner::ITERATIONS, args.quiet);
    let aligner = StatisticalAligner::train(&texts, |_iteration| bar.inc(1));
    bar.finish_and_clear();
    let mut out = writer(None)?;
    for (index, pair) in corpus.pairs.iter().enumerate() {
        let aligned = Aligned::new(index + 1, pair, &aligner, &args);
        if aligned.is_too_long() && !args.quiet {
            let most = StatisticalAligner::LONGEST;
            let place = format!("{}:{}", corpus.name, corpus.line(index));
            say(&format!("warning: {place}: more than {most} words on a side; not aligned"));
        }
        aligned.write(&mut out, args.format)?;
    }
    out.flush()?;
    Ok(())
}

/// One pair with what the aligner says of it.
struct Aligned<'a> {
    line: usize,
    pair: &'a Pair,
    source: Vec<&'a str>,
    target: Vec<&'a str>,
    posteriors: Posteriors,
    links: Links,
}

impl<'a> Aligned<'a> {
    fn new(line: usize, pair: &'a Pair, aligner: &StatisticalAligner, args: &AlignStatisticalArgs) -> Self {
        let posteriors = aligner.align(&pair.source, &pair.target);
        Self {
            line,
            pair,
            source: pair.source.split_whitespace().collect(),
            target: pair.target.split_whitespace().collect(),
            links: linked(&posteriors, args.symmetrize, args.threshold),
            posteriors,
        }
    }

    fn is_too_long(&self) -> bool {
        self.source.len().max(self.target.len()) > StatisticalAligner::LONGEST && !self.pair.has_blank_side()
    }

    fn write(&self, out: &mut impl Write, format: AlignStatisticalFormat) -> Result<()> {
        match format {
            AlignStatisticalFormat::Pharaoh => writeln!(out, "{}", self.links)?,
            AlignStatisticalFormat::Tsv => {
                let agreement = self.posteriors.agreement();
                write!(out, "{}", links::tsv(self.line, &self.links, &self.source, &self.target, &agreement))?;
            }
            AlignStatisticalFormat::Jsonl => writeln!(out, "{}", serde_json::to_string(&Record::from(self))?)?,
        }
        Ok(())
    }
}

fn linked(posteriors: &Posteriors, method: LinkMethod, threshold: f32) -> Links {
    let (forward, reverse) = (posteriors.forward_links(), posteriors.reverse_links());
    match method {
        LinkMethod::Agreement => posteriors.agreed_links(threshold),
        LinkMethod::Forward => forward,
        LinkMethod::Reverse => reverse,
        other => other.symmetrization().map_or_else(Links::default, |method| symmetrize(&forward, &reverse, method)),
    }
}

/// All that is known of a pair, as one JSON object.
#[derive(Serialize)]
struct Record<'a> {
    /// Line of the pair, from one.
    line: usize,
    source: &'a str,
    target: &'a str,
    source_words: &'a [&'a str],
    target_words: &'a [&'a str],
    /// Zero-based, source first.
    links: String,
    /// `[target word][source word]`
    forward: Vec<&'a [f32]>,
    /// For each target word the posterior of the empty word.
    forward_empty: &'a [f32],
    /// `[source word][target word]`
    reverse: Vec<&'a [f32]>,
    reverse_empty: &'a [f32],
}

impl<'a> From<&'a Aligned<'a>> for Record<'a> {
    fn from(aligned: &'a Aligned<'a>) -> Self {
        let rows = |attention: &'a WordAttention| attention.matrix().rows().collect();
        let (forward, reverse) = (aligned.posteriors.forward(), aligned.posteriors.reverse());
        Self {
            line: aligned.line,
            source: &aligned.pair.source,
            target: &aligned.pair.target,
            source_words: &aligned.source,
            target_words: &aligned.target,
            links: aligned.links.to_string(),
            forward: rows(forward),
            forward_empty: forward.eos_mass(),
            reverse: rows(reverse),
            reverse_empty: reverse.eos_mass(),
        }
    }
}
