//! The Adam optimiser, with gradient clipping and weight decay.

use crate::{Gradients, simd};
use candle_core::{CpuStorage, InplaceOp1, Layout, Result, Var, bail};
use rayon::prelude::*;
use std::sync::Mutex;

/// Elements of one task. Fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 1 << 14;

/// Hyperparameters of [`Adam`].
#[derive(Clone, Copy, Debug)]
pub struct AdamConfig {
    /// Decay rate of the first moment, the mean of gradients.
    pub beta1: f32,
    /// Decay rate of the second moment, the mean of squared gradients.
    pub beta2: f32,
    /// Added to the square root of the second moment, so that the division is finite.
    pub epsilon: f32,
    /// Decoupled weight decay: each step multiplies every matrix by (1 - rate · decay). Biases and other vectors do not
    /// decay.
    pub weight_decay: f32,
}

/// Adam (Kingma and Ba 2015, algorithm 1) with clipping by the global norm and decoupled weight decay (Loshchilov and
/// Hutter 2019, algorithm 2, with the decay multiplied by the rate), in one pass over parameter, gradient and both
/// moments.
///
/// candle's own Adam hides its moments and its step, so a training run with it cannot be resumed. A clone has its own
/// moments and step and updates the same parameters.
#[derive(Clone)]
pub struct Adam {
    config: AdamConfig,
    parameters: Vec<(String, Var)>,
    /// For each parameter, whether its gradient is clipped by the norm of the separate group.
    is_separate: Vec<bool>,
    moments: Vec<(Vec<f32>, Vec<f32>)>,
    step: u32,
}

impl Adam {
    /// Creates an optimiser of the given parameters, of any shape. Steps visit them in the given order.
    pub fn new(config: AdamConfig, parameters: Vec<(String, Var)>) -> Self {
        let moments = parameters.iter().map(|(_, var)| (vec![0.0; var.elem_count()], vec![0.0; var.elem_count()]));
        Self { config, moments: moments.collect(), is_separate: vec![false; parameters.len()], parameters, step: 0 }
    }

    /// Clips the gradients of the parameters with a matching name by a separate norm, so that their size does not
    /// influence the updates of the others.
    pub fn clipping_separately(mut self, is_separate: impl Fn(&str) -> bool) -> Self {
        self.is_separate = self.parameters.iter().map(|(name, _)| is_separate(name)).collect();
        self
    }

    /// Copies the moments and the step of another optimiser of the same parameters, without allocating memory.
    pub fn resume_from(&mut self, other: &Self) {
        for ((first, second), (other_first, other_second)) in self.moments.iter_mut().zip(&other.moments) {
            first.copy_from_slice(other_first);
            second.copy_from_slice(other_second);
        }
        self.step = other.step;
    }

    /// Returns the number of steps taken.
    pub fn steps(&self) -> u32 {
        self.step
    }

    /// Sets the number of steps taken, for [moments](Self::moments_mut) that are restored.
    pub fn set_steps(&mut self, steps: u32) {
        self.step = steps;
    }

    /// Returns the first and second moment of each parameter, both with the parameter's elements in row-major order.
    pub fn moments(&self) -> impl Iterator<Item = (&[f32], &[f32])> {
        self.moments.iter().map(|(first, second)| (&first[..], &second[..]))
    }

    /// Returns the first and second moment of each parameter like [`Adam::moments`], with elements in row-major order,
    /// to be overwritten with saved ones.
    pub fn moments_mut(&mut self) -> impl Iterator<Item = (&mut [f32], &mut [f32])> {
        self.moments.iter_mut().map(|(first, second)| (&mut first[..], &mut second[..]))
    }

    /// Updates every parameter by at most about `rate`, after scaling the gradients to a global norm of at most `clip`.
    /// Returns that norm before scaling, without the separately clipped gradients. If a norm is NaN or infinite, no
    /// parameter changes and the result is `None`.
    ///
    /// # Errors
    /// If a parameter has no gradient: a backward pass has lost it. No parameter changes then.
    pub fn step(&mut self, gradients: &Gradients, rate: f32, clip: f32) -> Result<Option<f32>> {
        let mut squares = [0.0; 2];
        for ((name, var), is_separate) in self.parameters.iter().zip(&self.is_separate) {
            let Some(sum) = gradients.read(var, |gradient| Ok(sum_of_squares(gradient)))? else {
                bail!("the parameter {name} has no gradient")
            };
            squares[usize::from(*is_separate)] += sum;
        }
        let norms = squares.map(|squares| f64::sqrt(squares) as f32);
        if norms.iter().any(|norm| !norm.is_finite()) {
            return Ok(None);
        }
        self.step += 1;
        let AdamConfig { beta1, beta2, epsilon, weight_decay } = self.config;
        // Both moments start at zero: the bias corrections are part of the rate and of epsilon.
        let correction = (1.0 - beta2.powi(self.step as i32)).sqrt();
        let update = Update {
            beta1,
            beta2,
            epsilon: epsilon * correction,
            rate: rate * correction / (1.0 - beta1.powi(self.step as i32)),
            scale: 1.0,
            keep: 1.0,
        };
        let scales = norms.map(|norm| if norm > clip { clip / norm } else { 1.0 });
        for (((_, var), is_separate), moments) in self.parameters.iter().zip(&self.is_separate).zip(&mut self.moments) {
            let keep = if var.rank() == 2 { 1.0 - rate * weight_decay } else { 1.0 };
            let update = Update { scale: scales[usize::from(*is_separate)], keep, ..update };
            gradients.read(var, |gradient| {
                var.inplace_op1(&AdamUpdate { update, gradient, moments: Mutex::new(moments) })
            })?;
        }
        Ok(Some(norms[0]))
    }
}

/// Returns the sum of squares of a gradient of any shape.
fn sum_of_squares(gradient: &[f32]) -> f64 {
    let parts: Vec<f32> = gradient.par_chunks(CHUNK).map(|part| widest!(simd::dot(part, part))).collect();
    parts.into_iter().map(f64::from).sum()
}

/// Constants of one step for one parameter.
#[derive(Clone, Copy)]
struct Update {
    beta1: f32,
    beta2: f32,
    epsilon: f32,
    rate: f32,
    /// Factor of the gradient, from clipping.
    scale: f32,
    /// Factor of the parameter, from weight decay.
    keep: f32,
}

/// First and second moment of one parameter, both with its elements in row-major order.
type Moments = (Vec<f32>, Vec<f32>);

/// The update of one parameter of any shape, with its gradient and moments in the same order of elements.
struct AdamUpdate<'a> {
    update: Update,
    gradient: &'a [f32],
    moments: Mutex<&'a mut Moments>,
}

impl InplaceOp1 for AdamUpdate<'_> {
    fn name(&self) -> &'static str {
        "adam"
    }

    fn cpu_fwd(&self, parameter: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let (CpuStorage::F32(data), Some((start, end))) = (parameter, layout.contiguous_offsets()) else {
            bail!("adam: parameters are contiguous f32, got {layout:?}");
        };
        let mut moments = self.moments.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (first, second) = &mut **moments;
        let u = self.update;
        data[start..end]
            .par_chunks_mut(CHUNK)
            .zip(self.gradient.par_chunks(CHUNK))
            .zip(first.par_chunks_mut(CHUNK))
            .zip(second.par_chunks_mut(CHUNK))
            .for_each(|(((data, grad), first), second)| {
                let (grad, first, second) = (&grad[..data.len()], &mut first[..data.len()], &mut second[..data.len()]);
                widest!({
                    let Update { beta1, beta2, epsilon, rate, scale, keep } = u;
                    for i in 0..data.len() {
                        let g = grad[i] * scale;
                        first[i] += (1.0 - beta1) * (g - first[i]);
                        second[i] += (1.0 - beta2) * (g * g - second[i]);
                        data[i] = keep * data[i] - rate * first[i] / (second[i].sqrt() + epsilon);
                    }
                });
            });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backward;
    use candle_core::Device;

    /// The equations of the paper, in `f64`, for parameters `[D]`.
    fn reference(
        x: &mut [f64],
        gradient: impl Fn(&[f64]) -> Vec<f64>,
        steps: i32,
        rate: f64,
        clip: f64,
        weight_decay: f64,
    ) {
        let (mut m, mut v) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        for t in 1..=steps {
            let g = gradient(x);
            let norm = g.iter().map(|g| g * g).sum::<f64>().sqrt();
            for i in 0..x.len() {
                let g = g[i] * (clip / norm).min(1.0);
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.98 * v[i] + 0.02 * g * g;
                let (mean, square) = (m[i] / (1.0 - 0.9f64.powi(t)), v[i] / (1.0 - 0.98f64.powi(t)));
                x[i] -= rate * (mean / (square.sqrt() + 1e-9) + weight_decay * x[i]);
            }
        }
    }

    #[test]
    fn separately_clipped_gradients_do_not_influence_other_parameters() -> Result<()> {
        let config = AdamConfig { beta1: 0.9, beta2: 0.98, epsilon: 1e-9, weight_decay: 0.0 };
        let moved = |factor: f64| -> Result<(f32, f32, Option<f32>)> {
            let (one, separate) = (Var::new(3f32, &Device::Cpu)?, Var::new(5f32, &Device::Cpu)?);
            let parameters = vec![("separate.x".to_owned(), separate.clone()), ("x".to_owned(), one.clone())];
            let mut adam = Adam::new(config, parameters).clipping_separately(|name| name.starts_with("separate."));
            let mut norm = None;
            for _ in 0..3 {
                norm = adam.step(&backward(&(one.sqr()? + (separate.sqr()? * factor)?)?)?, 0.01, 1.0)?;
            }
            Ok((one.to_scalar()?, separate.to_scalar()?, norm))
        };
        let (small, large) = (moved(1e-3)?, moved(1e3)?);
        assert_eq!((small.0, small.2), (large.0, large.2));
        assert!(small.1 < 5.0 && large.1 < 5.0, "{small:?} {large:?}");
        assert_eq!(moved(f64::INFINITY)?, (3.0, 5.0, None), "an infinite gradient must change no parameter");
        Ok(())
    }

    #[test]
    fn steps_follow_the_papers_algorithm_and_only_matrices_decay() -> Result<()> {
        let start = [1.0, -2.0, 3.0];
        for (shape, weight_decay, applied_decay) in [(&[3][..], 0.0, 0.0), (&[3, 1], 0.5, 0.5), (&[3], 0.5, 0.0)] {
            let var = Var::from_slice(&start.map(|x| x as f32), shape, &Device::Cpu)?;
            let config = AdamConfig { beta1: 0.9, beta2: 0.98, epsilon: 1e-9, weight_decay };
            let mut adam = Adam::new(config, vec![("x".into(), var.clone())]);
            for _ in 0..20 {
                let grads = backward(&var.powf(3.0)?.sum_all()?)?;
                adam.step(&grads, 0.05, 2.0)?;
            }
            let mut expected = start;
            let gradient = |x: &[f64]| x.iter().map(|x| 3.0 * x * x).collect();
            reference(&mut expected, gradient, 20, 0.05, 2.0, applied_decay);
            for (got, expected) in var.flatten_all()?.to_vec1::<f32>()?.into_iter().zip(expected) {
                assert!((f64::from(got) - expected).abs() < 1e-5, "{shape:?} {weight_decay}: {got} {expected}");
            }
        }
        Ok(())
    }

    #[test]
    fn a_missing_gradient_is_an_error_an_infinite_one_gives_none_and_both_change_no_parameter() -> Result<()> {
        let (used, unused) = (Var::new(&[1f32], &Device::Cpu)?, Var::new(&[1f32], &Device::Cpu)?);
        let config = AdamConfig { beta1: 0.9, beta2: 0.98, epsilon: 1e-9, weight_decay: 0.0 };
        let grads = backward(&used.sqr()?.sum_all()?)?;
        let mut both = Adam::new(config, vec![("used".into(), used.clone()), ("unused".into(), unused)]);
        let message = both.step(&grads, 0.1, 1.0).expect_err("no gradient").to_string();
        assert!(message.contains("unused"), "{message}");
        let grads = backward(&(used.as_tensor() * f64::INFINITY)?.sum_all()?)?;
        let mut one = Adam::new(config, vec![("used".into(), used.clone())]);
        assert_eq!(one.step(&grads, 0.1, 1.0)?, None);
        assert_eq!(used.to_vec1::<f32>()?, [1.0]);
        Ok(())
    }
}
