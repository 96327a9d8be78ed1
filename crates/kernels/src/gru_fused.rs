//! The recurrent sequence as one operation, forward and backward.

use crate::gru::Direction;
use crate::product::{Matrix, product};
use crate::storage::{elements, slice};
use crate::{Lengths, simd};
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;
use std::sync::OnceLock;

/// Rows of a batch that one task takes: below this the hand-over costs more than the work.
const ROWS_PER_TASK: usize = 8;

/// Arguments: gate inputs `[batch, len, 3·hidden]`, recurrent weight `[3·hidden, hidden]`, and the candidate's bias
/// above the starting states, `[1 + batch, hidden]`. Result: states `[batch, len, hidden]`.
pub(crate) struct GruSequence {
    lengths: Lengths,
    direction: Direction,
    /// What the backward pass needs of the forward pass: r, z, n and Un h + cn, `[batch, len, 4·hidden]`. Kept
    /// rather than recomputed: recomputing would repeat the recurrent products, a third of the forward pass.
    saved: OnceLock<Vec<f32>>,
    keeps: bool,
}

impl GruSequence {
    pub fn new(lengths: &Lengths, direction: Direction) -> Self {
        Self { lengths: lengths.clone(), direction, saved: OnceLock::new(), keeps: true }
    }

    /// Where no gradient will be asked for: nothing is saved.
    pub fn without_backward(lengths: &Lengths, direction: Direction) -> Self {
        Self { keeps: false, ..Self::new(lengths, direction) }
    }

    fn is_real(&self, row: usize, at: usize) -> bool {
        at < self.lengths.as_slice()[row]
    }

    /// The state that each position was reached from, `[batch, len, hidden]`, zero on padding.
    fn states_before(&self, states: &[f32], start: &[f32], len: usize, hidden: usize) -> Vec<f32> {
        let mut before = vec![0.0; states.len()];
        for (row, &real) in self.lengths.as_slice().iter().enumerate() {
            for visit in 0..real {
                let at = self.direction.position(visit, real);
                let from = match visit {
                    0 => &start[row * hidden..][..hidden],
                    _ => &states[(row * len + self.direction.position(visit - 1, real)) * hidden..][..hidden],
                };
                before[(row * len + at) * hidden..][..hidden].copy_from_slice(from);
            }
        }
        before
    }
}

impl CustomOp3 for GruSequence {
    fn name(&self) -> &'static str {
        "gru-sequence"
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
        let (gates, weight, bias_and_start) = (slice(s1, l1)?, slice(s2, l2)?, slice(s3, l3)?);
        let (batch, len, width) = l1.shape().dims3()?;
        let hidden = width / 3;
        if batch != self.lengths.batch() || len != self.lengths.longest() || l3.shape().dims2()? != (1 + batch, hidden)
        {
            bail!("gru-sequence: gates {:?} with lengths {:?} and start {:?}", l1.shape(), self.lengths, l3.shape());
        }
        let (bias, start) = bias_and_start.split_at(hidden);
        let mut state = start.to_vec();
        let mut products = vec![0.0; batch * width];
        let mut states = vec![0.0; batch * len * hidden];
        // Without a backward pass every step writes over the one before.
        let kept = if self.keeps { len } else { 1 };
        let mut saved = vec![0.0; batch * kept * 4 * hidden];
        for visit in 0..len {
            let at = self.direction.position(visit, len);
            let recurrent = Matrix::new(weight, width, hidden).transposed();
            product(&mut products, Matrix::new(&state, batch, hidden), recurrent, false);
            state
                .par_chunks_mut(hidden)
                .zip(states.par_chunks_mut(len * hidden))
                .zip(saved.par_chunks_mut(kept * 4 * hidden))
                .zip(products.par_chunks(width))
                .zip(gates.par_chunks(len * width))
                .enumerate()
                .with_min_len(ROWS_PER_TASK)
                .filter(|(row, _)| self.is_real(*row, at))
                .for_each(|(_, ((((state, states), saved), products), gates))| {
                    let saved = &mut saved[at.min(kept - 1) * 4 * hidden..][..4 * hidden];
                    simd::widest(|| cell(&gates[at * width..][..width], products, bias, state, saved));
                    states[at * hidden..][..hidden].copy_from_slice(state);
                });
        }
        if self.keeps {
            let _ = self.saved.set(saved);
        }
        Ok((CpuStorage::F32(states), (batch, len, hidden).into()))
    }

    fn bwd(
        &self,
        gates: &Tensor,
        weight: &Tensor,
        bias_and_start: &Tensor,
        states: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let (batch, len, width) = gates.dims3()?;
        let hidden = width / 3;
        let Some(saved) = self.saved.get() else { bail!("gru-sequence: backward before forward") };
        let (weight_elements, start) = (elements(weight)?, elements(bias_and_start)?);
        let (states, grad) = (elements(states)?, elements(grad)?);
        let before = self.states_before(&states, &start[hidden..], len, hidden);

        // Gradients of the gate inputs and of the recurrent products: they differ in the candidate's part alone.
        let mut grad_gates = vec![0.0; batch * len * width];
        let mut grad_products = vec![0.0; batch * len * width];
        let mut carried = vec![0.0; batch * hidden];
        for visit in (0..len).rev() {
            let at = self.direction.position(visit, len);
            grad_gates
                .par_chunks_mut(len * width)
                .zip(grad_products.par_chunks_mut(len * width))
                .zip(carried.par_chunks_mut(hidden))
                .enumerate()
                .with_min_len(ROWS_PER_TASK)
                .filter(|(row, _)| self.is_real(*row, at))
                .for_each(|(row, ((grad_gates, grad_products), carried))| {
                    let place = row * len + at;
                    let step = CellBackward {
                        saved: &saved[place * 4 * hidden..][..4 * hidden],
                        before: &before[place * hidden..][..hidden],
                        grad: &grad[place * hidden..][..hidden],
                    };
                    let range = at * width..(at + 1) * width;
                    simd::widest(|| step.run(carried, &mut grad_gates[range.clone()], &mut grad_products[range]));
                });
            let here = Matrix::strided(&grad_products[at * width..], batch, width, len * width);
            product(&mut carried, here, Matrix::new(&weight_elements, width, hidden), true);
        }

        let mut grad_weight = vec![0.0; width * hidden];
        let products = Matrix::new(&grad_products, batch * len, width);
        product(&mut grad_weight, products.transposed(), Matrix::new(&before, batch * len, hidden), false);
        let mut grad_bias_and_start = vec![0.0; hidden];
        for row in grad_products.chunks(width) {
            simd::widest(|| simd::add_scaled(&mut grad_bias_and_start, 1.0, &row[2 * hidden..]));
        }
        grad_bias_and_start.extend_from_slice(&carried);

        let device = gates.device();
        Ok((
            Some(Tensor::from_vec(grad_gates, (batch, len, width), device)?),
            Some(Tensor::from_vec(grad_weight, (width, hidden), device)?),
            Some(Tensor::from_vec(grad_bias_and_start, (1 + batch, hidden), device)?),
        ))
    }
}

/// One sentence's step: the state is overwritten by the next, and r, z, n, Un h + cn are kept in `saved`.
#[inline(always)]
fn cell(gates: &[f32], products: &[f32], bias: &[f32], state: &mut [f32], saved: &mut [f32]) {
    let hidden = state.len();
    let (gate_r, gate_z, gate_n) = thirds(gates, hidden);
    let (product_r, product_z, product_n) = thirds(products, hidden);
    let (saved_r, rest) = saved.split_at_mut(hidden);
    let (saved_z, rest) = rest.split_at_mut(hidden);
    let (saved_n, saved_q) = rest.split_at_mut(hidden);
    let (bias, saved_q) = (&bias[..hidden], &mut saved_q[..hidden]);
    for i in 0..hidden {
        let r = simd::sigmoid(gate_r[i] + product_r[i]);
        let z = simd::sigmoid(gate_z[i] + product_z[i]);
        let q = product_n[i] + bias[i];
        let n = simd::tanh(gate_n[i] + r * q);
        state[i] = n + z * (state[i] - n);
        (saved_r[i], saved_z[i], saved_n[i], saved_q[i]) = (r, z, n, q);
    }
}

#[inline(always)]
fn thirds(x: &[f32], hidden: usize) -> (&[f32], &[f32], &[f32]) {
    let (r, rest) = x.split_at(hidden);
    let (z, n) = rest.split_at(hidden);
    (r, z, &n[..hidden])
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
        let (r, z, rest) = thirds(&self.saved[..3 * hidden], hidden);
        let (n, q) = (rest, &self.saved[3 * hidden..][..hidden]);
        let (before, grad) = (&self.before[..hidden], &self.grad[..hidden]);
        let (gate_r, rest) = grad_gates.split_at_mut(hidden);
        let (gate_z, gate_n) = rest.split_at_mut(hidden);
        let (product_r, rest) = grad_products.split_at_mut(hidden);
        let (product_z, product_n) = rest.split_at_mut(hidden);
        let (gate_n, product_n) = (&mut gate_n[..hidden], &mut product_n[..hidden]);
        for i in 0..hidden {
            let dh = carried[i] + grad[i];
            let dn = dh * (1.0 - z[i]) * (1.0 - n[i] * n[i]);
            let dz = dh * (before[i] - n[i]) * z[i] * (1.0 - z[i]);
            let dr = dn * q[i] * r[i] * (1.0 - r[i]);
            (gate_r[i], gate_z[i], gate_n[i]) = (dr, dz, dn);
            (product_r[i], product_z[i], product_n[i]) = (dr, dz, dn * r[i]);
            carried[i] = dh * z[i];
        }
    }
}
