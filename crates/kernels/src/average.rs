use crate::storage::slice;
use candle_core::{CpuStorage, InplaceOp2, Layout, Result, Tensor, bail};
use rayon::prelude::*;

/// Elements that one task takes.
const CHUNK: usize = 1 << 14;

/// Moves each element of `x` towards that of `goal`, by this share of the way.
///
/// # Errors
/// If they are not contiguous `f32` on the CPU, or not of one size.
pub fn move_towards(x: &Tensor, goal: &Tensor, share: f32) -> Result<()> {
    x.inplace_op2(goal, &MoveTowards { share })
}

struct MoveTowards {
    share: f32,
}

impl InplaceOp2 for MoveTowards {
    fn name(&self) -> &'static str {
        "move towards"
    }

    fn cpu_fwd(&self, x: &mut CpuStorage, x_layout: &Layout, goal: &CpuStorage, goal_layout: &Layout) -> Result<()> {
        let goal = slice(goal, goal_layout)?;
        let (CpuStorage::F32(x), Some((start, end))) = (x, x_layout.contiguous_offsets()) else {
            bail!("move towards: what is moved is contiguous f32, got {x_layout:?}");
        };
        let x = &mut x[start..end];
        if x.len() != goal.len() {
            bail!("move towards: {} elements cannot move towards {}", x.len(), goal.len());
        }
        let share = self.share;
        x.par_chunks_mut(CHUNK).zip(goal.par_chunks(CHUNK)).for_each(|(x, goal)| {
            let goal = &goal[..x.len()];
            widest!({
                let (kept, share) = (1.0 - share, share);
                for i in 0..x.len() {
                    x[i] = kept * x[i] + share * goal[i];
                }
            });
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    #[test]
    fn every_element_goes_its_share_of_the_way() -> Result<()> {
        let numbers = |scale: f64| Tensor::arange(0f32, 40_000.0, &Device::Cpu)?.affine(scale, 1.0);
        let (x, goal) = (numbers(1.0)?, numbers(-3.0)?);
        let expected = ((&x * 0.75)? + (&goal * 0.25)?)?;
        move_towards(&x, &goal, 0.25)?;
        assert_eq!((x - expected)?.abs()?.max_all()?.to_scalar::<f32>()?, 0.0);
        assert!(move_towards(&numbers(1.0)?, &numbers(1.0)?.narrow(0, 0, 7)?, 0.5).is_err());
        Ok(())
    }
}
