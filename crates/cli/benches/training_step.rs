//! Benchmarks of the training step: of the standard model at the standard shape, with its optimiser alone, and of the
//! default recipe on invented pairs.
//!
//! Three other ways to call it print figures for a comparison with other programs, one `name value` line each, or write
//! inputs for them:
//!
//! - `--figures`: the standard model;
//! - `--default-figures [DIR]`: the default recipe. DIR, which must be empty, receives the same batches, the initial
//!   weights and a few losses;
//! - `--record DIR STEPS SOURCE TARGET DEV_SOURCE DEV_TARGET`: writes the batches and initial weights of `glosser train
//!   SOURCE TARGET --dev DEV_SOURCE DEV_TARGET` to DIR.
#![expect(clippy::print_stdout, reason = "figures are the program's output")]

#[path = "common/default_recipe.rs"]
mod default_recipe;
#[path = "common/flops.rs"]
mod flops;
#[path = "common/measure.rs"]
mod measure;
#[path = "common/program.rs"]
mod program;
#[path = "common/record.rs"]
mod record;
#[path = "common/standard.rs"]
mod standard;

use anyhow::{Context, Result, bail, ensure};
use candle_core::{DType, Device};
use criterion::{Criterion, criterion_group};
use flops::forward_flops;
use glosser_kernels::{Adam, AdamConfig, CrossEntropy, Gradients, Pass};
use glosser_text::CorpusFiles;
use glosser_training::{BatchRecord, Event, Examples, Job, Parameters, PreparedTraining, loss};
use glosser_translator::Model;
use measure::{median, peak_mb, sgemm_rate};
use standard::{BATCH, SOURCE_LEN, TARGET_LEN};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Steps measured for the figures, which are medians. The warm-up steps before them are not counted.
const STEPS: usize = 15;
const WARM_UP: usize = 3;

/// The training step of the standard model, without dropout.
struct Trainer {
    model: Model,
    parameters: Parameters,
    adam: Adam,
    gradients: Gradients,
    examples: Examples,
}

impl Trainer {
    fn new() -> Result<Self> {
        let (model, parameters) = Parameters::initialise(&standard::model(), 1, DType::F32)?;
        let config = AdamConfig { beta1: 0.9, beta2: 0.98, epsilon: 1e-9, weight_decay: 0.0 };
        let adam = Adam::new(config, parameters.named());
        let pairs = standard::sentences(SOURCE_LEN, 1).into_iter().zip(standard::sentences(TARGET_LEN, 2)).collect();
        Ok(Self { model, parameters, adam, gradients: Gradients::default(), examples: Examples::from_ids(pairs) })
    }

    /// Runs the forward and the backward pass.
    fn differentiate(&mut self) -> Result<()> {
        let all: Vec<u32> = (0..BATCH as u32).collect();
        let (source, target, gold) = self.examples.batch(&all, &Device::Cpu)?;
        let member = &self.model.ensemble()[0];
        let output = member.forward(&source, &target, &mut Pass::Evaluate)?;
        let loss = loss(&output.readout, member.output_layer(), gold, CrossEntropy::smoothed(0.1))?;
        loss.to_scalar::<f32>()?;
        Ok(self.gradients.compute(&loss)?)
    }

    /// Clips the gradients and updates the parameters.
    fn optimise(&mut self) -> Result<()> {
        Ok(self.adam.step(&self.gradients, 1e-3, 1.0).map(drop)?)
    }
}

fn training_step(criterion: &mut Criterion) {
    let mut trainer = Trainer::new().expect("the standard model");
    let mut group = criterion.benchmark_group("training_step");
    group.bench_function("whole", |bencher| {
        bencher.iter(|| trainer.differentiate().and_then(|()| trainer.optimise()).expect("a step"));
    });
    group.bench_function("optimiser", |bencher| bencher.iter(|| trainer.optimise().expect("gradients")));
    group.finish();
}

/// The time of a step.
struct Timed {
    seconds: f64,
    optimiser_seconds: f64,
    tokens: usize,
    flops: f64,
}

/// Prints the medians of the steps after the warm-up.
fn print_figures(steps: &[Timed], parameters: usize) {
    let steps = &steps[WARM_UP..];
    let of = |value: fn(&Timed) -> f64| median(steps.iter().map(value));
    if let Some(peak) = peak_mb() {
        println!("peak_mb {peak:.0}");
    }
    let rate = sgemm_rate();
    println!("sgemm_gflops {:.1}", rate / 1e9);
    println!("step_ms {:.1}", of(|step| step.seconds) * 1e3);
    println!("target_tokens_per_s {:.0}", of(|step| step.tokens as f64 / step.seconds));
    println!("step_gflops {:.1}", of(|step| step.flops / step.seconds) / 1e9);
    println!("share_of_sgemm {:.3}", of(|step| step.flops / step.seconds) / rate);
    println!("optimizer_ms {:.2}", of(|step| step.optimiser_seconds) * 1e3);
    println!("parameters {parameters}");
}

fn figures() -> Result<()> {
    let mut trainer = Trainer::new()?;
    let model = standard::model();
    let flops = 3.0 * forward_flops(&model, &[(SOURCE_LEN, TARGET_LEN); BATCH], model.target_vocab);
    let mut steps = Vec::new();
    for _ in 0..WARM_UP + STEPS {
        let started = Instant::now();
        trainer.differentiate()?;
        let differentiated = Instant::now();
        trainer.optimise()?;
        let (seconds, optimiser_seconds) = (started.elapsed().as_secs_f64(), differentiated.elapsed().as_secs_f64());
        steps.push(Timed { seconds, optimiser_seconds, tokens: BATCH * TARGET_LEN, flops });
    }
    print_figures(&steps, trainer.parameters.count());
    Ok(())
}

/// Measures the default recipe. `directory` receives what another program needs to do the same.
fn default_figures(directory: Option<&Path>) -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let prepare = |name: &str, steps, changes| default_recipe::prepare(&scratch.path().join(name), steps, changes);
    let mut training = prepare("figures", WARM_UP + STEPS, "")?;
    let found = training.config().target_vocab;
    ensure!(found == default_recipe::VOCAB, "the invented pairs have {found} sub-words");
    let mut steps = Vec::new();
    loop {
        let started = Instant::now();
        let Some(inputs) = training.draw()? else { break };
        let drawn = started.elapsed();
        // Counted between the two parts of the clock.
        let batch = training.record(&inputs)?;
        let (tokens, flops) = (batch.gold.len(), step_flops(&training, &batch));
        let started = Instant::now();
        training.differentiate(inputs)?;
        let differentiated = Instant::now();
        training.update()?;
        let seconds = (drawn + started.elapsed()).as_secs_f64();
        steps.push(Timed { seconds, optimiser_seconds: differentiated.elapsed().as_secs_f64(), tokens, flops });
    }
    print_figures(&steps, training.parameters().count());
    if let Some(directory) = directory {
        record::write(&mut prepare("record", WARM_UP + STEPS, "")?, directory)?;
        // High rates at once, so that later losses show whether gradients and updates are right.
        let changes = "[training]\ndropout = 0.0\nwarmup_steps = 10";
        record::write_losses(&mut prepare("losses", WARM_UP, changes)?, directory)?;
    }
    Ok(())
}

/// Counts the operations of a step: three forward passes of each encoder-decoder.
fn step_flops(training: &PreparedTraining, batch: &BatchRecord) -> f64 {
    let lengths: Vec<_> = batch.source.iter().map(Vec::len).zip(batch.target.iter().map(Vec::len)).collect();
    let config = training.config();
    // Of a sampled softmax, only the logits of the sample are computed.
    let logits = if batch.sample.is_empty() { config.target_vocab } else { batch.sample.len() };
    3.0 * forward_flops(config, &lengths, logits) * config.ensemble as f64
}

/// Writes the batches of a training with the default recipe on a corpus.
fn record_corpus(arguments: &[PathBuf]) -> Result<()> {
    let [directory, steps, source, target, dev_source, dev_target] = arguments else {
        bail!("six arguments are needed: --record DIR STEPS SOURCE TARGET DEV_SOURCE DEV_TARGET");
    };
    let steps = steps.to_string_lossy().parse().context("STEPS is a number")?;
    let files = |source: &PathBuf, target: &PathBuf| {
        let (source, target) = (source.clone(), target.clone());
        CorpusFiles::Two { source, target }
    };
    let scratch = tempfile::tempdir()?;
    let dev = Some(files(dev_source, dev_target).into());
    let job = Job { dev, ..Job::new(files(source, target), scratch.path().join("model")) };
    record::write(&mut PreparedTraining::new(job, steps, &mut |_: &Event| {})?, directory)
}

criterion_group! {
    name = benches;
    config = program::few_samples();
    targets = training_step
}

fn main() -> Result<()> {
    // cargo adds an argument `--bench`.
    let arguments: Vec<PathBuf> =
        std::env::args_os().skip(1).filter(|argument| argument != "--bench").map(PathBuf::from).collect();
    let (mode, paths) = arguments.split_first().map_or((None, &[][..]), |(mode, paths)| (mode.to_str(), paths));
    program::run(|| match mode {
        Some("--figures") => figures(),
        Some("--default-figures") => default_figures(paths.first().map(PathBuf::as_path)),
        Some("--record") => record_corpus(paths),
        _ => {
            benches();
            Ok(())
        }
    })
}
