//! Embedding and bidirectional recurrent layers.

use candle_core::{D, Result, Tensor};
use candle_nn::VarBuilder;
use glosser_kernels::{Embedding, Gru, Lengths, Pass, end_states};
use serde::{Deserialize, Serialize};

/// Sizes of the encoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncoderConfig {
    /// Units in each direction.
    pub hidden: usize,
    /// Number of bidirectional layers.
    pub layers: usize,
    /// Dropout probability in training, of a unit of the embedding and of each layer's output.
    pub dropout: f32,
}

/// The encoder's output for a batch. It contains the lengths, so that padding is known wherever it is used.
#[derive(Clone, Debug)]
pub struct Annotations {
    /// `[batch, source, 2·hidden + embed]`: for each token the state of the forward direction, the state of the
    /// backward direction and the embedding.
    pub states: Tensor,
    /// Number of tokens of each sentence.
    pub lengths: Lengths,
    /// `[batch, 2·hidden]`: the last state of each direction, from which the decoder's initial states are computed.
    pub summary: Tensor,
}

/// Size of an annotation, by its two parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnnotationSize {
    /// Units of the recurrent states, both directions together.
    pub states: usize,
    /// Units of the embedding.
    pub embed: usize,
}

impl AnnotationSize {
    /// Number of units of both parts.
    pub fn total(&self) -> usize {
        self.states + self.embed
    }
}

/// Embedding and bidirectional layers.
///
/// An annotation ends with the embedding of its token, because recurrent states mix in the whole sentence: the decoder
/// sees directly which token it attends to. This is the lexical part of Nguyen and Chiang (2018, "Improving Lexical
/// Choice in Neural Machine Translation", section 4), without a separate output layer.
#[derive(Clone, Debug)]
pub struct Encoder {
    embedding: Embedding,
    layers: Vec<BidirectionalGru>,
    annotation: AnnotationSize,
    dropout: f32,
}

impl Encoder {
    /// Takes the weights of the layers from `vb`. `embedding`, whose vectors have `embed` units, may be shared with the
    /// decoder.
    pub fn new(config: &EncoderConfig, embedding: Embedding, embed: usize, vb: VarBuilder) -> Result<Self> {
        let layers = (0..config.layers)
            .map(|layer| {
                let size_in = if layer == 0 { embed } else { 2 * config.hidden };
                BidirectionalGru::new(size_in, config.hidden, vb.pp(format!("layer{layer}")))
            })
            .collect::<Result<_>>()?;
        let annotation = AnnotationSize { states: 2 * config.hidden, embed };
        Ok(Self { embedding, layers, annotation, dropout: config.dropout })
    }

    /// Size of the annotations that [`Encoder::forward`] returns.
    pub fn annotation_size(&self) -> AnnotationSize {
        self.annotation
    }

    /// Encodes token ids `[batch, source]`, where `source` is the length of the longest sentence.
    pub fn forward(&self, source: &Tensor, lengths: &Lengths, pass: &mut Pass) -> Result<Annotations> {
        let embedded = pass.dropout(&self.embedding.forward(source)?, self.dropout)?;
        let mut states = embedded.clone();
        for (index, layer) in self.layers.iter().enumerate() {
            // The embedding has its dropout already.
            let input = if index == 0 { states } else { pass.dropout(&states, self.dropout)? };
            states = layer.forward(&input, lengths)?;
        }
        let summary = end_states(&states, lengths)?;
        let states = Tensor::cat(&[&pass.dropout(&states, self.dropout)?, &embedded], D::Minus1)?;
        Ok(Annotations { states, lengths: lengths.clone(), summary })
    }
}

/// Two gated recurrent units over the same sentences, one from each end.
#[derive(Clone, Debug)]
struct BidirectionalGru {
    forward: Gru,
    backward: Gru,
}

impl BidirectionalGru {
    /// Takes the weights of both directions from `vb`, with `hidden` units each.
    fn new(size_in: usize, hidden: usize, vb: VarBuilder) -> Result<Self> {
        Ok(Self {
            forward: Gru::new(size_in, hidden, vb.pp("forward"))?,
            backward: Gru::new(size_in, hidden, vb.pp("backward"))?,
        })
    }

    /// Maps `[batch, source, size_in]` to `[batch, source, 2·hidden]`: forward state, then backward state of each
    /// position, zero on padding.
    fn forward(&self, x: &Tensor, lengths: &Lengths) -> Result<Tensor> {
        Gru::bidirectional(&self.forward, &self.backward, x, lengths)
    }
}

#[cfg(test)]
#[path = "encoder_tests.rs"]
mod tests;
