use crate::candidates::Candidates;
use crate::linear_fused::{FusedLinear, linear};
use crate::product::Matrix;
use crate::rows::log_sum_exp;
use crate::simd::{self, LANES};
use crate::storage::{elements, slice};
use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;
use std::sync::{Mutex, PoisonError};

/// The loss of logits over a vocabulary against one gold id a row, summed over rows.
///
/// The gold distribution has `smoothing / vocab` everywhere and `1 - smoothing` more on the gold id
/// (Szegedy et al. 2016, section 7), so a row costs `log Σ exp x - (1 - smoothing) x[gold] - smoothing · mean(x)`.
#[derive(Clone, Debug)]
pub struct CrossEntropy {
    /// Share of the gold probability that is spread over the vocabulary.
    pub smoothing: f32,
    /// Above zero the second half of the rows are the same tokens as the first, read another time with other units dropped,
    /// and a token's two distributions p and q are drawn together: `r_drop / 2 · (KL(p‖q) + KL(q‖p))` is added (R-Drop,
    /// Liang et al. 2021, section 2).
    pub r_drop: f32,
    /// The words that stand for the whole vocabulary, if not all do. A logit is then that of the layer and the logarithm of
    /// how many words it stands for.
    pub candidates: Option<Candidates>,
}

impl CrossEntropy {
    /// With the smoothing alone.
    pub fn smoothed(smoothing: f32) -> Self {
        Self { smoothing, r_drop: 0.0, candidates: None }
    }
}

/// A linear layer and the [`CrossEntropy`] of its logits. Arguments: `[rows, size_in]` and the weight `[vocab, size_in]`;
/// result: a scalar.
///
/// Over a whole vocabulary the logits are the largest matrix of a step: their gradient is written over them.
pub(crate) struct LinearCrossEntropy {
    bias: Option<Tensor>,
    /// For each row the place of the gold id among the logits.
    gold: Vec<u32>,
    loss: CrossEntropy,
    saved: Mutex<Option<Saved>>,
}

/// What the backward pass takes.
struct Saved {
    logits: Vec<f32>,
    /// log Σ exp of each row.
    log_sums: Vec<f32>,
    /// KL(p‖q) and KL(q‖p) of the rows that are a token's; of none without R-Drop.
    divergences: Vec<(f32, f32)>,
}

impl Saved {
    /// Logits of a row.
    fn vocab(&self) -> usize {
        (self.logits.len() / self.log_sums.len().max(1)).max(1)
    }
}

impl LinearCrossEntropy {
    /// # Errors
    /// If a gold id is none of the candidates.
    pub fn new(bias: Option<Tensor>, gold: Vec<u32>, loss: CrossEntropy) -> Result<Self> {
        let gold = match &loss.candidates {
            Some(candidates) => candidates.places(&gold)?,
            None => gold,
        };
        Ok(Self { bias, gold, loss, saved: Mutex::new(None) })
    }

    fn logits(&self, x: Matrix, weight: Matrix) -> Result<Vec<f32>> {
        let bias = self.bias.as_ref().map(elements).transpose()?;
        match &self.loss.candidates {
            Some(candidates) => candidates.logits(x, weight, bias.as_deref()),
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
            bail!("linear-cross-entropy: {:?} by {:?}", l1.shape(), l2.shape());
        }
        let CrossEntropy { smoothing, r_drop, .. } = self.loss;
        let logits = self.logits(Matrix::new(slice(s1, l1)?, rows, size), Matrix::new(slice(s2, l2)?, vocab, size))?;
        check((rows, logits.len() / rows.max(1)), &self.gold, r_drop)?;
        let (mut total, log_sums) = total(&logits, &self.gold, smoothing);
        let mut divergences = Vec::new();
        if r_drop > 0.0 {
            divergences = divergences_of(&logits, &log_sums);
            let sum: f64 = divergences.iter().map(|(pq, qp)| f64::from(pq + qp)).sum();
            total += r_drop / 2.0 * sum as f32;
        }
        *self.saved.lock().unwrap_or_else(PoisonError::into_inner) = Some(Saved { logits, log_sums, divergences });
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
        let Some(mut saved) = saved else { bail!("linear-cross-entropy: one backward pass alone") };
        let grad = grad.to_scalar::<f32>()?;
        let CrossEntropy { smoothing, r_drop, .. } = self.loss;
        if r_drop > 0.0 {
            into_gradient_of_two(&mut saved, smoothing, r_drop, grad);
        } else {
            into_gradient(&mut saved, smoothing, grad);
        }
        let vocab = saved.vocab();
        for (row, gold) in saved.logits.chunks_mut(vocab).zip(&self.gold) {
            row[*gold as usize] -= grad * (1.0 - smoothing);
        }
        match &self.loss.candidates {
            Some(candidates) => candidates.backward(x, weight, self.bias.as_ref(), &saved.logits),
            None => FusedLinear { bias: self.bias.clone() }.backward(x, weight, &saved.logits),
        }
    }
}

fn check((rows, vocab): (usize, usize), gold: &[u32], r_drop: f32) -> Result<()> {
    let (first, second) = gold.split_at(gold.len() / 2);
    if r_drop > 0.0 && first != second {
        bail!("cross-entropy: R-Drop needs the same gold ids twice, one half after the other");
    }
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

/// KL(p‖q) and KL(q‖p) of each row of the first half and the one that belongs to it in the second.
fn divergences_of(logits: &[f32], log_sums: &[f32]) -> Vec<(f32, f32)> {
    let vocab = logits.len() / log_sums.len().max(1);
    let ((first, second), (of_first, of_second)) = (halves(logits), halves(log_sums));
    let (first, second) = (first.par_chunks(vocab.max(1)), second.par_chunks(vocab.max(1)));
    first
        .zip(second)
        .zip(of_first)
        .zip(of_second)
        .map(|(((p, q), of_p), of_q)| divergence(p, q, *of_p, *of_q))
        .collect()
}

fn halves(numbers: &[f32]) -> (&[f32], &[f32]) {
    numbers.split_at(numbers.len() / 2)
}

/// KL(p‖q) and KL(q‖p) of two rows of logits with their log Σ exp.
fn divergence(p: &[f32], q: &[f32], of_p: f32, of_q: f32) -> (f32, f32) {
    widest!({
        let (of_p, of_q) = (of_p, of_q);
        let (p_blocks, p_rest) = p.as_chunks::<LANES>();
        let (q_blocks, q_rest) = q.as_chunks::<LANES>();
        let (mut pq, mut qp) = ([0f32; LANES], [0f32; LANES]);
        for (p, q) in p_blocks.iter().zip(q_blocks) {
            for lane in 0..LANES {
                let (of_pq, of_qp) = terms(p[lane] - of_p, q[lane] - of_q);
                pq[lane] += of_pq;
                qp[lane] += of_qp;
            }
        }
        let (mut pq_tail, mut qp_tail) = (0.0, 0.0);
        for (p, q) in p_rest.iter().zip(q_rest) {
            let (of_pq, of_qp) = terms(p - of_p, q - of_q);
            pq_tail += of_pq;
            qp_tail += of_qp;
        }
        (simd::reduce(pq) + pq_tail, simd::reduce(qp) + qp_tail)
    })
}

/// What one id adds to KL(p‖q) and KL(q‖p).
#[inline(always)]
fn terms(log_p: f32, log_q: f32) -> (f32, f32) {
    (simd::exp(log_p) * (log_p - log_q), simd::exp(log_q) * (log_q - log_p))
}

/// Writes the gradient of the loss, times `grad`, over the logits, but for what the gold ids have for themselves.
fn into_gradient(saved: &mut Saved, smoothing: f32, grad: f32) {
    let vocab = saved.vocab();
    let everywhere = grad * smoothing / vocab as f32;
    saved.logits.par_chunks_mut(vocab).zip(&saved.log_sums).for_each(|(row, log_sum)| {
        widest!({
            let (grad, log_sum, everywhere) = (grad, *log_sum, everywhere);
            for x in &mut *row {
                *x = grad * simd::exp(*x - log_sum) - everywhere;
            }
        });
    });
}

/// The same with R-Drop.
fn into_gradient_of_two(saved: &mut Saved, smoothing: f32, r_drop: f32, grad: f32) {
    let vocab = saved.vocab();
    let everywhere = grad * smoothing / vocab as f32;
    let (of_first, of_second) = halves(&saved.log_sums);
    let half = saved.logits.len() / 2;
    let (first, second) = saved.logits.split_at_mut(half);
    let rows = first.par_chunks_mut(vocab).zip(second.par_chunks_mut(vocab));
    rows.zip(of_first).zip(of_second).zip(&saved.divergences).for_each(
        |((((first, second), of_p), of_q), (pq, qp))| {
            widest!({
                let slope =
                    Slope { of_p: *of_p, of_q: *of_q, pq: *pq, qp: *qp, weight: r_drop / 2.0, grad, everywhere };
                let (first_blocks, first_rest) = first.as_chunks_mut::<LANES>();
                let (second_blocks, second_rest) = second.as_chunks_mut::<LANES>();
                for (x, y) in first_blocks.iter_mut().zip(second_blocks) {
                    for lane in 0..LANES {
                        (x[lane], y[lane]) = slope.at(x[lane], y[lane]);
                    }
                }
                for (x, y) in first_rest.iter_mut().zip(second_rest) {
                    (*x, *y) = slope.at(*x, *y);
                }
            });
        },
    );
}

/// What the gradients of a token's two rows of logits are made of.
#[derive(Clone, Copy)]
struct Slope {
    /// log Σ exp of the rows.
    of_p: f32,
    of_q: f32,
    /// KL(p‖q) and KL(q‖p).
    pq: f32,
    qp: f32,
    /// Of each divergence in the loss.
    weight: f32,
    grad: f32,
    everywhere: f32,
}

impl Slope {
    /// For one logit of each. The gradient of KL(p‖q) is p (log p - log q - KL(p‖q)) for the logits of p, and q - p
    /// for those of q.
    #[inline(always)]
    fn at(self, x: f32, y: f32) -> (f32, f32) {
        let (log_p, log_q) = (x - self.of_p, y - self.of_q);
        let (p, q) = (simd::exp(log_p), simd::exp(log_q));
        let apart = log_p - log_q;
        let of_x = p + self.weight * (p * (apart - self.pq) + p - q);
        let of_y = q + self.weight * (q * (-apart - self.qp) + q - p);
        (self.grad * of_x - self.everywhere, self.grad * of_y - self.everywhere)
    }
}

#[cfg(test)]
#[path = "loss_tests.rs"]
mod tests;
