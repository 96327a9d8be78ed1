//! One time step of a gated recurrent unit, forward and backward.

use crate::simd::{self, LANES};

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

pub(super) struct CellBackward<'a> {
    pub saved: &'a [f32],
    pub before: &'a [f32],
    pub grad: &'a [f32],
}

impl CellBackward<'_> {
    /// `carried` comes in as the gradient that later steps give this state, and leaves as what this step gives the
    /// state before it, save for the part through the recurrent product.
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
