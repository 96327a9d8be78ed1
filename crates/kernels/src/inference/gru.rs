//! The gated recurrent unit for search.

use super::panels::{Panels, forward};
use super::weight::{Rows, Weight};
use crate::cpu::storage::elements;
use crate::ops::gru::cell::cell;
use crate::{Gru, Precision};
use candle_core::Result;
use pulp::Simd;
use rayon::prelude::*;
use std::ops::Range;

/// A [`Gru`] with packed weights, for search.
#[derive(Debug)]
pub struct PreparedGru {
    /// Weights `[size_in, H]` of r, z and n.
    input: Vec<Weight>,
    /// Weights `[H, H]` of r, z and n.
    recurrent: Vec<Weight>,
    /// Biases of r, z and n, `[3·H]`.
    bias: Vec<f32>,
    /// cn, `[H]`.
    candidate_bias: Vec<f32>,
}

impl PreparedGru {
    /// Packs the current weights of a layer.
    ///
    /// # Errors
    /// If the weights are not `f32` on the CPU, or too long for 8 bits.
    pub fn new(gru: &Gru, precision: Precision) -> Result<Self> {
        let gates = |weight: &candle_core::Tensor| -> Result<Vec<Weight>> {
            let (hidden, size_in) = (gru.hidden(), weight.dim(1)?);
            let weight = elements(weight)?;
            weight.par_chunks(hidden * size_in).map(|gate| Weight::new(gate, hidden, size_in, precision)).collect()
        };
        Ok(Self {
            input: gates(&gru.input)?,
            recurrent: gates(&gru.recurrent)?,
            bias: elements(&gru.bias)?.to_vec(),
            candidate_bias: elements(&gru.candidate_bias)?.to_vec(),
        })
    }

    /// Computes one time step: returns the next states `[R, H]` for inputs `x` `[R, size_in]` and states `[R, H]`.
    pub fn step(&self, x: &[f32], state: &[f32]) -> Vec<f32> {
        let rows = GruRows { layer: self, x: self.input[0].rows(x), h: self.recurrent[0].rows(state), state };
        forward(&rows, state.len() / self.candidate_bias.len())
    }
}

/// A layer, its inputs `[R, size_in]` and its states `[R, H]`.
struct GruRows<'a> {
    layer: &'a PreparedGru,
    x: Rows<'a>,
    /// The states in the precision of the weights.
    h: Rows<'a>,
    /// The states in `f32`.
    state: &'a [f32],
}

impl Panels for GruRows<'_> {
    fn cols_and_width(&self) -> (usize, usize) {
        (self.layer.candidate_bias.len(), self.layer.input[0].width())
    }

    #[inline(always)]
    fn panel<S: Simd>(&self, simd: S, rows: Range<usize>, panel: usize, out: &mut [f32], stride: usize) {
        let PreparedGru { input, recurrent, bias, candidate_bias } = self.layer;
        let (hidden, width) = (candidate_bias.len(), input[0].width());
        let state = &self.state[rows.start * hidden..rows.end * hidden];
        let mut gates = vec![0.0; 4 * rows.len() * width];
        let mut scratch = vec![0.0; 4 * width];
        let [gate_r, gate_z, gate_n, product_n] = quarters(&mut gates);
        input[0].times_panel(simd, &self.x, rows.clone(), panel, gate_r, width, false);
        recurrent[0].times_panel(simd, &self.h, rows.clone(), panel, gate_r, width, true);
        input[1].times_panel(simd, &self.x, rows.clone(), panel, gate_z, width, false);
        recurrent[1].times_panel(simd, &self.h, rows.clone(), panel, gate_z, width, true);
        input[2].times_panel(simd, &self.x, rows.clone(), panel, gate_n, width, false);
        recurrent[2].times_panel(simd, &self.h, rows.clone(), panel, product_n, width, false);
        let columns = input[0].columns(panel);
        // The products of r and z with the state are already part of their gates.
        let zeros = &vec![0.0; columns.len()][..];
        for row in 0..rows.len() {
            let real = row * width..row * width + columns.len();
            cell(
                [&gate_r[real.clone()], &gate_z[real.clone()], &gate_n[real.clone()]],
                [0, 1, 2].map(|gate| &bias[gate * hidden + columns.start..gate * hidden + columns.end]),
                [zeros, zeros, &product_n[real]],
                &candidate_bias[columns.clone()],
                &state[row * hidden..][columns.clone()],
                &mut out[row * stride..][..columns.len()],
                quarters(&mut scratch),
            );
        }
    }
}

/// Splits `x` `[4, D]` into its four rows.
#[inline(always)]
fn quarters(x: &mut [f32]) -> [&mut [f32]; 4] {
    let (left, right) = x.split_at_mut(x.len() / 2);
    let (a, b) = left.split_at_mut(left.len() / 2);
    let (c, d) = right.split_at_mut(right.len() / 2);
    [a, b, c, d]
}
