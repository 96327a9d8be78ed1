//! Snapshots: weights and Adam moments as tensors of a file, and back.

use crate::Parameters;
use crate::error::Cause;
use candle_core::{Device, Tensor, Var};
use glosser_kernels::Adam;
use safetensors::tensor::View;
use safetensors::{Dtype, SafeTensors};
use std::borrow::Cow;

/// The weights of a model with both Adam moments of each.
pub(crate) struct Snapshot<'a> {
    /// Prefix of the names: a checkpoint can have two snapshots.
    prefix: &'static str,
    weights: Vec<(String, Tensor)>,
    adam: &'a Adam,
}

/// Prefix of the snapshot that the next step starts from.
const NOW: &str = "";

/// Prefix of the snapshot to roll back to.
const KEPT: &str = "kept.";

impl<'a> Snapshot<'a> {
    /// Makes the snapshot that the next step starts from.
    pub fn now(parameters: &Parameters, adam: &'a Adam) -> Self {
        Self { prefix: NOW, weights: parameters.tensors().into_iter().collect(), adam }
    }

    /// Makes the snapshot to roll back to, of weights of any shape, such as `[rows, columns]`.
    pub fn kept(weights: &[(String, Var)], adam: &'a Adam) -> Self {
        let weights = weights.iter().map(|(name, var)| (name.clone(), var.as_detached_tensor())).collect();
        Self { prefix: KEPT, weights, adam }
    }

    /// Returns all weights, such as `[rows, columns]`, and moments of the same shapes, with their names in a file.
    pub fn tensors(&self) -> impl Iterator<Item = (String, SavedTensor<'a>)> + '_ {
        self.weights.iter().zip(self.adam.moments()).flat_map(|((name, weight), (first, second))| {
            let shape = weight.dims().to_vec();
            let moment = |data| SavedTensor::Moment { shape: shape.clone(), data };
            [
                (self.name("weight", name), SavedTensor::Weight(weight.clone())),
                (self.name("first", name), moment(first)),
                (self.name("second", name), moment(second)),
            ]
        })
    }

    fn name(&self, kind: &str, name: &str) -> String {
        format!("{}{kind}.{name}", self.prefix)
    }
}

/// The variables that the tensors of a snapshot are copied into.
pub(crate) struct SnapshotVars<'a> {
    pub weights: &'a [(String, Var)],
    pub adam: &'a mut Adam,
}

/// Copies the two snapshots of a file into variables. If the file has one snapshot, it is both.
pub(crate) fn restore(tensors: &SafeTensors, now: SnapshotVars, kept: SnapshotVars) -> Result<(), Cause> {
    restore_one(tensors, NOW, now)?;
    let has_kept = tensors.names().iter().any(|name| name.starts_with(KEPT));
    restore_one(tensors, if has_kept { KEPT } else { NOW }, kept)
}

fn restore_one(tensors: &SafeTensors, prefix: &str, vars: SnapshotVars) -> Result<(), Cause> {
    for ((name, var), (first, second)) in vars.weights.iter().zip(vars.adam.moments_mut()) {
        let read = |kind: &str| read(tensors, &format!("{prefix}{kind}.{name}"), var.dims());
        var.set(&Tensor::from_vec(read("weight")?, var.shape(), &Device::Cpu)?)?;
        first.copy_from_slice(&read("first")?);
        second.copy_from_slice(&read("second")?);
    }
    Ok(())
}

/// Reads a tensor of the given shape, such as `[rows, columns]`, flat.
fn read(tensors: &SafeTensors, name: &str, shape: &[usize]) -> Result<Vec<f32>, Cause> {
    let found = tensors.tensor(name).map_err(|cause| format!("`{name}` is missing: {cause}"))?;
    if found.dtype() != Dtype::F32 || found.shape() != shape {
        return Err(format!(
            "`{name}` has type {:?} and shape {:?}; F32 and {shape:?} are expected",
            found.dtype(),
            found.shape()
        )
        .into());
    }
    let (fours, _) = found.data().as_chunks();
    Ok(fours.iter().copied().map(f32::from_le_bytes).collect())
}

/// A weight or a moment. Its bytes are copied only while they are written.
pub(crate) enum SavedTensor<'a> {
    Weight(Tensor),
    Moment { shape: Vec<usize>, data: &'a [f32] },
}

impl View for SavedTensor<'_> {
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
            Self::Moment { data, .. } => data.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>().into(),
        }
    }

    fn data_len(&self) -> usize {
        4 * self.shape().iter().product::<usize>()
    }
}
