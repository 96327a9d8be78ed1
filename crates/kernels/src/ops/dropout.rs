//! Dropout from a seeded generator, and the purpose of a forward pass.

use crate::cpu::storage::{argument_gradient, slice};
use crate::is_fused;
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Elements of one task. Below this, starting a task costs more than the work.
const CHUNK: usize = 1 << 14;

/// The purpose of a forward pass. Only training carries a random generator, so inference cannot drop units by mistake.
pub enum Pass<'a> {
    /// Keeps all units.
    Evaluate,
    /// Drops units, drawn from this generator.
    Train(&'a mut ChaCha8Rng),
}

impl Pass<'_> {
    /// Applies [`dropout`] with probability `p` to `x`, of any shape, in training. Returns `x` unchanged otherwise.
    ///
    /// # Errors
    /// As [`dropout`].
    pub fn dropout(&mut self, x: &Tensor, p: f32) -> Result<Tensor> {
        match self {
            Pass::Evaluate => Ok(x.clone()),
            Pass::Train(rng) => dropout(x, p, rng),
        }
    }
}

/// Sets each element of `x`, of any shape, to zero with probability `p` and multiplies the others by `1 / (1 - p)`
/// (inverted dropout, Srivastava et al. 2014). candle's own dropout uses a generator that cannot be seeded.
///
/// # Errors
/// If a tensor operation fails.
pub fn dropout(x: &Tensor, p: f32, rng: &mut ChaCha8Rng) -> Result<Tensor> {
    if p == 0.0 {
        return Ok(x.clone());
    }
    // Two bytes per unit: the probability is exact to 1/65,536, at half the generator's cost of four bytes.
    let mut drawn = vec![0u8; 2 * x.elem_count()];
    rng.fill_bytes(&mut drawn);
    let threshold = (f64::from(p) * 65_536.0).round() as u32;
    let scale = 1.0 / (1.0 - p);
    if is_fused(x) {
        return x.contiguous()?.apply_op1(Dropout { drawn, threshold, scale });
    }
    let mask: Vec<f32> = drawn.as_chunks().0.iter().map(|drawn| factor(*drawn, threshold, scale)).collect();
    x.mul(&Tensor::from_vec(mask, x.shape(), x.device())?.to_dtype(x.dtype())?)
}

/// Returns the factor of a unit: 0 or `scale`.
#[inline(always)]
fn factor(drawn: [u8; 2], threshold: u32, scale: f32) -> f32 {
    if u32::from(u16::from_le_bytes(drawn)) < threshold { 0.0 } else { scale }
}

/// Argument and result: a tensor of any shape.
struct Dropout {
    /// Random bytes, `[number of elements, 2]`.
    drawn: Vec<u8>,
    /// Units with a smaller random number are dropped.
    threshold: u32,
    scale: f32,
}

impl Dropout {
    /// Multiplies every element of `x`, of any shape, by its factor.
    fn apply(&self, x: &mut [f32]) {
        x.par_chunks_mut(CHUNK).zip(self.drawn.par_chunks(2 * CHUNK)).for_each(|(x, drawn)| {
            let drawn = &drawn.as_chunks().0[..x.len()];
            widest!({
                let (threshold, scale) = (self.threshold, self.scale);
                for i in 0..x.len() {
                    x[i] *= factor(drawn[i], threshold, scale);
                }
            });
        });
    }
}

impl CustomOp1 for Dropout {
    fn name(&self) -> &'static str {
        "dropout"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let mut y = slice(storage, layout)?.to_vec();
        self.apply(&mut y);
        Ok((CpuStorage::F32(y), layout.shape().clone()))
    }

    fn bwd(&self, x: &Tensor, _y: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let mut grad_x = grad.flatten_all()?.to_vec1::<f32>()?;
        self.apply(&mut grad_x);
        argument_gradient(grad_x, x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{DType, Device, Var};
    use rand::SeedableRng;

    #[test]
    fn dropout_repeats_with_its_seed_and_drops_the_right_share() -> Result<()> {
        let x = Tensor::ones((100, 100), DType::F32, &Device::Cpu)?;
        let draw = |seed| dropout(&x, 0.3, &mut ChaCha8Rng::seed_from_u64(seed))?.to_vec2::<f32>();
        let first = draw(1)?;
        assert_eq!(first, draw(1)?);
        assert_ne!(first, draw(2)?);
        let zeros = first.iter().flatten().filter(|v| **v == 0.0).count();
        assert!((2800..3200).contains(&zeros), "{zeros} of 10000 dropped at p = 0.3");
        assert!(first.iter().flatten().all(|v| *v == 0.0 || (*v - 1.0 / 0.7).abs() < 1e-6));
        Ok(())
    }

    #[test]
    fn fused_dropout_equals_the_reference_in_value_and_gradient() -> Result<()> {
        let results = |dtype| -> Result<_> {
            let x = Var::from_tensor(&Tensor::arange(0f32, 40_000.0, &Device::Cpu)?.to_dtype(dtype)?)?;
            let y = dropout(&x, 0.3, &mut ChaCha8Rng::seed_from_u64(3))?;
            let gradient = y.sum_all()?.backward()?.get(&x).expect("a gradient").to_dtype(DType::F32)?;
            Ok((y.to_dtype(DType::F32)?.to_vec1::<f32>()?, gradient.to_vec1::<f32>()?))
        };
        let (fused, reference) = (results(DType::F32)?, results(DType::F64)?);
        assert_eq!(fused.1, reference.1);
        assert!(fused.0.iter().zip(&reference.0).all(|(a, b)| (a - b).abs() <= 1e-6 * b.abs()));
        Ok(())
    }
}
