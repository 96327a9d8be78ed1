//! What a step moves, as numbers in a file and back.

use crate::Parameters;
use anyhow::{Context, Result, ensure};
use candle_core::{Device, Tensor, Var};
use glosser_kernels::Adam;
use safetensors::tensor::View;
use safetensors::{Dtype, SafeTensors};
use std::borrow::Cow;

/// Weights and both moments of each.
pub(crate) struct Snapshot<'a> {
    /// Before the names, where a file has more than one.
    prefix: &'static str,
    weights: Vec<(String, Tensor)>,
    adam: &'a Adam,
}

/// What the next step starts from.
const NOW: &str = "";

/// What going back leads to.
const KEPT: &str = "kept.";

impl<'a> Snapshot<'a> {
    /// As they are now.
    pub fn now(parameters: &Parameters, adam: &'a Adam) -> Self {
        Self { prefix: NOW, weights: parameters.tensors().into_iter().collect(), adam }
    }

    /// As they were kept.
    pub fn kept(weights: &[(String, Var)], adam: &'a Adam) -> Self {
        let weights = weights.iter().map(|(name, var)| (name.clone(), var.as_detached_tensor())).collect();
        Self { prefix: KEPT, weights, adam }
    }

    /// All of them with their names.
    pub fn numbers(&self) -> impl Iterator<Item = (String, Numbers<'a>)> + '_ {
        self.weights.iter().zip(self.adam.moments()).flat_map(|((name, weight), (first, second))| {
            let shape = weight.dims().to_vec();
            let moment = |data| Numbers::Moment { shape: shape.clone(), data };
            [
                (self.name("weight", name), Numbers::Weight(weight.clone())),
                (self.name("first", name), moment(first)),
                (self.name("second", name), moment(second)),
            ]
        })
    }

    fn name(&self, kind: &str, name: &str) -> String {
        format!("{}{kind}.{name}", self.prefix)
    }
}

/// Puts the numbers of a file back in their places. Without kept ones, those of now are the ones that were kept.
pub(crate) fn restore(
    numbers: &SafeTensors,
    (weights, adam): (&[(String, Var)], &mut Adam),
    (kept_weights, kept_adam): (&[(String, Var)], &mut Adam),
) -> Result<()> {
    restore_one(numbers, NOW, weights, adam)?;
    let has_kept = numbers.names().iter().any(|name| name.starts_with(KEPT));
    restore_one(numbers, if has_kept { KEPT } else { NOW }, kept_weights, kept_adam)
}

fn restore_one(numbers: &SafeTensors, prefix: &str, weights: &[(String, Var)], adam: &mut Adam) -> Result<()> {
    for ((name, var), (first, second)) in weights.iter().zip(adam.moments_mut()) {
        let read = |kind: &str| read(numbers, &format!("{prefix}{kind}.{name}"), var.dims());
        var.set(&Tensor::from_vec(read("weight")?, var.shape(), &Device::Cpu)?)?;
        first.copy_from_slice(&read("first")?);
        second.copy_from_slice(&read("second")?);
    }
    Ok(())
}

fn read(numbers: &SafeTensors, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
    let found = numbers.tensor(name).with_context(|| format!("`{name}` is missing"))?;
    ensure!(
        found.dtype() == Dtype::F32 && found.shape() == shape,
        "`{name}` has type {:?} and shape {:?} where F32 and {shape:?} are expected",
        found.dtype(),
        found.shape()
    );
    let (fours, _) = found.data().as_chunks();
    Ok(fours.iter().copied().map(f32::from_le_bytes).collect())
}

/// The numbers of one parameter; copied only when they are written.
pub(crate) enum Numbers<'a> {
    Weight(Tensor),
    Moment { shape: Vec<usize>, data: &'a [f32] },
}

impl View for Numbers<'_> {
    fn dtype(&self) -> Dtype {
        Dtype::F32
    }

    fn shape(&self) -> &[usize] {
        match self {
            Self::Weight(tensor) => tensor.dims(),
            Self::Moment { shape, .. } => shape,
        }
    }

    fn data(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Weight(tensor) => View::data(tensor),
            Self::Moment { data, .. } => data.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>().into(),
        }
    }

    fn data_len(&self) -> usize {
        4 * self.shape().iter().product::<usize>()
    }
}
