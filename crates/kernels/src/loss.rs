use crate::rows::log_sum_exp;
use crate::simd;
use crate::storage::{elements, slice};
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;
use std::sync::OnceLock;

/// Label-smoothed cross-entropy, summed over rows: logits `[rows, vocab]` and one gold id a row, to a scalar.
///
/// The gold distribution has `smoothing / vocab` everywhere and `1 - smoothing` more on the gold id
/// (Szegedy et al. 2016, section 7), so a row costs `log Σ exp x - (1 - smoothing) x[gold] - smoothing · mean(x)`.
pub fn cross_entropy(logits: &Tensor, gold: Vec<u32>, smoothing: f32) -> Result<Tensor> {
    logits.apply_op1(CrossEntropy { gold, smoothing, log_sums: OnceLock::new() })
}

struct CrossEntropy {
    gold: Vec<u32>,
    smoothing: f32,
    log_sums: OnceLock<Vec<f32>>,
}

impl CustomOp1 for CrossEntropy {
    fn name(&self) -> &'static str {
        "cross-entropy"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let logits = slice(storage, layout)?;
        let (rows, vocab) = layout.shape().dims2()?;
        if rows != self.gold.len() || self.gold.iter().any(|id| *id as usize >= vocab) {
            bail!("cross-entropy: logits {:?} do not fit {} gold ids", layout.shape(), self.gold.len());
        }
        let rows: Vec<(f32, f32)> = logits
            .par_chunks(vocab)
            .zip(&self.gold)
            .map(|(row, gold)| {
                simd::widest(|| {
                    let log_sum = log_sum_exp(row);
                    let mean = row.iter().map(|x| f64::from(*x)).sum::<f64>() as f32 / vocab as f32;
                    let gold = row[*gold as usize];
                    (log_sum, log_sum - (1.0 - self.smoothing) * gold - self.smoothing * mean)
                })
            })
            .collect();
        let total: f64 = rows.iter().map(|(_, loss)| f64::from(*loss)).sum();
        let _ = self.log_sums.set(rows.into_iter().map(|(log_sum, _)| log_sum).collect());
        Ok((CpuStorage::F32(vec![total as f32]), Shape::from(())))
    }

    fn bwd(&self, logits: &Tensor, _loss: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let vocab = logits.dim(1)?;
        let grad = grad.to_scalar::<f32>()?;
        let Some(log_sums) = self.log_sums.get() else { bail!("cross-entropy: backward before forward") };
        let everywhere = grad * self.smoothing / vocab as f32;
        let mut out = elements(logits)?;
        out.par_chunks_mut(vocab).zip(log_sums).zip(&self.gold).for_each(|((row, log_sum), gold)| {
            simd::widest(|| row.iter_mut().for_each(|x| *x = grad * simd::exp(*x - log_sum) - everywhere));
            row[*gold as usize] -= grad * (1.0 - self.smoothing);
        });
        Ok(Some(Tensor::from_vec(out, logits.shape(), logits.device())?))
    }
}

#[cfg(test)]
#[path = "loss_tests.rs"]
mod tests;
