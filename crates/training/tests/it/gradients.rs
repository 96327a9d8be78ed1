//! Gradients of the whole model with the loss of training, against finite differences and the reference.

use crate::support::Random;
use candle_core::{DType, Device, Result, Tensor, Var};
use glosser_attention_decoder::{AttentionConfig, DecoderConfig, Score};
use glosser_encoder::EncoderConfig;
use glosser_kernels::{CrossEntropy, Pass, Precision, backward};
use glosser_text::EOS;
use glosser_training::{Parameters, loss};
use glosser_translator::{Batch, Model, ModelConfig};

pub const SCORES: [Score; 4] = [Score::Dot, Score::General, Score::Additive, Score::Mlp];
const SMOOTHING: f32 = 0.1;

/// `dot` needs the same number of units in the decoder as in an annotation, so all scores have it.
fn config(score: Score, vocab: usize, size: usize, joint_vocab: bool) -> ModelConfig {
    ModelConfig {
        source_vocab: vocab,
        target_vocab: if joint_vocab { vocab } else { vocab + 2 },
        joint_vocab,
        embed: size + 1,
        encoder: EncoderConfig { hidden: size, layers: 2, dropout: 0.0 },
        decoder: DecoderConfig {
            hidden: 2 * size,
            dropout: 0.0,
            attention: AttentionConfig::new(score, size + 2),
            aligner: None,
        },
        ensemble: 1,
        precision: Precision::F32,
    }
}

/// A model with initial weights, except for its biases: if they were zero, a missing bias would not be noticed.
fn model(config: &ModelConfig, dtype: DType) -> Result<(Model, Vec<(String, Var)>)> {
    let (model, parameters) = Parameters::initialise(config, 5, dtype)?;
    for (seed, (_, var)) in parameters.named().iter().enumerate().filter(|(_, (name, _))| name.ends_with("bias")) {
        let mut random = Random(seed as u64);
        let data: Vec<f32> = (0..var.elem_count()).map(|_| random.below(1000) as f32 / 2000.0 - 0.25).collect();
        var.set(&Tensor::from_vec(data, var.shape(), &Device::Cpu)?.to_dtype(dtype)?)?;
    }
    Ok((model, parameters.named()))
}

/// Sentences of the given lengths, EOS counted.
fn sentences(lengths: &[usize], vocab: usize, seed: u64) -> Vec<Vec<u32>> {
    let mut random = Random(seed);
    let mut words = |len: usize| (1..len).map(|_| 3 + random.below(vocab - 3) as u32).collect::<Vec<_>>();
    lengths.iter().map(|len| words(*len).into_iter().chain([EOS]).collect()).collect()
}

fn loss_of(model: &Model, sources: &[Vec<u32>], targets: &[Vec<u32>]) -> Result<Tensor> {
    let (source, target) = (Batch::new(sources, &Device::Cpu)?, Batch::new(targets, &Device::Cpu)?);
    let member = &model.ensemble()[0];
    let output = member.forward(&source, &target, &mut Pass::Evaluate)?;
    loss(&output.readout, member.output_layer(), targets.concat(), CrossEntropy::smoothed(SMOOTHING))
}

#[test]
fn gradients_of_the_whole_model_are_finite_differences() -> Result<()> {
    const STEP: f64 = 1e-5;
    const ELEMENTS: usize = 5;
    for (score, joint) in SCORES.map(|score| (score, true)).into_iter().chain([(Score::Additive, false)]) {
        let (model, parameters) = model(&config(score, 8, 2, joint), DType::F64)?;
        let (sources, targets) = (sentences(&[2, 4], 8, 1), sentences(&[3, 2], 8, 2));
        let total = || loss_of(&model, &sources, &targets);
        let grads = backward(&total()?)?;
        for (name, var) in &parameters {
            let gradient = grads.get(var)?.unwrap_or_else(|| panic!("{score:?}: {name} has no gradient"));
            let gradient = gradient.flatten_all()?.to_vec1::<f64>()?;
            assert!(gradient.iter().any(|g| *g != 0.0), "{score:?}: the gradient of {name} is zero");
            let original = var.flatten_all()?.to_vec1::<f64>()?;
            let moved = |at: usize, by: f64| -> Result<f64> {
                let mut data = original.clone();
                data[at] += by;
                var.set(&Tensor::from_vec(data, var.shape(), &Device::Cpu)?)?;
                total()?.to_scalar()
            };
            for at in (0..original.len()).step_by(original.len().div_ceil(ELEMENTS)) {
                let numeric = (moved(at, STEP)? - moved(at, -STEP)?) / (2.0 * STEP);
                let difference = (numeric - gradient[at]).abs();
                assert!(difference < 1e-8, "{score:?}: {name}, element {at}: {numeric}, not {}", gradient[at]);
            }
            moved(0, 0.0)?;
        }
    }
    Ok(())
}

/// Fused kernels run in `f32` on the CPU, the reference in `f64`: up to 1e-5 of the largest element, counted as at
/// least 0.01, in every gradient.
#[test]
fn the_fused_model_is_the_reference_in_loss_and_every_gradient() -> Result<()> {
    const TOLERANCE: f64 = 1e-5;
    for score in SCORES {
        for (vocab, size, joint) in [(11, 3, true), (11, 3, false), (300, 64, true)] {
            let config = config(score, vocab, size, joint);
            let ((narrow, fused), (wide, exact)) = (model(&config, DType::F32)?, model(&config, DType::F64)?);
            let (sources, targets) = (sentences(&[1, 5, 9], vocab, 3), sentences(&[7, 2, 4], vocab, 4));
            let (narrow, wide) = (loss_of(&narrow, &sources, &targets)?, loss_of(&wide, &sources, &targets)?);
            let (a, b) = (f64::from(narrow.to_scalar::<f32>()?), wide.to_scalar::<f64>()?);
            assert!((a - b).abs() < TOLERANCE * b.abs(), "{score:?} {size}: the loss is {a}, not {b}");
            let (narrow, wide) = (backward(&narrow)?, backward(&wide)?);
            for ((name, fused), (_, exact)) in fused.iter().zip(&exact) {
                let fused = narrow.get(fused)?.unwrap_or_else(|| panic!("{score:?}: {name} has no gradient"));
                let exact = wide.get(exact)?.unwrap_or_else(|| panic!("{score:?}: {name} has no gradient"));
                let difference = (fused.to_dtype(DType::F64)? - &exact)?.abs()?.max_all()?.to_scalar::<f64>()?;
                let largest = exact.abs()?.max_all()?.to_scalar::<f64>()?;
                assert!(
                    difference <= TOLERANCE * largest.max(0.01),
                    "{score:?} {size}: the gradient of {name} differs by {difference}, its largest is {largest}"
                );
            }
        }
    }
    Ok(())
}
