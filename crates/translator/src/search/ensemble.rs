//! An ensemble laid out for search: one decoding step of all encoder-decoders together.

use super::outputs::{LogProbs, Outputs};
use crate::Model;
use crate::encoder_decoder::mean;
use crate::model::Batch;
use candle_core::Result;
use glosser_attention_decoder::{PreparedDecoder, PreparedMemory, State, Step};
use glosser_encoder::Encoder;
use glosser_kernels::{Pass, PreparedLinear};

/// The encoders of a model, and its decoders with their weights laid out for search.
#[derive(Debug)]
pub(crate) struct PreparedEnsemble(Vec<(Encoder, PreparedDecoder)>);

/// One decoding step of all hypotheses.
pub(crate) struct EnsembleStep {
    /// log p of the next token, from the mean of the logits.
    pub log_probs: LogProbs,
    /// Attention weights over the source tokens, the mean over the ensemble: one row per hypothesis.
    pub weights: Vec<Vec<f32>>,
    /// The decoder state of each encoder-decoder after the step.
    pub states: Vec<State>,
}

impl PreparedEnsemble {
    /// Lays out the weights that the model has now.
    pub fn new(model: &Model) -> Result<Self> {
        let prepared = model.ensemble().iter().map(|one| {
            let decoder = PreparedDecoder::new(&one.decoder, one.precision)?;
            Ok((one.encoder.clone(), decoder))
        });
        prepared.collect::<Result<_>>().map(Self)
    }

    /// Encodes a batch. Returns, per encoder-decoder, the first state, with one hypothesis per sentence, and the
    /// memory.
    pub fn start(&self, batch: &Batch) -> Result<(Vec<State>, Vec<PreparedMemory>)> {
        let start = |(encoder, decoder): &(Encoder, PreparedDecoder)| {
            decoder.start(&encoder.forward(&batch.ids, &batch.lengths, &mut Pass::Evaluate)?)
        };
        let all = self.0.iter().map(start).collect::<Result<Vec<_>>>()?;
        Ok(all.into_iter().unzip())
    }

    /// Runs [`PreparedDecoder::step`] of each encoder-decoder: `previous` has the last token of each hypothesis,
    /// `sentences` the index of its sentence in the batch and in `outputs`; `states` and `memories` are per
    /// encoder-decoder.
    pub fn step(
        &self,
        previous: &[u32],
        sentences: &[usize],
        states: &[State],
        memories: &[PreparedMemory],
        outputs: &Outputs,
    ) -> Result<EnsembleStep> {
        let (mut readouts, mut all_weights, mut after) = (Vec::new(), Vec::<Vec<Vec<f32>>>::new(), Vec::new());
        for (((_, decoder), state), memory) in self.0.iter().zip(states).zip(memories) {
            let Step { readout, weights, state } = decoder.step(previous, sentences, state, memory)?;
            readouts.push(readout);
            all_weights.push(weights);
            after.push(state);
        }
        let row = |row: usize| mean(all_weights.iter_mut().map(|weights| std::mem::take(&mut weights[row])).collect());
        let weights = (0..previous.len()).map(row).collect();
        let log_probs = outputs.log_probs(self, &readouts, sentences)?;
        Ok(EnsembleStep { log_probs, weights, states: after })
    }

    /// The logits `[hypotheses, vocab]` of each encoder-decoder from its readouts `[hypotheses, embed]`.
    pub fn logits(&self, readouts: &[Vec<f32>]) -> Result<Vec<Vec<f32>>> {
        self.0.iter().zip(readouts).map(|((_, decoder), readout)| decoder.logits(readout)).collect()
    }

    /// The part of each output layer that computes the logits of some tokens, at least one, in the given order.
    pub fn output_of(&self, tokens: &[u32]) -> Result<Vec<PreparedLinear>> {
        self.0.iter().map(|(_, decoder)| decoder.output_of(tokens)).collect()
    }
}

/// The given hypotheses of the states of each encoder-decoder, in the given order.
pub(crate) fn select(states: &[State], hypotheses: &[usize]) -> Vec<State> {
    states.iter().map(|state| state.select(hypotheses)).collect()
}
