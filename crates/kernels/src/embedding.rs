use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

/// A table of vectors, one per token. The table is small enough to serve as an output layer too; what is looked up is
/// scaled by the root of its size, as the input of a layer wants numbers around one (Vaswani et al. 2017, section 3.4).
#[derive(Clone, Debug)]
pub struct Embedding {
    table: Tensor,
}

impl Embedding {
    /// The table `weight` `[vocab, embed]` of `vb`.
    pub fn new(vocab: usize, embed: usize, vb: VarBuilder) -> Result<Self> {
        Ok(Self { table: vb.get((vocab, embed), "weight")? })
    }

    /// `[batch, len]` of ids to `[batch, len, embed]`.
    pub fn forward(&self, ids: &Tensor) -> Result<Tensor> {
        let (batch, len) = ids.dims2()?;
        let embed = self.table.dim(1)?;
        let vectors = self.table.index_select(&ids.flatten_all()?, 0)?;
        (vectors * (embed as f64).sqrt())?.reshape((batch, len, embed))
    }

    /// The table itself, `[vocab, embed]`, for an output layer that shares it.
    pub fn table(&self) -> &Tensor {
        &self.table
    }
}
