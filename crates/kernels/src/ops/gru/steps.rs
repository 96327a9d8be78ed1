//! The time steps of a recurrent sequence, forward and backward.
//!
//! The sentences of a batch are distributed over one task per thread. Each task computes all time steps of its
//! sentences without waiting for other tasks; the packed recurrent weight is shared. Within a task the longest sentence
//! is first, so that the unfinished sentences are always the first rows and padding is never computed.

use super::Direction;
use super::cell::{CellBackward, cell};
use crate::cpu::packed::{Packed, times_panel};
use crate::simd;
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// A sentence of the batch, with its part of each result.
pub(super) struct Sentence<T> {
    /// Its row in the batch.
    pub row: usize,
    /// Index of its first token among the N tokens of the batch.
    pub offset: usize,
    pub len: usize,
    pub part: T,
}

/// Distributes the sentences over a number of tasks, each sorted by length with the longest first.
pub(super) fn distribute<T>(mut sentences: Vec<Sentence<T>>, tasks: usize) -> Vec<Vec<Sentence<T>>> {
    sentences.sort_by_key(|sentence| std::cmp::Reverse(sentence.len));
    let count = tasks.clamp(1, sentences.len().max(1));
    let mut tasks: Vec<Vec<Sentence<T>>> = (0..count).map(|_| Vec::new()).collect();
    for (index, sentence) in sentences.into_iter().enumerate() {
        tasks[index % count].push(sentence);
    }
    tasks
}

/// Returns the number of sentences, sorted with the longest first, that have a token at time step `visit`.
fn unfinished<T>(sentences: &[Sentence<T>], visit: usize) -> usize {
    sentences.partition_point(|sentence| sentence.len > visit)
}

/// Results of a sentence of length L: its states `[L, H]` and, if a backward pass follows, r, z, n and Un h + cn
/// `[L, 4·H]`.
pub(super) type SentenceResults<'a> = (&'a mut [f32], Option<&'a mut [f32]>);

/// The forward pass: all time steps of some sentences.
pub(super) struct Forward<'a> {
    pub direction: Direction,
    pub sentences: Vec<Sentence<SentenceResults<'a>>>,
    /// Gate inputs W x without the bias, `[N, 3·H]`.
    pub gates: &'a [f32],
    /// Recurrent weights `[H, H]` of r, z and n.
    pub weights: &'a [Packed],
    /// Biases of r, z and n, `[3·H]`.
    pub bias: &'a [f32],
    /// cn, `[H]`.
    pub candidate_bias: &'a [f32],
    /// Starting states `[B, H]`, with rows `start_stride` elements apart.
    pub start: &'a [f32],
    pub start_stride: usize,
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let hidden = self.candidate_bias.len();
        let (panels, width) = (hidden.div_ceil(self.weights[0].width), self.weights[0].width);
        let mut state: Vec<f32> = Vec::with_capacity(self.sentences.len() * hidden);
        for sentence in &self.sentences {
            state.extend_from_slice(&self.start[sentence.row * self.start_stride..][..hidden]);
        }
        let mut next = state.clone();
        let mut products = vec![0.0; 3 * self.sentences.len() * width];
        let mut scratch = vec![0.0; 4 * hidden];
        for visit in 0..self.sentences.first().map_or(0, |longest| longest.len) {
            let rows = unfinished(&self.sentences, visit);
            let (product_r, rest) = products.split_at_mut(rows * width);
            let (product_z, rest) = rest.split_at_mut(rows * width);
            let product_n = &mut rest[..rows * width];
            for panel in 0..panels {
                let state = &state[..rows * hidden];
                times_panel(simd, state, hidden, self.weights[0].panel(panel), product_r, width, false);
                times_panel(simd, state, hidden, self.weights[1].panel(panel), product_z, width, false);
                times_panel(simd, state, hidden, self.weights[2].panel(panel), product_n, width, false);
                let columns = self.weights[0].columns(panel);
                for (row, sentence) in self.sentences[..rows].iter_mut().enumerate() {
                    let at = self.direction.position(visit, sentence.len);
                    let gates = &self.gates[(sentence.offset + at) * 3 * hidden..][..3 * hidden];
                    let gate_columns = |gate: usize| gate * hidden + columns.start..gate * hidden + columns.end;
                    let (states, saved) = &mut sentence.part;
                    let saved = saved.as_mut().map_or(&mut scratch[..], |saved| &mut saved[at * 4 * hidden..]);
                    let real = row * width..row * width + columns.len();
                    let next = &mut next[row * hidden..][columns.clone()];
                    cell(
                        [0, 1, 2].map(|gate| &gates[gate_columns(gate)]),
                        [0, 1, 2].map(|gate| &self.bias[gate_columns(gate)]),
                        [&product_r[real.clone()], &product_z[real.clone()], &product_n[real]],
                        &self.candidate_bias[columns.clone()],
                        &state[row * hidden..][columns.clone()],
                        next,
                        saved_columns(saved, hidden, columns.clone()),
                    );
                    states[at * hidden..][columns.clone()].copy_from_slice(next);
                }
            }
            std::mem::swap(&mut state, &mut next);
        }
    }
}

/// Returns some columns of each of the four rows r, z, n and Un h + cn of `saved` `[4, H]`.
#[inline(always)]
fn saved_columns(saved: &mut [f32], hidden: usize, columns: Range<usize>) -> [&mut [f32]; 4] {
    let (r, rest) = saved.split_at_mut(hidden);
    let (z, rest) = rest.split_at_mut(hidden);
    let (n, q) = rest.split_at_mut(hidden);
    [&mut r[columns.clone()], &mut z[columns.clone()], &mut n[columns.clone()], &mut q[columns]]
}

/// Gradients of a sentence of length L: of its gate inputs `[L, 3·H]`, of Un h `[L, H]` and of its starting state
/// `[H]`.
pub(super) type SentenceGradients<'a> = ((&'a mut [f32], &'a mut [f32]), &'a mut [f32]);

/// The backward pass: all time steps of some sentences, the last step first.
pub(super) struct Backward<'a> {
    pub direction: Direction,
    pub sentences: Vec<Sentence<SentenceGradients<'a>>>,
    /// r, z, n and Un h + cn of the forward pass, `[N, 4·H]`.
    pub saved: &'a [f32],
    /// State before each token, `[N, H]`.
    pub before: &'a [f32],
    /// Gradient of the states `[B, L, H]`, with positions `grad_stride` elements apart.
    pub grad: &'a [f32],
    pub grad_stride: usize,
    /// L, the length of the longest sentence.
    pub longest: usize,
    /// Recurrent weight `[3·H, H]`.
    pub weight: &'a Packed,
    pub hidden: usize,
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let (hidden, width) = (self.hidden, self.weight.width);
        let mut grad_products = vec![0.0; self.sentences.len() * 3 * hidden];
        let panels = hidden.div_ceil(width);
        let mut part = vec![0.0; self.sentences.len() * width];
        for visit in (0..self.sentences.first().map_or(0, |longest| longest.len)).rev() {
            let rows = unfinished(&self.sentences, visit);
            for (sentence, grad_products) in self.sentences[..rows].iter_mut().zip(grad_products.chunks_mut(3 * hidden))
            {
                let at = self.direction.position(visit, sentence.len);
                let token = sentence.offset + at;
                let ((grad_gates, grad_candidates), carried) = &mut sentence.part;
                let step = CellBackward {
                    saved: &self.saved[token * 4 * hidden..][..4 * hidden],
                    before: &self.before[token * hidden..][..hidden],
                    grad: &self.grad[(sentence.row * self.longest + at) * self.grad_stride..][..hidden],
                };
                step.run(carried, &mut grad_gates[at * 3 * hidden..][..3 * hidden], grad_products);
                grad_candidates[at * hidden..][..hidden].copy_from_slice(&grad_products[2 * hidden..]);
            }
            for panel in 0..panels {
                let part = &mut part[..rows * width];
                let grad_products = &grad_products[..rows * 3 * hidden];
                times_panel(simd, grad_products, 3 * hidden, self.weight.panel(panel), part, width, false);
                let columns = self.weight.columns(panel);
                for (sentence, part) in self.sentences[..rows].iter_mut().zip(part.chunks(width)) {
                    simd::add_scaled(&mut sentence.part.1[columns.clone()], 1.0, part);
                }
            }
        }
    }
}
