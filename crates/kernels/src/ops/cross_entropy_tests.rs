//! The fused cross-entropy equals its reference, over the whole and over a sampled vocabulary.

use super::*;
use crate::Gradients;
use candle_core::{D, DType, Device, Var};

/// Returns pseudo-random values in [-4, 4) `[rows, vocab]`, the same in every run and exact in `f32`.
fn variable(rows: usize, vocab: usize, dtype: DType) -> Result<Var> {
    let value = |i: usize| {
        let mixed = (i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        (mixed >> 40) as f32 / (1 << 21) as f32 - 4.0
    };
    let data: Vec<f32> = (0..rows * vocab).map(value).collect();
    Var::from_tensor(&Tensor::from_vec(data, (rows, vocab), &Device::Cpu)?.to_dtype(dtype)?)
}

/// Returns gold ids `[rows]`: the last id, the first one, and some between.
fn gold_ids(rows: usize, vocab: usize) -> Vec<u32> {
    (0..rows).map(|row| if row == 0 { vocab - 1 } else { (row - 1) * 7 % vocab } as u32).collect()
}

/// Returns the fused loss of logits `[rows, vocab]`, with the identity as output layer.
fn cross_entropy(logits: &Tensor, gold: Vec<u32>, smoothing: f32) -> Result<Tensor> {
    let identity = Tensor::eye(logits.dim(1)?, DType::F32, &Device::Cpu)?;
    logits.apply_op2(&identity, LinearCrossEntropy::new(None, gold, CrossEntropy::smoothed(smoothing))?)
}

/// The formula of [`CrossEntropy`] in plain operations, for logits `[rows, vocab]`.
fn reference(logits: &Tensor, gold: &[u32], smoothing: f32) -> Result<Tensor> {
    let gold = logits.gather(&Tensor::new(gold, &Device::Cpu)?.unsqueeze(1)?, 1)?.squeeze(1)?;
    let smoothing = f64::from(smoothing);
    let log_sum = logits.log_sum_exp(D::Minus1)?;
    ((log_sum - (gold * (1.0 - smoothing))?)? - (logits.mean(D::Minus1)? * smoothing)?)?.sum_all()
}

/// Returns a loss and the gradient of 0.375 times the loss: with a factor other than one, an ignored incoming gradient
/// shows.
fn value_and_gradient(loss: Tensor, logits: &Var) -> Result<(f64, Vec<f64>)> {
    let grads = crate::backward(&(&loss * 0.375)?)?;
    let gradient = grads.get(logits)?.expect("logits have a gradient");
    Ok((loss.to_dtype(DType::F64)?.to_scalar()?, gradient.to_dtype(DType::F64)?.flatten_all()?.to_vec1()?))
}

#[test]
fn the_fused_loss_equals_the_reference_in_value_and_gradient() -> Result<()> {
    for (rows, vocab) in [2, 5, 17, 1000].into_iter().flat_map(|vocab| [1, 7, 64].map(|rows| (rows, vocab))) {
        for smoothing in [0.0, 0.1] {
            let gold = gold_ids(rows, vocab);
            let (narrow, wide) = (variable(rows, vocab, DType::F32)?, variable(rows, vocab, DType::F64)?);
            let fused = value_and_gradient(cross_entropy(&narrow, gold.clone(), smoothing)?, &narrow)?;
            for expected in [
                value_and_gradient(reference(&narrow, &gold, smoothing)?, &narrow)?,
                value_and_gradient(reference(&wide, &gold, smoothing)?, &wide)?,
            ] {
                let what = format!("{rows} rows, vocabulary {vocab}, smoothing {smoothing}");
                assert!(
                    (fused.0 - expected.0).abs() < 1e-5 * expected.0.max(1.0),
                    "{what}: {} {}",
                    fused.0,
                    expected.0
                );
                // Element by element: in a large vocabulary most are far smaller than the largest. The gold element is
                // a difference of values near one; the reference in f32 has a rounding error of the largest element.
                for (at, (fused, expected)) in fused.1.iter().zip(&expected.1).enumerate() {
                    let terms = if at % vocab == gold[at / vocab] as usize { 1.0 } else { expected.abs() };
                    let close = (fused - expected).abs() <= 1e-5 * terms + 2e-7;
                    assert!(close, "{what}, element {at}: {fused} {expected}");
                }
            }
        }
    }
    Ok(())
}

#[test]
fn reference_gradients_equal_finite_differences() -> Result<()> {
    let (vocab, step) = (5, 1e-5);
    for (rows, smoothing) in [(3, 0.0), (3, 0.1)] {
        let gold = gold_ids(rows, vocab);
        let logits = variable(rows, vocab, DType::F64)?;
        let (_, analytic) = value_and_gradient(reference(&logits, &gold, smoothing)?, &logits)?;
        let original = logits.flatten_all()?.to_vec1::<f64>()?;
        for (at, analytic) in analytic.iter().enumerate() {
            let moved = |by: f64| -> Result<f64> {
                let mut data = original.clone();
                data[at] += by;
                let logits = Tensor::from_vec(data, (rows, vocab), &Device::Cpu)?;
                (reference(&logits, &gold, smoothing)? * 0.375)?.to_scalar()
            };
            let numeric = (moved(step)? - moved(-step)?) / (2.0 * step);
            assert!((numeric - analytic).abs() < 1e-8, "element {at}: {numeric} {analytic}");
        }
    }
    Ok(())
}

/// Returns the input `[rows, size]`, the weight `[vocab, size]` and the bias `[vocab]` of a layer.
fn layer(rows: usize, vocab: usize, size: usize) -> Result<[Var; 3]> {
    let bias = Var::from_tensor(&variable(1, vocab, DType::F32)?.squeeze(0)?)?;
    Ok([variable(rows, size, DType::F32)?, variable(vocab, size, DType::F32)?, bias])
}

/// Asserts that every gradient differs by at most 1e-5 of its largest element.
fn assert_close(fused: &Gradients, separate: &Gradients, vars: &[&Var]) -> Result<()> {
    for var in vars {
        let [a, b] = [fused.get(var)?, separate.get(var)?].map(|gradient| gradient.expect("a gradient"));
        let difference = (a - &b)?.abs()?.max_all()?.to_scalar::<f32>()?;
        assert!(difference <= 1e-5 * b.abs()?.max_all()?.to_scalar::<f32>()?, "{difference}");
    }
    Ok(())
}

#[test]
fn gradients_of_the_layer_equal_those_of_separate_layer_and_loss() -> Result<()> {
    let (rows, vocab, size, smoothing) = (7, 17, 5, 0.1);
    let [x, weight, bias] = layer(rows, vocab, size)?;
    let loss = CrossEntropy::smoothed(smoothing);
    let op = LinearCrossEntropy::new(Some(bias.as_tensor().clone()), gold_ids(rows, vocab), loss)?;
    let fused = crate::backward(&x.apply_op2(&weight, op)?)?;
    let logits = x.matmul(&weight.t()?)?.broadcast_add(&bias)?;
    let separate = crate::backward(&reference(&logits, &gold_ids(rows, vocab), smoothing)?)?;
    assert_close(&fused, &separate, &[&x, &weight, &bias])?;
    Ok(())
}

#[test]
fn the_loss_over_a_sample_equals_the_reference_of_its_logits_in_value_and_every_gradient() -> Result<()> {
    let (rows, vocab, size, smoothing) = (8, 17, 5, 0.1);
    let [x, weight, bias] = layer(rows, vocab, size)?;
    let vocabulary = SampledVocabulary::new(vec![(16, 1.0), (0, 2.5), (7, 1.0), (9, 4.0), (4, 2.5)])?;
    for gold in [[16, 7, 0, 7, 4, 9, 16, 0], [16, 7, 0, 9, 16, 7, 0, 9]] {
        let positions = vocabulary.positions(&gold)?;
        let loss = CrossEntropy { smoothing, vocabulary: Some(vocabulary.clone()) };
        let op = LinearCrossEntropy::new(Some(bias.as_tensor().clone()), gold.to_vec(), loss)?;
        let fused = x.apply_op2(&weight, op)?;
        let logits = x.matmul(&weight.t()?)?.broadcast_add(&bias)?;
        // The weight is used as an embedding, too, as a tied one is: the gradients of both uses are added.
        let looked_up = (weight.get(3)?.sum_all()? * 0.25)?;
        let separate = reference(&vocabulary.select_logits(&logits)?, &positions, smoothing)?;
        let (a, b) = (fused.to_scalar::<f32>()?, separate.to_scalar::<f32>()?);
        assert!((a - b).abs() < 1e-5 * b, "{a} {b}");
        let (fused, separate) = (crate::backward(&(fused + &looked_up)?)?, crate::backward(&(separate + looked_up)?)?);
        assert_close(&fused, &separate, &[&x, &weight, &bias])?;
    }
    Ok(())
}

#[test]
fn a_sample_of_all_tokens_gives_the_loss_over_the_vocabulary() -> Result<()> {
    let (rows, vocab) = (7, 17);
    let vars = [variable(rows, 5, DType::F32)?, variable(vocab, 5, DType::F32)?];
    let vocabulary = SampledVocabulary::new((0..vocab as u32).map(|id| (id, 1.0)).collect())?;
    let gradients = |vocabulary| {
        let loss = CrossEntropy { smoothing: 0.1, vocabulary };
        crate::backward(&vars[0].apply_op2(&vars[1], LinearCrossEntropy::new(None, gold_ids(rows, vocab), loss)?)?)
    };
    let (all, among) = (gradients(None)?, gradients(Some(vocabulary))?);
    for var in &vars {
        let [a, b] = [all.get(var)?, among.get(var)?].map(|gradient| gradient.expect("a gradient").to_vec2::<f32>());
        assert_eq!(a?, b?);
    }
    Ok(())
}

#[test]
fn invalid_samples_and_ids_outside_a_sample_are_rejected() -> Result<()> {
    for words in [vec![(3, 1.0), (5, 1.0), (3, 2.0)], vec![(3, 0.0)], vec![(3, -1.0)], vec![(3, f32::NAN)]] {
        assert!(SampledVocabulary::new(words.clone()).is_err(), "{words:?}");
    }
    let vocabulary = SampledVocabulary::new(vec![(3, 1.0), (5, 1.0)])?;
    assert!(vocabulary.positions(&[3, 4]).is_err());
    let x = variable(1, 2, DType::F32)?;
    let among = |vocab| {
        let loss = CrossEntropy { smoothing: 0.1, vocabulary: Some(vocabulary.clone()) };
        x.apply_op2(variable(vocab, 2, DType::F32)?.as_tensor(), LinearCrossEntropy::new(None, vec![5], loss)?)
    };
    among(6)?;
    assert!(among(5).is_err(), "there is no token 5 in a vocabulary of five");
    Ok(())
}

#[test]
fn large_logits_neither_overflow_nor_vanish() -> Result<()> {
    let logits = Var::new(&[[1000f32, 999.0, -1000.0], [-1e4, -1e4, -1e4]], &Device::Cpu)?;
    let (loss, gradient) = value_and_gradient(cross_entropy(&logits, vec![1, 0], 0.0)?, &logits)?;
    let expected = 1f64.exp().ln_1p() + 3f64.ln();
    // At 10,000, neighbouring values of `f32` are 0.001 apart.
    assert!((loss - expected).abs() < 1e-3, "{loss} {expected}");
    assert!(gradient.iter().all(|g| g.is_finite()), "{gradient:?}");
    assert!((gradient[3] + 0.375 * 2.0 / 3.0).abs() < 1e-3, "{gradient:?}");
    Ok(())
}

#[test]
fn gold_ids_that_do_not_fit_the_logits_are_rejected() -> Result<()> {
    let logits = variable(2, 5, DType::F32)?;
    for gold in [vec![0], vec![0, 1, 2], vec![0, 5]] {
        assert!(cross_entropy(&logits, gold.clone(), 0.1).is_err(), "{gold:?}");
    }
    Ok(())
}
