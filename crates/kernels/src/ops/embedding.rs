//! The embedding: a table of token vectors.

use crate::cpu::storage::{elements, slice};
use crate::ops::autograd::add_to;
use crate::{is_fused, simd};
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use candle_nn::VarBuilder;

/// A table of vectors, one per token. Its values are small enough for an output layer that shares the table. Looked-up
/// vectors are multiplied by √D, since the input of a layer should have values around one (Vaswani et al. 2017, section
/// 3.4).
#[derive(Clone, Debug)]
pub struct Embedding {
    table: Tensor,
}

impl Embedding {
    /// Takes the table `weight` `[V, D]` from `vb`.
    ///
    /// # Errors
    /// If `vb` has no such tensor.
    pub fn new(vocab: usize, embed: usize, vb: VarBuilder) -> Result<Self> {
        Ok(Self { table: vb.get((vocab, embed), "weight")? })
    }

    /// Returns the scaled vectors `[B, L, D]` of token ids `[B, L]`.
    ///
    /// # Errors
    /// If an id is outside the vocabulary.
    pub fn forward(&self, ids: &Tensor) -> Result<Tensor> {
        let (batch, len) = ids.dims2()?;
        let embed = self.table.dim(1)?;
        if !is_fused(&self.table) {
            return self.reference(ids)?.reshape((batch, len, embed));
        }
        let scale = (embed as f32).sqrt();
        self.table.apply_op1(Lookup { ids: ids.flatten_all()?.to_vec1()?, shape: ids.shape().clone(), scale })
    }

    /// Returns the scaled vectors `[R, D]` of token ids `[R]`, outside of any graph.
    ///
    /// # Errors
    /// If an id is outside the vocabulary.
    pub fn rows(&self, ids: &[u32]) -> Result<Vec<f32>> {
        let scale = (self.table.dim(1)? as f32).sqrt();
        let lookup = Lookup { ids: ids.to_vec(), shape: ids.len().into(), scale };
        lookup.vectors(&elements(&self.table)?, self.table.dims2()?)
    }

    /// The reference in plain candle operations: `[B·L, D]` for token ids `[B, L]`.
    fn reference(&self, ids: &Tensor) -> Result<Tensor> {
        self.table.index_select(&ids.flatten_all()?, 0)? * (self.table.dim(1)? as f64).sqrt()
    }

    /// Returns the unscaled table `[V, D]`, for an output layer that shares it.
    pub fn table(&self) -> &Tensor {
        &self.table
    }
}

/// Argument: the table `[V, D]`. Result: `[.., D]`, for ids of any shape.
struct Lookup {
    ids: Vec<u32>,
    shape: Shape,
    scale: f32,
}

impl Lookup {
    /// Returns the scaled vectors `[number of ids, D]` from a table `[V, D]`.
    fn vectors(&self, table: &[f32], (vocab, embed): (usize, usize)) -> Result<Vec<f32>> {
        let mut vectors = Vec::with_capacity(self.ids.len() * embed);
        for id in &self.ids {
            if *id as usize >= vocab {
                bail!("embedding: the token id {id} is outside the vocabulary of {vocab}");
            }
            vectors.extend(table[*id as usize * embed..][..embed].iter().map(|x| x * self.scale));
        }
        Ok(vectors)
    }
}

impl CustomOp1 for Lookup {
    fn name(&self) -> &'static str {
        "lookup"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (vocab, embed) = layout.shape().dims2()?;
        let vectors = self.vectors(slice(storage, layout)?, (vocab, embed))?;
        Ok((CpuStorage::F32(vectors), self.shape.clone().extend(&[embed])))
    }

    fn bwd(&self, table: &Tensor, _vectors: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let embed = table.dim(1)?;
        let grad = grad.contiguous()?;
        let grad = elements(&grad)?;
        add_to(table, |gradient, accumulate| {
            if !accumulate {
                gradient.fill(0.0);
            }
            // Only a few rows have a gradient. They are added in the order of the text, the same in every run.
            for (id, grad) in self.ids.iter().zip(grad.chunks(embed)) {
                simd::add_scaled(&mut gradient[*id as usize * embed..][..embed], self.scale, grad);
            }
        })?;
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data::tensor;
    use candle_core::{DType, Device, Var};

    #[test]
    fn the_fused_embedding_equals_the_reference_in_value_and_gradient() -> Result<()> {
        let table = Var::from_tensor(&tensor(&[7, 5], 0, 0.5, DType::F32)?)?;
        let embedding = Embedding { table: table.as_tensor().clone() };
        // One id twice, one never.
        let ids = Tensor::new(&[[3u32, 0, 3], [6, 5, 1]], &Device::Cpu)?;
        let results = |vectors: Tensor| -> Result<_> {
            let uneven = Tensor::arange(0f32, 30.0, &Device::Cpu)?.reshape((2, 3, 5))?;
            let grads = crate::backward(&(&vectors * uneven)?.sum_all()?)?;
            let gradient = grads.get(&table)?.expect("a gradient").to_vec2::<f32>()?;
            Ok((vectors.to_vec3::<f32>()?, gradient))
        };
        let (values, gradient) = results(embedding.forward(&ids)?)?;
        let (expected, exact) = results(embedding.reference(&ids)?.reshape((2, 3, 5))?)?;
        assert_eq!(values, expected);
        for (a, b) in gradient.iter().flatten().zip(exact.iter().flatten()) {
            assert!((a - b).abs() < 1e-5 * b.abs().max(1.0), "{a} {b}");
        }
        assert!(embedding.forward(&Tensor::new(&[[7u32]], &Device::Cpu)?).is_err());
        Ok(())
    }
}
