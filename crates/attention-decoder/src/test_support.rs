//! Fixed test values, layers with such weights, and comparisons, for the tests of this crate.

use crate::{AttentionConfig, DecoderConfig, Score};
use candle_core::{DType, Device, Result, Shape, Tensor, Var};
use candle_nn::{VarBuilder, VarMap};
use glosser_kernels::backward;
use std::collections::BTreeMap;

pub(crate) const SCORES: [Score; 4] = [Score::Dot, Score::General, Score::Additive, Score::Mlp];

/// Returns a tensor of the given shape with pseudo-random values in \[-0.5, 0.5) that `f32` represents exactly. They
/// are the same in every run.
pub(crate) fn pseudo_random(shape: impl Into<Shape>, seed: usize, dtype: DType) -> Result<Tensor> {
    let shape = shape.into();
    let value = |i: usize| {
        let mixed = (i + (seed << 32) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        (mixed >> 40) as f32 / (1 << 24) as f32 - 0.5
    };
    let data: Vec<f32> = (0..shape.elem_count()).map(value).collect();
    Tensor::from_vec(data, shape, &Device::Cpu)?.to_dtype(dtype)
}

/// Parameters by name, in the order of names.
pub(crate) type Parameters = BTreeMap<String, Var>;

/// Builds a layer and gives its parameters fixed values, in the order of their names. Matrices are scaled by the root
/// of their width, as trained ones are: large weights would saturate every tanh and hide its gradient.
pub(crate) fn with_fixed_weights<T>(
    dtype: DType,
    build: impl FnOnce(VarBuilder) -> Result<T>,
) -> Result<(T, Parameters)> {
    let map = VarMap::new();
    let built = build(VarBuilder::from_varmap(&map, dtype, &Device::Cpu))?;
    let parameters: Parameters =
        map.data().lock().expect("unpoisoned").iter().map(|(name, var)| (name.clone(), var.clone())).collect();
    for (seed, var) in parameters.values().enumerate() {
        let scale = match var.dims() {
            [_, width] => 2.0 / (*width as f64).sqrt(),
            _ => 1.0,
        };
        var.set(&(pseudo_random(var.shape(), seed, DType::F32)? * scale)?.to_dtype(dtype)?)?;
    }
    Ok((built, parameters))
}

pub(crate) fn decoder_config(score: Score, hidden: usize, size: usize) -> DecoderConfig {
    DecoderConfig { hidden, dropout: 0.0, attention: AttentionConfig::new(score, size), aligner: None }
}

/// Returns the given values, and the gradient of their [`uneven_sum`] in each variable; all in `f64`.
pub(crate) fn values_and_gradients(values: &[Tensor], variables: &[Var]) -> Result<Vec<Tensor>> {
    let grads = backward(&uneven_sum(values)?)?;
    let mut all = values.to_vec();
    for var in variables {
        all.push(grads.get(var)?.expect("every argument has a gradient"));
    }
    all.iter().map(|tensor| tensor.to_dtype(DType::F64)).collect()
}

/// Sums all elements, each with a factor of its own, so that errors in two elements cannot cancel out.
pub(crate) fn uneven_sum(values: &[Tensor]) -> Result<Tensor> {
    let sums = values
        .iter()
        .enumerate()
        .map(|(seed, value)| (value * pseudo_random(value.shape(), 100 + seed, value.dtype())?)?.sum_all());
    Tensor::stack(&sums.collect::<Result<Vec<_>>>()?, 0)?.sum_all()
}

/// Asserts that the tensors differ by at most `tolerance` times the largest element of `b` (at least 0.01).
pub(crate) fn assert_close(a: &Tensor, b: &Tensor, tolerance: f64, what: &str) -> Result<()> {
    assert_eq!(a.dims(), b.dims(), "{what}");
    let difference = (a - b)?.abs()?.max_all()?.to_scalar::<f64>()?;
    let size = b.abs()?.max_all()?.to_scalar::<f64>()?;
    assert!(difference <= tolerance * size.max(0.01), "{what}: {difference} of {size}");
    Ok(())
}

/// Compares the gradient of `total` in each variable with central differences of `total`, element by element.
pub(crate) fn assert_finite_differences(
    variables: &[(&str, &Var)],
    what: &str,
    total: impl Fn() -> Result<Tensor>,
) -> Result<()> {
    const STEP: f64 = 1e-5;
    let grads = backward(&total()?)?;
    for (name, var) in variables {
        let analytic = grads.get(var)?.unwrap_or_else(|| panic!("{what}: no gradient of {name}"));
        let analytic = analytic.flatten_all()?.to_vec1::<f64>()?;
        let original = var.flatten_all()?.to_vec1::<f64>()?;
        let moved = |at: usize, by: f64| -> Result<f64> {
            let mut data = original.clone();
            data[at] += by;
            var.set(&Tensor::from_vec(data, var.shape(), &Device::Cpu)?)?;
            total()?.to_scalar::<f64>()
        };
        for (at, analytic) in analytic.iter().enumerate() {
            let numeric = (moved(at, STEP)? - moved(at, -STEP)?) / (2.0 * STEP);
            assert!((numeric - analytic).abs() < 1e-8, "{what}: {name}, element {at}: {numeric}, not {analytic}");
        }
        moved(0, 0.0)?;
    }
    Ok(())
}
