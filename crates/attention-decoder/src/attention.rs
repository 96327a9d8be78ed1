use crate::reference;
use candle_core::{D, Result, Tensor, bail};
use candle_nn::VarBuilder;
use glosser_encoder::{AnnotationSize, Annotations};
use glosser_kernels::{Lengths, Linear, additive_scores, dot_scores, is_fused, softmax, weighted_sum};
use serde::{Deserialize, Serialize};

/// How a query is scored against a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Score {
    /// q·k / √d, without weights; k is the part of an annotation that was read around its word, and must have the size of
    /// a query (Luong et al. 2015; scaled as in Vaswani et al. 2017).
    Dot,
    /// qᵀ W k (Luong et al. 2015, section 3.1).
    General,
    /// vᵀ tanh(W q + U k) (Bahdanau et al. 2015, section 3.1).
    Additive,
    /// vᵀ tanh(W₂ tanh(W₁ \[q; k\])): a multi-layer perceptron over query and key together.
    Mlp,
}

/// Score function and the size of its inner layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttentionConfig {
    /// The score function.
    pub score: Score,
    /// Units of the inner layer of `additive` and `mlp`; the others have none.
    pub size: usize,
}

/// What the decoder attends to: built once for a batch by [`Attention::memory`], shared by all queries.
#[derive(Clone, Debug)]
pub struct Memory {
    /// `[batch, source_len, key size]`, already projected.
    pub(crate) keys: Tensor,
    /// `[batch, source_len, value size]`.
    pub(crate) values: Tensor,
    /// Tokens of each sentence: padding travels with what it describes.
    pub(crate) lengths: Lengths,
}

/// The answer to a batch of queries.
#[derive(Clone, Debug)]
pub struct Attended {
    /// `[batch, target_len, value size]`.
    pub context: Tensor,
    /// `[batch, target_len, source_len]`: rows sum to one, padding is zero.
    pub weights: Tensor,
}

/// The attention of the source: queries, keys, values.
#[derive(Clone, Debug)]
pub struct Attention {
    pub(crate) scorer: Scorer,
}

#[derive(Clone, Debug)]
pub(crate) enum Scorer {
    Dot { size: usize },
    General { key: Linear },
    Additive { query: Linear, key: Linear, v: Tensor },
    Mlp { query: Linear, key: Linear, inner: Linear, v: Tensor },
}

impl Attention {
    /// For queries of `query_size` and annotations of some size, with the weights of `vb`.
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
            Score::General => Scorer::General { key: key(query_size)? },
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

    /// Projects the keys, once for all queries.
    pub fn memory(&self, annotations: &Annotations) -> Result<Memory> {
        let values = &annotations.states;
        let keys = match &self.scorer {
            Scorer::Dot { size } => (values.narrow(D::Minus1, 0, *size)? * (1.0 / (*size as f64).sqrt()))?,
            Scorer::General { key } | Scorer::Additive { key, .. } | Scorer::Mlp { key, .. } => key.forward(values)?,
        };
        Ok(Memory { keys, values: values.clone(), lengths: annotations.lengths.clone() })
    }

    /// Queries `[batch, target_len, size]` to contexts and weights: score, softmax, weighted sum.
    pub fn attend(&self, query: &Tensor, memory: &Memory) -> Result<Attended> {
        let Memory { keys, values, lengths } = memory;
        if !is_fused(query) {
            let weights = reference::softmax(&self.reference_scores(query, keys)?, lengths)?;
            return Ok(Attended { context: reference::weighted_sum(&weights, values)?, weights });
        }
        let scores = match &self.scorer {
            Scorer::Dot { .. } | Scorer::General { .. } => dot_scores(query, keys, lengths)?,
            Scorer::Additive { query: project, v, .. } => additive_scores(&project.forward(query)?, keys, v, lengths)?,
            Scorer::Mlp { .. } => self.reference_scores(query, keys)?,
        };
        let weights = softmax(&scores, lengths)?;
        Ok(Attended { context: weighted_sum(&weights, values, lengths)?, weights })
    }

    fn reference_scores(&self, query: &Tensor, keys: &Tensor) -> Result<Tensor> {
        match &self.scorer {
            Scorer::Dot { .. } | Scorer::General { .. } => reference::dot_scores(query, keys),
            Scorer::Additive { query: project, v, .. } => reference::additive_scores(&project.forward(query)?, keys, v),
            Scorer::Mlp { query: project, inner, v, .. } => {
                // W₁ [q; k] is the sum of its two halves, so the keys' half is computed once for a sentence.
                let first = reference::every_pair(&project.forward(query)?, keys)?.tanh()?;
                inner.forward(&first)?.tanh()?.broadcast_mul(v)?.sum(D::Minus1)
            }
        }
    }
}

#[cfg(test)]
#[path = "attention_tests.rs"]
mod tests;
