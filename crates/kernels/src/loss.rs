use crate::linear_fused::FusedLinear;
use crate::rows::log_sum_exp;
use crate::simd;
use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;
use std::sync::{Mutex, PoisonError};

/// A linear layer and the label-smoothed cross-entropy of its logits against one gold id a row, summed over rows.
/// Arguments: `[rows, size_in]` and the weight `[vocab, size_in]`; result: a scalar.
///
/// The gold distribution has `smoothing / vocab` everywhere and `1 - smoothing` more on the gold id
/// (Szegedy et al. 2016, section 7), so a row costs `log Σ exp x - (1 - smoothing) x[gold] - smoothing · mean(x)`.
/// Over a whole vocabulary the logits are the largest matrix of a step: their gradient is written over them.
pub(crate) struct LinearCrossEntropy {
    bias: Option<Tensor>,
    gold: Vec<u32>,
    smoothing: f32,
    /// Logits and their log Σ exp, until the backward pass takes them.
    saved: Mutex<Option<(Vec<f32>, Vec<f32>)>>,
}

impl LinearCrossEntropy {
    pub fn new(bias: Option<Tensor>, gold: Vec<u32>, smoothing: f32) -> Self {
        Self { bias, gold, smoothing, saved: Mutex::new(None) }
    }
}

impl CustomOp2 for LinearCrossEntropy {
    fn name(&self) -> &'static str {
        "linear-cross-entropy"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (CpuStorage::F32(logits), shape) = (FusedLinear { bias: self.bias.clone() }).cpu_fwd(s1, l1, s2, l2)?
        else {
            bail!("linear-cross-entropy: f32 alone");
        };
        check(shape.dims2()?, &self.gold)?;
        let (total, log_sums) = total(&logits, &self.gold, self.smoothing);
        *self.saved.lock().unwrap_or_else(PoisonError::into_inner) = Some((logits, log_sums));
        Ok((CpuStorage::F32(vec![total]), Shape::from(())))
    }

    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        _loss: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((mut gradient, log_sums)) = saved else { bail!("linear-cross-entropy: one backward pass alone") };
        into_gradient(&mut gradient, &log_sums, &self.gold, self.smoothing, grad.to_scalar::<f32>()?);
        FusedLinear { bias: self.bias.clone() }.backward(x, weight, &gradient)
    }
}

fn check((rows, vocab): (usize, usize), gold: &[u32]) -> Result<()> {
    if rows != gold.len() || gold.iter().any(|id| *id as usize >= vocab) {
        bail!("cross-entropy: logits [{rows}, {vocab}] do not fit {} gold ids", gold.len());
    }
    Ok(())
}

/// The loss of all rows, and log Σ exp of each.
fn total(logits: &[f32], gold: &[u32], smoothing: f32) -> (f32, Vec<f32>) {
    let vocab = logits.len() / gold.len().max(1);
    let rows: Vec<(f32, f32)> = logits
        .par_chunks(vocab.max(1))
        .zip(gold)
        .map(|(row, gold)| {
            widest!({
                let log_sum = log_sum_exp(row);
                let mean = simd::sum(row) / vocab as f32;
                let gold = row[*gold as usize];
                (log_sum, log_sum - (1.0 - smoothing) * gold - smoothing * mean)
            })
        })
        .collect();
    let total: f64 = rows.iter().map(|(_, loss)| f64::from(*loss)).sum();
    (total as f32, rows.into_iter().map(|(log_sum, _)| log_sum).collect())
}

/// Writes the gradient of the loss, times `grad`, over the logits.
fn into_gradient(logits: &mut [f32], log_sums: &[f32], gold: &[u32], smoothing: f32, grad: f32) {
    let vocab = logits.len() / gold.len().max(1);
    let everywhere = grad * smoothing / vocab as f32;
    logits.par_chunks_mut(vocab.max(1)).zip(log_sums).zip(gold).for_each(|((row, log_sum), gold)| {
        widest!({
            let (grad, log_sum, everywhere) = (grad, *log_sum, everywhere);
            for x in &mut *row {
                *x = grad * simd::exp(*x - log_sum) - everywhere;
            }
        });
        row[*gold as usize] -= grad * (1.0 - smoothing);
    });
}

#[cfg(test)]
#[path = "loss_tests.rs"]
mod tests;
