//! Attention in search: queries of many hypotheses over the memory of their sentences, in plain slices.

use crate::attention::Scorer;
use crate::{Attention, Memory};
use candle_core::{Result, Tensor};
use glosser_kernels::{Precision, PreparedLinear, attend, attend_by_scores, simd, tanh_in_place, widest};
use rayon::prelude::*;

/// A [`Memory`] in plain slices.
#[derive(Clone, Debug)]
pub struct PreparedMemory {
    /// `[batch, source, key]`.
    keys: Vec<f32>,
    /// `[batch, source, value]`.
    values: Vec<f32>,
    lengths: Vec<usize>,
    longest: usize,
}

impl PreparedMemory {
    pub(crate) fn new(memory: &Memory) -> Result<Self> {
        Ok(Self {
            keys: memory.keys.flatten_all()?.to_vec1()?,
            values: memory.values.flatten_all()?.to_vec1()?,
            lengths: memory.lengths.as_slice().to_vec(),
            longest: memory.lengths.longest(),
        })
    }

    /// Returns the keys of a sentence, `[its tokens, key]`.
    fn keys(&self, sentence: usize) -> &[f32] {
        self.of_sentence(&self.keys, sentence)
    }

    /// Returns the values of a sentence, `[its tokens, value]`.
    fn values(&self, sentence: usize) -> &[f32] {
        self.of_sentence(&self.values, sentence)
    }

    /// Returns the part of a sentence in `all`, `[batch, source, width]`, without padding: `[its tokens, width]`.
    fn of_sentence<'a>(&self, all: &'a [f32], sentence: usize) -> &'a [f32] {
        let width = all.len() / (self.lengths.len() * self.longest);
        &all[sentence * self.longest * width..][..self.lengths[sentence] * width]
    }

    fn value_size(&self) -> usize {
        self.values.len() / (self.lengths.len() * self.longest)
    }
}

/// The part of an [`Attention`] that is computed for every query, with packed weights. The keys are in the memory.
#[derive(Debug)]
pub(crate) enum PreparedAttention {
    /// Score `dot` or `general`: queries are multiplied with keys as they are.
    Dot,
    Additive {
        query: PreparedLinear,
        v: Vec<f32>,
    },
    Mlp {
        query: PreparedLinear,
        inner: PreparedLinear,
        v: Vec<f32>,
    },
}

impl PreparedAttention {
    pub fn new(attention: &Attention, precision: Precision) -> Result<Self> {
        let linear = |layer| PreparedLinear::new(layer, precision);
        let vector = |tensor: &Tensor| tensor.to_vec1::<f32>();
        Ok(match &attention.scorer {
            Scorer::Dot { .. } | Scorer::General { .. } => Self::Dot,
            Scorer::Additive { query, v, .. } => Self::Additive { query: linear(query)?, v: vector(v)? },
            Scorer::Mlp { query, inner, v, .. } => {
                Self::Mlp { query: linear(query)?, inner: linear(inner)?, v: vector(v)? }
            }
        })
    }

    /// Maps queries `[rows, query]` to contexts `[rows, value]`, and to the attention weights of each row, one for each
    /// token of its sentence. `sentences` has the index of each row's sentence in `memory`.
    pub fn attend(&self, queries: &[f32], sentences: &[usize], memory: &PreparedMemory) -> (Vec<f32>, Vec<Vec<f32>>) {
        let mut weights: Vec<Vec<f32>> =
            sentences.iter().map(|sentence| vec![0.0; memory.lengths[*sentence]]).collect();
        let contexts = match self {
            Self::Dot => attend_rows(queries, None, sentences, memory, &mut weights),
            Self::Additive { query, v } => {
                attend_rows(&query.forward(queries), Some(v), sentences, memory, &mut weights)
            }
            Self::Mlp { query, inner, v } => {
                mlp_scores(&query.forward(queries), inner, v, sentences, memory, &mut weights);
                contexts_by_row(sentences, memory, &mut weights, |_, sentence, scores, context| {
                    attend_by_scores(memory.values(sentence), scores, context);
                })
            }
        };
        (contexts, weights)
    }
}

/// Returns the contexts `[rows, value]` of projected queries `[rows, key]` and fills each row's weights, one for each
/// token of its sentence. The score is additive with a vector `v` `[key]`, and the dot product without.
fn attend_rows(
    queries: &[f32],
    v: Option<&[f32]>,
    sentences: &[usize],
    memory: &PreparedMemory,
    weights: &mut [Vec<f32>],
) -> Vec<f32> {
    let size = queries.len() / sentences.len();
    contexts_by_row(sentences, memory, weights, |row, sentence, weights, context| {
        let query = &queries[row * size..][..size];
        attend(query, memory.keys(sentence), memory.values(sentence), v, weights, context);
    })
}

/// Fills each row's scores vᵀ tanh(W₂ tanh(q + k)), one for each token of its sentence, from projected queries
/// `[rows, size]` and v `[size]`. All pairs of query and key go through W₂ in one matrix product.
fn mlp_scores(
    queries: &[f32],
    inner: &PreparedLinear,
    v: &[f32],
    sentences: &[usize],
    memory: &PreparedMemory,
    scores: &mut [Vec<f32>],
) {
    let mut pairs = Vec::with_capacity(scores.iter().map(Vec::len).sum::<usize>() * v.len());
    for (query, sentence) in queries.chunks(v.len()).zip(sentences) {
        for key in memory.keys(*sentence).chunks(v.len()) {
            pairs.extend(query.iter().zip(key).map(|(query, key)| query + key));
        }
    }
    tanh_in_place(&mut pairs);
    let mut pairs = inner.forward(&pairs);
    tanh_in_place(&mut pairs);
    for (score, pair) in scores.iter_mut().flatten().zip(pairs.chunks(v.len())) {
        *score = widest!(simd::dot(pair, v));
    }
}

/// Returns the contexts `[rows, value]`. For each row, `attend` gets the row, its sentence, its weights (one for each
/// token of the sentence) and its context `[value]`, which it fills. Rows are computed in parallel.
fn contexts_by_row(
    sentences: &[usize],
    memory: &PreparedMemory,
    weights: &mut [Vec<f32>],
    attend: impl Fn(usize, usize, &mut [f32], &mut [f32]) + Sync,
) -> Vec<f32> {
    let width = memory.value_size();
    let mut contexts = vec![0.0; sentences.len() * width];
    // Fewer than four rows cost less than handing them to another thread.
    contexts
        .par_chunks_mut(width)
        .zip(weights)
        .zip(sentences)
        .enumerate()
        .with_min_len(4)
        .for_each(|(row, ((context, weights), sentence))| attend(row, *sentence, weights, context));
    contexts
}
