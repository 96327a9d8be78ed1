//! The decoder over whole target sentences: parameters, initial states, recurrences, readout.

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
    /// Units of each of the two GRUs.
    pub hidden: usize,
    /// Dropout probability in training, of a unit of the embedding and of the readout.
    pub dropout: f32,
    /// Attention of the decoder.
    pub attention: AttentionConfig,
    /// Attention of the aligner. A model file without this key has no aligner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aligner: Option<AttentionConfig>,
}

/// Two GRUs with an attention between them. The [documentation of the crate](crate) has the equations.
///
/// The output layer is the target embedding itself, plus a bias (Press and Wolf 2017).
///
/// The attention of position t is computed before the token at t is chosen. The *aligner* is a second attention,
/// computed after each token has been chosen, so it cannot influence the translation; its weights are used for
/// alignment links only (Chen, Sun, Liu 2020, "Accurate Word Alignment Induction from Neural Machine Translation",
/// section 4). Its query is \[a(t + 1); s(t)\]: the state of `query_rnn` that has read token t, and the state of
/// `output_rnn` that predicted it. When the aligner is trained, gradients of its loss reach the other layers, too.
#[derive(Clone, Debug)]
pub struct Decoder {
    pub(crate) embedding: Embedding,
    initial_query: Linear,
    initial_output: Linear,
    pub(crate) query_rnn: Gru,
    pub(crate) output_rnn: Gru,
    pub(crate) attention: Attention,
    aligner: Option<Attention>,
    pub(crate) readout: Linear,
    pub(crate) output: Linear,
    dropout: f32,
}

/// Memory and states before the first target token.
pub(crate) struct Start {
    /// Initial state of `query_rnn`, `[batch, hidden]`.
    pub query: Tensor,
    /// Initial state of `output_rnn`, `[batch, hidden]`.
    pub output: Tensor,
    pub memory: Memory,
}

/// All inputs of the readout, for whole target sentences under teacher forcing.
pub(crate) struct TeacherForced {
    /// Embeddings y of the token before each position, `[batch, target, embed]`.
    pub embedded: Tensor,
    /// Contexts c and attention weights.
    pub attended: Attended,
    /// States a of `query_rnn`, `[batch, target, hidden]`.
    pub queries: Tensor,
    /// States s of `output_rnn`, `[batch, target, hidden]`.
    pub states: Tensor,
    pub memory: Memory,
}

/// Result of [`Decoder::forward`].
#[derive(Clone, Debug)]
pub struct Output {
    /// `[target tokens of the batch, embed]`, the input of [`Decoder::output_layer`]: sentence after sentence, without
    /// padding.
    pub readout: Tensor,
    /// Attention weights `[batch, target, source]`.
    pub weights: Tensor,
    /// Weights of the aligner `[batch, target, source]`, if there is one.
    pub aligner_weights: Option<Tensor>,
}

impl Decoder {
    /// Takes the parameters from `vb`. `embedding`, whose vectors have `embed` units, is also the output layer.
    ///
    /// # Errors
    /// If [`Attention::new`] refuses the sizes.
    pub fn new(
        config: &DecoderConfig,
        embedding: Embedding,
        embed: usize,
        annotation: AnnotationSize,
        vb: VarBuilder,
    ) -> Result<Self> {
        let hidden = config.hidden;
        let (summary_size, value_size) = (annotation.states, annotation.total());
        let aligner = config.aligner.as_ref();
        let aligner = aligner.map(|aligner| Attention::new(aligner, 2 * hidden, annotation, vb.pp("aligner")));
        // The names in model files are older than those of the fields.
        Ok(Self {
            initial_query: Linear::new(summary_size, hidden, vb.pp("start_ask"))?,
            initial_output: Linear::new(summary_size, hidden, vb.pp("start_read"))?,
            query_rnn: Gru::new(embed, hidden, vb.pp("ask"))?,
            output_rnn: Gru::new(hidden + value_size, hidden, vb.pp("read"))?,
            attention: Attention::new(&config.attention, hidden, annotation, vb.pp("attention"))?,
            aligner: aligner.transpose()?,
            readout: Linear::new(hidden + value_size + embed, embed, vb.pp("readout"))?,
            output: Linear::tied(embedding.table().clone(), vb.pp("output"))?,
            embedding,
            dropout: config.dropout,
        })
    }

    /// Computes initial states `[batch, hidden]` from the encoder's summary `[batch, 2·hidden]`, and the memory.
    pub(crate) fn start(&self, annotations: &Annotations) -> Result<Start> {
        Ok(Start {
            query: tanh(&self.initial_query.forward(&annotations.summary)?)?,
            output: tanh(&self.initial_output.forward(&annotations.summary)?)?,
            memory: self.attention.memory(annotations)?,
        })
    }

    /// Runs over whole target sentences at once, each token after the given one before it (teacher forcing).
    /// `target_in` `[batch, target]` begins with the beginning-of-sentence token.
    pub fn forward(
        &self,
        target_in: &Tensor,
        lengths: &Lengths,
        annotations: &Annotations,
        pass: &mut Pass,
    ) -> Result<Output> {
        let forced = self.teacher_forced(target_in, lengths, annotations, pass)?;
        let aligner_weights = self.align(&forced, annotations)?;
        Ok(Output { aligner_weights, ..self.output_of(&forced, lengths, pass)? })
    }

    /// Returns the weights `[batch, target, source]` of the aligner, if there is one.
    fn align(&self, forced: &TeacherForced, annotations: &Annotations) -> Result<Option<Tensor>> {
        let Some(aligner) = &self.aligner else { return Ok(None) };
        let (batch, target, hidden) = forced.queries.dims3()?;
        // The state that has read token t is at t + 1. No state has read the last token, the end of the sentence.
        let after_last = Tensor::zeros((batch, 1, hidden), forced.queries.dtype(), forced.queries.device())?;
        let after = Tensor::cat(&[&forced.queries.narrow(1, 1, target - 1)?, &after_last], 1)?;
        let query = Tensor::cat(&[&after, &forced.states], D::Minus1)?;
        Ok(Some(aligner.attend(&query, &aligner.memory(annotations)?)?.weights))
    }

    /// Returns whether there is an aligner.
    pub fn has_aligner(&self) -> bool {
        self.aligner.is_some()
    }

    /// Runs both GRUs and the attention over `target_in` `[batch, target]`.
    pub(crate) fn teacher_forced(
        &self,
        target_in: &Tensor,
        lengths: &Lengths,
        annotations: &Annotations,
        pass: &mut Pass,
    ) -> Result<TeacherForced> {
        let start = self.start(annotations)?;
        let embedded = pass.dropout(&self.embedding.forward(target_in)?, self.dropout)?;
        let queries = self.query_rnn.sequence(&[&embedded], lengths, Direction::Forward, &start.query)?;
        let attended = self.attention.attend(&queries, &start.memory)?;
        let inputs = [&queries, &attended.context];
        let states = self.output_rnn.sequence(&inputs, lengths, Direction::Forward, &start.output)?;
        Ok(TeacherForced { embedded, attended, queries, states, memory: start.memory })
    }

    /// Computes the readouts `[target tokens of the batch, embed]`; weights of the aligner are not part of the result.
    pub(crate) fn output_of(&self, forced: &TeacherForced, lengths: &Lengths, pass: &mut Pass) -> Result<Output> {
        // The output layer is the most expensive product of a training step: padding is removed before it.
        let inputs = concat_tokens([&forced.states, &forced.attended.context, &forced.embedded], lengths)?;
        let readout = tanh(&self.readout.forward(&inputs)?)?;
        Ok(Output {
            readout: pass.dropout(&readout, self.dropout)?,
            weights: forced.attended.weights.clone(),
            aligner_weights: None,
        })
    }

    /// Returns the layer from readouts `[.., embed]` to logits `[.., vocab]`: the target embedding and a bias.
    pub fn output_layer(&self) -> &Linear {
        &self.output
    }
}

#[cfg(test)]
#[path = "decoder_tests.rs"]
mod tests;
