use crate::streams::{Purpose, name_index, stream, symmetric};
use candle_core::{DType, Device, Result, Shape, Tensor, Var};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};
use glosser_translator::{Model, ModelConfig};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The trainable weights of a model, in the order of their names. (candle's own map is unordered, and its generator
/// cannot be seeded.)
#[derive(Clone)]
pub struct Parameters {
    vars: BTreeMap<String, Var>,
}

impl Parameters {
    /// A model whose weights can be trained, and the weights. Each is initialised from a stream of its own.
    pub fn initialise(config: &ModelConfig, seed: u64, dtype: DType) -> Result<(Model, Self)> {
        let vars = Arc::new(Mutex::new(BTreeMap::new()));
        let backend = Initialise { seed, vars: vars.clone() };
        let model = Model::new(config, VarBuilder::from_backend(Box::new(backend), dtype, Device::Cpu))?;
        let vars = vars.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok((model, Self { vars }))
    }

    /// All weights with their names, in order.
    pub fn named(&self) -> Vec<(String, Var)> {
        self.vars.iter().map(|(name, var)| (name.clone(), var.clone())).collect()
    }

    /// The weights as plain tensors, to be saved.
    pub fn tensors(&self) -> BTreeMap<String, Tensor> {
        self.vars.iter().map(|(name, var)| (name.clone(), var.as_detached_tensor())).collect()
    }

    /// How many numbers there are to learn.
    pub fn count(&self) -> usize {
        self.vars.values().map(|var| var.elem_count()).sum()
    }

    /// The same weights as a model that remembers no gradients: it follows the training, since nothing is copied.
    pub fn frozen(&self, config: &ModelConfig) -> Result<Model> {
        let dtype = self.vars.values().next().map_or(DType::F32, |var| var.dtype());
        Model::new(config, VarBuilder::from_backend(Box::new(Frozen(self.tensors())), dtype, Device::Cpu))
    }
}

struct Initialise {
    seed: u64,
    vars: Arc<Mutex<BTreeMap<String, Var>>>,
}

impl SimpleBackend for Initialise {
    fn get(&self, shape: Shape, name: &str, _: Init, dtype: DType, device: &Device) -> Result<Tensor> {
        let bound = bound(name, &shape);
        let mut rng = stream(self.seed, Purpose::Initialise, name_index(name));
        let data: Vec<f32> = (0..shape.elem_count()).map(|_| bound * symmetric(&mut rng)).collect();
        let var = Var::from_tensor(&Tensor::from_vec(data, shape, device)?.to_dtype(dtype)?)?;
        self.vars.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), var.clone());
        Ok(var.as_tensor().clone())
    }

    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> Result<Tensor> {
        candle_core::bail!("the weight `{name}` was asked for without a shape")
    }

    fn contains_tensor(&self, _: &str) -> bool {
        true
    }
}

/// Half the width of the uniform distribution that a weight starts in. Biases start at zero; an embedding, which is
/// the output layer too, with a variance of one over its size; the others after Glorot and Bengio (2010), gate by
/// gate.
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

struct Frozen(BTreeMap<String, Tensor>);

impl SimpleBackend for Frozen {
    fn get(&self, _: Shape, name: &str, _: Init, dtype: DType, device: &Device) -> Result<Tensor> {
        self.get_unchecked(name, dtype, device)
    }

    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> Result<Tensor> {
        self.0.get(name).cloned().ok_or_else(|| candle_core::Error::Msg(format!("the weight `{name}` is missing")))
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

/// Whether a parameter is the aligner's, by its name: no word of a translation depends on it.
pub(crate) fn is_of_aligner(name: &str) -> bool {
    name.split('.').skip_while(|part| *part != "decoder").nth(1) == Some("aligner")
}
