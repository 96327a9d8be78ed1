use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

/// A table of vectors, one per token.
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
        self.table.index_select(&ids.flatten_all()?, 0)?.reshape((batch, len, embed))
    }

    /// The table itself, `[vocab, embed]`, for an output layer that shares it.
    pub fn table(&self) -> &Tensor {
        &self.table
    }
}
