//! Recurrent sequences as one operation, forward and backward: the input products of all tokens, then the time steps.

use super::steps::{Backward, Forward, Sentence, deal};
use super::{Direction, Gru};
use crate::Lengths;
use crate::cpu::buffers::{each_row, zeros};
use crate::cpu::matmul::{Matrix, matmul, new_matmul};
use crate::cpu::packed::Packed;
use crate::cpu::storage::{elements, slice};
use crate::ops::autograd::{add_column_sums, add_to};
use crate::simd;
use candle_core::{CpuStorage, CustomOp3, DType, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;
use std::sync::OnceLock;

/// Layers that read the same sentences, each in its direction: one, or the two of a bidirectional layer.
///
/// Arguments: inputs `[batch, len, size]` and, side by side with them, `[batch, len, further size]` or an empty tensor;
/// starting states `[batch, layers · hidden]`. Result: states `[batch, len, layers · hidden]`, zero on padding. Inside,
/// the tokens lie one behind the other, without the padding.
pub(crate) struct GruSequences {
    layers: Vec<(Gru, Direction)>,
    lengths: Lengths,
    /// What the backward pass needs of the forward pass, one a layer: r, z, n and Un h + cn, `[tokens, 4·hidden]`. Kept
    /// rather than recomputed: recomputing would repeat the recurrent products, a third of the forward pass.
    saved: OnceLock<Vec<Vec<f32>>>,
    keeps: bool,
}

/// Applies layers of one size to the parts of an input, side by side.
pub(crate) fn sequences(
    layers: &[(&Gru, Direction)],
    parts: &[&Tensor],
    lengths: &Lengths,
    start: &Tensor,
) -> Result<Tensor> {
    let x = parts[0].contiguous()?;
    let further = match parts {
        [_, further] => further.contiguous()?,
        _ => Tensor::zeros((), DType::F32, x.device())?,
    };
    let layers: Vec<(Gru, Direction)> = layers.iter().map(|(gru, direction)| ((*gru).clone(), *direction)).collect();
    let keeps = [&x, &further, start].iter().any(|argument| argument.track_op());
    if !keeps && layers.iter().any(|(gru, _)| gru.recurrent.track_op()) {
        bail!("a recurrent layer learns only from inputs that are part of the graph: make its input a variable");
    }
    let op = GruSequences { layers, lengths: lengths.clone(), saved: OnceLock::new(), keeps };
    let start = start.contiguous()?;
    if keeps { x.apply_op3(&further, &start, op) } else { x.apply_op3_no_bwd(&further, &start, &op) }
}

impl GruSequences {
    fn hidden(&self) -> usize {
        self.layers[0].0.hidden
    }

    /// Tasks for each layer: together about as many as there are threads.
    fn tasks(&self) -> usize {
        rayon::current_num_threads().div_ceil(self.layers.len())
    }

    /// The sentences with a part each.
    fn sentences<T>(&self, parts: impl Iterator<Item = T>) -> Vec<Sentence<T>> {
        let mut offset = 0;
        let sentence = |(row, (len, part)): (usize, (&usize, T))| {
            offset += len;
            Sentence { row, offset: offset - len, len: *len, part }
        };
        self.lengths.as_slice().iter().zip(parts).enumerate().map(sentence).collect()
    }

    /// Both inputs side by side, `[tokens, size]`, without the padding.
    fn tokens(&self, x: &[f32], further: &[f32]) -> Vec<f32> {
        let padded = self.lengths.batch() * self.lengths.longest();
        let (size, further_size) = (x.len() / padded, further.len() / padded);
        let rows = self.lengths.token_rows();
        each_row(rows.len(), size + further_size, |token, out| {
            let row = rows[token];
            out[..size].copy_from_slice(&x[row * size..][..size]);
            out[size..].copy_from_slice(&further[row * further_size..][..further_size]);
        })
    }

    /// The part of the tokens' gradient that belongs to an input of `size`, `first` elements into each.
    fn part_of(&self, tokens: &[f32], input: &Tensor, first: usize) -> Result<Option<Tensor>> {
        if !input.track_op() {
            return Ok(None);
        }
        let (size, width) = (input.dim(2)?, tokens.len() / self.lengths.total());
        let part = self.lengths.padded(size, |token| &tokens[token * width + first..][..size]);
        Tensor::from_vec(part, input.shape(), input.device()).map(Some)
    }

    fn check(&self, x: &Layout, further: &[f32], start: &Layout) -> Result<usize> {
        let (batch, len, size) = x.shape().dims3()?;
        let size = size + further.len() / (batch * len).max(1);
        let fits = |(gru, _): &(Gru, Direction)| gru.input.dims() == [3 * self.hidden(), size];
        if batch != self.lengths.batch()
            || len != self.lengths.longest()
            || start.shape().dims2()? != (batch, self.layers.len() * self.hidden())
            || !self.layers.iter().all(fits)
        {
            bail!("gru: inputs {:?}, lengths {:?}, start {:?}", x.shape(), self.lengths, start.shape());
        }
        Ok(size)
    }

    /// The states of each layer `[batch, len, hidden]`, beside each other.
    fn interleaved(&self, mut states: Vec<Vec<f32>>) -> Vec<f32> {
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

    /// The state that each token of a layer was reached from, `[tokens, hidden]`.
    fn states_before(&self, layer: usize, states: &[f32], start: &[f32]) -> Vec<f32> {
        let (hidden, width, longest) = (self.hidden(), self.layers.len() * self.hidden(), self.lengths.longest());
        let direction = self.layers[layer].1;
        let rows = self.lengths.token_rows();
        each_row(rows.len(), hidden, |token, before| {
            let (row, at) = (rows[token] / longest, rows[token] % longest);
            let len = self.lengths.as_slice()[row];
            // The direction's own inverse: position and visit are each other's mirror image.
            let from = match direction.position(at, len) {
                0 => &start[row * width..],
                visit => &states[(row * longest + direction.position(visit - 1, len)) * width..],
            };
            before.copy_from_slice(&from[layer * hidden..][..hidden]);
        })
    }

    /// Adds to the gradients of a layer's weights, to that of the tokens, and to that of its start.
    fn layer_backward(&self, layer: usize, tokens: &[f32], given: &Given, found: &mut Found) -> Result<()> {
        let (gru, direction) = &self.layers[layer];
        let (hidden, count) = (self.hidden(), self.lengths.total());
        let before = self.states_before(layer, given.states, given.start);
        let weight = Packed::new(Matrix::new(&elements(&gru.recurrent)?, 3 * hidden, hidden));

        // Gradients of the gate inputs and of the recurrent products: they differ in the candidate's part alone.
        let mut grad_gates = zeros(count * 3 * hidden);
        let mut grad_candidates = zeros(count * hidden);
        let mut grad_start = vec![0.0; self.lengths.batch() * hidden];
        let gates = self.lengths.split_mut(&mut grad_gates, 3 * hidden);
        let candidates = self.lengths.split_mut(&mut grad_candidates, hidden);
        let parts = gates.into_iter().zip(candidates).zip(grad_start.chunks_mut(hidden));
        deal(self.sentences(parts), rayon::current_num_threads()).into_par_iter().for_each(|sentences| {
            simd::arch().dispatch(Backward {
                direction: *direction,
                sentences,
                saved: &given.saved[layer],
                before: &before,
                grad: &given.grad[layer * hidden..],
                grad_stride: self.layers.len() * hidden,
                longest: self.lengths.longest(),
                weight: &weight,
                hidden,
            });
        });

        let (before, size) = (Matrix::new(&before, count, hidden), tokens.len() / count);
        let all_gates = Matrix::new(&grad_gates, count, 3 * hidden);
        add_to(&gru.recurrent, |gradient, accumulate| {
            let (of_reset_and_update, of_candidate) = gradient.split_at_mut(2 * hidden * hidden);
            let reset_and_update = Matrix::strided(&grad_gates, count, 2 * hidden, 3 * hidden);
            matmul(of_reset_and_update, reset_and_update.transposed(), before, accumulate);
            matmul(of_candidate, Matrix::new(&grad_candidates, count, hidden).transposed(), before, accumulate);
        })?;
        add_to(&gru.input, |gradient, accumulate| {
            matmul(gradient, all_gates.transposed(), Matrix::new(tokens, count, size), accumulate);
        })?;
        add_column_sums(&gru.bias, &grad_gates, 3 * hidden)?;
        add_column_sums(&gru.candidate_bias, &grad_candidates, hidden)?;
        if !found.tokens.is_empty() {
            matmul(&mut found.tokens, all_gates, Matrix::new(&elements(&gru.input)?, 3 * hidden, size), layer > 0);
        }
        let width = self.layers.len() * hidden;
        for (all, own) in found.start.chunks_mut(width).zip(grad_start.chunks(hidden)) {
            all[layer * hidden..][..hidden].copy_from_slice(own);
        }
        Ok(())
    }
}

/// What a backward pass is given.
struct Given<'a> {
    states: &'a [f32],
    start: &'a [f32],
    grad: &'a [f32],
    saved: &'a [Vec<f32>],
}

/// What it finds: gradients of the tokens, where they are asked for, and of the starting states.
struct Found {
    tokens: Vec<f32>,
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
        let further = if l2.shape().rank() == 0 { &[] } else { slice(s2, l2)? };
        let size = self.check(l1, further, l3)?;
        let (hidden, count, longest) = (self.hidden(), self.lengths.total(), self.lengths.longest());
        let tokens = self.tokens(x, further);
        let tokens = Matrix::new(&tokens, count, size);
        let mut prepared = Vec::with_capacity(self.layers.len());
        for (gru, _) in &self.layers {
            // One product for all tokens: only the recurrent one must wait for the state.
            let gates = new_matmul(tokens, Matrix::new(&elements(&gru.input)?, 3 * hidden, size).transposed());
            let recurrent = elements(&gru.recurrent)?;
            let gate = |weight| Packed::new(Matrix::new(weight, hidden, hidden).transposed());
            let weights: Vec<Packed> = recurrent.par_chunks(hidden * hidden).map(gate).collect();
            prepared.push((gates, weights, elements(&gru.bias)?, elements(&gru.candidate_bias)?));
        }
        let of_layers = |size: usize| -> Vec<Vec<f32>> { self.layers.iter().map(|_| zeros(size)).collect() };
        let mut states = of_layers(self.lengths.batch() * longest * hidden);
        let mut saved = of_layers(if self.keeps { count * 4 * hidden } else { 0 });
        let mut tasks = Vec::new();
        for (layer, ((states, saved), (gates, weights, bias, candidate_bias))) in
            states.iter_mut().zip(&mut saved).zip(&prepared).enumerate()
        {
            let kept = self.lengths.split_mut(saved, 4 * hidden).into_iter().map(Some);
            let kept = kept.chain(std::iter::repeat_with(|| None));
            let sentences = self.sentences(states.chunks_mut(longest * hidden).zip(kept));
            let direction = self.layers[layer].1;
            tasks.extend(deal(sentences, self.tasks()).into_iter().map(|sentences| Forward {
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
        Ok((CpuStorage::F32(self.interleaved(states)), shape.into()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        further: &Tensor,
        start: &Tensor,
        states: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let Some(saved) = self.saved.get() else { bail!("gru-sequences: backward before forward") };
        let grad = grad.contiguous()?;
        let has_further = further.rank() > 0;
        let further_elements = if has_further { Some(elements(further)?) } else { None };
        let tokens = self.tokens(&elements(x)?, further_elements.as_deref().unwrap_or(&[]));
        let (states, grad, start_elements) = (elements(states)?, elements(&grad)?, elements(start)?);
        let given = Given { states: &states, start: &start_elements, grad: &grad, saved };
        let wants_tokens = x.track_op() || further.track_op();
        let mut found = Found {
            tokens: zeros(if wants_tokens { tokens.len() } else { 0 }),
            start: vec![0.0; start_elements.len()],
        };
        for layer in 0..self.layers.len() {
            self.layer_backward(layer, &tokens, &given, &mut found)?;
        }
        let of_x = self.part_of(&found.tokens, x, 0)?;
        let of_further = if has_further { self.part_of(&found.tokens, further, x.dim(2)?)? } else { None };
        Ok((of_x, of_further, Some(Tensor::from_vec(found.start, start.shape(), start.device())?)))
    }
}
