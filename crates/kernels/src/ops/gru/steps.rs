//! The time steps of a recurrent sequence, forward and backward.
//!
//! Sentences do not wait for each other: the batch is dealt to as many tasks as there are threads, and each goes through
//! all time steps of its sentences on its own, with the recurrent weight laid out once for all of them. Within a task
//! the longest sentence comes first, so that those that have not ended yet are always the first rows, and padding is
//! never computed.

use super::Direction;
use super::cell::{CellBackward, cell};
use crate::cpu::packed::{Packed, times_panel};
use crate::simd;
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// A sentence of the batch, and the part of each result that belongs to it.
pub(crate) struct Sentence<T> {
    /// Its row in the batch.
    pub row: usize,
    /// Where its tokens begin among those of all sentences, one behind the other.
    pub offset: usize,
    pub len: usize,
    pub part: T,
}

/// The sentences, longest first, dealt to so many tasks.
pub(crate) fn deal<T>(mut sentences: Vec<Sentence<T>>, tasks: usize) -> Vec<Vec<Sentence<T>>> {
    sentences.sort_by_key(|sentence| std::cmp::Reverse(sentence.len));
    let count = tasks.clamp(1, sentences.len().max(1));
    let mut tasks: Vec<Vec<Sentence<T>>> = (0..count).map(|_| Vec::new()).collect();
    for (index, sentence) in sentences.into_iter().enumerate() {
        tasks[index % count].push(sentence);
    }
    tasks
}

/// How many of the sentences, longest first, have a token for the given visit.
fn going<T>(sentences: &[Sentence<T>], visit: usize) -> usize {
    sentences.partition_point(|sentence| sentence.len > visit)
}

/// Results that belong to a sentence: its states `[len, hidden]` and, where they are kept, r, z, n and Un h + cn,
/// `[len, 4·hidden]`.
pub(crate) type Results<'a> = (&'a mut [f32], Option<&'a mut [f32]>);

/// All time steps of some sentences.
pub(crate) struct Forward<'a> {
    pub direction: Direction,
    pub sentences: Vec<Sentence<Results<'a>>>,
    /// Gate inputs `[tokens, 3·hidden]`, without the bias.
    pub gates: &'a [f32],
    /// One matrix a gate, `[hidden, hidden]`.
    pub weights: &'a [Packed],
    /// Of r, z and n, `[3·hidden]`.
    pub bias: &'a [f32],
    /// cn, `[hidden]`.
    pub candidate_bias: &'a [f32],
    /// The starting state of every row, `hidden` elements each `start_stride` behind the one before.
    pub start: &'a [f32],
    pub start_stride: usize,
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let hidden = self.candidate_bias.len();
        let (panels, width) = (hidden.div_ceil(self.weights[0].width()), self.weights[0].width());
        let mut state: Vec<f32> = Vec::with_capacity(self.sentences.len() * hidden);
        for sentence in &self.sentences {
            state.extend_from_slice(&self.start[sentence.row * self.start_stride..][..hidden]);
        }
        let mut next = state.clone();
        let mut products = vec![0.0; 3 * self.sentences.len() * width];
        let mut unkept = vec![0.0; 4 * hidden];
        for visit in 0..self.sentences.first().map_or(0, |longest| longest.len) {
            let rows = going(&self.sentences, visit);
            let (of_r, rest) = products.split_at_mut(rows * width);
            let (of_z, rest) = rest.split_at_mut(rows * width);
            let of_n = &mut rest[..rows * width];
            for panel in 0..panels {
                let state = &state[..rows * hidden];
                times_panel(simd, state, hidden, self.weights[0].panel(panel), of_r, width, false);
                times_panel(simd, state, hidden, self.weights[1].panel(panel), of_z, width, false);
                times_panel(simd, state, hidden, self.weights[2].panel(panel), of_n, width, false);
                let columns = self.weights[0].columns(panel);
                for (row, sentence) in self.sentences[..rows].iter_mut().enumerate() {
                    let at = self.direction.position(visit, sentence.len);
                    let gates = &self.gates[(sentence.offset + at) * 3 * hidden..][..3 * hidden];
                    let of_gate = |gate: usize| gate * hidden + columns.start..gate * hidden + columns.end;
                    let (states, saved) = &mut sentence.part;
                    let saved = saved.as_mut().map_or(&mut unkept[..], |saved| &mut saved[at * 4 * hidden..]);
                    let real = row * width..row * width + columns.len();
                    let next = &mut next[row * hidden..][columns.clone()];
                    cell(
                        [0, 1, 2].map(|gate| &gates[of_gate(gate)]),
                        [0, 1, 2].map(|gate| &self.bias[of_gate(gate)]),
                        [&of_r[real.clone()], &of_z[real.clone()], &of_n[real]],
                        &self.candidate_bias[columns.clone()],
                        &state[row * hidden..][columns.clone()],
                        next,
                        kept(saved, hidden, columns.clone()),
                    );
                    states[at * hidden..][columns.clone()].copy_from_slice(next);
                }
            }
            std::mem::swap(&mut state, &mut next);
        }
    }
}

/// Some columns of the four rows r, z, n, Un h + cn.
#[inline(always)]
fn kept(saved: &mut [f32], hidden: usize, columns: Range<usize>) -> [&mut [f32]; 4] {
    let (r, rest) = saved.split_at_mut(hidden);
    let (z, rest) = rest.split_at_mut(hidden);
    let (n, q) = rest.split_at_mut(hidden);
    [&mut r[columns.clone()], &mut z[columns.clone()], &mut n[columns.clone()], &mut q[columns]]
}

/// Gradients that belong to a sentence: of its gate inputs `[len, 3·hidden]`, of Un h `[len, hidden]`, of its start.
pub(crate) type Gradients<'a> = ((&'a mut [f32], &'a mut [f32]), &'a mut [f32]);

/// All time steps of some sentences, last first.
pub(crate) struct Backward<'a> {
    pub direction: Direction,
    pub sentences: Vec<Sentence<Gradients<'a>>>,
    /// `[tokens, 4·hidden]`.
    pub saved: &'a [f32],
    /// The state that each token was reached from, `[tokens, hidden]`.
    pub before: &'a [f32],
    /// Gradient of the states of the padded batch, `hidden` elements each `grad_stride` behind the one before.
    pub grad: &'a [f32],
    pub grad_stride: usize,
    /// Tokens of the longest sentence, padding of the others.
    pub longest: usize,
    /// `[3·hidden, hidden]`.
    pub weight: &'a Packed,
    pub hidden: usize,
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let (hidden, width) = (self.hidden, self.weight.width());
        let mut grad_products = vec![0.0; self.sentences.len() * 3 * hidden];
        let panels = hidden.div_ceil(width);
        let mut part = vec![0.0; self.sentences.len() * width];
        for visit in (0..self.sentences.first().map_or(0, |longest| longest.len)).rev() {
            let rows = going(&self.sentences, visit);
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
