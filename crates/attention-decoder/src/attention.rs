//! Attention over the source: score, softmax, weighted sum. Where each part is computed and differentiated:
//!
//! | part | reference, differentiated by candle | kernel and its gradient, in `crates/kernels/src/ops/attention/` |
//! | --- | --- | --- |
//! | additive score | `reference::additive_scores` below | `scores.rs`: `additive_scores`, `AdditiveScores::bwd` |
//! | dot and general score | `reference::dot_scores` below | `scores.rs`: `dot_scores`, `DotScores::bwd` |
//! | mlp score | `reference::mlp_scores` below | `mlp/`: `mlp_scores`, `MlpScores::bwd` |
//! | softmax without padding | `reference::softmax` below | `softmax.rs`: `softmax`, `Softmax::bwd` |
//! | context | `reference::weighted_sum` below | `weighted_sum.rs`: `weighted_sum`, `WeightedSum::bwd` |
//!
//! Kernels run on the CPU in `f32`, the reference on every other device and type. `attention_tests.rs` compares both in
//! value and gradient, and the reference's gradient with finite differences. Search has its own layout:
//! `prepared_attention.rs`.

use candle_core::{D, Result, Tensor, bail};
use candle_nn::VarBuilder;
use glosser_encoder::{AnnotationSize, Annotations};
use glosser_kernels::{Lengths, Linear, additive_scores, dot_scores, is_fused, mlp_scores, softmax, weighted_sum};
use serde::{Deserialize, Serialize};

/// Function that scores a query q against a key k.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Score {
    /// q·k / √d, without parameters (Luong et al. 2015, section 3.1; scaled as in Vaswani et al. 2017, equation 1). k
    /// is the recurrent part of an annotation, and must have the size d of the query.
    Dot,
    /// qᵀ W k / √d for a query of size d (Luong et al. 2015, section 3.1; scaled as `Dot`). Models of earlier versions do
    /// not divide by √d: [`AttentionConfig::scaled`].
    General,
    /// vᵀ tanh(W q + U k) (Bahdanau et al. 2015, section 3.1 and appendix A.1.2).
    Additive,
    /// vᵀ tanh(W₂ tanh(W₁ \[q; k\])): a multi-layer perceptron over query and key together.
    Mlp,
}

/// Score function and the size of its inner layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttentionConfig {
    /// Score function.
    pub score: Score,
    /// Units of the inner layer of `additive` and `mlp`. The other scores have no inner layer.
    pub size: usize,
    /// Whether the score `general` is divided by √d, so that its first values are small enough to learn from. It is not if
    /// the file has no such key: a model of an earlier version. For the other scores it is always false.
    #[serde(default, skip_serializing_if = "is_false")]
    pub scaled: bool,
}

impl AttentionConfig {
    /// Returns the configuration of a new model.
    #[must_use]
    pub fn new(score: Score, size: usize) -> Self {
        Self { score, size, scaled: score == Score::General }
    }
}

fn is_false(value: &bool) -> bool {
    !*value
}

/// Keys and values of a batch, built once by [`Attention::memory`] and shared by all queries.
#[derive(Clone, Debug)]
pub struct Memory {
    /// `[batch, source, key]`: annotations, projected as the score needs them.
    pub(crate) keys: Tensor,
    /// `[batch, source, value]`: annotations.
    pub(crate) values: Tensor,
    /// Number of tokens of each source sentence.
    pub(crate) lengths: Lengths,
}

/// Result of a batch of queries.
#[derive(Clone, Debug)]
pub struct Attended {
    /// `[batch, target, value]`.
    pub context: Tensor,
    /// `[batch, target, source]`: each row sums to one and is zero on padding.
    pub weights: Tensor,
}

/// Attention with the parameters of its score.
#[derive(Clone, Debug)]
pub struct Attention {
    pub(crate) scorer: Scorer,
}

#[derive(Clone, Debug)]
pub(crate) enum Scorer {
    Dot {
        size: usize,
    },
    /// The keys are multiplied by `scale`.
    General {
        key: Linear,
        scale: f64,
    },
    Additive {
        query: Linear,
        key: Linear,
        v: Tensor,
    },
    Mlp {
        query: Linear,
        key: Linear,
        inner: Linear,
        v: Tensor,
    },
}

impl Attention {
    /// Takes the parameters from `vb`, for queries of `query_size` units.
    ///
    /// # Errors
    /// If the score is [`Score::Dot`] and queries have another size than the recurrent part of annotations.
    pub fn new(
        config: &AttentionConfig,
        query_size: usize,
        annotation: AnnotationSize,
        vb: VarBuilder,
    ) -> Result<Self> {
        let (size, value_size) = (config.size, annotation.total());
        let query = || Linear::new(query_size, size, vb.pp("query"));
        let key = |size| Linear::without_bias(value_size, size, vb.pp("key"));
        let v = || vb.get(size, "score.weight");
        let scorer = match config.score {
            Score::Dot if query_size != annotation.states => bail!(
                "the score `dot` multiplies query and annotation, but the decoder has {query_size} units and the encoder \
                 {} in both directions: make them equal, or choose the score `general`",
                annotation.states
            ),
            Score::Dot => Scorer::Dot { size: query_size },
            Score::General => Scorer::General {
                key: key(query_size)?,
                scale: if config.scaled { 1.0 / (query_size as f64).sqrt() } else { 1.0 },
            },
            Score::Additive => Scorer::Additive { query: query()?, key: key(size)?, v: v()? },
            Score::Mlp => Scorer::Mlp {
                query: query()?,
                key: key(size)?,
                inner: Linear::new(size, size, vb.pp("inner"))?,
                v: v()?,
            },
        };
        Ok(Self { scorer })
    }

    /// Projects annotations `[batch, source, value]` to keys `[batch, source, key]`.
    pub fn memory(&self, annotations: &Annotations) -> Result<Memory> {
        let values = &annotations.states;
        let keys = match &self.scorer {
            Scorer::Dot { size } => (values.narrow(D::Minus1, 0, *size)? * (1.0 / (*size as f64).sqrt()))?,
            Scorer::General { key, scale } if *scale != 1.0 => (key.forward(values)? * *scale)?,
            Scorer::General { key, .. } | Scorer::Additive { key, .. } | Scorer::Mlp { key, .. } => {
                key.forward(values)?
            }
        };
        Ok(Memory { keys, values: values.clone(), lengths: annotations.lengths.clone() })
    }

    /// Maps queries `[batch, target, query]` to contexts `[batch, target, value]` and weights `[batch, target, source]`
    /// (Bahdanau et al. 2015, equations 5 and 6).
    pub fn attend(&self, query: &Tensor, memory: &Memory) -> Result<Attended> {
        let Memory { keys, values, lengths } = memory;
        if !is_fused(query) {
            let weights = reference::softmax(&self.reference_scores(query, keys)?, lengths)?;
            return Ok(Attended { context: reference::weighted_sum(&weights, values)?, weights });
        }
        let scores = match &self.scorer {
            Scorer::Dot { .. } | Scorer::General { .. } => dot_scores(query, keys, lengths)?,
            Scorer::Additive { query: project, v, .. } => additive_scores(&project.forward(query)?, keys, v, lengths)?,
            Scorer::Mlp { query: project, inner, v, .. } => {
                mlp_scores(&project.forward(query)?, keys, inner, v, lengths)?
            }
        };
        let weights = softmax(&scores, lengths)?;
        Ok(Attended { context: weighted_sum(&weights, values, lengths)?, weights })
    }

    /// Scores queries `[batch, target, query]` against keys `[batch, source, key]` in plain tensor operations. The
    /// result is `[batch, target, source]`, with values on padding, too.
    fn reference_scores(&self, query: &Tensor, keys: &Tensor) -> Result<Tensor> {
        match &self.scorer {
            Scorer::Dot { .. } | Scorer::General { .. } => reference::dot_scores(query, keys),
            Scorer::Additive { query: project, v, .. } => reference::additive_scores(&project.forward(query)?, keys, v),
            Scorer::Mlp { query: project, inner, v, .. } => {
                reference::mlp_scores(&project.forward(query)?, keys, inner, v)
            }
        }
    }
}

/// Attention in plain tensor operations: the specification of the kernels, and the path for other devices and types.
mod reference {
    use super::*;

    /// q + k for every query and key: `[batch, target, key]` and `[batch, source, key]` to
    /// `[batch, target, source, key]`.
    pub fn every_pair(queries: &Tensor, keys: &Tensor) -> Result<Tensor> {
        queries.unsqueeze(2)?.broadcast_add(&keys.unsqueeze(1)?)
    }

    /// vᵀ tanh(q + k): `[batch, target, key]`, `[batch, source, key]` and v `[key]` to `[batch, target, source]`.
    pub fn additive_scores(queries: &Tensor, keys: &Tensor, v: &Tensor) -> Result<Tensor> {
        every_pair(queries, keys)?.tanh()?.broadcast_mul(v)?.sum(D::Minus1)
    }

    /// vᵀ tanh(W₂ tanh(q + k)): `[batch, target, key]`, `[batch, source, key]`, W₂ as `inner` and v `[key]` to
    /// `[batch, target, source]`. W₁ \[q; k\] is a sum of two products, so that of the key is computed once for a
    /// sentence.
    pub fn mlp_scores(queries: &Tensor, keys: &Tensor, inner: &Linear, v: &Tensor) -> Result<Tensor> {
        inner.forward(&every_pair(queries, keys)?.tanh()?)?.tanh()?.broadcast_mul(v)?.sum(D::Minus1)
    }

    /// q·k: `[batch, target, key]` and `[batch, source, key]` to `[batch, target, source]`.
    pub fn dot_scores(queries: &Tensor, keys: &Tensor) -> Result<Tensor> {
        queries.matmul(&keys.transpose(1, 2)?.contiguous()?)
    }

    /// Normalises scores `[batch, target, source]` to weights over each sentence's own positions, zero on padding.
    pub fn softmax(scores: &Tensor, lengths: &Lengths) -> Result<Tensor> {
        let bias = lengths.bias(scores.dtype(), scores.device())?.unsqueeze(1)?;
        candle_nn::ops::softmax(&scores.broadcast_add(&bias)?, D::Minus1)
    }

    /// Σ weight · value: `[batch, target, source]` and `[batch, source, value]` to contexts `[batch, target, value]`.
    pub fn weighted_sum(weights: &Tensor, values: &Tensor) -> Result<Tensor> {
        weights.matmul(&values.contiguous()?)
    }
}

#[cfg(test)]
#[path = "attention_tests.rs"]
mod tests;
