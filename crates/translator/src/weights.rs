//! Weights as a safetensors file, and back with every name and shape checked.

use crate::quantized_weights::load;
use crate::{Model, ModelConfig};
use candle_core::{DType, Device, Result, Shape, Tensor, bail};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// The bytes of a safetensors file. Tensors are in a fixed order and there is no metadata (which would come in
/// random order), so equal weights are equal bytes.
pub fn write_weights(tensors: &BTreeMap<String, Tensor>) -> Result<Vec<u8>> {
    Ok(safetensors::serialize(tensors, None)?)
}

/// The model of a safetensors file.
///
/// # Errors
/// If the file is cut short or no safetensors file, a weight is missing, has another shape or type than the
/// configuration wants, or is not of this model.
pub fn read_weights(bytes: &[u8], config: &ModelConfig, device: &Device) -> Result<Model> {
    let tensors = load(bytes, config.precision, device)?;
    let unread = Arc::new(Mutex::new(tensors));
    let backend = Checked { unread: unread.clone() };
    let model = Model::new(config, VarBuilder::from_backend(Box::new(backend), DType::F32, device.clone()))?;
    let left = unread.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(name) = left.keys().min() {
        bail!("the weight `{name}` belongs to no layer of this model");
    }
    Ok(model)
}

/// Hands out every tensor once and only in the shape that is asked for; nothing is allocated from a size that
/// `config.json` merely claims.
struct Checked {
    unread: Arc<Mutex<HashMap<String, Tensor>>>,
}

impl SimpleBackend for Checked {
    fn get(&self, shape: Shape, name: &str, _: Init, dtype: DType, device: &Device) -> Result<Tensor> {
        let tensor = self.get_unchecked(name, dtype, device)?;
        if tensor.shape() != &shape {
            bail!("the weight `{name}` has shape {:?} where config.json wants {shape:?}", tensor.shape());
        }
        Ok(tensor)
    }

    fn get_unchecked(&self, name: &str, dtype: DType, _: &Device) -> Result<Tensor> {
        let mut unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(tensor) = unread.remove(name) else { bail!("the weight `{name}` is missing") };
        if tensor.dtype() != dtype {
            bail!("the weight `{name}` is of type {:?} where {dtype:?} is expected", tensor.dtype());
        }
        Ok(tensor)
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).contains_key(name)
    }
}
