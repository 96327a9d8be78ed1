//! What the benchmarks share: the machine's own rate, medians, memory, and the standard model.

use candle_core::Result;
use glosser_attention_decoder::{AttentionConfig, DecoderConfig, Score};
use glosser_encoder::EncoderConfig;
use glosser_kernels::{Matrix, product};
use glosser_translator::ModelConfig;
use std::time::Instant;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: glosser_kernels::RecyclingAllocator = glosser_kernels::RecyclingAllocator::keeping(256 << 20);

/// FLOP/s of a large product in `f32` on all threads, 1024 x 512 x 4000: the limit that shares are of. Median of five.
pub fn sgemm_rate() -> f64 {
    const REPEATS: usize = 8;
    let (m, k, n) = (1024, 512, 4000);
    let numbers = |count: usize| (0..count).map(|i| (i * 7919 % 1013) as f32 / 506.5 - 1.0).collect::<Vec<_>>();
    let (a, b, mut out) = (numbers(m * k), numbers(k * n), vec![0.0; m * n]);
    let mut run = || product(&mut out, Matrix::new(&a, m, k), Matrix::new(&b, k, n), false);
    (0..REPEATS).for_each(|_| run());
    let seconds = median((0..5).map(|_| {
        let started = Instant::now();
        (0..REPEATS).for_each(|_| run());
        started.elapsed().as_secs_f64() / REPEATS as f64
    }));
    2.0 * (m * k * n) as f64 / seconds
}

/// The middle one.
pub fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = numbers.collect();
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// The most memory that this process has held, in MB; none where the system does not say.
pub fn peak_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kb| kb / 1024.0)
}

/// The standard shape: what figures of different programs are compared at.
pub struct Shape {
    pub batch: usize,
    pub source: usize,
    pub target: usize,
    pub config: ModelConfig,
}

impl Shape {
    pub fn standard() -> Self {
        let attention = AttentionConfig { score: Score::Additive, size: 512 };
        let config = ModelConfig {
            source_vocab: 4000,
            target_vocab: 4000,
            joint_vocab: true,
            embed: 256,
            encoder: EncoderConfig { hidden: 256, layers: 1, dropout: 0.0 },
            decoder: DecoderConfig { hidden: 512, dropout: 0.0, attention },
        };
        Self { batch: 64, source: 18, target: 16, config }
    }

    /// Multiplications and additions of the matrix products of a training step: three times those of the forward pass.
    /// Element-wise work is not counted.
    pub fn step_flops(&self) -> f64 {
        let ModelConfig { embed, encoder, decoder, target_vocab, .. } = &self.config;
        let (sources, targets) = (self.batch * self.source, self.batch * self.target);
        let (hidden, value, size) = (decoder.hidden, 2 * encoder.hidden, decoder.attention.size);
        let product = |rows: usize, inner: usize, cols: usize| 2 * rows * inner * cols;
        let gru = |rows, inner, hidden: usize| product(rows, inner + hidden, 3 * hidden);
        let encoder = 2 * gru(sources, *embed, encoder.hidden);
        let attention = product(sources, value, size) + product(targets, hidden, size);
        let weighted = product(targets, self.source, size + value);
        let layers = gru(targets, *embed, hidden) + gru(targets, hidden + value, hidden);
        let output = product(targets, hidden + value + embed, *embed) + product(targets, *embed, *target_vocab);
        3.0 * (encoder + attention + weighted + layers + output) as f64
    }

    /// Ids of as many whole sentences as the batch has, none of them control tokens.
    pub fn sentences(&self, len: usize, seed: usize) -> Vec<Vec<u32>> {
        let id = |at: usize| 3 + ((at * 7919 + seed * 104_729) % (self.config.source_vocab - 3)) as u32;
        (0..self.batch).map(|row| (0..len).map(|at| id(row * len + at)).collect()).collect()
    }
}

/// One training step as `glosser train` takes it, without dropout.
pub struct Trainer {
    shape: Shape,
    model: glosser_translator::Model,
    adam: glosser_kernels::Adam,
    gradients: glosser_kernels::Gradients,
    examples: glosser_training::Examples,
    all: Vec<usize>,
}

impl Trainer {
    pub fn new(shape: Shape) -> Result<Self> {
        let (model, parameters) = glosser_training::Parameters::initialise(&shape.config, 1, candle_core::DType::F32)?;
        let config = glosser_kernels::AdamConfig { beta1: 0.9, beta2: 0.98, epsilon: 1e-9 };
        let adam = glosser_kernels::Adam::new(config, parameters.named());
        let pairs = shape.sentences(shape.source, 1).into_iter().zip(shape.sentences(shape.target, 2)).collect();
        let all = (0..shape.batch).collect();
        let gradients = glosser_kernels::Gradients::default();
        Ok(Self { model, adam, gradients, examples: glosser_training::Examples::from_ids(pairs), shape, all })
    }

    pub fn step(&mut self) -> Result<()> {
        let (source, target, gold) = self.examples.batch(&self.all, &candle_core::Device::Cpu)?;
        let output = self.model.forward(&source, &target, &mut glosser_kernels::Pass::Evaluate)?;
        let loss = glosser_training::loss(&output.readout, self.model.output_layer(), gold, 0.1)?;
        loss.to_scalar::<f32>()?;
        self.gradients.compute(&loss)?;
        self.adam.step(&self.gradients, 1e-3, 1.0)?;
        Ok(())
    }

    /// Target tokens of one step.
    pub fn tokens(&self) -> usize {
        self.shape.batch * self.shape.target
    }
}
