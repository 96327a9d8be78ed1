//! One time step of a gated recurrent unit, forward and backward.

use crate::simd::{self, LANES};

/// Computes one time step of one row, for some units `[U]` of the state. All slices are `[U]`: for each of r, z and n
/// the gate inputs W x, their biases and the recurrent products U h; the candidate bias cn; the state; the next state.
/// The last four receive r, z, n and Un h + cn, which the backward pass uses.
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
        // Blocks with separate result arrays: the compiler cannot prove that the slices do not overlap, and would not
        // vectorise a loop that writes to them directly.
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

/// Loads a block of `x` `[U]` from `at` on, padded with zeros.
#[inline(always)]
fn load(x: &[f32], at: usize) -> [f32; LANES] {
    if let Some(block) = x[at..].first_chunk() {
        return *block;
    }
    let mut block = [0.0; LANES];
    block[..x.len() - at].copy_from_slice(&x[at..]);
    block
}

/// Stores a block to `x` `[U]` from `at` on, without its padding.
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

/// Arguments of the backward pass of one time step of one row.
pub(super) struct CellBackward<'a> {
    /// r, z, n and Un h + cn of the forward pass, `[4·H]`.
    pub saved: &'a [f32],
    /// State before the step, `[H]`.
    pub before: &'a [f32],
    /// Gradient of the state after the step, from the layers above, `[H]`.
    pub grad: &'a [f32],
}

impl CellBackward<'_> {
    /// Computes the gradients `grad_gates` `[3·H]` of the gate inputs and `grad_products` `[3·H]` of the recurrent
    /// products. On entry `carried` `[H]` is the gradient of the state after the step, from later steps. On return it
    /// is the gradient of the state before the step, without the part through the recurrent product.
    #[inline(always)]
    pub fn run(&self, carried: &mut [f32], grad_gates: &mut [f32], grad_products: &mut [f32]) {
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
