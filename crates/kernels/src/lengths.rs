use crate::cpu::buffers::each_row;
use candle_core::{DType, Device, Result, Tensor, bail};

/// The number of real tokens of each sentence in a padded batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lengths(Vec<usize>);

impl Lengths {
    /// One length per sentence.
    ///
    /// # Errors
    /// If there is no sentence, or one of no tokens: a softmax over nothing has no value.
    pub fn new(lengths: Vec<usize>) -> Result<Self> {
        if lengths.is_empty() || lengths.contains(&0) {
            bail!(
                "a batch needs at least one sentence, and every sentence at least one token, got lengths {lengths:?}"
            );
        }
        Ok(Self(lengths))
    }

    /// The number of sentences.
    pub fn batch(&self) -> usize {
        self.0.len()
    }

    /// The length of the longest sentence, to which the batch is padded.
    pub fn longest(&self) -> usize {
        self.0.iter().copied().max().unwrap_or(0)
    }

    /// The number of real tokens in the batch.
    pub fn total(&self) -> usize {
        self.0.iter().sum()
    }

    /// The lengths in batch order.
    pub fn as_slice(&self) -> &[usize] {
        &self.0
    }

    /// `[batch, longest]`: one on tokens, zero on padding.
    pub fn mask(&self, dtype: DType, device: &Device) -> Result<Tensor> {
        let longest = self.longest();
        let mask: Vec<f32> =
            self.0.iter().flat_map(|&len| (0..longest).map(move |at| if at < len { 1.0 } else { 0.0 })).collect();
        Tensor::from_vec(mask, (self.batch(), longest), device)?.to_dtype(dtype)
    }

    /// `[batch, longest]`: zero on tokens, minus infinity on padding; added to scores before a softmax.
    pub fn bias(&self, dtype: DType, device: &Device) -> Result<Tensor> {
        let longest = self.longest();
        let bias: Vec<f32> = self
            .0
            .iter()
            .flat_map(|&len| (0..longest).map(move |at| if at < len { 0.0 } else { f32::NEG_INFINITY }))
            .collect();
        Tensor::from_vec(bias, (self.batch(), longest), device)?.to_dtype(dtype)
    }

    /// Index of each sentence's last token in a batch flattened to `[batch * longest]`.
    pub fn last_positions(&self, device: &Device) -> Result<Tensor> {
        let longest = self.longest();
        let last: Vec<u32> = self.0.iter().enumerate().map(|(row, len)| (row * longest + len - 1) as u32).collect();
        Tensor::new(last, device)
    }

    /// The rows of a batch flattened to `[batch * longest]` that are tokens, in order.
    pub(crate) fn token_rows(&self) -> Vec<usize> {
        let longest = self.longest();
        self.0.iter().enumerate().flat_map(|(row, len)| row * longest..row * longest + len).collect()
    }

    /// The same as a tensor of indices.
    pub fn token_positions(&self, device: &Device) -> Result<Tensor> {
        Tensor::new(self.token_rows().into_iter().map(|row| row as u32).collect::<Vec<_>>(), device)
    }

    /// `[batch · longest, size]`, zero on padding: what `of_token` has for each token, which are numbered in their order.
    pub(crate) fn padded<'a>(&self, size: usize, of_token: impl Fn(usize) -> &'a [f32] + Sync) -> Vec<f32> {
        let longest = self.longest();
        let firsts: Vec<usize> = self
            .0
            .iter()
            .scan(0, |end, len| {
                *end += len;
                Some(*end - len)
            })
            .collect();
        each_row(self.batch() * longest, size, |place, out| {
            let (row, at) = (place / longest, place % longest);
            if at < self.0[row] {
                out.copy_from_slice(of_token(firsts[row] + at));
            }
        })
    }

    /// The part of each sentence in `data`, which holds `size` elements for every token; none if it is empty.
    pub(crate) fn split_mut<'a>(&self, mut data: &'a mut [f32], size: usize) -> Vec<&'a mut [f32]> {
        if data.is_empty() {
            return Vec::new();
        }
        let mut parts = Vec::with_capacity(self.0.len());
        for len in &self.0 {
            let (part, rest) = data.split_at_mut(len * size);
            parts.push(part);
            data = rest;
        }
        parts
    }
}
