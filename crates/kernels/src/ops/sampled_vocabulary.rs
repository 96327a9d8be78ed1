use crate::cpu::matmul::{Matrix, new_matmul};
use crate::cpu::storage::elements;
use crate::ops::autograd::add_to;
use crate::ops::linear::linear;
use crate::simd;
use candle_core::{Result, Tensor, bail};

/// Words of a vocabulary over which a softmax is taken in the place of all: an estimate of it at a part of the cost
/// (sampled softmax: Jean et al. 2015, "On Using Very Large Target Vocabulary for Neural Machine Translation", section 3).
///
/// A candidate that was drawn stands for others that were not, 1 / p of them where p is its probability to be drawn: the
/// logarithm of that number is added to its logit, and the sum of the softmax is then right on average.
#[derive(Clone, Debug)]
pub struct SampledVocabulary {
    ids: Vec<u32>,
    log_weights: Vec<f32>,
}

impl SampledVocabulary {
    /// From ids, each once, and the number of words that each stands for.
    ///
    /// # Errors
    /// If an id comes twice, or a number is not above zero.
    pub fn new(mut words: Vec<(u32, f32)>) -> Result<Self> {
        words.sort_by_key(|(id, _)| *id);
        if words.windows(2).any(|pair| pair[0].0 == pair[1].0)
            || words.iter().any(|(_, weight)| weight.is_nan() || *weight <= 0.0)
        {
            bail!("sampled vocabulary: every id must occur once, with a weight above zero");
        }
        let (ids, weights): (_, Vec<f32>) = words.into_iter().unzip();
        Ok(Self { ids, log_weights: weights.into_iter().map(f32::ln).collect() })
    }

    /// Their number.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Where each of some ids stands among the vocabulary.
    ///
    /// # Errors
    /// If one is not a candidate.
    pub fn positions(&self, ids: &[u32]) -> Result<Vec<u32>> {
        let place = |id: &u32| match self.ids.binary_search(id) {
            Ok(place) => Ok(place as u32),
            Err(_) => bail!("sampled vocabulary: the id {id} is not in the sample of {} tokens", self.len()),
        };
        ids.iter().map(place).collect()
    }

    /// Of logits `[rows, vocab]` those of the vocabulary, `[rows, vocabulary]`, each with its logarithm: the reference of
    /// what the fused loss does without the other logits.
    pub fn select_logits(&self, logits: &Tensor) -> Result<Tensor> {
        let device = logits.device();
        let log_weights = Tensor::new(self.log_weights.as_slice(), device)?.to_dtype(logits.dtype())?;
        logits.index_select(&Tensor::new(self.ids.as_slice(), device)?, 1)?.broadcast_add(&log_weights)
    }

    /// The logits of the vocabulary, each with its logarithm: `[rows, vocabulary]` for `x` `[rows, size]`, the weight
    /// `[vocab, size]` and the bias of the layer.
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

    /// The backward pass of these logits: the gradients of the layer's arguments.
    pub(crate) fn backward(
        &self,
        x: &Tensor,
        weight: &Tensor,
        bias: Option<&Tensor>,
        grad: &[f32],
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let (vocab, size) = weight.dims2()?;
        let x_elements = elements(x)?;
        let rows = x_elements.len() / size;
        let grad_rows = Matrix::new(grad, rows, self.len());
        let of_weight = new_matmul(grad_rows.transposed(), Matrix::new(&x_elements, rows, size));
        add_to(weight, |gradient, accumulate| self.add_rows(&of_weight, size, gradient, accumulate))?;
        if let Some(bias) = bias {
            let of_bias = simd::column_sums(grad, self.len());
            add_to(bias, |gradient, accumulate| self.add_rows(&of_bias, 1, gradient, accumulate))?;
        }
        if !x.track_op() {
            return Ok((None, None));
        }
        let weight = self.rows_of(Matrix::new(&elements(weight)?, vocab, size));
        let grad_x = new_matmul(grad_rows, Matrix::new(&weight, self.len(), size));
        Ok((Some(Tensor::from_vec(grad_x, x.shape(), x.device())?), None))
    }

    /// The sampled rows of a table.
    fn rows_of(&self, table: Matrix) -> Vec<f32> {
        self.ids.iter().flat_map(|id| table.row(*id as usize)).copied().collect()
    }

    /// Adds the sampled rows to those of a gradient, of which the others are cleared unless it is to `accumulate`.
    fn add_rows(&self, rows: &[f32], width: usize, gradient: &mut [f32], accumulate: bool) {
        if !accumulate {
            gradient.fill(0.0);
        }
        for (id, row) in self.ids.iter().zip(rows.chunks(width)) {
            simd::add_scaled(&mut gradient[*id as usize * width..][..width], 1.0, row);
        }
    }
}
