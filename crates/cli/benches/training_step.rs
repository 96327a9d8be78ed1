//! Benchmarks of the training step of the standard model at the standard shape, and of its optimiser alone.
//!
//! With `--figures` it prints figures for a comparison with other programs, one `name value` line each, instead of
//! criterion's report.
#![expect(clippy::print_stdout, reason = "figures are the program's output")]

#[path = "common/measure.rs"]
mod measure;
#[path = "common/program.rs"]
mod program;
#[path = "common/standard.rs"]
mod standard;

use candle_core::{DType, Device, Result};
use criterion::{Criterion, criterion_group};
use glosser_kernels::{Adam, AdamConfig, CrossEntropy, Gradients, Pass};
use glosser_training::{Examples, Parameters, loss};
use glosser_translator::{Model, ModelConfig};
use measure::{median, peak_mb, sgemm_rate};
use standard::{BATCH, SOURCE_LEN, TARGET_LEN};
use std::time::Instant;

/// Steps measured for the figures, which are medians. The warm-up steps before them are not counted.
const STEPS: usize = 15;
const WARM_UP: usize = 3;

/// The training step of `glosser train`, without dropout.
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
        self.gradients.compute(&loss)
    }

    /// Clips the gradients and updates the parameters.
    fn optimise(&mut self) -> Result<()> {
        self.adam.step(&self.gradients, 1e-3, 1.0).map(drop)
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

fn figures() -> Result<()> {
    let mut trainer = Trainer::new()?;
    let (mut steps, mut updates) = (Vec::new(), Vec::new());
    for _ in 0..WARM_UP + STEPS {
        let started = Instant::now();
        trainer.differentiate()?;
        let differentiated = Instant::now();
        trainer.optimise()?;
        updates.push(differentiated.elapsed().as_secs_f64());
        steps.push(started.elapsed().as_secs_f64());
    }
    let [whole, optimiser] = [steps, updates].map(|all| median(all.into_iter().skip(WARM_UP)));
    if let Some(peak) = peak_mb() {
        println!("peak_mb {peak:.0}");
    }
    let rate = sgemm_rate();
    let flops = flops(&standard::model());
    println!("sgemm_gflops {:.1}", rate / 1e9);
    println!("step_ms {:.1}", whole * 1e3);
    println!("target_tokens_per_s {:.0}", (BATCH * TARGET_LEN) as f64 / whole);
    println!("step_gflops {:.1}", flops / whole / 1e9);
    println!("share_of_sgemm {:.3}", flops / whole / rate);
    println!("optimizer_ms {:.2}", optimiser * 1e3);
    println!("parameters {}", trainer.parameters.count());
    Ok(())
}

/// Returns the multiplications and additions of the matrix products of a training step: three times those of the
/// forward pass. Element-wise work is not counted.
fn flops(model: &ModelConfig) -> f64 {
    let ModelConfig { embed, encoder, decoder, target_vocab, .. } = model;
    let (sources, targets) = (BATCH * SOURCE_LEN, BATCH * TARGET_LEN);
    let (hidden, value, size) = (decoder.hidden, 2 * encoder.hidden + embed, decoder.attention.size);
    let product = |rows: usize, inner: usize, cols: usize| 2 * rows * inner * cols;
    let gru = |rows, inner, hidden: usize| product(rows, inner + hidden, 3 * hidden);
    let encoder = 2 * gru(sources, *embed, encoder.hidden);
    let attention = product(sources, value, size) + product(targets, hidden, size);
    let weighted = product(targets, SOURCE_LEN, size + value);
    let layers = gru(targets, *embed, hidden) + gru(targets, hidden + value, hidden);
    let output = product(targets, hidden + value + embed, *embed) + product(targets, *embed, *target_vocab);
    3.0 * (encoder + attention + weighted + layers + output) as f64
}

criterion_group! {
    name = benches;
    config = program::few_samples();
    targets = training_step
}

fn main() -> Result<()> {
    let figures_alone = std::env::args().any(|argument| argument == "--figures");
    program::run(|| {
        if figures_alone {
            return figures();
        }
        benches();
        Ok(())
    })
}
