//! Weights as 8-bit integers in a safetensors file.
//!
//! A matrix `[rows, columns]` has type I8, and a second tensor `[rows]` holds the scale of each row:
//! `decoder.readout.weight` and `decoder.readout.weight.scale`. All other weights are F32, as in any model.

use crate::ModelConfig;
use candle_core::safetensors::Load;
use candle_core::{Device, Result, Tensor, bail};
use glosser_kernels::{Precision, QuantizedMatrix};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// Returns the bytes of a safetensors file with its matrices quantized to 8-bit integers. Equal weights give equal
/// bytes.
///
/// `bits` from 2 to 8 is the number of bits that the integers really use
/// ([`QuantizedMatrix::quantize_coarsely`]). The file is as large with fewer bits, but can be compressed.
///
/// # Errors
/// If `bytes` is not a safetensors file, or a matrix is of another type than F32 or contains NaN or infinity.
pub fn quantize_weights(bytes: &[u8], bits: u32) -> Result<Vec<u8>> {
    let file = SafeTensors::deserialize(bytes)?;
    let mut parts: BTreeMap<String, Part> = BTreeMap::new();
    for (name, view) in file.iter() {
        let shape = view.shape().to_vec();
        if !is_matrix(name, &shape) {
            parts.insert(name.to_owned(), Part { dtype: view.dtype(), shape, bytes: view.data().into() });
            continue;
        }
        let QuantizedMatrix { values, scales } =
            QuantizedMatrix::quantize_coarsely(&values(name, &view)?, shape[1], bits);
        if scales.iter().any(|scale| !scale.is_finite()) {
            bail!("the weight `{name}` contains NaN or infinity");
        }
        let values: Vec<u8> = values.into_iter().flat_map(i8::to_le_bytes).collect();
        let scale: Vec<u8> = scales.into_iter().flat_map(f32::to_le_bytes).collect();
        parts.insert(scale_of(name), Part { dtype: Dtype::F32, shape: vec![shape[0]], bytes: scale.into() });
        parts.insert(name.to_owned(), Part { dtype: Dtype::I8, shape, bytes: values.into() });
    }
    let views = parts.iter().map(|(name, part)| Ok((name, part.view()?)));
    Ok(safetensors::serialize(views.collect::<Result<Vec<_>>>()?, None)?)
}

/// How a copy of a model is made smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantization {
    /// The bits of an integer that are used, from 2 to 8 ([`quantize_weights`]).
    pub bits: u32,
    /// Whether only the first encoder-decoder of an ensemble is kept.
    pub is_single: bool,
}

impl Quantization {
    /// 8-bit integers and the whole ensemble.
    pub const STANDARD: Self = Self { bits: QuantizedMatrix::MAX_BITS, is_single: false };

    /// Returns the weights of the copy; `config` becomes its configuration.
    ///
    /// # Errors
    /// Those of [`quantize_weights`].
    pub(crate) fn apply(self, weights: &[u8], config: &mut ModelConfig) -> Result<Vec<u8>> {
        config.precision = Precision::Int8;
        if self.is_single && config.ensemble > 1 {
            config.ensemble = 1;
            return quantize_weights(&first_of_ensemble(weights)?, self.bits);
        }
        quantize_weights(weights, self.bits)
    }
}

/// Returns the weights of the first encoder-decoder of an ensemble, under the names that a model without an ensemble has.
fn first_of_ensemble(bytes: &[u8]) -> Result<Vec<u8>> {
    let file = SafeTensors::deserialize(bytes)?;
    let first = file.iter().filter_map(|(name, view)| Some((name.strip_prefix("members.0.")?.to_owned(), view)));
    Ok(safetensors::serialize(first, None)?)
}

/// A tensor to be written.
struct Part<'a> {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Cow<'a, [u8]>,
}

impl Part<'_> {
    fn view(&self) -> Result<TensorView<'_>> {
        Ok(TensorView::new(self.dtype, self.shape.clone(), &self.bytes)?)
    }
}

/// Reads all tensors of a file as `f32`, by name; a matrix `[rows, columns]` is dequantized, and its scales `[rows]`
/// are left out. Of two tensors with one name the last one counts; its shape is checked like any other.
///
/// # Errors
/// If `bytes` is not a safetensors file, a weight is not of the type that `precision` requires, or the scales of a
/// matrix are missing, negative or not finite.
pub(crate) fn load(bytes: &[u8], precision: Precision, device: &Device) -> Result<HashMap<String, Tensor>> {
    let file = SafeTensors::deserialize(bytes)?;
    let mut tensors = HashMap::new();
    for (name, view) in file.iter() {
        let matrix_of = |name: &str| file.tensor(name).is_ok_and(|view| is_matrix(name, view.shape()));
        let is_scale = || name.strip_suffix(SCALE).is_some_and(matrix_of);
        let tensor = match precision {
            Precision::Int8 if is_matrix(name, view.shape()) => matrix(name, &view, &file, device)?,
            Precision::Int8 if is_scale() => continue,
            // Checked before loading, because a file may name types that candle cannot convert.
            _ if view.dtype() != Dtype::F32 => {
                bail!("the weight `{name}` is of type {:?} where F32 is expected", view.dtype())
            }
            _ => view.load(device)?,
        };
        tensors.insert(name.to_owned(), tensor);
    }
    Ok(tensors)
}

const SCALE: &str = ".scale";

fn scale_of(name: &str) -> String {
    format!("{name}{SCALE}")
}

/// Whether a weight is stored as integers.
fn is_matrix(name: &str, shape: &[usize]) -> bool {
    name.ends_with(".weight") && shape.len() == 2
}

/// Dequantizes a matrix `[rows, columns]` with its scales `[rows]`.
fn matrix(name: &str, view: &TensorView, file: &SafeTensors, device: &Device) -> Result<Tensor> {
    if view.dtype() != Dtype::I8 {
        bail!("the weight `{name}` is of type {:?} where I8 is expected", view.dtype());
    }
    let scale_name = scale_of(name);
    let Ok(scale) = file.tensor(&scale_name) else { bail!("the weight `{scale_name}` is missing") };
    if scale.shape() != &view.shape()[..1] {
        bail!("the weight `{scale_name}` has shape {:?} where `{name}` has {:?}", scale.shape(), view.shape());
    }
    let scales = values(&scale_name, &scale)?;
    if let Some(scale) = scales.iter().find(|scale| !scale.is_finite() || **scale < 0.0) {
        bail!("the weight `{scale_name}` holds {scale}, which is no scale");
    }
    let values = view.data().iter().map(|byte| i8::from_le_bytes([*byte])).collect();
    Tensor::from_vec(QuantizedMatrix { values, scales }.dequantize(), view.shape(), device)
}

/// The elements of an F32 tensor, flat: `[elements]`.
fn values(name: &str, view: &TensorView) -> Result<Vec<f32>> {
    if view.dtype() != Dtype::F32 {
        bail!("the weight `{name}` is of type {:?} where F32 is expected", view.dtype());
    }
    let value = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().expect("chunks of four bytes"));
    Ok(view.data().chunks_exact(4).map(value).collect())
}
