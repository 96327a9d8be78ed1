use crate::{Attended, Attention, AttentionConfig, Memory};
use candle_core::{D, Result, Tensor};
use candle_nn::VarBuilder;
use glosser_encoder::{AnnotationSize, Annotations};
use glosser_kernels::{Direction, Embedding, Gru, Lengths, Linear, Pass, concat_tokens, tanh};
use serde::{Deserialize, Serialize};

/// Sizes of the decoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecoderConfig {
    /// Units of each of the two recurrent layers.
    pub hidden: usize,
    /// Probability with which a unit of the embedding, and of the readout, is dropped in training.
    pub dropout: f32,
    /// How the decoder attends.
    pub attention: AttentionConfig,
    /// How the aligner does, if there is one. Files that do not say have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aligner: Option<AttentionConfig>,
}

/// The stacked attention decoder. With y the embedding of the previous word:
///
/// ```text
/// a  = GRU(y, a)                      the state that asks
/// c  = attention(a, memory)           the context
/// s  = GRU([a; c], s)                 the state that has read
/// p(word) = softmax(E tanh(W [s; c; y]) + b)
/// ```
///
/// E is the target embedding itself (Press and Wolf 2017).
///
/// Attention decides before a word is known where it comes from. An *aligner* is a second attention that decides after,
/// for nothing but links (Chen, Sun, Liu 2020, "Accurate Word Alignment Induction from Neural Machine Translation", section
/// 4): its query is \[a; s\] of the layer that has read the word already, a, and of the one that wrote it, s. No word of a
/// translation depends on it, but the other layers learn from its links, too.
#[derive(Clone, Debug)]
pub struct Decoder {
    pub(crate) embedding: Embedding,
    start_ask: Linear,
    start_read: Linear,
    pub(crate) ask: Gru,
    pub(crate) read: Gru,
    pub(crate) attention: Attention,
    pub(crate) aligner: Option<Attention>,
    pub(crate) readout: Linear,
    pub(crate) output: Linear,
    dropout: f32,
}

/// What the first word starts from.
pub(crate) struct Start {
    /// States of the two layers, `[batch, hidden]`.
    pub ask: Tensor,
    pub read: Tensor,
    pub memory: Memory,
}

/// What whole target sentences pass through.
pub(crate) struct Way {
    /// Embeddings of the tokens before each, `[batch, target_len, embed]`.
    pub y: Tensor,
    pub attended: Attended,
    /// States of the layer that asks, `[batch, target_len, hidden]`.
    pub ask: Tensor,
    /// States of the layer that has read, `[batch, target_len, hidden]`.
    pub read: Tensor,
    pub memory: Memory,
}

/// What whole target sentences lead to.
#[derive(Clone, Debug)]
pub struct Output {
    /// `[target tokens of the batch, embed]`: what [`Decoder::output_layer`] makes logits of, sentence after sentence,
    /// padding left out.
    pub readout: Tensor,
    /// `[batch, target_len, source_len]`.
    pub weights: Tensor,
    /// The same of the aligner, if there is one.
    pub aligner_weights: Option<Tensor>,
}

impl Decoder {
    /// For annotations of some size, above an embedding of size `embed` that is also the output layer.
    pub fn new(
        config: &DecoderConfig,
        embedding: Embedding,
        embed: usize,
        annotation: AnnotationSize,
        vb: VarBuilder,
    ) -> Result<Self> {
        let hidden = config.hidden;
        let (summary_size, value_size) = (annotation.states, annotation.total());
        Ok(Self {
            start_ask: Linear::new(summary_size, hidden, vb.pp("start_ask"))?,
            start_read: Linear::new(summary_size, hidden, vb.pp("start_read"))?,
            ask: Gru::new(embed, hidden, vb.pp("ask"))?,
            read: Gru::new(hidden + value_size, hidden, vb.pp("read"))?,
            attention: Attention::new(&config.attention, hidden, annotation, vb.pp("attention"))?,
            aligner: aligner(config, annotation, vb.pp("aligner"))?,
            readout: Linear::new(hidden + value_size + embed, embed, vb.pp("readout"))?,
            output: Linear::tied(embedding.table().clone(), vb.pp("output"))?,
            embedding,
            dropout: config.dropout,
        })
    }

    pub(crate) fn start(&self, annotations: &Annotations) -> Result<Start> {
        Ok(Start {
            ask: tanh(&self.start_ask.forward(&annotations.summary)?)?,
            read: tanh(&self.start_read.forward(&annotations.summary)?)?,
            memory: self.attention.memory(annotations)?,
        })
    }

    /// All tokens at once, each after the given one before it (teacher forcing): `target_in` `[batch, target_len]`
    /// begins with the beginning-of-sentence token.
    pub fn forward(
        &self,
        target_in: &Tensor,
        lengths: &Lengths,
        annotations: &Annotations,
        pass: &mut Pass,
    ) -> Result<Output> {
        let way = self.way(target_in, lengths, annotations, pass)?;
        let aligner_weights = self.align(&way, annotations)?;
        Ok(Output { aligner_weights, ..self.output_of(&way, lengths, pass)? })
    }

    /// Where each target token came from, by the aligner: `[batch, target_len, source_len]`.
    fn align(&self, way: &Way, annotations: &Annotations) -> Result<Option<Tensor>> {
        let Some(aligner) = &self.aligner else { return Ok(None) };
        let (batch, target_len, hidden) = way.ask.dims3()?;
        // The state that has read a token comes with the next; nothing comes after the last, the end.
        let after = Tensor::zeros((batch, 1, hidden), way.ask.dtype(), way.ask.device())?;
        let ask = Tensor::cat(&[&way.ask.narrow(1, 1, target_len - 1)?, &after], 1)?;
        let query = Tensor::cat(&[&ask, &way.read], D::Minus1)?;
        Ok(Some(aligner.attend(&query, &aligner.memory(annotations)?)?.weights))
    }

    /// Whether there is an aligner.
    pub fn has_aligner(&self) -> bool {
        self.aligner.is_some()
    }

    /// Through whole target sentences, up to the readout.
    pub(crate) fn way(
        &self,
        target_in: &Tensor,
        lengths: &Lengths,
        annotations: &Annotations,
        pass: &mut Pass,
    ) -> Result<Way> {
        let start = self.start(annotations)?;
        let y = pass.dropout(&self.embedding.forward(target_in)?, self.dropout)?;
        let ask = self.ask.sequence(&[&y], lengths, Direction::Forward, &start.ask)?;
        let attended = self.attention.attend(&ask, &start.memory)?;
        let read = self.read.sequence(&[&ask, &attended.context], lengths, Direction::Forward, &start.read)?;
        Ok(Way { y, attended, ask, read, memory: start.memory })
    }

    pub(crate) fn output_of(&self, way: &Way, lengths: &Lengths, pass: &mut Pass) -> Result<Output> {
        // The output layer is the largest product of a step: padding is left out before it.
        let inputs = concat_tokens([&way.read, &way.attended.context, &way.y], lengths)?;
        let readout = tanh(&self.readout.forward(&inputs)?)?;
        Ok(Output {
            readout: pass.dropout(&readout, self.dropout)?,
            weights: way.attended.weights.clone(),
            aligner_weights: None,
        })
    }

    /// Readouts `[…, embed]` to logits `[…, vocab]`: the target embedding and a bias.
    pub fn output_layer(&self) -> &Linear {
        &self.output
    }
}

/// The aligner of a configuration. Its queries are of two states side by side.
fn aligner(config: &DecoderConfig, annotation: AnnotationSize, vb: VarBuilder) -> Result<Option<Attention>> {
    config.aligner.as_ref().map(|aligner| Attention::new(aligner, 2 * config.hidden, annotation, vb)).transpose()
}

#[cfg(test)]
#[path = "decoder_tests.rs"]
mod tests;
