//! The time steps of a recurrent sequence, forward and backward.
//!
//! Sentences do not wait for each other: the batch is dealt to as many tasks as there are threads, and each goes through
//! all time steps of its sentences on its own, with the recurrent weight laid out once for all of them. Within a task
//! the longest sentence comes first, so that those that have not ended yet are always the first rows, and padding is
//! never computed.

use crate::gru::Direction;
use crate::packed::{Packed, times_panel};
use crate::simd::{self, LANES};
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

/// One sentence's step in some units: gate inputs, their biases and recurrent products of r, z, n, to the next state.
#[inline(always)]
pub(crate) fn cell(
    gates: [&[f32]; 3],
    biases: [&[f32]; 3],
    products: [&[f32]; 3],
    candidate_bias: &[f32],
    state: &[f32],
    next: &mut [f32],
    [kept_r, kept_z, kept_n, kept_q]: [&mut [f32]; 4],
) {
    let mut at = 0;
    while at < next.len() {
        let [gate_r, gate_z, gate_n] = [load(gates[0], at), load(gates[1], at), load(gates[2], at)];
        let [bias_r, bias_z, bias_n] = [load(biases[0], at), load(biases[1], at), load(biases[2], at)];
        let [product_r, product_z, product_n] = [load(products[0], at), load(products[1], at), load(products[2], at)];
        let (candidate_bias, state) = (load(candidate_bias, at), load(state, at));
        // Blocks, and results in arrays of their own: among so many slices the compiler cannot tell that none of those
        // written is one of those read, and would go through them one by one.
        let [mut r, mut z, mut n, mut q, mut h] = [[0f32; LANES]; 5];
        for i in 0..LANES {
            r[i] = simd::sigmoid(gate_r[i] + bias_r[i] + product_r[i]);
            z[i] = simd::sigmoid(gate_z[i] + bias_z[i] + product_z[i]);
            q[i] = product_n[i] + candidate_bias[i];
            n[i] = simd::tanh(gate_n[i] + bias_n[i] + r[i] * q[i]);
            h[i] = n[i] + z[i] * (state[i] - n[i]);
        }
        store(kept_r, at, r);
        store(kept_z, at, z);
        store(kept_n, at, n);
        store(kept_q, at, q);
        store(next, at, h);
        at += LANES;
    }
}

/// A block of elements, filled up with zeros behind the last.
#[inline(always)]
fn load(x: &[f32], at: usize) -> [f32; LANES] {
    if let Some(block) = x[at..].first_chunk() {
        return *block;
    }
    let mut block = [0.0; LANES];
    block[..x.len() - at].copy_from_slice(&x[at..]);
    block
}

/// Writes a block, but nothing behind the last element.
#[inline(always)]
fn store(x: &mut [f32], at: usize, block: [f32; LANES]) {
    match x[at..].first_chunk_mut() {
        Some(whole) => *whole = block,
        None => {
            let rest = x.len() - at;
            x[at..].copy_from_slice(&block[..rest]);
        }
    }
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

struct CellBackward<'a> {
    saved: &'a [f32],
    before: &'a [f32],
    grad: &'a [f32],
}

impl CellBackward<'_> {
    /// `carried` comes in as the gradient that later steps give this state, and leaves as what this step gives the
    /// state before it, save for the part through the recurrent product.
    #[inline(always)]
    fn run(&self, carried: &mut [f32], grad_gates: &mut [f32], grad_products: &mut [f32]) {
        let hidden = carried.len();
        let (saved_r, rest) = self.saved.split_at(hidden);
        let (saved_z, rest) = rest.split_at(hidden);
        let (saved_n, saved_q) = rest.split_at(hidden);
        let (gate_r, rest) = grad_gates.split_at_mut(hidden);
        let (gate_z, gate_n) = rest.split_at_mut(hidden);
        let (product_r, rest) = grad_products.split_at_mut(hidden);
        let (product_z, product_n) = rest.split_at_mut(hidden);
        let mut at = 0;
        while at < hidden {
            let [r, z, n, q] = [load(saved_r, at), load(saved_z, at), load(saved_n, at), load(saved_q, at)];
            let [before, grad, carry] = [load(self.before, at), load(self.grad, at), load(carried, at)];
            let [mut dr, mut dz, mut dn, mut dq, mut dh] = [[0f32; LANES]; 5];
            for i in 0..LANES {
                let h = carry[i] + grad[i];
                dn[i] = h * (1.0 - z[i]) * (1.0 - n[i] * n[i]);
                dz[i] = h * (before[i] - n[i]) * z[i] * (1.0 - z[i]);
                dr[i] = dn[i] * q[i] * r[i] * (1.0 - r[i]);
                dq[i] = dn[i] * r[i];
                dh[i] = h * z[i];
            }
            store(gate_r, at, dr);
            store(gate_z, at, dz);
            store(gate_n, at, dn);
            store(product_r, at, dr);
            store(product_z, at, dz);
            store(product_n, at, dq);
            store(carried, at, dh);
            at += LANES;
        }
    }
}
