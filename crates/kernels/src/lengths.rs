//! The lengths of the sentences of a padded batch.

use crate::cpu::buffers::each_row;
use candle_core::{DType, Device, Result, Tensor, bail};

/// The number of real tokens of each sentence in a padded batch `[B, L]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lengths(Vec<usize>);

impl Lengths {
    /// Creates the lengths `[B]` of a batch.
    ///
    /// # Errors
    /// If there is no sentence, or an empty one: a softmax over no positions is undefined.
    pub fn new(lengths: Vec<usize>) -> Result<Self> {
        if lengths.is_empty() || lengths.contains(&0) {
            bail!(
                "a batch needs at least one sentence, and every sentence at least one token, got lengths {lengths:?}"
            );
        }
        Ok(Self(lengths))
    }

    /// Returns B, the number of sentences.
    pub fn batch(&self) -> usize {
        self.0.len()
    }

    /// Returns L, the length of the longest sentence, to which the batch is padded.
    pub fn longest(&self) -> usize {
        self.0.iter().copied().max().unwrap_or(0)
    }

    /// Returns N, the number of real tokens in the batch.
    pub fn total(&self) -> usize {
        self.0.iter().sum()
    }

    /// Returns the lengths `[B]` in batch order.
    pub fn as_slice(&self) -> &[usize] {
        &self.0
    }

    /// Returns a mask `[B, L]`: one on tokens, zero on padding.
    ///
    /// # Errors
    /// If the device cannot hold it.
    pub fn mask(&self, dtype: DType, device: &Device) -> Result<Tensor> {
        self.marked(1.0, 0.0, dtype, device)
    }

    /// Returns a bias `[B, L]` for scores before a softmax: zero on tokens, minus infinity on padding.
    ///
    /// # Errors
    /// If the device cannot hold it.
    pub fn bias(&self, dtype: DType, device: &Device) -> Result<Tensor> {
        self.marked(0.0, f32::NEG_INFINITY, dtype, device)
    }

    /// Returns `[B, L]`: one value on tokens, another on padding.
    fn marked(&self, token: f32, padding: f32, dtype: DType, device: &Device) -> Result<Tensor> {
        let longest = self.longest();
        let values = |len: &usize| std::iter::repeat_n(token, *len).chain(std::iter::repeat_n(padding, longest - len));
        Tensor::from_iter(self.0.iter().flat_map(values), device)?.reshape((self.batch(), longest))?.to_dtype(dtype)
    }

    /// Returns the index of each sentence's last token `[B]` in the batch flattened to `[B·L]`.
    ///
    /// # Errors
    /// If the device cannot hold it.
    pub fn last_positions(&self, device: &Device) -> Result<Tensor> {
        let longest = self.longest();
        let last: Vec<u32> = self.0.iter().enumerate().map(|(row, len)| (row * longest + len - 1) as u32).collect();
        Tensor::new(last, device)
    }

    /// Returns the indices of all tokens `[N]` in the batch flattened to `[B·L]`, in ascending order.
    pub(crate) fn token_rows(&self) -> Vec<usize> {
        let longest = self.longest();
        self.0.iter().enumerate().flat_map(|(row, len)| row * longest..row * longest + len).collect()
    }

    /// Returns the indices of all tokens as a tensor `[N]` of `u32`, for the batch flattened to `[B·L]`.
    ///
    /// # Errors
    /// If the device cannot hold it.
    pub fn token_positions(&self, device: &Device) -> Result<Tensor> {
        Tensor::new(self.token_rows().into_iter().map(|row| row as u32).collect::<Vec<_>>(), device)
    }

    /// Returns `[B·L, size]`, zero on padding. `token_vector` returns the vector `[size]` of each token from 0 to N.
    pub(crate) fn padded<'a>(&self, size: usize, token_vector: impl Fn(usize) -> &'a [f32] + Sync) -> Vec<f32> {
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
                out.copy_from_slice(token_vector(firsts[row] + at));
            }
        })
    }

    /// Splits `data` `[N, size]` into one slice `[length, size]` per sentence. Returns no slices if `data` is empty.
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
