use crate::BidirectionalGru;
use candle_core::{D, Result, Tensor};
use candle_nn::VarBuilder;
use glosser_kernels::{Embedding, Lengths, Pass, end_states};
use serde::{Deserialize, Serialize};

/// Sizes of the encoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncoderConfig {
    /// Units in each direction.
    pub hidden: usize,
    /// Bidirectional layers, one above the other.
    pub layers: usize,
    /// Probability with which a unit of the embedding, and of each layer's result, is dropped in training.
    pub dropout: f32,
}

/// Encoder states that know which of their positions are padding.
#[derive(Clone, Debug)]
pub struct Annotations {
    /// `[batch, source_len, 2·hidden + embed]`: for each word what was read up to it from the left, from the right, and
    /// its own embedding.
    pub states: Tensor,
    /// Tokens of each sentence.
    pub lengths: Lengths,
    /// `[batch, 2·hidden]`: each direction's last state, from which the decoder starts.
    pub summary: Tensor,
}

/// What an annotation is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnnotationSize {
    /// Units of both directions: what was read around the word.
    pub states: usize,
    /// Units of the embedding: the word itself.
    pub word: usize,
}

impl AnnotationSize {
    /// All units.
    pub fn total(&self) -> usize {
        self.states + self.word
    }
}

/// Embedding and bidirectional layers.
///
/// The word itself goes with what was read around it: the decoder then sees which word it attends to, and need not find
/// that out from states that have read the whole sentence. It is the lexical part of Nguyen and Chiang (2018, "Improving
/// Lexical Choice in Neural Machine Translation", section 4), without an output layer of its own.
#[derive(Clone, Debug)]
pub struct Encoder {
    embedding: Embedding,
    layers: Vec<BidirectionalGru>,
    annotation: AnnotationSize,
    dropout: f32,
}

impl Encoder {
    /// Layers from `vb` above an embedding of size `embed`, which may be shared with the decoder.
    pub fn new(config: &EncoderConfig, embedding: Embedding, embed: usize, vb: VarBuilder) -> Result<Self> {
        let layers = (0..config.layers)
            .map(|layer| {
                let size_in = if layer == 0 { embed } else { 2 * config.hidden };
                BidirectionalGru::new(size_in, config.hidden, vb.pp(format!("layer{layer}")))
            })
            .collect::<Result<_>>()?;
        let annotation = AnnotationSize { states: 2 * config.hidden, word: embed };
        Ok(Self { embedding, layers, annotation, dropout: config.dropout })
    }

    /// Sizes of the annotations.
    pub fn annotation_size(&self) -> AnnotationSize {
        self.annotation
    }

    /// Token ids `[batch, source_len]` to annotations.
    pub fn forward(&self, source: &Tensor, lengths: &Lengths, pass: &mut Pass) -> Result<Annotations> {
        let words = pass.dropout(&self.embedding.forward(source)?, self.dropout)?;
        let mut read = words.clone();
        for (below, layer) in self.layers.iter().enumerate() {
            let heard = if below == 0 { read } else { pass.dropout(&read, self.dropout)? };
            read = layer.forward(&heard, lengths)?;
        }
        let summary = end_states(&read, lengths)?;
        let states = Tensor::cat(&[&pass.dropout(&read, self.dropout)?, &words], D::Minus1)?;
        Ok(Annotations { states, lengths: lengths.clone(), summary })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{DType, Device};
    use candle_nn::VarMap;

    fn encoder(layers: usize) -> Result<Encoder> {
        let vars = VarMap::new();
        let vb = VarBuilder::from_varmap(&vars, DType::F32, &Device::Cpu);
        let config = EncoderConfig { hidden: 16, layers, dropout: 0.0 };
        let embedding = Embedding::new(11, 8, vb.pp("embedding"))?;
        let encoder = Encoder::new(&config, embedding, 8, vb)?;
        for (seed, (_, var)) in vars.data().lock().expect("unpoisoned").iter().enumerate() {
            let data: Vec<f32> =
                (0..var.elem_count()).map(|i| ((i * 7919 + seed * 13) % 1013) as f32 / 1013.0 - 0.5).collect();
            var.set(&Tensor::from_vec(data, var.shape(), &Device::Cpu)?)?;
        }
        Ok(encoder)
    }

    #[test]
    fn a_sentence_alone_is_the_same_as_in_a_padded_batch() -> Result<()> {
        for layers in [1, 2] {
            let encoder = encoder(layers)?;
            let lengths = Lengths::new(vec![3, 5])?;
            let ids = Tensor::new(&[[4u32, 5, 2, 0, 0], [3, 6, 7, 8, 2]], &Device::Cpu)?;
            let together = encoder.forward(&ids, &lengths, &mut Pass::Evaluate)?;
            let alone = encoder.forward(
                &Tensor::new(&[[4u32, 5, 2]], &Device::Cpu)?,
                &Lengths::new(vec![3])?,
                &mut Pass::Evaluate,
            )?;
            let same = together.states.narrow(0, 0, 1)?.narrow(1, 0, 3)?;
            assert_eq!(alone.states.to_vec3::<f32>()?, same.to_vec3::<f32>()?);
            assert_eq!(alone.summary.to_vec2::<f32>()?[0], together.summary.to_vec2::<f32>()?[0]);
            let padding = together.states.narrow(0, 0, 1)?.narrow(1, 3, 2)?.narrow(2, 0, encoder.annotation.states)?;
            assert_eq!(padding.abs()?.sum_all()?.to_scalar::<f32>()?, 0.0);
        }
        Ok(())
    }

    #[test]
    fn both_directions_see_what_they_should() -> Result<()> {
        let encoder = encoder(1)?;
        let read = |ids: [u32; 3]| -> Result<Vec<Vec<f32>>> {
            let ids = Tensor::new(&[ids], &Device::Cpu)?;
            let states = encoder.forward(&ids, &Lengths::new(vec![3])?, &mut Pass::Evaluate)?.states;
            states.squeeze(0)?.to_vec2::<f32>()
        };
        let (a, b) = (read([4, 5, 6])?, read([4, 5, 7])?);
        assert_eq!(a[0][..16], b[0][..16], "the forward direction cannot see a later word");
        assert_ne!(a[0][16..32], b[0][16..32], "the backward direction sees every later word");
        assert_eq!(a[0][32..], b[0][32..], "the word is the same");
        assert_eq!(a[0].len(), encoder.annotation_size().total());
        Ok(())
    }
}
