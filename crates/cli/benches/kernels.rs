//! Benchmarks of the kernels at the standard shape: recurrent sequences, attention, loss, and the matrix product that
//! limits them.
//!
//! The forward pass is that of training, which stores values for the backward pass. The backward pass computes the
//! gradients of the sum of all results for every weight and every input.

#[path = "common/program.rs"]
mod program;
#[path = "common/standard.rs"]
mod standard;

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::VarBuilder;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group};
use glosser_kernels::{
    CrossEntropy, Direction, Gradients, Gru, Lengths, Linear, Matrix, additive_scores, matmul, mlp_scores, softmax,
    weighted_sum,
};
use standard::{BATCH, SOURCE_LEN, TARGET_LEN};
use std::hint::black_box;

/// Returns a variable with values between `-scale` and `scale`.
fn variable(shape: &[usize], scale: f32) -> Tensor {
    let values: Vec<f32> =
        (0..shape.iter().product()).map(|i: usize| ((i * 7919 % 1013) as f32 / 506.5 - 1.0) * scale).collect();
    let tensor = Tensor::from_vec(values, shape, &Device::Cpu).expect("values that fit the shape");
    Var::from_tensor(&tensor).expect("a variable").into_inner()
}

fn gru(size_in: usize, hidden: usize) -> Gru {
    let weights = [
        ("input.weight", variable(&[3 * hidden, size_in], 0.05)),
        ("input.bias", variable(&[3 * hidden], 0.05)),
        ("recurrent.weight", variable(&[3 * hidden, hidden], 0.05)),
        ("recurrent.bias", variable(&[1, hidden], 0.05)),
    ];
    let weights = weights.into_iter().map(|(name, tensor)| (name.to_owned(), tensor)).collect();
    Gru::new(size_in, hidden, VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu)).expect("all weights")
}

fn lengths(len: usize) -> Lengths {
    Lengths::new(vec![len; BATCH]).expect("no sentence is empty")
}

/// Measures `forward` alone, then together with the backward pass of the sum of its result.
fn both_passes(mut group: BenchmarkGroup<WallTime>, forward: impl Fn() -> Result<Tensor>) {
    group.bench_function("forward", |bencher| bencher.iter(|| forward().expect("tensors that fit")));
    let mut gradients = Gradients::default();
    let mut step = || gradients.compute(&forward()?.sum_all()?);
    group.bench_function("forward_and_backward", |bencher| bencher.iter(|| step().expect("gradients")));
    group.finish();
}

/// The encoder's recurrent layer: both directions over the source.
fn encoder_gru(criterion: &mut Criterion) {
    let model = standard::model();
    let (forward, backward) = (gru(model.embed, model.encoder.hidden), gru(model.embed, model.encoder.hidden));
    let (x, lengths) = (variable(&[BATCH, SOURCE_LEN, model.embed], 1.0), lengths(SOURCE_LEN));
    let group = criterion.benchmark_group("gru/encoder");
    both_passes(group, || Gru::bidirectional(&forward, &backward, &x, &lengths));
}

/// The larger recurrent layer of the decoder: it reads states and contexts of the target.
fn decoder_gru(criterion: &mut Criterion) {
    let model = standard::model();
    let (hidden, value_size) = (model.decoder.hidden, 2 * model.encoder.hidden + model.embed);
    let layer = gru(hidden + value_size, hidden);
    let states = variable(&[BATCH, TARGET_LEN, hidden], 1.0);
    let contexts = variable(&[BATCH, TARGET_LEN, value_size], 1.0);
    let (start, lengths) = (variable(&[BATCH, hidden], 1.0), lengths(TARGET_LEN));
    let group = criterion.benchmark_group("gru/decoder");
    both_passes(group, || layer.sequence(&[&states, &contexts], &lengths, Direction::Forward, &start));
}

/// Scores, weights and contexts for projected queries and keys.
fn additive_attention(criterion: &mut Criterion) {
    let model = standard::model();
    let (size, value_size) = (model.decoder.attention.size, 2 * model.encoder.hidden + model.embed);
    let queries = variable(&[BATCH, TARGET_LEN, size], 1.0);
    let keys = variable(&[BATCH, SOURCE_LEN, size], 1.0);
    let values = variable(&[BATCH, SOURCE_LEN, value_size], 1.0);
    let (v, lengths) = (variable(&[size], 0.1), lengths(SOURCE_LEN));
    both_passes(criterion.benchmark_group("additive_attention"), || {
        let weights = softmax(&additive_scores(&queries, &keys, &v, &lengths)?, &lengths)?;
        weighted_sum(&weights, &values, &lengths)
    });
}

/// Scores of the perceptron, weights and contexts for projected queries and keys.
fn mlp_attention(criterion: &mut Criterion) {
    let model = standard::model();
    let (size, value_size) = (model.decoder.attention.size, 2 * model.encoder.hidden + model.embed);
    let queries = variable(&[BATCH, TARGET_LEN, size], 1.0);
    let keys = variable(&[BATCH, SOURCE_LEN, size], 1.0);
    let values = variable(&[BATCH, SOURCE_LEN, value_size], 1.0);
    let bias = [("bias".to_owned(), variable(&[size], 0.05))].into();
    let weight = variable(&[size, size], 0.05);
    let inner = Linear::tied(weight, VarBuilder::from_tensors(bias, DType::F32, &Device::Cpu)).expect("a bias");
    let (v, lengths) = (variable(&[size], 0.1), lengths(SOURCE_LEN));
    both_passes(criterion.benchmark_group("mlp_attention"), || {
        let weights = softmax(&mlp_scores(&queries, &keys, &inner, &v, &lengths)?, &lengths)?;
        weighted_sum(&weights, &values, &lengths)
    });
}

/// The output layer with the label-smoothed cross-entropy of its logits.
fn cross_entropy(criterion: &mut Criterion) {
    let model = standard::model();
    let bias = [("bias".to_owned(), variable(&[model.target_vocab], 0.05))].into();
    let weight = variable(&[model.target_vocab, model.embed], 0.1);
    let output = Linear::tied(weight, VarBuilder::from_tensors(bias, DType::F32, &Device::Cpu)).expect("a bias");
    let readout = variable(&[BATCH * TARGET_LEN, model.embed], 1.0);
    let gold = standard::sentences(TARGET_LEN, 2).concat();
    both_passes(criterion.benchmark_group("cross_entropy"), || {
        output.cross_entropy(&readout, gold.clone(), CrossEntropy::smoothed(0.1))
    });
}

/// The product of a batch of decoder states with an output layer, in multiplications and additions per second: the
/// upper limit for all kernels.
fn sgemm(criterion: &mut Criterion) {
    let model = standard::model();
    let (m, k, n) = (BATCH * TARGET_LEN, model.decoder.hidden, model.target_vocab);
    let (a, b, mut out) = (vec![0.5; m * k], vec![0.25; k * n], vec![0.0; m * n]);
    let mut group = criterion.benchmark_group("sgemm");
    group.throughput(Throughput::Elements(2 * (m * k * n) as u64));
    group.bench_function(format!("{m}x{k}x{n}"), |bencher| {
        bencher.iter(|| matmul(black_box(&mut out), Matrix::new(&a, m, k), Matrix::new(&b, k, n), false));
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = program::few_samples();
    targets = encoder_gru, decoder_gru, additive_attention, mlp_attention, cross_entropy, sgemm
}

fn main() {
    program::run(benches);
}
