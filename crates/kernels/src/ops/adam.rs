use crate::{Gradients, simd};
use candle_core::{CpuStorage, InplaceOp1, Layout, Result, Var, bail};
use rayon::prelude::*;
use std::sync::Mutex;

/// Elements that one task takes. Fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 1 << 14;

/// Decay rates of the moments and the number that keeps the division finite.
#[derive(Clone, Copy, Debug)]
pub struct AdamConfig {
    /// Decay of the mean of gradients.
    pub beta1: f32,
    /// Decay of the mean of squared gradients.
    pub beta2: f32,
    /// Added to the root of the second moment.
    pub epsilon: f32,
    /// What a step takes from each number of a matrix, as a share of it, over the rate. Biases and other vectors keep theirs.
    pub weight_decay: f32,
}

/// Adam (Kingma and Ba 2015, algorithm 1) with clipping by the global norm and decoupled weight decay (Loshchilov and Hutter
/// 2019, algorithm 2; the decay is theirs over the rate): one pass over parameter, gradient and
/// both moments. candle's own neither shows its moments nor its step, so training with it cannot be resumed. A clone has
/// moments and a step of its own, and moves the same parameters.
#[derive(Clone)]
pub struct Adam {
    config: AdamConfig,
    parameters: Vec<(String, Var)>,
    /// Of each parameter, whether its gradient is clipped with the others' or by a norm that counts these apart.
    is_apart: Vec<bool>,
    moments: Vec<(Vec<f32>, Vec<f32>)>,
    step: u32,
}

impl Adam {
    /// Over the given parameters, which are visited in the given order.
    pub fn new(config: AdamConfig, parameters: Vec<(String, Var)>) -> Self {
        let moments = parameters.iter().map(|(_, var)| (vec![0.0; var.elem_count()], vec![0.0; var.elem_count()]));
        Self { config, moments: moments.collect(), is_apart: vec![false; parameters.len()], parameters, step: 0 }
    }

    /// The same, but the gradients of those parameters whose names are so are clipped by a norm of their own: how large
    /// they are changes nothing of how the others move.
    pub fn clipping_separately(mut self, is_apart: impl Fn(&str) -> bool) -> Self {
        self.is_apart = self.parameters.iter().map(|(name, _)| is_apart(name)).collect();
        self
    }

    /// Takes over the moments and the step of another over the same parameters, in the memory that is there.
    pub fn resume_from(&mut self, other: &Self) {
        for ((first, second), (other_first, other_second)) in self.moments.iter_mut().zip(&other.moments) {
            first.copy_from_slice(other_first);
            second.copy_from_slice(other_second);
        }
        self.step = other.step;
    }

    /// Steps that were taken.
    pub fn steps(&self) -> u32 {
        self.step
    }

    /// As if so many steps had been taken, which have left the [moments](Self::moments_mut).
    pub fn set_steps(&mut self, steps: u32) {
        self.step = steps;
    }

    /// First and second moment of each parameter, in the order that they were given in.
    pub fn moments(&self) -> impl Iterator<Item = (&[f32], &[f32])> {
        self.moments.iter().map(|(first, second)| (&first[..], &second[..]))
    }

    /// The same, to be put back from where they were saved.
    pub fn moments_mut(&mut self) -> impl Iterator<Item = (&mut [f32], &mut [f32])> {
        self.moments.iter_mut().map(|(first, second)| (&mut first[..], &mut second[..]))
    }

    /// Moves every parameter by at most about `rate` against its gradient, after scaling all gradients so that
    /// their global norm is at most `clip`. Returns the norm before scaling, of those that are not clipped apart; none if
    /// one is not finite, and then nothing has moved.
    ///
    /// # Errors
    /// If a parameter has no gradient: a backward pass somewhere dropped it. Then nothing has moved either.
    pub fn step(&mut self, gradients: &Gradients, rate: f32, clip: f32) -> Result<Option<f32>> {
        let mut squares = [0.0; 2];
        for ((name, var), is_apart) in self.parameters.iter().zip(&self.is_apart) {
            let Some(of_parameter) = gradients.read(var, |gradient| Ok(sum_of_squares(gradient)))? else {
                bail!("the parameter {name} has no gradient")
            };
            squares[usize::from(*is_apart)] += of_parameter;
        }
        let norms = squares.map(|squares| f64::sqrt(squares) as f32);
        if norms.iter().any(|norm| !norm.is_finite()) {
            return Ok(None);
        }
        self.step += 1;
        let AdamConfig { beta1, beta2, epsilon, weight_decay } = self.config;
        // The corrections of both moments' start at zero, folded into the rate and epsilon.
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
        for (((_, var), is_apart), moments) in self.parameters.iter().zip(&self.is_apart).zip(&mut self.moments) {
            let keep = if var.rank() == 2 { 1.0 - rate * weight_decay } else { 1.0 };
            let update = Update { scale: scales[usize::from(*is_apart)], keep, ..update };
            gradients.read(var, |gradient| {
                var.inplace_op1(&AdamUpdate { update, gradient, moments: Mutex::new(moments) })
            })?;
        }
        Ok(Some(norms[0]))
    }
}

fn sum_of_squares(gradient: &[f32]) -> f64 {
    let parts: Vec<f32> = gradient.par_chunks(CHUNK).map(|part| widest!(simd::dot(part, part))).collect();
    parts.into_iter().map(f64::from).sum()
}

#[derive(Clone, Copy)]
struct Update {
    beta1: f32,
    beta2: f32,
    epsilon: f32,
    rate: f32,
    /// Of the gradient, by clipping.
    scale: f32,
    /// What weight decay leaves of the parameter.
    keep: f32,
}

/// Both moments of one parameter.
type Moments = (Vec<f32>, Vec<f32>);

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

    /// The equations as the paper writes them, in f64.
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
    fn what_is_clipped_apart_changes_nothing_of_the_others() -> Result<()> {
        let config = AdamConfig { beta1: 0.9, beta2: 0.98, epsilon: 1e-9, weight_decay: 0.0 };
        let moved = |beside: f64| -> Result<(f32, f32, Option<f32>)> {
            let (one, apart) = (Var::new(3f32, &Device::Cpu)?, Var::new(5f32, &Device::Cpu)?);
            let parameters = vec![("apart.x".to_owned(), apart.clone()), ("x".to_owned(), one.clone())];
            let mut adam = Adam::new(config, parameters).clipping_separately(|name| name.starts_with("apart."));
            let mut norm = None;
            for _ in 0..3 {
                norm = adam.step(&backward(&(one.sqr()? + (apart.sqr()? * beside)?)?)?, 0.01, 1.0)?;
            }
            Ok((one.to_scalar()?, apart.to_scalar()?, norm))
        };
        let (quiet, loud) = (moved(1e-3)?, moved(1e3)?);
        assert_eq!((quiet.0, quiet.2), (loud.0, loud.2));
        assert!(quiet.1 < 5.0 && loud.1 < 5.0, "{quiet:?} {loud:?}");
        assert_eq!(moved(f64::INFINITY)?, (3.0, 5.0, None), "no number moves nothing");
        Ok(())
    }

    #[test]
    fn is_the_papers_algorithm_with_decay_of_matrices_alone() -> Result<()> {
        let start = [1.0, -2.0, 3.0];
        for (shape, weight_decay, decay_of_it) in [(&[3][..], 0.0, 0.0), (&[3, 1], 0.5, 0.5), (&[3], 0.5, 0.0)] {
            let var = Var::from_slice(&start.map(|x| x as f32), shape, &Device::Cpu)?;
            let config = AdamConfig { beta1: 0.9, beta2: 0.98, epsilon: 1e-9, weight_decay };
            let mut adam = Adam::new(config, vec![("x".into(), var.clone())]);
            for _ in 0..20 {
                let grads = backward(&var.powf(3.0)?.sum_all()?)?;
                adam.step(&grads, 0.05, 2.0)?;
            }
            let mut expected = start;
            let gradient = |x: &[f64]| x.iter().map(|x| 3.0 * x * x).collect();
            reference(&mut expected, gradient, 20, 0.05, 2.0, decay_of_it);
            for (got, expected) in var.flatten_all()?.to_vec1::<f32>()?.into_iter().zip(expected) {
                assert!((f64::from(got) - expected).abs() < 1e-5, "{shape:?} {weight_decay}: {got} {expected}");
            }
        }
        Ok(())
    }

    #[test]
    fn a_missing_gradient_is_an_error_an_infinite_one_is_said_and_neither_moves_anything() -> Result<()> {
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
