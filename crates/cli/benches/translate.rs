//! Benchmarks of the search of the standard model: greedy, and with a beam of five.
//!
//! The weights are random, so almost no hypothesis ends before its 16th token. This measures the cost of a search step,
//! not the speed on real text.
//!
//! `--figures MODEL SOURCES TRANSLATIONS` measures real text: it translates the lines of SOURCES by a trained model
//! with a beam of five and 32 sentences at a time, writes TRANSLATIONS, and prints figures for a comparison with other
//! programs, one `name value` line each. The time includes tokenisation but not loading the model.
#![expect(clippy::print_stdout, reason = "figures are the program's output")]

#[path = "common/measure.rs"]
mod measure;
#[path = "common/program.rs"]
mod program;
#[path = "common/standard.rs"]
mod standard;

use anyhow::{Context, Result, bail};
use candle_core::DType;
use criterion::{Criterion, Throughput, criterion_group};
use glosser_text::Terms;
use glosser_training::Parameters;
use glosser_translator::{Copying, SearchOptions, Searcher, Translator};
use measure::{peak_mb, sgemm_rate};
use std::path::{Path, PathBuf};
use std::time::Instant;

fn search(criterion: &mut Criterion) {
    let (_, parameters) = Parameters::initialise(&standard::model(), 1, DType::F32).expect("the standard model");
    let model = parameters.frozen(&standard::model()).expect("the standard model");
    let searcher = Searcher::new(&model).expect("weights laid out");
    let sources = standard::sentences(standard::SOURCE_LEN, 1);
    let mut group = criterion.benchmark_group("search");
    group.throughput(Throughput::Elements(standard::BATCH as u64));
    for (name, options) in [("greedy", SearchOptions::GREEDY), ("beam_5", SearchOptions::STANDARD)] {
        let options = SearchOptions { max_length: Some(standard::TARGET_LEN), ..options };
        group.bench_function(name, |bencher| {
            bencher.iter(|| searcher.search(&sources, &options).expect("translations"))
        });
    }
    group.finish();
}

fn figures(model: &Path, sources: &Path, translations: &Path) -> Result<()> {
    // The compared program has no copying.
    let translator = Translator::load(model)?.with_copying(Copying { terms: Terms::default(), automatic: false });
    let mut reader = glosser_text::open(sources)?;
    // Lines are read as by `glosser translate`.
    let lines = std::iter::from_fn(|| reader.next_lossy()).map(|line| Ok(line?.text)).collect::<Result<Vec<_>>>()?;
    let started = Instant::now();
    let found = translator.translate(&lines)?;
    let text: String = found.into_iter().map(|translation| translation.text + "\n").collect();
    let seconds = started.elapsed().as_secs_f64();
    std::fs::write(translations, text).with_context(|| format!("{}", translations.display()))?;
    if let Some(peak) = peak_mb() {
        println!("peak_mb {peak:.0}");
    }
    println!("sgemm_gflops {:.1}", sgemm_rate() / 1e9);
    println!("translate_s {seconds:.2}");
    println!("sentences_per_s {:.1}", lines.len() as f64 / seconds);
    Ok(())
}

criterion_group! {
    name = benches;
    config = program::few_samples();
    targets = search
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--figures");
    if arguments.next().is_none() {
        program::run(benches);
        return Ok(());
    }
    // cargo adds an argument `--bench`.
    let paths: Vec<PathBuf> = arguments.filter(|argument| argument != "--bench").map(PathBuf::from).collect();
    let [model, sources, translations] = &paths[..] else {
        bail!("three paths are needed: --figures MODEL SOURCES TRANSLATIONS");
    };
    program::run(|| figures(model, sources, translations))
}
