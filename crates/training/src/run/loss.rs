//! The cross-entropy of a training step.

use candle_core::{D, Result, Tensor};
use glosser_kernels::{CrossEntropy, Linear, is_fused};

/// Returns the mean cross-entropy per target token, in nats, as a scalar: of readouts `[tokens, embed]`, from which
/// `output` computes logits `[tokens, V]`, with one gold id per token.
///
/// # Errors
/// If shapes do not fit, or a gold id is not in the vocabulary or its sample.
pub fn loss(readout: &Tensor, output: &Linear, gold: Vec<u32>, loss: CrossEntropy) -> Result<Tensor> {
    let tokens = gold.len() as f64;
    let sum = if is_fused(readout) {
        output.cross_entropy(readout, gold, loss)?
    } else {
        reference(&output.forward(readout)?, gold, &loss)?
    };
    sum / tokens
}

/// Reference in plain tensor operations: the sum over the tokens of log Σ exp x - (1 - ε) x[gold] - ε mean(x), with the
/// label smoothing ε and logits x `[tokens, V]`.
fn reference(logits: &Tensor, gold: Vec<u32>, loss: &CrossEntropy) -> Result<Tensor> {
    if let Some(vocabulary) = &loss.vocabulary {
        let all = CrossEntropy { vocabulary: None, ..*loss };
        return reference(&vocabulary.select_logits(logits)?, vocabulary.positions(&gold)?, &all);
    }
    let smoothing = loss.smoothing;
    let gold = Tensor::new(gold, logits.device())?.unsqueeze(1)?;
    let log_sums = logits.log_sum_exp(D::Minus1)?;
    let of_gold = (logits.gather(&gold, 1)?.sum_all()? * f64::from(1.0 - smoothing))?;
    let of_all = (logits.mean(D::Minus1)?.sum_all()? * f64::from(smoothing))?;
    (log_sums.sum_all()? - of_gold)? - of_all
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{DType, Device, Var};
    use candle_nn::VarBuilder;
    use glosser_kernels::{Gradients, backward};

    #[test]
    fn fused_is_the_reference_in_value_and_gradient() -> Result<()> {
        for (rows, vocab) in [(1, 2), (3, 17), (50, 1000)] {
            for smoothing in [0.0, 0.1] {
                let data: Vec<f32> = (0..rows * vocab).map(|i| ((i * 7919) % 1013) as f32 / 100.0 - 5.0).collect();
                let logits = Var::from_tensor(&Tensor::from_vec(data, (rows, vocab), &Device::Cpu)?)?;
                let gold: Vec<u32> = (0..rows).map(|row| (row * 31 % vocab) as u32).collect();
                let identity = Tensor::eye(vocab, DType::F32, &Device::Cpu)?;
                let output = Linear::tied(identity, VarBuilder::zeros(DType::F32, &Device::Cpu))?;
                let losses = CrossEntropy::smoothed(smoothing);
                let plain = (reference(&logits, gold.clone(), &losses)? / rows as f64)?;
                let fused = loss(&logits, &output, gold, losses)?;
                let (a, b) = (fused.to_scalar::<f32>()?, plain.to_scalar::<f32>()?);
                assert!((a - b).abs() <= 1e-5 * b.abs(), "{a} {b}");
                let (fused, plain) = (backward(&fused)?, backward(&plain)?);
                let gradient = |grads: &Gradients| grads.get(&logits)?.expect("a gradient").to_dtype(DType::F64);
                let difference = (gradient(&fused)? - gradient(&plain)?)?.abs()?.max_all()?.to_scalar::<f64>()?;
                assert!(difference <= 1e-6, "{difference}");
            }
        }
        Ok(())
    }
}
