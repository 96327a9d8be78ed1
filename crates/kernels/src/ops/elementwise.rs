//! Element-wise operations and copies of rows: one parallel pass each, where candle needs several passes on one thread.

use crate::cpu::buffers::each_row;
use crate::cpu::storage::{argument_gradient, elements, slice};
use crate::{Lengths, is_fused, simd};
use candle_core::{CpuStorage, CustomOp1, CustomOp3, D, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

/// Elements of one task. Below this, starting a task costs more than the work.
const CHUNK: usize = 1 << 14;

/// Replaces every element of `x`, of any shape, by its hyperbolic tangent, outside of any graph.
pub fn tanh_in_place(x: &mut [f32]) {
    x.par_chunks_mut(CHUNK).for_each(|x| {
        widest!(for x in x {
            *x = simd::tanh(*x);
        });
    });
}

/// Returns the hyperbolic tangent of every element of `x`, of any shape.
///
/// # Errors
/// If a tensor operation fails.
pub fn tanh(x: &Tensor) -> Result<Tensor> {
    if is_fused(x) { x.contiguous()?.apply_op1(Tanh) } else { x.tanh() }
}

/// Argument and result: a tensor of any shape.
struct Tanh;

impl CustomOp1 for Tanh {
    fn name(&self) -> &'static str {
        "tanh"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let mut y = slice(storage, layout)?.to_vec();
        tanh_in_place(&mut y);
        Ok((CpuStorage::F32(y), layout.shape().clone()))
    }

    fn bwd(&self, x: &Tensor, y: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let y = elements(y)?;
        let mut grad_x = grad.flatten_all()?.to_vec1::<f32>()?;
        grad_x.par_chunks_mut(CHUNK).zip(y.par_chunks(CHUNK)).for_each(|(grad, y)| {
            widest!(for i in 0..y.len() {
                grad[i] *= 1.0 - y[i] * y[i];
            });
        });
        argument_gradient(grad_x, x)
    }
}

/// Concatenates three tensors `[B, L, D1]`, `[B, L, D2]`, `[B, L, D3]` and removes the padding: `[N, D1 + D2 + D3]`.
///
/// # Errors
/// If a tensor does not match the lengths.
pub fn concat_tokens(parts: [&Tensor; 3], lengths: &Lengths) -> Result<Tensor> {
    if !is_fused(parts[0]) {
        let tokens = lengths.token_positions(parts[0].device())?;
        return Tensor::cat(&parts, D::Minus1)?.flatten_to(1)?.index_select(&tokens, 0)?.contiguous();
    }
    let [a, b, c] = parts;
    a.contiguous()?.apply_op3(&b.contiguous()?, &c.contiguous()?, ConcatTokens(lengths.clone()))
}

/// Arguments: `[B, L, D1]`, `[B, L, D2]`, `[B, L, D3]`. Result: `[N, D1 + D2 + D3]`.
struct ConcatTokens(Lengths);

impl CustomOp3 for ConcatTokens {
    fn name(&self) -> &'static str {
        "concat-tokens"
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
        let padded = (self.0.batch(), self.0.longest());
        let mut parts = Vec::with_capacity(3);
        for (storage, layout) in [(s1, l1), (s2, l2), (s3, l3)] {
            let (batch, len, size) = layout.shape().dims3()?;
            if (batch, len) != padded {
                bail!("concat-tokens: inputs {:?} do not fit the lengths {:?}", layout.shape(), self.0);
            }
            parts.push((slice(storage, layout)?, size));
        }
        let (rows, width) = (self.0.token_rows(), parts.iter().map(|(_, size)| size).sum::<usize>());
        let out = each_row(rows.len(), width, |token, mut out| {
            for (part, size) in &parts {
                let (here, rest) = out.split_at_mut(*size);
                here.copy_from_slice(&part[rows[token] * size..][..*size]);
                out = rest;
            }
        });
        Ok((CpuStorage::F32(out), (rows.len(), width).into()))
    }

    fn bwd(
        &self,
        a: &Tensor,
        b: &Tensor,
        c: &Tensor,
        out: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let width = out.dim(1)?;
        let grad = grad.contiguous()?;
        let grad = &elements(&grad)?[..];
        let (mut grads, mut first) = (Vec::with_capacity(3), 0);
        for part in [a, b, c] {
            let size = part.dim(2)?;
            let grad_part = self.0.padded(size, |token| &grad[token * width + first..][..size]);
            grads.push(Tensor::from_vec(grad_part, part.shape(), part.device())?);
            first += size;
        }
        let mut grads = grads.into_iter();
        Ok((grads.next(), grads.next(), grads.next()))
    }
}

/// Selects the final states `[B, 2·H]` from the states `[B, L, 2·H]` of a bidirectional layer: the forward state at
/// each sentence's last token and the backward state at its first.
///
/// # Errors
/// If the states do not match the lengths.
pub fn end_states(states: &Tensor, lengths: &Lengths) -> Result<Tensor> {
    if is_fused(states) {
        return states.contiguous()?.apply_op1(EndStates(lengths.clone()));
    }
    let (batch, len, size) = states.dims3()?;
    let hidden = size / 2;
    let last = states.reshape((batch * len, size))?.index_select(&lengths.last_positions(states.device())?, 0)?;
    let first = states.narrow(1, 0, 1)?.squeeze(1)?;
    Tensor::cat(&[last.narrow(1, 0, hidden)?, first.narrow(1, hidden, hidden)?], D::Minus1)
}

/// Argument: `[B, L, 2·H]`. Result: `[B, 2·H]`.
struct EndStates(Lengths);

impl EndStates {
    /// Returns for each sentence where the final states of both directions begin in the flattened states; `size` is
    /// 2·H.
    fn offsets(&self, size: usize) -> impl Iterator<Item = [usize; 2]> {
        let longest = self.0.longest();
        let offsets =
            move |(row, len): (usize, &usize)| [(row * longest + len - 1) * size, row * longest * size + size / 2];
        self.0.as_slice().iter().enumerate().map(offsets)
    }
}

impl CustomOp1 for EndStates {
    fn name(&self) -> &'static str {
        "end-states"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let states = slice(storage, layout)?;
        let (batch, len, size) = layout.shape().dims3()?;
        if (batch, len) != (self.0.batch(), self.0.longest()) || size % 2 != 0 {
            bail!("end-states: states {:?} do not fit the lengths {:?}", layout.shape(), self.0);
        }
        let ends: Vec<f32> = self.offsets(size).flatten().flat_map(|at| &states[at..at + size / 2]).copied().collect();
        Ok((CpuStorage::F32(ends), (batch, size).into()))
    }

    fn bwd(&self, states: &Tensor, _ends: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let size = states.dim(2)?;
        let grad = grad.contiguous()?;
        let mut grad_states = vec![0.0; states.elem_count()];
        for (at, grad) in self.offsets(size).flatten().zip(elements(&grad)?.chunks(size / 2)) {
            grad_states[at..at + size / 2].copy_from_slice(grad);
        }
        argument_gradient(grad_states, states)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{DType, Device, Var};

    /// Returns multiples of 1/256: they and their products are exact in `f32`.
    fn variable(shape: &[usize], seed: usize, dtype: DType) -> Result<Var> {
        let count = shape.iter().product();
        let data: Vec<f64> = (0..count).map(|i| ((i * 7919 + seed * 104_729) % 1013) as f64 / 256.0 - 2.0).collect();
        Var::from_tensor(&Tensor::from_vec(data, shape, &Device::Cpu)?.to_dtype(dtype)?)
    }

    /// Returns a result and the gradients of a sum of it with unequal weights, in `f64`.
    fn results(y: Tensor, vars: &[Var]) -> Result<Vec<Vec<f64>>> {
        let grads = (&y * variable(y.dims(), 9, y.dtype())?.as_tensor())?.sum_all()?.backward()?;
        let gradients = vars.iter().map(|var| grads.get(var).expect("a gradient").clone());
        std::iter::once(y).chain(gradients).map(|x| x.to_dtype(DType::F64)?.flatten_all()?.to_vec1()).collect()
    }

    fn assert_close(fused: &[Vec<f64>], exact: &[Vec<f64>]) {
        for (a, b) in fused.iter().flatten().zip(exact.iter().flatten()) {
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
    }

    #[test]
    fn the_fused_tanh_equals_the_reference_in_value_and_gradient() -> Result<()> {
        for shape in [[1, 1], [3, 7], [100, 400]] {
            let (narrow, wide) = (variable(&shape, 1, DType::F32)?, variable(&shape, 1, DType::F64)?);
            assert_close(&results(tanh(&narrow)?, &[narrow])?, &results(tanh(&wide)?, &[wide])?);
        }
        Ok(())
    }

    #[test]
    fn fused_concatenation_equals_the_reference_in_value_and_gradient() -> Result<()> {
        let lengths = Lengths::new(vec![2, 4, 1])?;
        let parts = |dtype| -> Result<Vec<Var>> {
            [1, 3, 20].iter().enumerate().map(|(seed, size)| variable(&[3, 4, *size], seed, dtype)).collect()
        };
        let both = [DType::F32, DType::F64].map(|dtype| -> Result<_> {
            let parts = parts(dtype)?;
            let y = concat_tokens([&parts[0], &parts[1], &parts[2]], &lengths)?;
            assert_eq!(y.dims(), [7, 24]);
            results(y, &parts)
        });
        let [fused, exact] = both;
        assert_eq!(fused?, exact?, "copies are exact");
        Ok(())
    }

    #[test]
    fn the_fused_final_states_equal_the_reference_in_value_and_gradient() -> Result<()> {
        let lengths = Lengths::new(vec![2, 4, 1])?;
        let [fused, exact] = [DType::F32, DType::F64].map(|dtype| -> Result<_> {
            let states = variable(&[3, 4, 6], 1, dtype)?;
            results(end_states(&states, &lengths)?, &[states])
        });
        assert_eq!(fused?, exact?, "copies are exact");
        Ok(())
    }
}
