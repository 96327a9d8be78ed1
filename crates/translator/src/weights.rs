//! Weights as a safetensors file, and back with every name and shape checked; the number of weights of a configuration.

use crate::quantized_weights::load;
use crate::{Model, ModelConfig};
use candle_core::{DType, Device, Result, Shape, Tensor, bail};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Returns the bytes of a safetensors file with tensors of any shape, such as `[rows, columns]`. Equal weights give
/// equal bytes: the tensors have a fixed order, and there is no metadata, whose order would be random.
pub fn write_weights(tensors: &BTreeMap<String, Tensor>) -> Result<Vec<u8>> {
    Ok(safetensors::serialize(tensors, None)?)
}

/// Builds the model from the bytes of a safetensors file.
///
/// # Errors
/// If the bytes are not a complete safetensors file, or a weight is missing, has another shape or type than the
/// configuration requires, or belongs to no layer.
pub fn read_weights(bytes: &[u8], config: &ModelConfig, device: &Device) -> Result<Model> {
    let tensors = load(bytes, config.precision, device)?;
    let unread = Arc::new(Mutex::new(tensors));
    let backend = CheckedWeights { unread: unread.clone() };
    let model = Model::new(config, VarBuilder::from_backend(Box::new(backend), DType::F32, device.clone()))?;
    let left = unread.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(name) = left.keys().min() {
        bail!("the weight `{name}` belongs to no layer of this model");
    }
    Ok(model)
}

impl ModelConfig {
    /// The number of weights of a model with this configuration. No memory is allocated for them.
    ///
    /// # Errors
    /// If sizes do not fit each other.
    pub fn parameters(&self) -> Result<u64> {
        let count = Arc::new(AtomicU64::new(0));
        let backend = CountedWeights(count.clone());
        Model::new(self, VarBuilder::from_backend(Box::new(backend), DType::F32, Device::Cpu))?;
        Ok(count.load(Ordering::Relaxed))
    }
}

/// Returns every tensor once, and only in the shape that the layer requires. Nothing is allocated for a size that
/// `config.json` merely claims.
struct CheckedWeights {
    unread: Arc<Mutex<HashMap<String, Tensor>>>,
}

impl SimpleBackend for CheckedWeights {
    fn get(&self, shape: Shape, name: &str, _: Init, dtype: DType, device: &Device) -> Result<Tensor> {
        let tensor = self.get_unchecked(name, dtype, device)?;
        if tensor.shape() != &shape {
            bail!("the weight `{name}` has shape {:?} where config.json requires {shape:?}", tensor.shape());
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

/// Returns for every weight a single zero, broadcast to its shape, and counts its elements.
struct CountedWeights(Arc<AtomicU64>);

impl SimpleBackend for CountedWeights {
    fn get(&self, shape: Shape, name: &str, _: Init, dtype: DType, device: &Device) -> Result<Tensor> {
        self.0.fetch_add(shape.elem_count() as u64, Ordering::Relaxed);
        self.get_unchecked(name, dtype, device)?.broadcast_as(shape)
    }

    fn get_unchecked(&self, _: &str, dtype: DType, device: &Device) -> Result<Tensor> {
        Tensor::zeros((), dtype, device)
    }

    fn contains_tensor(&self, _: &str) -> bool {
        true
    }
}
