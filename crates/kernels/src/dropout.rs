use candle_core::{Result, Tensor};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// What a forward pass is for. The generator travels with the purpose: dropout at inference cannot happen by a stray
/// `true`.
pub enum Pass<'a> {
    /// Every unit takes part.
    Evaluate,
    /// Dropout draws from this generator.
    Train(&'a mut ChaCha8Rng),
}

impl Pass<'_> {
    /// [`dropout`] with probability `p` in training, `x` itself otherwise.
    pub fn dropout(&mut self, x: &Tensor, p: f32) -> Result<Tensor> {
        match self {
            Pass::Evaluate => Ok(x.clone()),
            Pass::Train(rng) => dropout(x, p, rng),
        }
    }
}

/// Dropout with a seeded generator: each element is zero with probability `p`, the others are scaled by
/// `1 / (1 - p)` (Srivastava et al. 2014, inverted). candle's own draws from a generator that cannot be seeded.
pub fn dropout(x: &Tensor, p: f32, rng: &mut ChaCha8Rng) -> Result<Tensor> {
    if p == 0.0 {
        return Ok(x.clone());
    }
    let scale = 1.0 / (1.0 - p);
    let threshold = (f64::from(p) * 4_294_967_296.0) as u32;
    let mask: Vec<f32> = (0..x.elem_count()).map(|_| if rng.next_u32() < threshold { 0.0 } else { scale }).collect();
    x.mul(&Tensor::from_vec(mask, x.shape(), x.device())?.to_dtype(x.dtype())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{DType, Device};
    use rand::SeedableRng;

    #[test]
    fn keeps_the_mean_and_repeats_with_its_seed() -> Result<()> {
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
}
