//! A sample of the target vocabulary, and the logits over it.

use crate::cpu::matmul::{Matrix, new_matmul};
use crate::cpu::storage::{argument_gradient, elements};
use crate::ops::autograd::add_to;
use crate::ops::linear::linear;
use crate::simd;
use candle_core::{Result, Tensor, bail};

/// A sample of the vocabulary. A sampled softmax normalises over it instead of the whole vocabulary, at a fraction of
/// the cost (Jean et al. 2015, "On Using Very Large Target Vocabulary for Neural Machine Translation", section 3).
///
/// A token drawn with probability p gets the weight 1 / p, whose logarithm is added to its logit. The denominator of
/// the softmax is then correct on average.
#[derive(Clone, Debug)]
pub struct SampledVocabulary {
    /// Ascending token ids, `[K]` for a sample of K tokens.
    ids: Vec<u32>,
    /// Logarithms of the weights, `[K]`.
    log_weights: Vec<f32>,
}

impl SampledVocabulary {
    /// Creates a sample from `[K]` ids and their weights, in any order.
    ///
    /// # Errors
    /// If an id occurs twice, or a weight is not above zero.
    pub fn new(mut tokens: Vec<(u32, f32)>) -> Result<Self> {
        tokens.sort_by_key(|(id, _)| *id);
        if tokens.windows(2).any(|pair| pair[0].0 == pair[1].0)
            || tokens.iter().any(|(_, weight)| weight.is_nan() || *weight <= 0.0)
        {
            bail!("sampled vocabulary: every id must occur once, with a weight above zero");
        }
        let (ids, weights): (_, Vec<f32>) = tokens.into_iter().unzip();
        Ok(Self { ids, log_weights: weights.into_iter().map(f32::ln).collect() })
    }

    /// Returns the number of tokens in the sample.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Returns whether the sample has no token.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Returns the ids `[K]`, ascending, with the logarithms of their weights.
    pub fn tokens(&self) -> impl Iterator<Item = (u32, f32)> {
        self.ids.iter().copied().zip(self.log_weights.iter().copied())
    }

    /// Returns the index in the sample of each of the ids `[N]`.
    ///
    /// # Errors
    /// If an id is not in the sample.
    pub fn positions(&self, ids: &[u32]) -> Result<Vec<u32>> {
        let position = |id: &u32| match self.ids.binary_search(id) {
            Ok(position) => Ok(position as u32),
            Err(_) => bail!("sampled vocabulary: the id {id} is not in the sample of {} tokens", self.len()),
        };
        ids.iter().map(position).collect()
    }

    /// Selects the logits of the sample, `[N, K]`, from all logits `[N, V]`, and adds the logarithms of the weights.
    /// This is the reference of the fused loss, which never computes the other logits.
    ///
    /// # Errors
    /// If an id is outside the vocabulary.
    pub fn select_logits(&self, logits: &Tensor) -> Result<Tensor> {
        let device = logits.device();
        let log_weights = Tensor::new(self.log_weights.as_slice(), device)?.to_dtype(logits.dtype())?;
        logits.index_select(&Tensor::new(self.ids.as_slice(), device)?, 1)?.broadcast_add(&log_weights)
    }

    /// Returns the logits of the sample `[N, K]`, with the logarithms of the weights added, for the input `x` `[N, D]`,
    /// the weight `[V, D]` and the bias `[V]` of the output layer.
    ///
    /// # Errors
    /// If an id is outside the vocabulary.
    pub(crate) fn logits(&self, x: Matrix, weight: Matrix, bias: Option<&[f32]>) -> Result<Vec<f32>> {
        if self.ids.last().is_some_and(|last| *last as usize >= weight.rows()) {
            bail!("sampled vocabulary: an id is outside the vocabulary of {} tokens", weight.rows());
        }
        let mut biases = self.log_weights.clone();
        if let Some(bias) = bias {
            biases.iter_mut().zip(&self.ids).for_each(|(sum, id)| *sum += bias[*id as usize]);
        }
        linear(x, Matrix::new(&self.rows_of(weight), self.len(), weight.cols()), Some(&biases))
    }

    /// Computes the backward pass of [`logits`](Self::logits) for their gradient `grad` `[N, K]`: adds to the gradients
    /// of `weight` `[V, D]` and `bias` `[V]`, and returns that of `x` `[N, D]`, if `x` is part of the graph.
    ///
    /// # Errors
    /// As [`add_to`].
    pub(crate) fn backward(
        &self,
        x: &Tensor,
        weight: &Tensor,
        bias: Option<&Tensor>,
        grad: &[f32],
    ) -> Result<Option<Tensor>> {
        let (vocab, size) = weight.dims2()?;
        let x_elements = elements(x)?;
        let rows = x_elements.len() / size;
        let grad_rows = Matrix::new(grad, rows, self.len());
        let grad_weight = new_matmul(grad_rows.transposed(), Matrix::new(&x_elements, rows, size));
        add_to(weight, |gradient, accumulate| self.add_rows(&grad_weight, size, gradient, accumulate))?;
        if let Some(bias) = bias {
            let grad_bias = simd::column_sums(grad, self.len());
            add_to(bias, |gradient, accumulate| self.add_rows(&grad_bias, 1, gradient, accumulate))?;
        }
        if !x.track_op() {
            return Ok(None);
        }
        let weight = self.rows_of(Matrix::new(&elements(weight)?, vocab, size));
        let grad_x = new_matmul(grad_rows, Matrix::new(&weight, self.len(), size));
        argument_gradient(grad_x, x)
    }

    /// Returns the sampled rows `[K, D]` of a table `[V, D]`.
    fn rows_of(&self, table: Matrix) -> Vec<f32> {
        self.ids.iter().flat_map(|id| table.row(*id as usize)).copied().collect()
    }

    /// Adds `rows` `[K, width]` to the sampled rows of a gradient `[V, width]`. Without `accumulate`, all other rows
    /// become zero.
    fn add_rows(&self, rows: &[f32], width: usize, gradient: &mut [f32], accumulate: bool) {
        if !accumulate {
            gradient.fill(0.0);
        }
        for (id, row) in self.ids.iter().zip(rows.chunks(width)) {
            simd::add_scaled(&mut gradient[*id as usize * width..][..width], 1.0, row);
        }
    }
}
