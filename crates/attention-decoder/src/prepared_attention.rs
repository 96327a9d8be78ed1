//! Attention in search: queries of many hypotheses over the memory of their sentences, in plain slices.

use crate::attention::Scorer;
use crate::{Attention, Memory};
use candle_core::{Result, Tensor};
use glosser_kernels::{Precision, PreparedLinear, attend, attend_by_scores, simd, tanh_in_place, widest};
use rayon::prelude::*;
use std::borrow::Cow;

/// A [`Memory`] in plain slices, sentence by sentence without padding.
#[derive(Clone, Debug)]
pub struct PreparedMemory {
    sentences: Vec<SentenceMemory>,
    /// Elements of a value.
    value_size: usize,
}

#[derive(Clone, Debug)]
struct SentenceMemory {
    /// `[source, key]`.
    keys: Vec<f32>,
    /// `[source, value]`.
    values: Vec<f32>,
    /// Number of tokens.
    len: usize,
}

impl PreparedMemory {
    pub(crate) fn new(memory: &Memory) -> Result<Self> {
        let sentence = |(row, &len): (usize, &usize)| {
            let flat = |all: &Tensor| all.get(row)?.narrow(0, 0, len)?.flatten_all()?.to_vec1();
            Ok(SentenceMemory { keys: flat(&memory.keys)?, values: flat(&memory.values)?, len })
        };
        let sentences = memory.lengths.as_slice().iter().enumerate().map(sentence).collect::<Result<_>>()?;
        Ok(Self { sentences, value_size: memory.values.dim(2)? })
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
        let sentences: Vec<&SentenceMemory> = sentences.iter().map(|sentence| &memory.sentences[*sentence]).collect();
        let queries = match self {
            Self::Dot => Cow::Borrowed(queries),
            Self::Additive { query, .. } | Self::Mlp { query, .. } => Cow::Owned(query.forward(queries)),
        };
        let size = queries.len() / sentences.len();
        let mut weights: Vec<Vec<f32>> = sentences.iter().map(|sentence| vec![0.0; sentence.len]).collect();
        if let Self::Mlp { inner, v, .. } = self {
            mlp_scores(&queries, inner, v, &sentences, &mut weights);
        }
        let mut contexts = vec![0.0; sentences.len() * memory.value_size];
        let rows = contexts.par_chunks_mut(memory.value_size).zip(&mut weights).zip(queries.par_chunks(size));
        // Fewer than four rows cost less than handing them to another thread.
        rows.zip(&sentences).with_min_len(4).for_each(|(((context, weights), query), sentence)| match self {
            Self::Dot => attend(query, &sentence.keys, &sentence.values, None, weights, context),
            Self::Additive { v, .. } => attend(query, &sentence.keys, &sentence.values, Some(v), weights, context),
            Self::Mlp { .. } => attend_by_scores(&sentence.values, weights, context),
        });
        (contexts, weights)
    }
}

/// Fills each row's scores vᵀ tanh(W₂ tanh(q + k)), one for each token of its sentence, from projected queries
/// `[rows, size]` and v `[size]`. All pairs of query and key go through W₂ in one matrix product.
fn mlp_scores(
    queries: &[f32],
    inner: &PreparedLinear,
    v: &[f32],
    sentences: &[&SentenceMemory],
    scores: &mut [Vec<f32>],
) {
    let mut pairs = Vec::with_capacity(scores.iter().map(Vec::len).sum::<usize>() * v.len());
    for (query, sentence) in queries.chunks(v.len()).zip(sentences) {
        for key in sentence.keys.chunks(v.len()) {
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
