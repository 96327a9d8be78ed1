//! Layers laid out for search: the same weights again and again, a few rows at a time, no gradients.
//!
//! Numbers go in and out as slices, row after row. A row's result depends on that row alone, bit for bit.

use crate::fresh::chunks;
use crate::gru_steps::cell;
use crate::packed::{Packed, times_panel};
use crate::product::Matrix;
use crate::storage::elements;
use crate::{Gru, Linear, simd};
use candle_core::Result;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;
use std::ops::Range;

/// Rows that go through all panels together: few enough to stay in the cache, many enough to pay for the weights.
const ROWS: usize = 96;

/// With at most so many rows for each thread, threads share the panels and not the rows: the weights, which take longer
/// to read than to use, are then read once.
const FEW_ROWS: usize = 12;

/// A layer whose results are computed panel by panel.
trait Panels: Sync {
    /// Columns of a row of the result, and of a panel.
    fn cols_and_width(&self) -> (usize, usize);

    /// Computes the columns of one panel for some rows of the input, to `out`, where rows are `stride` apart. The width
    /// of the last panel may exceed the columns that are left: `out` then has room for them.
    fn panel<S: Simd>(&self, simd: S, rows: Range<usize>, panel: usize, out: &mut [f32], stride: usize);
}

/// All columns for `rows` rows of input, `[rows, cols]`.
fn forward(layer: &impl Panels, rows: usize) -> Vec<f32> {
    let (cols, width) = layer.cols_and_width();
    let panels = cols.div_ceil(width);
    let threads = rayon::current_num_threads();
    if rows <= FEW_ROWS * threads {
        let mut out = vec![0.0; rows * cols];
        let mut parts = vec![0.0; panels * rows * width];
        parts.par_chunks_mut((rows * width).max(1)).enumerate().with_min_len(4).for_each(|(panel, out)| {
            simd::arch().dispatch(OnePanel { layer, rows: 0..rows, panel, out, stride: width });
        });
        for (panel, part) in parts.chunks((rows * width).max(1)).enumerate() {
            let first = panel * width;
            let real = width.min(cols - first);
            for (out, part) in out.chunks_mut(cols).zip(part.chunks(width)) {
                out[first..first + real].copy_from_slice(&part[..real]);
            }
        }
        return out;
    }
    // Tasks of one size, as many for each thread.
    let each = rows.div_ceil(rows.div_ceil(ROWS).next_multiple_of(threads));
    chunks(rows * cols, each * cols, |chunk, out| {
        let rows = chunk * each..chunk * each + out.len() / cols;
        let whole = cols / width;
        for panel in 0..whole {
            let out = &mut out[panel * width..];
            simd::arch().dispatch(OnePanel { layer, rows: rows.clone(), panel, out, stride: cols });
        }
        if whole < panels {
            let mut part = vec![0.0; rows.len() * width];
            simd::arch().dispatch(OnePanel { layer, rows, panel: whole, out: &mut part, stride: width });
            for (out, part) in out.chunks_mut(cols).zip(part.chunks(width)) {
                let first = whole * width;
                out[first..].copy_from_slice(&part[..cols - first]);
            }
        }
    })
}

struct OnePanel<'a, L> {
    layer: &'a L,
    rows: Range<usize>,
    panel: usize,
    out: &'a mut [f32],
    stride: usize,
}

impl<L: Panels> WithSimd for OnePanel<'_, L> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.layer.panel(simd, self.rows, self.panel, self.out, self.stride);
    }
}

/// A [`Linear`] layer laid out for search.
#[derive(Debug)]
pub struct PreparedLinear {
    weight: Packed,
    bias: Option<Vec<f32>>,
}

impl PreparedLinear {
    /// Lays out the weights that the layer has now.
    pub fn new(linear: &Linear) -> Result<Self> {
        let (weight, bias) = linear.weight_and_bias();
        let (size_out, size_in) = weight.dims2()?;
        Ok(Self {
            weight: Packed::new(Matrix::new(&elements(weight)?, size_out, size_in).transposed()),
            bias: bias.map(|bias| elements(bias).map(|bias| bias.to_vec())).transpose()?,
        })
    }

    /// `[rows, size_in]` to `[rows, size_out]`.
    pub fn forward(&self, x: &[f32]) -> Vec<f32> {
        forward(&LinearRows { layer: self, x }, x.len() / self.weight.inner())
    }
}

struct LinearRows<'a> {
    layer: &'a PreparedLinear,
    x: &'a [f32],
}

impl Panels for LinearRows<'_> {
    fn cols_and_width(&self) -> (usize, usize) {
        (self.layer.weight.cols(), self.layer.weight.width())
    }

    #[inline(always)]
    fn panel<S: Simd>(&self, simd: S, rows: Range<usize>, panel: usize, out: &mut [f32], stride: usize) {
        let PreparedLinear { weight, bias } = self.layer;
        let columns = weight.columns(panel);
        if let Some(bias) = bias {
            for row in 0..rows.len() {
                out[row * stride..][..columns.len()].copy_from_slice(&bias[columns.clone()]);
            }
        }
        let x = &self.x[rows.start * weight.inner()..rows.end * weight.inner()];
        times_panel(simd, x, weight.inner(), weight.panel(panel), out, stride, bias.is_some());
    }
}

/// A [`Gru`] laid out for search.
#[derive(Debug)]
pub struct PreparedGru {
    /// One matrix a gate, in the order r, z, n.
    input: Vec<Packed>,
    recurrent: Vec<Packed>,
    bias: Vec<f32>,
    candidate_bias: Vec<f32>,
}

impl PreparedGru {
    /// Lays out the weights that the layer has now.
    pub fn new(gru: &Gru) -> Result<Self> {
        let gates = |weight: &candle_core::Tensor| -> Result<Vec<Packed>> {
            let (hidden, size_in) = (gru.hidden(), weight.dim(1)?);
            let weight = elements(weight)?;
            let gate = |weight| Packed::new(Matrix::new(weight, hidden, size_in).transposed());
            Ok(weight.par_chunks(hidden * size_in).map(gate).collect())
        };
        Ok(Self {
            input: gates(&gru.input)?,
            recurrent: gates(&gru.recurrent)?,
            bias: elements(&gru.bias)?.to_vec(),
            candidate_bias: elements(&gru.candidate_bias)?.to_vec(),
        })
    }

    /// One step: inputs `[rows, size_in]` and states `[rows, hidden]` to the next states.
    pub fn step(&self, x: &[f32], state: &[f32]) -> Vec<f32> {
        forward(&GruRows { layer: self, x, state }, state.len() / self.candidate_bias.len())
    }
}

struct GruRows<'a> {
    layer: &'a PreparedGru,
    x: &'a [f32],
    state: &'a [f32],
}

impl Panels for GruRows<'_> {
    fn cols_and_width(&self) -> (usize, usize) {
        (self.layer.candidate_bias.len(), self.layer.input[0].width())
    }

    #[inline(always)]
    fn panel<S: Simd>(&self, simd: S, rows: Range<usize>, panel: usize, out: &mut [f32], stride: usize) {
        let PreparedGru { input, recurrent, bias, candidate_bias } = self.layer;
        let (hidden, size_in, width) = (candidate_bias.len(), input[0].inner(), input[0].width());
        let x = &self.x[rows.start * size_in..rows.end * size_in];
        let state = &self.state[rows.start * hidden..rows.end * hidden];
        let mut gates = vec![0.0; 4 * rows.len() * width];
        let mut unkept = vec![0.0; 4 * width];
        let [of_r, of_z, of_n, of_h] = quarters(&mut gates);
        times_panel(simd, x, size_in, input[0].panel(panel), of_r, width, false);
        times_panel(simd, state, hidden, recurrent[0].panel(panel), of_r, width, true);
        times_panel(simd, x, size_in, input[1].panel(panel), of_z, width, false);
        times_panel(simd, state, hidden, recurrent[1].panel(panel), of_z, width, true);
        times_panel(simd, x, size_in, input[2].panel(panel), of_n, width, false);
        times_panel(simd, state, hidden, recurrent[2].panel(panel), of_h, width, false);
        let columns = input[0].columns(panel);
        let none = &vec![0.0; columns.len()][..];
        for row in 0..rows.len() {
            let real = row * width..row * width + columns.len();
            cell(
                [&of_r[real.clone()], &of_z[real.clone()], &of_n[real.clone()]],
                [0, 1, 2].map(|gate| &bias[gate * hidden + columns.start..gate * hidden + columns.end]),
                [none, none, &of_h[real]],
                &candidate_bias[columns.clone()],
                &state[row * hidden..][columns.clone()],
                &mut out[row * stride..][..columns.len()],
                quarters(&mut unkept),
            );
        }
    }
}

#[inline(always)]
fn quarters(x: &mut [f32]) -> [&mut [f32]; 4] {
    let (left, right) = x.split_at_mut(x.len() / 2);
    let (a, b) = left.split_at_mut(left.len() / 2);
    let (c, d) = right.split_at_mut(right.len() / 2);
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Direction, Lengths};
    use candle_core::{DType, Device, Tensor};
    use candle_nn::VarBuilder;
    use std::collections::HashMap;

    fn numbers(shape: &[usize], seed: usize) -> Result<Tensor> {
        let count = shape.iter().product();
        let data: Vec<f32> = (0..count).map(|i| ((i * 7919 + seed * 104_729) % 1013) as f32 / 2026.0 - 0.25).collect();
        Tensor::from_vec(data, shape, &Device::Cpu)
    }

    fn assert_close(prepared: &[f32], layer: &Tensor) -> Result<()> {
        let layer = layer.flatten_all()?.to_vec1::<f32>()?;
        assert_eq!(prepared.len(), layer.len());
        for (a, b) in prepared.iter().zip(&layer) {
            assert!((a - b).abs() <= 1e-5 * b.abs().max(1.0), "{a} {b}");
        }
        Ok(())
    }

    const ROWS: [usize; 6] = [1, 2, 5, 17, 97, 200];

    #[test]
    fn a_prepared_linear_layer_is_the_layer_and_a_row_the_same_bits_in_any_company() -> Result<()> {
        for (size_in, size_out) in [(1, 1), (5, 3), (37, 70), (256, 512)] {
            for has_bias in [true, false] {
                let weights = HashMap::from([
                    ("weight".to_owned(), numbers(&[size_out, size_in], 1)?),
                    ("bias".to_owned(), numbers(&[size_out], 2)?),
                ]);
                let vb = VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu);
                let layer = match has_bias {
                    true => Linear::new(size_in, size_out, vb)?,
                    false => Linear::without_bias(size_in, size_out, vb)?,
                };
                let prepared = PreparedLinear::new(&layer)?;
                let x = numbers(&[200, size_in], 3)?;
                let all = prepared.forward(&x.flatten_all()?.to_vec1()?);
                assert_close(&all, &layer.forward(&x)?)?;
                for rows in ROWS {
                    let some = prepared.forward(&x.narrow(0, 0, rows)?.flatten_all()?.to_vec1()?);
                    assert!(some == all[..rows * size_out], "{rows} rows of {size_in} to {size_out}");
                }
            }
        }
        Ok(())
    }

    #[test]
    fn a_prepared_gru_is_the_gru_and_a_row_the_same_bits_in_any_company() -> Result<()> {
        for (size_in, hidden) in [(1, 1), (5, 3), (37, 70), (256, 512)] {
            let weights = HashMap::from([
                ("input.weight".to_owned(), (numbers(&[3 * hidden, size_in], 1)? * 0.2)?),
                ("input.bias".to_owned(), numbers(&[3 * hidden], 2)?),
                ("recurrent.weight".to_owned(), (numbers(&[3 * hidden, hidden], 3)? * 0.2)?),
                ("recurrent.bias".to_owned(), numbers(&[1, hidden], 4)?),
            ]);
            let gru = Gru::new(size_in, hidden, VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu))?;
            let prepared = PreparedGru::new(&gru)?;
            let (x, state) = (numbers(&[200, size_in], 5)?, numbers(&[200, hidden], 6)?);
            let flat = |x: &Tensor, rows: usize| x.narrow(0, 0, rows)?.flatten_all()?.to_vec1::<f32>();
            let all = prepared.step(&flat(&x, 200)?, &flat(&state, 200)?);
            let lengths = Lengths::new(vec![1; 200])?;
            assert_close(&all, &gru.sequence(&[&x.unsqueeze(1)?], &lengths, Direction::Forward, &state)?)?;
            for rows in ROWS {
                let some = prepared.step(&flat(&x, rows)?, &flat(&state, rows)?);
                assert!(some == all[..rows * hidden], "{rows} rows of {size_in} to {hidden}");
            }
        }
        Ok(())
    }
}
