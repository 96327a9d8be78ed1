//! Gradients on a side road.
//!
//! An operation of candle's graph has at most three arguments, and its backward pass adds every gradient to a tensor of
//! zeros first. For weights, which are most of what is differentiated, that is four passes over memory instead of none.
//! So the kernels here put the gradient of a weight where it belongs themselves, adding to what is there: the graph
//! carries the gradients of what flows between layers, [`Gradients`] holds both.

use crate::cpu::storage::elements;
use crate::simd;
use candle_core::backprop::GradStore;
use candle_core::{Result, Tensor, TensorId, bail};
use std::cell::RefCell;
use std::collections::HashMap;

/// The gradients of a loss. Kept from one step to the next, it uses its memory again.
#[derive(Default)]
pub struct Gradients {
    of_weights: Weights,
    graph: Option<GradStore>,
}

type Weights = HashMap<TensorId, OfWeight>;

struct OfWeight {
    data: Vec<f32>,
    /// Whether this backward pass has written it.
    is_filled: bool,
}

thread_local! {
    /// Where the backward pass that runs on this thread puts the gradients of weights.
    static SIDE_ROAD: RefCell<Option<Weights>> = const { RefCell::new(None) };
}

/// The gradients of a scalar loss.
pub fn backward(loss: &Tensor) -> Result<Gradients> {
    let mut gradients = Gradients::default();
    gradients.compute(loss)?;
    Ok(gradients)
}

impl Gradients {
    /// Becomes the gradients of a scalar loss.
    pub fn compute(&mut self, loss: &Tensor) -> Result<()> {
        // Given back first: the memory serves this pass.
        self.graph = None;
        for weight in self.of_weights.values_mut() {
            weight.is_filled = false;
        }
        SIDE_ROAD.with(|road| road.replace(Some(std::mem::take(&mut self.of_weights))));
        let graph = loss.backward();
        self.of_weights = SIDE_ROAD.with(|road| road.take()).unwrap_or_default();
        let graph = graph?;
        for (id, weight) in self.of_weights.iter_mut().filter(|(_, weight)| weight.is_filled) {
            // A weight can be used by an operation of candle's too.
            if let Some(rest) = graph.get_id(*id) {
                let rest = rest.contiguous()?;
                simd::add_scaled(&mut weight.data, 1.0, &elements(&rest)?);
            }
        }
        self.graph = Some(graph);
        Ok(())
    }

    /// The gradient of a tensor, copied; none if the loss does not depend on it.
    pub fn get(&self, tensor: &Tensor) -> Result<Option<Tensor>> {
        match self.of_weights.get(&tensor.id()) {
            Some(OfWeight { data, is_filled: true }) => {
                Tensor::from_slice(data, tensor.shape(), tensor.device()).map(Some)
            }
            _ => Ok(self.graph.as_ref().and_then(|graph| graph.get(tensor)).cloned()),
        }
    }

    /// What `read` makes of the elements of a gradient; none if there is no gradient.
    pub(crate) fn read<R>(&self, tensor: &Tensor, read: impl FnOnce(&[f32]) -> Result<R>) -> Result<Option<R>> {
        match self.of_weights.get(&tensor.id()) {
            Some(OfWeight { data, is_filled: true }) => read(data).map(Some),
            _ => match self.graph.as_ref().and_then(|graph| graph.get(tensor)) {
                Some(gradient) => read(&elements(&gradient.contiguous()?)?).map(Some),
                None => Ok(None),
            },
        }
    }
}

/// Adds to the gradient of a weight: `write` gets its elements, and whether to add to them (or else to overwrite all).
/// Nothing happens where a weight is not being trained.
///
/// # Errors
/// If the backward pass was not started by [`Gradients::compute`], or the weight was computed from others.
pub(crate) fn add_to(weight: &Tensor, write: impl FnOnce(&mut [f32], bool)) -> Result<()> {
    if !weight.track_op() {
        return Ok(());
    }
    if !weight.is_variable() {
        bail!("a weight of a fused layer must be a variable, not computed from others");
    }
    SIDE_ROAD.with_borrow_mut(|road| {
        let Some(road) = road else { bail!("gradients of fused layers come from glosser_kernels::backward") };
        let entry = road.entry(weight.id()).or_insert_with(|| OfWeight { data: Vec::new(), is_filled: false });
        if entry.data.is_empty() {
            entry.data = vec![0.0; weight.elem_count()];
        }
        write(&mut entry.data, entry.is_filled);
        entry.is_filled = true;
        Ok(())
    })
}

/// Adds the sum of all rows of `x` to the gradient of a bias.
pub(crate) fn add_column_sums(bias: &Tensor, x: &[f32], width: usize) -> Result<()> {
    add_to(bias, |gradient, accumulate| {
        let sums = simd::column_sums(x, width);
        if accumulate {
            simd::add_scaled(gradient, 1.0, &sums);
        } else {
            gradient.copy_from_slice(&sums);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Linear;
    use candle_core::{DType, Device, Var};
    use candle_nn::{VarBuilder, VarMap};

    #[test]
    fn a_weight_used_twice_has_the_sum_of_its_gradients_and_memory_is_used_again() -> Result<()> {
        let map = VarMap::new();
        let layer = Linear::new(2, 2, VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu))?;
        let weight = map.data().lock().expect("unpoisoned")["weight"].clone();
        let x = Var::new(&[[1f32, 2.0]], &Device::Cpu)?;
        let mut gradients = Gradients::default();
        for _ in 0..2 {
            // Once by the kernel, once by candle: both count, and a second pass does not add to the first.
            let loss = (layer.forward(&x)?.sum_all()? + (weight.as_tensor() * 10.0)?.sum_all()?)?;
            gradients.compute(&loss)?;
            let gradient = gradients.get(&weight)?.expect("a gradient").to_vec2::<f32>()?;
            assert_eq!(gradient, [[11.0, 12.0], [11.0, 12.0]]);
        }
        Ok(())
    }

    #[test]
    fn a_backward_pass_of_candle_alone_is_an_error_and_not_a_lost_gradient() -> Result<()> {
        let map = VarMap::new();
        let layer = Linear::new(2, 2, VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu))?;
        let loss = layer.forward(&Tensor::new(&[[1f32, 2.0]], &Device::Cpu)?)?.sum_all()?;
        let message = loss.backward().expect_err("no side road").to_string();
        assert!(message.contains("glosser_kernels::backward"), "{message}");
        Ok(())
    }
}
