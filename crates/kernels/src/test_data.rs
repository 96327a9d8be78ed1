//! Pseudo-random values for the tests, the same in every run.

use candle_core::{DType, Device, Result, Tensor};

fn value(at: usize, seed: usize) -> f64 {
    ((at * 7919 + seed * 104_729) % 1013) as f64 / 506.5 - 1.0
}

/// Returns `[count]` values in [-1, 1).
pub(crate) fn values(count: usize, seed: usize) -> Vec<f32> {
    (0..count).map(|at| value(at, seed) as f32).collect()
}

/// Returns a tensor of any shape with values in [-scale, scale).
pub(crate) fn tensor(shape: &[usize], seed: usize, scale: f64, dtype: DType) -> Result<Tensor> {
    let data: Vec<f64> = (0..shape.iter().product()).map(|at| scale * value(at, seed)).collect();
    Tensor::from_vec(data, shape, &Device::Cpu)?.to_dtype(dtype)
}
