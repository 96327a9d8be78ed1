//! The output layer with label-smoothed cross-entropy as one operation.

use crate::cpu::log_softmax::log_sum_exp;
use crate::cpu::matmul::Matrix;
use crate::cpu::storage::{elements, slice};
use crate::ops::linear::{FusedLinear, linear};
use crate::ops::sampled_vocabulary::SampledVocabulary;
use crate::simd;
use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;
use std::sync::{Mutex, PoisonError};

/// The label-smoothed cross-entropy of logits `[N, V]` with one gold id per row, summed over rows.
///
/// The gold distribution has `smoothing / V` on every id, plus `1 - smoothing` on the gold id (Szegedy et al. 2016,
/// section 7). The loss of a row x is `log Σ exp x - (1 - smoothing) x[gold] - smoothing · mean(x)`.
#[derive(Clone, Debug)]
pub struct CrossEntropy {
    /// Share of the gold probability that is spread evenly over the vocabulary.
    pub smoothing: f32,
    /// The sample that the softmax runs over; `None` for the whole vocabulary.
    pub vocabulary: Option<SampledVocabulary>,
}

impl CrossEntropy {
    /// Creates the loss over the whole vocabulary.
    pub fn smoothed(smoothing: f32) -> Self {
        Self { smoothing, vocabulary: None }
    }
}

/// The output layer and the [`CrossEntropy`] of its logits as one operation. Arguments: `[N, D]` and the weight
/// `[V, D]`. Result: a scalar.
///
/// The logits are the largest matrix of a training step, so their gradient overwrites them. Hence one backward pass
/// only.
pub(crate) struct LinearCrossEntropy {
    /// `[V]`.
    bias: Option<Tensor>,
    /// Index of each row's gold id in the logits, `[N]`.
    gold: Vec<u32>,
    loss: CrossEntropy,
    saved: Mutex<Option<Saved>>,
}

/// Results of the forward pass that the backward pass uses.
struct Saved {
    /// `[N, V]`, or with a sample `[N, size of the sample]`.
    logits: Vec<f32>,
    /// log Σ exp of each row, `[N]`.
    log_sums: Vec<f32>,
}

impl Saved {
    /// Returns the number of logits of a row.
    fn vocab(&self) -> usize {
        (self.logits.len() / self.log_sums.len().max(1)).max(1)
    }
}

impl LinearCrossEntropy {
    /// Creates the operation for a bias `[V]` and gold ids `[N]`.
    ///
    /// # Errors
    /// If a gold id is not in the sampled vocabulary.
    pub fn new(bias: Option<Tensor>, gold: Vec<u32>, loss: CrossEntropy) -> Result<Self> {
        let gold = match &loss.vocabulary {
            Some(vocabulary) => vocabulary.positions(&gold)?,
            None => gold,
        };
        Ok(Self { bias, gold, loss, saved: Mutex::new(None) })
    }

    /// Returns the logits `[N, V]`, or with a sample `[N, size of the sample]`, for `x` `[N, D]` and the weight
    /// `[V, D]`.
    fn logits(&self, x: Matrix, weight: Matrix) -> Result<Vec<f32>> {
        let bias = self.bias.as_ref().map(elements).transpose()?;
        match &self.loss.vocabulary {
            Some(vocabulary) => vocabulary.logits(x, weight, bias.as_deref()),
            None => linear(x, weight, bias.as_deref()),
        }
    }
}

impl CustomOp2 for LinearCrossEntropy {
    fn name(&self) -> &'static str {
        "linear-cross-entropy"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let ((rows, size), (vocab, size_in)) = (l1.shape().dims2()?, l2.shape().dims2()?);
        if size != size_in {
            bail!("cross-entropy: inputs {:?} do not fit a weight {:?}", l1.shape(), l2.shape());
        }
        let logits = self.logits(Matrix::new(slice(s1, l1)?, rows, size), Matrix::new(slice(s2, l2)?, vocab, size))?;
        check((rows, logits.len() / rows.max(1)), &self.gold)?;
        let (total, log_sums) = total(&logits, &self.gold, self.loss.smoothing);
        *self.saved.lock().unwrap_or_else(PoisonError::into_inner) = Some(Saved { logits, log_sums });
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
        let Some(mut saved) = saved else {
            bail!("cross-entropy: a second backward pass is impossible, the logits are overwritten")
        };
        let grad = grad.to_scalar::<f32>()?;
        let smoothing = self.loss.smoothing;
        logits_to_gradient(&mut saved, smoothing, grad);
        let vocab = saved.vocab();
        for (row, gold) in saved.logits.chunks_mut(vocab).zip(&self.gold) {
            row[*gold as usize] -= grad * (1.0 - smoothing);
        }
        let grad_x = match &self.loss.vocabulary {
            Some(vocabulary) => vocabulary.backward(x, weight, self.bias.as_ref(), &saved.logits)?,
            None => FusedLinear { bias: self.bias.clone() }.backward(x, weight, &saved.logits)?,
        };
        Ok((grad_x, None))
    }
}

/// Checks the gold ids `[N]` against the shape `[N, V]` of the logits.
fn check((rows, vocab): (usize, usize), gold: &[u32]) -> Result<()> {
    if rows != gold.len() || gold.iter().any(|id| *id as usize >= vocab) {
        bail!("cross-entropy: logits [{rows}, {vocab}] do not fit {} gold ids", gold.len());
    }
    Ok(())
}

/// Returns the loss, summed over rows, and log Σ exp of each row `[N]`, for logits `[N, V]` and gold ids `[N]`.
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

/// Replaces the logits `[N, V]` by `grad` times the gradient of the loss, except for the extra term of the gold ids.
fn logits_to_gradient(saved: &mut Saved, smoothing: f32, grad: f32) {
    let vocab = saved.vocab();
    let uniform = grad * smoothing / vocab as f32;
    saved.logits.par_chunks_mut(vocab).zip(&saved.log_sums).for_each(|(row, log_sum)| {
        widest!({
            let (grad, log_sum, uniform) = (grad, *log_sum, uniform);
            for x in &mut *row {
                *x = grad * simd::exp(*x - log_sum) - uniform;
            }
        });
    });
}

#[cfg(test)]
#[path = "cross_entropy_tests.rs"]
mod tests;
