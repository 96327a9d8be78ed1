//! The backward pass of the score `mlp`.

use super::layer::{Layer, Product};
use super::{PAIRS, Pairs};
use crate::cpu::matmul::{Matrix, matmul_on_this_thread};
use crate::cpu::packed::Packed;
use crate::ops::attention::Sizes;
use crate::ops::attention::scores::additive_gradient;
use crate::ops::autograd::{add_column_sums, add_to};
use crate::{Linear, simd};
use candle_core::Result;

/// Tasks for each thread. Each has a gradient of W₂ of its own; more tasks share the work more evenly.
const TASKS_PER_THREAD: usize = 2;

/// A sentence of the backward pass: its row in the batch, the gradients of its queries `[T, A]` and keys `[S, A]`.
pub(super) type SentenceGradients<'a> = (usize, &'a mut [f32], &'a mut [f32]);

/// Distributes the sentences, with their parts of the gradients of queries `[B, T, A]` and keys `[B, S, A]`, over tasks.
/// Which sentences a task has depends only on the number of threads.
pub(super) fn tasks<'g>(sizes: Sizes, queries: &'g mut [f32], keys: &'g mut [f32]) -> Vec<Vec<SentenceGradients<'g>>> {
    let Sizes { target, source, width: size, batch } = sizes;
    let count = (TASKS_PER_THREAD * rayon::current_num_threads()).min(batch);
    let mut tasks: Vec<Vec<SentenceGradients>> = (0..count).map(|_| Vec::new()).collect();
    let parts = queries.chunks_mut(target * size).zip(keys.chunks_mut(source * size));
    for (row, (queries, keys)) in parts.enumerate() {
        tasks[row % count].push((row, queries, keys));
    }
    tasks
}

/// Gradients of W₂, b and v from the sentences of one task.
pub(super) struct LayerGradients {
    /// `[width, width]`.
    weight: Vec<f32>,
    /// `[width]`.
    bias: Vec<f32>,
    /// `[width]`.
    v: Vec<f32>,
}

impl LayerGradients {
    /// Adds the gradients of all tasks, in order, to those of the layer, and returns that of v `[A]`.
    ///
    /// # Errors
    /// As [`add_to`].
    pub fn add_all(parts: &[Self], inner: &Linear, layer: &Layer) -> Result<Vec<f32>> {
        let Layer { size, width, .. } = *layer;
        add_to(&inner.weight, |gradient, accumulate| {
            if !accumulate {
                gradient.fill(0.0);
            }
            for part in parts {
                widest!(for (to, from) in gradient.chunks_exact_mut(size).zip(part.weight.chunks_exact(width)) {
                    simd::add_scaled(to, 1.0, from);
                });
            }
        })?;
        let joined = |of: fn(&Self) -> &[f32]| -> Vec<f32> {
            parts.iter().flat_map(|part| &of(part)[..size]).copied().collect()
        };
        if let Some(bias) = &inner.bias {
            add_column_sums(bias, &joined(|part| &part.bias), size)?;
        }
        Ok(simd::column_sums(&joined(|part| &part.v), size))
    }
}

/// The backward pass of the sentences of one task.
pub(super) struct Backward<'a, 'g> {
    pairs: Pairs<'a>,
    layer: &'a Layer,
    /// W₂ `[width, width]`.
    transposed: &'a Packed,
    /// Gradients of the scores, `[B, T, S]`.
    grad: &'a [f32],
    sentences: Vec<SentenceGradients<'g>>,
    gradients: LayerGradients,
    /// Target positions of the present block: index in `sentences`, and position.
    block: Vec<(usize, usize)>,
    /// The first inner layer of the block, `[pairs, width]`.
    first: Vec<f32>,
    /// W₂ tanh(q + k) of the block, and later the gradient of the first inner layer, `[pairs, width]`.
    second: Vec<f32>,
    /// The gradient of W₂ tanh(q + k), `[pairs, width]`.
    grad_second: Vec<f32>,
}

impl<'a, 'g> Backward<'a, 'g> {
    pub fn new(
        pairs: Pairs<'a>,
        layer: &'a Layer,
        transposed: &'a Packed,
        grad: &'a [f32],
        sentences: Vec<SentenceGradients<'g>>,
    ) -> Self {
        let width = layer.width;
        let gradients =
            LayerGradients { weight: vec![0.0; width * width], bias: vec![0.0; width], v: vec![0.0; width] };
        let (block, first, second, grad_second) = Default::default();
        Self { pairs, layer, transposed, grad, sentences, gradients, block, first, second, grad_second }
    }

    /// Adds all gradients, block by block. A block may have positions of several sentences.
    pub fn run(mut self) -> LayerGradients {
        let width = self.layer.width;
        for index in 0..self.sentences.len() {
            let sentence = self.sentences[index].0;
            for at in 0..self.pairs.sizes.target {
                // The loss does not depend on padding of the target.
                if self.pairs.scores_of(self.grad, sentence, at).iter().all(|grad| *grad == 0.0) {
                    continue;
                }
                if self.first.len() + self.pairs.lengths[sentence] * width > PAIRS * width {
                    self.finish_block();
                }
                self.pairs.push_first_layer(sentence, at, width, &mut self.first);
                self.block.push((index, at));
            }
        }
        self.finish_block();
        self.gradients
    }

    /// Adds the gradients of the present block and begins another.
    fn finish_block(&mut self) {
        if self.block.is_empty() {
            return;
        }
        let width = self.layer.width;
        let pairs = self.first.len() / width;
        self.second.resize(pairs * width, 0.0);
        simd::arch().dispatch(Product { lhs: &self.first, weight: &self.layer.weight, out: &mut self.second });
        self.second_layer();
        let grad_second = Matrix::new(&self.grad_second, pairs, width);
        let first = Matrix::new(&self.first, pairs, width);
        matmul_on_this_thread(&mut self.gradients.weight, grad_second.transposed(), first, true);
        simd::arch().dispatch(Product { lhs: &self.grad_second, weight: self.transposed, out: &mut self.second });
        self.first_layer();
        self.first.clear();
        self.block.clear();
    }

    /// Computes the gradient of W₂ tanh(q + k), and adds those of b and v.
    fn second_layer(&mut self) {
        let (layer, gradients) = (self.layer, &mut self.gradients);
        self.grad_second.clear();
        self.grad_second.resize(self.second.len(), 0.0);
        let mut pairs = self.second.chunks_exact(layer.width).zip(self.grad_second.chunks_exact_mut(layer.width));
        for (index, at) in &self.block {
            let grad = self.pairs.scores_of(self.grad, self.sentences[*index].0, *at);
            widest!(for (g, (second, grad_second)) in grad.iter().zip(&mut pairs) {
                additive_gradient(
                    *g,
                    [second, &layer.bias, &layer.v],
                    [grad_second, &mut gradients.bias, &mut gradients.v],
                );
            });
        }
    }

    /// Adds the gradients of queries and keys, from that of the first inner layer.
    fn first_layer(&mut self) {
        let (width, size) = (self.layer.width, self.layer.size);
        let mut pairs = self.second.chunks_exact(width).zip(self.first.chunks_exact(width));
        for (index, at) in &self.block {
            let (sentence, grad_queries, grad_keys) = &mut self.sentences[*index];
            let grad_query = &mut grad_queries[at * size..][..size];
            let grad_keys = &mut grad_keys[..self.pairs.lengths[*sentence] * size];
            widest!(for (grad_key, (grad, first)) in grad_keys.chunks_exact_mut(size).zip(&mut pairs) {
                let (grad, first, grad_key) = (&grad[..size], &first[..size], &mut grad_key[..size]);
                for i in 0..size {
                    let inner = grad[i] * (1.0 - first[i] * first[i]);
                    grad_query[i] += inner;
                    grad_key[i] += inner;
                }
            });
        }
    }
}
