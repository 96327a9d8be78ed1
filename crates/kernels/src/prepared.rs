//! Layers laid out for search: the same weights again and again, a few rows at a time, no gradients.
//!
//! Numbers go in and out as slices, row after row. A row's result depends on that row alone, bit for bit.

use crate::fresh::chunks;
use crate::gru_steps::cell;
use crate::storage::elements;
use crate::weight::{Rows, Weight};
use crate::{Gru, Linear, Precision, simd};
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
    weight: Weight,
    bias: Option<Vec<f32>>,
}

impl PreparedLinear {
    /// Lays out the weights that the layer has now.
    pub fn new(linear: &Linear, precision: Precision) -> Result<Self> {
        let (weight, bias) = linear.weight_and_bias();
        let (size_out, size_in) = weight.dims2()?;
        Ok(Self {
            weight: Weight::new(&elements(weight)?, size_out, size_in, precision)?,
            bias: bias.map(|bias| elements(bias).map(|bias| bias.to_vec())).transpose()?,
        })
    }

    /// `[rows, size_in]` to `[rows, size_out]`.
    pub fn forward(&self, x: &[f32]) -> Vec<f32> {
        let rows = x.len() / self.weight.inner();
        forward(&LinearRows { layer: self, x: self.weight.rows(x) }, rows)
    }
}

struct LinearRows<'a> {
    layer: &'a PreparedLinear,
    x: Rows<'a>,
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
        weight.times_panel(simd, &self.x, rows, panel, out, stride, bias.is_some());
    }
}

/// A [`Gru`] laid out for search.
#[derive(Debug)]
pub struct PreparedGru {
    /// One matrix a gate, in the order r, z, n.
    input: Vec<Weight>,
    recurrent: Vec<Weight>,
    bias: Vec<f32>,
    candidate_bias: Vec<f32>,
}

impl PreparedGru {
    /// Lays out the weights that the layer has now.
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

    /// One step: inputs `[rows, size_in]` and states `[rows, hidden]` to the next states.
    pub fn step(&self, x: &[f32], state: &[f32]) -> Vec<f32> {
        let rows = GruRows { layer: self, x: self.input[0].rows(x), h: self.recurrent[0].rows(state), state };
        forward(&rows, state.len() / self.candidate_bias.len())
    }
}

struct GruRows<'a> {
    layer: &'a PreparedGru,
    x: Rows<'a>,
    /// The state as the recurrent weights take it, and as it is.
    h: Rows<'a>,
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
        let mut unkept = vec![0.0; 4 * width];
        let [of_r, of_z, of_n, of_h] = quarters(&mut gates);
        input[0].times_panel(simd, &self.x, rows.clone(), panel, of_r, width, false);
        recurrent[0].times_panel(simd, &self.h, rows.clone(), panel, of_r, width, true);
        input[1].times_panel(simd, &self.x, rows.clone(), panel, of_z, width, false);
        recurrent[1].times_panel(simd, &self.h, rows.clone(), panel, of_z, width, true);
        input[2].times_panel(simd, &self.x, rows.clone(), panel, of_n, width, false);
        recurrent[2].times_panel(simd, &self.h, rows.clone(), panel, of_h, width, false);
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
    use crate::{Direction, Lengths, QuantizedMatrix};
    use candle_core::{DType, Device, Tensor};
    use candle_nn::VarBuilder;
    use std::collections::HashMap;

    fn numbers(shape: &[usize], seed: usize) -> Result<Tensor> {
        let count = shape.iter().product();
        let data: Vec<f32> = (0..count).map(|i| ((i * 7919 + seed * 104_729) % 1013) as f32 / 2026.0 - 0.25).collect();
        Tensor::from_vec(data, shape, &Device::Cpu)
    }

    fn flat(x: &Tensor) -> Result<Vec<f32>> {
        x.flatten_all()?.to_vec1()
    }

    /// Equal up to a share of the largest number, taken as at least one.
    fn assert_close(prepared: &[f32], layer: &Tensor, precision: Precision) -> Result<()> {
        let layer = flat(layer)?;
        assert_eq!(prepared.len(), layer.len());
        // The weights of 8-bit layers are rounded on both sides, so what differs are the inputs: by 1/254 of the largest at
        // most, which nearly cancels in a sum.
        let share = if precision.is_f32() { 1e-5 } else { 0.01 };
        let largest = layer.iter().fold(1f32, |largest, x| largest.max(x.abs()));
        for (a, b) in prepared.iter().zip(&layer) {
            assert!((a - b).abs() <= share * largest, "{a} {b} of {largest}");
        }
        Ok(())
    }

    /// A weight as it is, or what 8-bit integers stand for.
    fn rounded(weight: Tensor, precision: Precision) -> Result<Tensor> {
        if precision.is_f32() {
            return Ok(weight);
        }
        let numbers = QuantizedMatrix::quantize(&flat(&weight)?, weight.dim(1)?).dequantize();
        Tensor::from_vec(numbers, weight.shape(), &Device::Cpu)
    }

    /// What `work` comes to on so many threads.
    fn on_threads(threads: usize, work: impl FnOnce() -> Vec<f32> + Send) -> Vec<f32> {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads").install(work)
    }

    const ROWS: [usize; 6] = [1, 2, 5, 17, 97, 200];
    const PRECISIONS: [Precision; 2] = [Precision::F32, Precision::Int8];

    #[test]
    fn a_prepared_linear_layer_is_the_layer_and_a_row_the_same_bits_in_any_company() -> Result<()> {
        for precision in PRECISIONS {
            for (size_in, size_out) in [(1, 1), (5, 3), (37, 70), (256, 512)] {
                for has_bias in [true, false] {
                    let weights = HashMap::from([
                        ("weight".to_owned(), rounded(numbers(&[size_out, size_in], 1)?, precision)?),
                        ("bias".to_owned(), numbers(&[size_out], 2)?),
                    ]);
                    let vb = VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu);
                    let layer = match has_bias {
                        true => Linear::new(size_in, size_out, vb)?,
                        false => Linear::without_bias(size_in, size_out, vb)?,
                    };
                    let prepared = PreparedLinear::new(&layer, precision)?;
                    let x = numbers(&[200, size_in], 3)?;
                    let all = prepared.forward(&flat(&x)?);
                    assert_close(&all, &layer.forward(&x)?, precision)?;
                    for rows in ROWS {
                        let x = flat(&x.narrow(0, 0, rows)?)?;
                        for threads in [1, 3] {
                            let some = on_threads(threads, || prepared.forward(&x));
                            assert!(some == all[..rows * size_out], "{precision:?} {rows} of {size_in} to {size_out}");
                        }
                    }
                }
            }
        }
        Ok(())
    }

    #[test]
    fn a_prepared_gru_is_the_gru_and_a_row_the_same_bits_in_any_company() -> Result<()> {
        for precision in PRECISIONS {
            for (size_in, hidden) in [(1, 1), (5, 3), (37, 70), (256, 512)] {
                let weight = |shape: &[usize], seed| rounded((numbers(shape, seed)? * 0.2)?, precision);
                let weights = HashMap::from([
                    ("input.weight".to_owned(), weight(&[3 * hidden, size_in], 1)?),
                    ("input.bias".to_owned(), numbers(&[3 * hidden], 2)?),
                    ("recurrent.weight".to_owned(), weight(&[3 * hidden, hidden], 3)?),
                    ("recurrent.bias".to_owned(), numbers(&[1, hidden], 4)?),
                ]);
                let gru = Gru::new(size_in, hidden, VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu))?;
                let prepared = PreparedGru::new(&gru, precision)?;
                let (x, state) = (numbers(&[200, size_in], 5)?, numbers(&[200, hidden], 6)?);
                let all = prepared.step(&flat(&x)?, &flat(&state)?);
                let lengths = Lengths::new(vec![1; 200])?;
                let sequence = gru.sequence(&[&x.unsqueeze(1)?], &lengths, Direction::Forward, &state)?;
                assert_close(&all, &sequence, precision)?;
                for rows in ROWS {
                    let (x, state) = (flat(&x.narrow(0, 0, rows)?)?, flat(&state.narrow(0, 0, rows)?)?);
                    for threads in [1, 3] {
                        let some = on_threads(threads, || prepared.step(&x, &state));
                        assert!(some == all[..rows * hidden], "{precision:?} {rows} rows of {size_in} to {hidden}");
                    }
                }
            }
        }
        Ok(())
    }

    #[test]
    fn what_is_no_number_stays_none_with_8_bits() -> Result<()> {
        let weights = HashMap::from([("weight".to_owned(), numbers(&[40, 8], 1)?)]);
        let layer = Linear::without_bias(8, 40, VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu))?;
        let mut x = flat(&numbers(&[3, 8], 2)?)?;
        x[11] = f32::NAN;
        let y = PreparedLinear::new(&layer, Precision::Int8)?.forward(&x);
        let none: Vec<bool> = y.chunks(40).map(|row| row.iter().all(|y| y.is_nan())).collect();
        assert_eq!(none, [false, true, false]);
        Ok(())
    }
}
