//! The trainable weights of a model, and their initial values.

use crate::streams::{Purpose, stream, symmetric};
use candle_core::{DType, Device, Result, Shape, Tensor, Var};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};
use glosser_text::fnv1a;
use glosser_translator::{Model, ModelConfig};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The trainable weights of a model, in the order of their names. (candle's `VarMap` has no order, and its random
/// numbers cannot be seeded.)
#[derive(Clone)]
pub struct Parameters {
    vars: BTreeMap<String, Var>,
}

impl Parameters {
    /// Returns a model with trainable weights, and the weights. Each weight is initialised from a stream of its own.
    pub fn initialise(config: &ModelConfig, seed: u64, dtype: DType) -> Result<(Model, Self)> {
        let vars = Arc::new(Mutex::new(BTreeMap::new()));
        let backend = Initialise { seed, vars: vars.clone() };
        let model = Model::new(config, VarBuilder::from_backend(Box::new(backend), dtype, Device::Cpu))?;
        let vars = vars.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok((model, Self { vars }))
    }

    /// Returns all weights with their names, in order. They have any shape: matrices `[rows, columns]` and biases
    /// `[size]`.
    pub fn named(&self) -> Vec<(String, Var)> {
        self.vars.iter().map(|(name, var)| (name.clone(), var.clone())).collect()
    }

    /// Returns the weights, `[rows, columns]` or `[size]`, as tensors without gradients, sharing memory.
    pub fn tensors(&self) -> BTreeMap<String, Tensor> {
        self.vars.iter().map(|(name, var)| (name.clone(), var.as_detached_tensor())).collect()
    }

    /// Returns the number of elements of all weights.
    pub fn count(&self) -> usize {
        self.vars.values().map(|var| var.elem_count()).sum()
    }

    /// Returns a model without gradients that shares the memory of the weights, and so has their present values.
    pub fn frozen(&self, config: &ModelConfig) -> Result<Model> {
        let dtype = self.vars.values().next().map_or(DType::F32, |var| var.dtype());
        Model::new(config, VarBuilder::from_tensors(self.tensors().into_iter().collect(), dtype, &Device::Cpu))
    }
}

struct Initialise {
    seed: u64,
    vars: Arc<Mutex<BTreeMap<String, Var>>>,
}

impl SimpleBackend for Initialise {
    /// Makes the weight of a name and a shape, `[rows, columns]` or `[size]`.
    fn get(&self, shape: Shape, name: &str, _: Init, dtype: DType, device: &Device) -> Result<Tensor> {
        let bound = bound(name, &shape);
        let mut rng = stream(self.seed, Purpose::Initialise, fnv1a(name.bytes()));
        let data: Vec<f32> = (0..shape.elem_count()).map(|_| bound * symmetric(&mut rng)).collect();
        let var = Var::from_tensor(&Tensor::from_vec(data, shape, device)?.to_dtype(dtype)?)?;
        self.vars.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), var.clone());
        Ok(var.as_tensor().clone())
    }

    /// Fails: a weight is made with its shape, such as `[rows, columns]`.
    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> Result<Tensor> {
        candle_core::bail!("the weight `{name}` needs a shape")
    }

    fn contains_tensor(&self, _: &str) -> bool {
        true
    }
}

/// Returns the bound b of the uniform distribution [-b, b) of initial values. Biases are zero; an embedding, which is
/// also the output layer, has a variance of one over its size; all others are initialised after Glorot and Bengio
/// (2010), each gate of a GRU by itself.
fn bound(name: &str, shape: &Shape) -> f32 {
    match *shape.dims() {
        _ if name.ends_with("bias") => 0.0,
        [_, embed] if name.contains("embedding") => (3.0 / embed as f32).sqrt(),
        [rows, cols] => {
            let gates = if name.contains("recurrent") || name.contains(".input.") { 3 } else { 1 };
            (6.0 / (rows / gates + cols) as f32).sqrt()
        }
        [size] => (3.0 / size as f32).sqrt(),
        _ => 0.0,
    }
}

/// Returns whether a parameter of this name is the aligner's, on which translations do not depend.
pub(crate) fn is_of_aligner(name: &str) -> bool {
    name.split('.').skip_while(|part| *part != "decoder").nth(1) == Some("aligner")
}
