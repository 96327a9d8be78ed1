//! The decoder of search: one token of many hypotheses per step, with weights packed once for all steps.

use crate::Decoder;
use crate::prepared_attention::{PreparedAttention, PreparedMemory};
use candle_core::{Result, Tensor, bail};
use glosser_encoder::Annotations;
use glosser_kernels::{Precision, PreparedGru, PreparedLinear, is_fused, tanh_in_place};
use std::sync::OnceLock;

/// A [`Decoder`] with packed weights and without a graph, over plain slices. [`Decoder::forward`] is its reference.
///
/// The rows of a slice are hypotheses; each has the index of the sentence that it translates. The result of a row
/// depends on that hypothesis and its sentence only, bit for bit, so a translation does not depend on its neighbours.
#[derive(Debug)]
pub struct PreparedDecoder {
    decoder: Decoder,
    query_rnn: PreparedGru,
    output_rnn: PreparedGru,
    attention: PreparedAttention,
    readout: PreparedLinear,
    /// The layer that maps readouts to the logits of the whole vocabulary. It is packed when it is first used: a search
    /// with short lists does not need it.
    output: OnceLock<PreparedLinear>,
    precision: Precision,
}

/// States of both GRUs for each hypothesis.
#[derive(Clone, Debug)]
pub struct State {
    /// `[rows, hidden]`, of `query_rnn`.
    queries: Vec<f32>,
    /// `[rows, hidden]`, of `output_rnn`.
    outputs: Vec<f32>,
    hidden: usize,
}

impl State {
    /// Returns the states of the given rows, in the given order. A row may occur several times.
    pub fn select(&self, rows: &[usize]) -> Self {
        let pick = |all: &[f32]| {
            let mut picked = Vec::with_capacity(rows.len() * self.hidden);
            for row in rows {
                picked.extend_from_slice(&all[row * self.hidden..][..self.hidden]);
            }
            picked
        };
        Self { queries: pick(&self.queries), outputs: pick(&self.outputs), hidden: self.hidden }
    }
}

/// Result of one step of all hypotheses.
#[derive(Clone, Debug)]
pub struct Step {
    /// `[rows, embed]`: readouts, which the output layer maps to logits of the next token.
    pub readout: Vec<f32>,
    /// Attention weights of each row: one for each token of its source sentence.
    pub weights: Vec<Vec<f32>>,
    /// States after the step.
    pub state: State,
}

impl PreparedDecoder {
    /// Packs the decoder's current weights. [`Precision::Int8`] quantises matrices; biases and vectors stay `f32`.
    ///
    /// # Errors
    /// If the decoder is not on the CPU in `f32`.
    pub fn new(decoder: &Decoder, precision: Precision) -> Result<Self> {
        if !is_fused(decoder.embedding.table()) {
            bail!("search runs on the CPU in f32");
        }
        Ok(Self {
            query_rnn: PreparedGru::new(&decoder.query_rnn, precision)?,
            output_rnn: PreparedGru::new(&decoder.output_rnn, precision)?,
            attention: PreparedAttention::new(&decoder.attention, precision)?,
            readout: PreparedLinear::new(&decoder.readout, precision)?,
            output: OnceLock::new(),
            precision,
            decoder: decoder.clone(),
        })
    }

    /// Returns the initial state, with one row for each sentence, and the memory that all steps share.
    pub fn start(&self, annotations: &Annotations) -> Result<(State, PreparedMemory)> {
        let start = self.decoder.start(annotations)?;
        let values = |states: &Tensor| states.flatten_all()?.to_vec1::<f32>();
        let hidden = start.query.dim(1)?;
        let state = State { queries: values(&start.query)?, outputs: values(&start.output)?, hidden };
        Ok((state, PreparedMemory::new(&start.memory)?))
    }

    /// Decodes one token. `previous` has the last token of each row, `sentences` the index of its sentence in `memory`.
    ///
    /// # Errors
    /// If a token is not in the vocabulary.
    pub fn step(&self, previous: &[u32], sentences: &[usize], state: &State, memory: &PreparedMemory) -> Result<Step> {
        let rows = previous.len();
        let embedded = self.decoder.embedding.rows(previous)?;
        let queries = self.query_rnn.step(&embedded, &state.queries);
        let (context, weights) = self.attention.attend(&queries, sentences, memory);
        let outputs = self.output_rnn.step(&side_by_side(rows, &[&queries, &context]), &state.outputs);
        let mut readout = self.readout.forward(&side_by_side(rows, &[&outputs, &context, &embedded]));
        tanh_in_place(&mut readout);
        Ok(Step { readout, weights, state: State { queries, outputs, hidden: state.hidden } })
    }

    /// Returns the logits `[rows, vocab]` of readouts `[rows, embed]`.
    ///
    /// # Errors
    /// If the weights of the output layer are too long for 8 bits.
    pub fn logits(&self, readout: &[f32]) -> Result<Vec<f32>> {
        if let Some(output) = self.output.get() {
            return Ok(output.forward(readout));
        }
        // Two threads may both pack it, and one of the two results is kept.
        let packed = PreparedLinear::new(&self.decoder.output, self.precision)?;
        Ok(self.output.get_or_init(|| packed).forward(readout))
    }

    /// Packs the part of the output layer that computes the logits of some tokens, at least one, in the given order.
    ///
    /// # Errors
    /// If a token is not in the vocabulary.
    pub fn output_of(&self, tokens: &[u32]) -> Result<PreparedLinear> {
        PreparedLinear::select_outputs(&self.decoder.output, tokens, self.precision)
    }
}

/// Concatenates matrices of `rows` rows along their columns: `[rows, m]` and `[rows, n]` to `[rows, m + n]`.
fn side_by_side(rows: usize, parts: &[&[f32]]) -> Vec<f32> {
    let mut all = Vec::with_capacity(parts.iter().map(|part| part.len()).sum());
    for row in 0..rows {
        for part in parts {
            let size = part.len() / rows;
            all.extend_from_slice(&part[row * size..][..size]);
        }
    }
    all
}
