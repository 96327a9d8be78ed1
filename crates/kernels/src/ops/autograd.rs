//! Gradients, with those of weights outside candle's graph.
//!
//! candle adds every gradient to a tensor of zeros first, and its operations have at most three arguments. For weights,
//! which are most of all differentiated values, that would cost four extra passes over memory. Therefore the kernels
//! accumulate weight gradients in place, in a buffer of this module. candle's graph carries only the gradients of
//! activations. [`Gradients`] holds both.

use crate::cpu::storage::elements;
use crate::simd;
use candle_core::backprop::GradStore;
use candle_core::{Result, Tensor, TensorId, bail};
use std::cell::RefCell;
use std::collections::HashMap;

/// The gradients of a loss. A value that is kept for the next step reuses its memory.
#[derive(Default)]
pub struct Gradients {
    weights: WeightGradients,
    graph: Option<GradStore>,
}

type WeightGradients = HashMap<TensorId, WeightGradient>;

struct WeightGradient {
    /// Elements in row-major order.
    data: Vec<f32>,
    /// Whether the current backward pass has written to it.
    is_filled: bool,
}

thread_local! {
    /// Weight gradients of the backward pass that runs on this thread; `None` outside [`Gradients::compute_sum`].
    static ACTIVE: RefCell<Option<WeightGradients>> = const { RefCell::new(None) };
}

/// Returns the gradients of a scalar loss.
///
/// # Errors
/// As [`Gradients::compute`].
pub fn backward(loss: &Tensor) -> Result<Gradients> {
    let mut gradients = Gradients::default();
    gradients.compute(loss)?;
    Ok(gradients)
}

impl Gradients {
    /// Replaces the content by the gradients of a scalar loss.
    ///
    /// # Errors
    /// If the backward pass of an operation fails.
    pub fn compute(&mut self, loss: &Tensor) -> Result<()> {
        self.compute_sum([Ok(loss.clone())])
    }

    /// Replaces the content by the gradients of a sum of scalar losses. Each loss is differentiated before the next one
    /// is computed, so that only one graph is in memory at a time.
    ///
    /// # Errors
    /// The first error of the losses, or of the backward pass of an operation.
    pub fn compute_sum<E: From<candle_core::Error>>(
        &mut self,
        losses: impl IntoIterator<Item = std::result::Result<Tensor, E>>,
    ) -> std::result::Result<(), E> {
        // Dropped first, so that this pass can reuse the memory.
        self.graph = None;
        for weight in self.weights.values_mut() {
            weight.is_filled = false;
        }
        for loss in losses {
            self.add(&loss?)?;
        }
        let Some(graph) = &self.graph else { return Ok(()) };
        for (id, weight) in self.weights.iter_mut().filter(|(_, weight)| weight.is_filled) {
            // One of candle's own operations may use the same weight.
            if let Some(rest) = graph.get_id(*id) {
                let rest = rest.contiguous()?;
                simd::add_scaled(&mut weight.data, 1.0, &elements(&rest)?);
            }
        }
        Ok(())
    }

    /// Adds the gradients of a scalar loss, except for those that candle has of a weight of a kernel.
    fn add(&mut self, loss: &Tensor) -> Result<()> {
        ACTIVE.with(|active| active.replace(Some(std::mem::take(&mut self.weights))));
        let graph = loss.backward();
        self.weights = ACTIVE.with(|active| active.take()).unwrap_or_default();
        match &mut self.graph {
            Some(sum) => sum.extend(graph?)?,
            empty => *empty = Some(graph?),
        }
        Ok(())
    }

    /// Returns a copy of the gradient of a tensor, in the tensor's shape; `None` if the loss does not depend on it.
    ///
    /// # Errors
    /// If the copy fails.
    pub fn get(&self, tensor: &Tensor) -> Result<Option<Tensor>> {
        match self.weights.get(&tensor.id()) {
            Some(WeightGradient { data, is_filled: true }) => {
                Tensor::from_slice(data, tensor.shape(), tensor.device()).map(Some)
            }
            _ => Ok(self.graph.as_ref().and_then(|graph| graph.get(tensor)).cloned()),
        }
    }

    /// Calls `read` with the elements of a tensor's gradient, in row-major order, and returns its result; `None` if
    /// there is no gradient.
    ///
    /// # Errors
    /// Those of `read`, or if a gradient is not `f32` on the CPU.
    pub(crate) fn read<R>(&self, tensor: &Tensor, read: impl FnOnce(&[f32]) -> Result<R>) -> Result<Option<R>> {
        match self.weights.get(&tensor.id()) {
            Some(WeightGradient { data, is_filled: true }) => read(data).map(Some),
            _ => match self.graph.as_ref().and_then(|graph| graph.get(tensor)) {
                Some(gradient) => read(&elements(&gradient.contiguous()?)?).map(Some),
                None => Ok(None),
            },
        }
    }
}

/// Adds to the gradient of a weight of any shape. `write` gets the gradient's elements in row-major order, and `true`
/// if it must add to them, `false` if it must overwrite all of them. Does nothing for a weight that is not trained.
///
/// # Errors
/// If the backward pass was not started by [`Gradients::compute`], or the weight is not a variable.
pub(crate) fn add_to(weight: &Tensor, write: impl FnOnce(&mut [f32], bool)) -> Result<()> {
    if !weight.track_op() {
        return Ok(());
    }
    if !weight.is_variable() {
        bail!("a weight of a fused layer must be a variable, not computed from others");
    }
    ACTIVE.with_borrow_mut(|active| {
        let Some(active) = active else { bail!("gradients of fused layers come from glosser_kernels::backward") };
        let entry = active.entry(weight.id()).or_insert_with(|| WeightGradient { data: Vec::new(), is_filled: false });
        if entry.data.is_empty() {
            entry.data = vec![0.0; weight.elem_count()];
        }
        write(&mut entry.data, entry.is_filled);
        entry.is_filled = true;
        Ok(())
    })
}

/// Adds the sum of all rows of `x` `[R, width]` to the gradient of a bias `[width]`.
///
/// # Errors
/// As [`add_to`].
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
    fn a_weight_used_twice_gets_the_sum_of_its_gradients_in_every_pass() -> Result<()> {
        let map = VarMap::new();
        let layer = Linear::new(2, 2, VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu))?;
        let weight = map.data().lock().expect("unpoisoned")["weight"].clone();
        let x = Var::new(&[[1f32, 2.0]], &Device::Cpu)?;
        let mut gradients = Gradients::default();
        for _ in 0..2 {
            // Used by a kernel and by candle: both contribute, and a second pass does not add to the first.
            let loss = (layer.forward(&x)?.sum_all()? + (weight.as_tensor() * 10.0)?.sum_all()?)?;
            gradients.compute(&loss)?;
            let gradient = gradients.get(&weight)?.expect("a gradient").to_vec2::<f32>()?;
            assert_eq!(gradient, [[11.0, 12.0], [11.0, 12.0]]);
        }
        Ok(())
    }

    #[test]
    fn the_gradients_of_a_sum_are_the_sum_of_the_gradients() -> Result<()> {
        let map = VarMap::new();
        let layer = Linear::new(2, 2, VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu))?;
        let weight = map.data().lock().expect("unpoisoned")["weight"].clone();
        let (x, y) = (Var::new(&[[1f32, 2.0]], &Device::Cpu)?, Var::new(&[[3f32, 5.0]], &Device::Cpu)?);
        let losses = || -> Result<[Tensor; 2]> {
            let by_candle = (x.sum_all()? + (weight.as_tensor() * 10.0)?.sum_all()?)?;
            Ok([(layer.forward(&x)?.sum_all()? + by_candle)?, layer.forward(&y)?.sum_all()?])
        };
        let (mut parts, [first, second]) = (Gradients::default(), losses()?);
        for _ in 0..2 {
            parts.compute_sum(losses()?.map(Ok::<_, candle_core::Error>))?;
            let whole = backward(&(&first + &second)?)?;
            for variable in [weight.as_tensor(), &x, &y] {
                let [part, whole] = [&parts, &whole].map(|gradients| gradients.get(variable));
                let (part, whole) = (part?.expect("a gradient"), whole?.expect("a gradient"));
                assert_eq!(part.to_vec2::<f32>()?, whole.to_vec2::<f32>()?);
            }
            assert_eq!(parts.get(&weight)?.expect("a gradient").to_vec2::<f32>()?, [[14.0, 17.0], [14.0, 17.0]]);
        }
        Ok(())
    }

    #[test]
    fn candles_own_backward_pass_is_an_error_instead_of_losing_gradients() -> Result<()> {
        let map = VarMap::new();
        let layer = Linear::new(2, 2, VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu))?;
        let loss = layer.forward(&Tensor::new(&[[1f32, 2.0]], &Device::Cpu)?)?.sum_all()?;
        let message = loss.backward().expect_err("a lost gradient").to_string();
        assert!(message.contains("glosser_kernels::backward"), "{message}");
        Ok(())
    }
}
