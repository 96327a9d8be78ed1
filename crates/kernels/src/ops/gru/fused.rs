//! Recurrent sequences as one graph operation: one matrix product for the inputs of all tokens, then the time steps.

use super::steps::{Backward, Forward, Sentence, distribute};
use super::{Direction, Gru};
use crate::Lengths;
use crate::cpu::buffers::{each_row, zeros};
use crate::cpu::matmul::{Matrix, matmul, new_matmul};
use crate::cpu::packed::Packed;
use crate::cpu::storage::{argument_gradient, elements, slice};
use crate::ops::autograd::{add_column_sums, add_to};
use crate::simd;
use candle_core::{CpuStorage, CustomOp3, DType, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;
use std::sync::OnceLock;

/// One recurrent layer, or the two of a bidirectional layer, over the same sentences.
///
/// Arguments: inputs `[B, L, D1]`; extra inputs `[B, L, D2]`, read as if concatenated, or a scalar for none; starting
/// states `[B, layers·H]`. Result: states `[B, L, layers·H]`, zero on padding. Inside, tokens are packed without
/// padding.
struct GruSequences {
    layers: Vec<(Gru, Direction)>,
    lengths: Lengths,
    /// r, z, n and Un h + cn `[N, 4·H]` of each layer, for the backward pass. Recomputing them would repeat the
    /// recurrent products, a third of the forward pass.
    saved: OnceLock<Vec<Vec<f32>>>,
    /// Whether a backward pass may follow.
    keeps: bool,
}

/// Returns the states `[B, L, layers·H]` of layers of equal size. `parts` are one or two inputs `[B, L, ..]`, read as
/// if concatenated; `start` is `[B, layers·H]`.
///
/// # Errors
/// If a shape does not match, or the layers are trained while no argument is part of the graph.
pub(super) fn sequences(
    layers: &[(&Gru, Direction)],
    parts: &[&Tensor],
    lengths: &Lengths,
    start: &Tensor,
) -> Result<Tensor> {
    let x = parts[0].contiguous()?;
    let extra = match parts {
        [_, extra] => extra.contiguous()?,
        _ => Tensor::zeros((), DType::F32, x.device())?,
    };
    let layers: Vec<(Gru, Direction)> = layers.iter().map(|(gru, direction)| ((*gru).clone(), *direction)).collect();
    let keeps = [&x, &extra, start].iter().any(|argument| argument.track_op());
    if !keeps && layers.iter().any(|(gru, _)| gru.recurrent.track_op()) {
        bail!("gru: to train the layer, make its input a variable, so that it is part of the graph");
    }
    let op = GruSequences { layers, lengths: lengths.clone(), saved: OnceLock::new(), keeps };
    let start = start.contiguous()?;
    if keeps { x.apply_op3(&extra, &start, op) } else { x.apply_op3_no_bwd(&extra, &start, &op) }
}

impl GruSequences {
    /// Returns H.
    fn hidden(&self) -> usize {
        self.layers[0].0.hidden
    }

    /// Returns the number of tasks per layer; all layers together have about one task per thread.
    fn tasks(&self) -> usize {
        rayon::current_num_threads().div_ceil(self.layers.len())
    }

    /// Returns the sentences of the batch, each with its part of the results.
    fn sentences<T>(&self, parts: impl Iterator<Item = T>) -> Vec<Sentence<T>> {
        let mut offset = 0;
        let sentence = |(row, (len, part)): (usize, (&usize, T))| {
            offset += len;
            Sentence { row, offset: offset - len, len: *len, part }
        };
        self.lengths.as_slice().iter().zip(parts).enumerate().map(sentence).collect()
    }

    /// Concatenates the inputs `x` `[B, L, D1]` and `extra` `[B, L, D2]` and removes the padding: `[N, D1 + D2]`.
    fn tokens(&self, x: &[f32], extra: &[f32]) -> Vec<f32> {
        let padded = self.lengths.batch() * self.lengths.longest();
        let (size, extra_size) = (x.len() / padded, extra.len() / padded);
        let rows = self.lengths.token_rows();
        each_row(rows.len(), size + extra_size, |token, out| {
            let row = rows[token];
            out[..size].copy_from_slice(&x[row * size..][..size]);
            out[size..].copy_from_slice(&extra[row * extra_size..][..extra_size]);
        })
    }

    /// Returns the gradient of an argument `input` `[B, L, D1]`: the columns of `tokens` `[N, D]` from `first` on.
    /// `None` if the argument is not part of the graph.
    fn input_gradient(&self, tokens: &[f32], input: &Tensor, first: usize) -> Result<Option<Tensor>> {
        if !input.track_op() {
            return Ok(None);
        }
        let (size, width) = (input.dim(2)?, tokens.len() / self.lengths.total());
        let part = self.lengths.padded(size, |token| &tokens[token * width + first..][..size]);
        argument_gradient(part, input)
    }

    /// Checks the arguments' shapes and returns D, the total input size.
    ///
    /// # Errors
    /// If they do not match the weights or the lengths.
    fn check(&self, x: &Layout, extra: &[f32], start: &Layout) -> Result<usize> {
        let (batch, len, size) = x.shape().dims3()?;
        let size = size + extra.len() / (batch * len).max(1);
        let fits = |(gru, _): &(Gru, Direction)| gru.input.dims() == [3 * self.hidden(), size];
        if batch != self.lengths.batch()
            || len != self.lengths.longest()
            || start.shape().dims2()? != (batch, self.layers.len() * self.hidden())
            || !self.layers.iter().all(fits)
        {
            let (x, start, lengths) = (x.shape(), start.shape(), &self.lengths);
            bail!("gru: inputs {x:?} and start {start:?} do not fit the weights or the lengths {lengths:?}");
        }
        Ok(size)
    }

    /// Concatenates the states `[B, L, H]` of each layer: `[B, L, layers·H]`.
    fn concatenated(&self, mut states: Vec<Vec<f32>>) -> Vec<f32> {
        if states.len() == 1 {
            return states.swap_remove(0);
        }
        let (layers, hidden) = (states.len(), self.hidden());
        each_row(states[0].len() / hidden, layers * hidden, |place, out| {
            for (out, states) in out.chunks_mut(hidden).zip(&states) {
                out.copy_from_slice(&states[place * hidden..][..hidden]);
            }
        })
    }

    /// Returns the state of a layer before each token, `[N, H]`, from the states `[B, L, layers·H]` and the starting
    /// states `[B, layers·H]`.
    fn states_before(&self, layer: usize, states: &[f32], start: &[f32]) -> Vec<f32> {
        let (hidden, width, longest) = (self.hidden(), self.layers.len() * self.hidden(), self.lengths.longest());
        let direction = self.layers[layer].1;
        let rows = self.lengths.token_rows();
        each_row(rows.len(), hidden, |token, before| {
            let (row, at) = (rows[token] / longest, rows[token] % longest);
            let len = self.lengths.as_slice()[row];
            // `position` is its own inverse: here it returns the time step of a position.
            let from = match direction.position(at, len) {
                0 => &start[row * width..],
                visit => &states[(row * longest + direction.position(visit - 1, len)) * width..],
            };
            before.copy_from_slice(&from[layer * hidden..][..hidden]);
        })
    }

    /// Computes the backward pass of one layer for its inputs `tokens` `[N, D]`: adds to the gradients of its weights
    /// and to `grads`.
    fn layer_backward(&self, layer: usize, tokens: &[f32], known: &Known, grads: &mut ArgumentGradients) -> Result<()> {
        let (gru, direction) = &self.layers[layer];
        let (hidden, count) = (self.hidden(), self.lengths.total());
        let before = self.states_before(layer, known.states, known.start);
        let weight = Packed::new(Matrix::new(&elements(&gru.recurrent)?, 3 * hidden, hidden));

        // Gradients of the gate inputs and of the recurrent products. They differ only in the candidate's part.
        let mut grad_gates = zeros(count * 3 * hidden);
        let mut grad_candidates = zeros(count * hidden);
        let mut grad_start = vec![0.0; self.lengths.batch() * hidden];
        let gates = self.lengths.split_mut(&mut grad_gates, 3 * hidden);
        let candidates = self.lengths.split_mut(&mut grad_candidates, hidden);
        let parts = gates.into_iter().zip(candidates).zip(grad_start.chunks_mut(hidden));
        distribute(self.sentences(parts), rayon::current_num_threads()).into_par_iter().for_each(|sentences| {
            simd::arch().dispatch(Backward {
                direction: *direction,
                sentences,
                saved: &known.saved[layer],
                before: &before,
                grad: &known.grad[layer * hidden..],
                grad_stride: self.layers.len() * hidden,
                longest: self.lengths.longest(),
                weight: &weight,
                hidden,
            });
        });

        let (before, size) = (Matrix::new(&before, count, hidden), tokens.len() / count);
        let all_gates = Matrix::new(&grad_gates, count, 3 * hidden);
        add_to(&gru.recurrent, |gradient, accumulate| {
            let (grad_reset_update, grad_candidate) = gradient.split_at_mut(2 * hidden * hidden);
            let reset_and_update = Matrix::strided(&grad_gates, count, 2 * hidden, 3 * hidden);
            matmul(grad_reset_update, reset_and_update.transposed(), before, accumulate);
            matmul(grad_candidate, Matrix::new(&grad_candidates, count, hidden).transposed(), before, accumulate);
        })?;
        add_to(&gru.input, |gradient, accumulate| {
            matmul(gradient, all_gates.transposed(), Matrix::new(tokens, count, size), accumulate);
        })?;
        add_column_sums(&gru.bias, &grad_gates, 3 * hidden)?;
        add_column_sums(&gru.candidate_bias, &grad_candidates, hidden)?;
        if !grads.tokens.is_empty() {
            matmul(&mut grads.tokens, all_gates, Matrix::new(&elements(&gru.input)?, 3 * hidden, size), layer > 0);
        }
        let width = self.layers.len() * hidden;
        for (all, own) in grads.start.chunks_mut(width).zip(grad_start.chunks(hidden)) {
            all[layer * hidden..][..hidden].copy_from_slice(own);
        }
        Ok(())
    }
}

/// Known values of a backward pass.
struct Known<'a> {
    /// `[B, L, layers·H]`.
    states: &'a [f32],
    /// `[B, layers·H]`.
    start: &'a [f32],
    /// Gradient of the states, `[B, L, layers·H]`.
    grad: &'a [f32],
    /// `[N, 4·H]` of each layer.
    saved: &'a [Vec<f32>],
}

/// Gradients of the operation's arguments.
struct ArgumentGradients {
    /// The gradient of the inputs without padding, `[N, D]`; empty if no input is part of the graph.
    tokens: Vec<f32>,
    /// The gradient of the starting states, `[B, layers·H]`.
    start: Vec<f32>,
}

impl CustomOp3 for GruSequences {
    fn name(&self) -> &'static str {
        "gru-sequences"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
        s3: &CpuStorage,
        l3: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, start) = (slice(s1, l1)?, slice(s3, l3)?);
        let extra = if l2.shape().rank() == 0 { &[] } else { slice(s2, l2)? };
        let size = self.check(l1, extra, l3)?;
        let (hidden, count, longest) = (self.hidden(), self.lengths.total(), self.lengths.longest());
        let tokens = self.tokens(x, extra);
        let tokens = Matrix::new(&tokens, count, size);
        let mut prepared = Vec::with_capacity(self.layers.len());
        for (gru, _) in &self.layers {
            // One product for all tokens; only the recurrent products depend on the previous state.
            let gates = new_matmul(tokens, Matrix::new(&elements(&gru.input)?, 3 * hidden, size).transposed());
            let recurrent = elements(&gru.recurrent)?;
            let gate = |weight| Packed::new(Matrix::new(weight, hidden, hidden).transposed());
            let weights: Vec<Packed> = recurrent.par_chunks(hidden * hidden).map(gate).collect();
            prepared.push((gates, weights, elements(&gru.bias)?, elements(&gru.candidate_bias)?));
        }
        let per_layer = |size: usize| -> Vec<Vec<f32>> { self.layers.iter().map(|_| zeros(size)).collect() };
        let mut states = per_layer(self.lengths.batch() * longest * hidden);
        let mut saved = per_layer(if self.keeps { count * 4 * hidden } else { 0 });
        let mut tasks = Vec::new();
        for (layer, ((states, saved), (gates, weights, bias, candidate_bias))) in
            states.iter_mut().zip(&mut saved).zip(&prepared).enumerate()
        {
            let saved = self.lengths.split_mut(saved, 4 * hidden).into_iter().map(Some);
            let saved = saved.chain(std::iter::repeat_with(|| None));
            let sentences = self.sentences(states.chunks_mut(longest * hidden).zip(saved));
            let direction = self.layers[layer].1;
            tasks.extend(distribute(sentences, self.tasks()).into_iter().map(|sentences| Forward {
                direction,
                sentences,
                gates,
                weights,
                bias,
                candidate_bias,
                start: &start[layer * hidden..],
                start_stride: self.layers.len() * hidden,
            }));
        }
        tasks.into_par_iter().for_each(|task| simd::arch().dispatch(task));
        if self.keeps {
            let _ = self.saved.set(saved);
        }
        let shape = (self.lengths.batch(), longest, self.layers.len() * hidden);
        Ok((CpuStorage::F32(self.concatenated(states)), shape.into()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        extra: &Tensor,
        start: &Tensor,
        states: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let Some(saved) = self.saved.get() else { bail!("gru: backward pass without a forward pass") };
        let grad = grad.contiguous()?;
        let has_extra = extra.rank() > 0;
        let extra_elements = if has_extra { Some(elements(extra)?) } else { None };
        let tokens = self.tokens(&elements(x)?, extra_elements.as_deref().unwrap_or(&[]));
        let (states, grad, start_elements) = (elements(states)?, elements(&grad)?, elements(start)?);
        let known = Known { states: &states, start: &start_elements, grad: &grad, saved };
        let wants_tokens = x.track_op() || extra.track_op();
        let mut grads = ArgumentGradients {
            tokens: zeros(if wants_tokens { tokens.len() } else { 0 }),
            start: vec![0.0; start_elements.len()],
        };
        for layer in 0..self.layers.len() {
            self.layer_backward(layer, &tokens, &known, &mut grads)?;
        }
        let grad_x = self.input_gradient(&grads.tokens, x, 0)?;
        let grad_extra = if has_extra { self.input_gradient(&grads.tokens, extra, x.dim(2)?)? } else { None };
        Ok((grad_x, grad_extra, argument_gradient(grads.start, start)?))
    }
}
