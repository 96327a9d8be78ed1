//! An ensemble laid out for search: one decoding step of all encoder-decoders together.

use crate::Model;
use crate::encoder_decoder::mean;
use crate::model::Batch;
use candle_core::Result;
use glosser_attention_decoder::{PreparedDecoder, PreparedMemory, State, Step};
use glosser_encoder::Encoder;
use glosser_kernels::{Pass, log_softmax_rows};

/// The encoders of a model, and its decoders with their weights laid out for search.
#[derive(Debug)]
pub(crate) struct PreparedEnsemble(Vec<(Encoder, PreparedDecoder)>);

/// One decoding step of all hypotheses.
pub(crate) struct EnsembleStep {
    /// log p of the next token, `[hypotheses * vocab]`, from the mean of the logits.
    pub log_probs: Vec<f32>,
    pub vocab: usize,
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
    /// `sentences` the index of its sentence in the batch; `states` and `memories` are per encoder-decoder.
    pub fn step(
        &self,
        previous: &[u32],
        sentences: &[usize],
        states: &[State],
        memories: &[PreparedMemory],
    ) -> Result<EnsembleStep> {
        let (mut all_logits, mut all_weights, mut after) = (Vec::new(), Vec::<Vec<Vec<f32>>>::new(), Vec::new());
        for (((_, decoder), state), memory) in self.0.iter().zip(states).zip(memories) {
            let Step { logits, weights, state } = decoder.step(previous, sentences, state, memory)?;
            all_logits.push(logits);
            all_weights.push(weights);
            after.push(state);
        }
        let row = |row: usize| mean(all_weights.iter_mut().map(|weights| std::mem::take(&mut weights[row])).collect());
        let weights = (0..previous.len()).map(row).collect();
        let mut log_probs = mean(all_logits);
        let vocab = log_probs.len() / previous.len();
        log_softmax_rows(&mut log_probs, vocab);
        Ok(EnsembleStep { log_probs, vocab, weights, states: after })
    }
}

/// The given hypotheses of the states of each encoder-decoder, in the given order.
pub(crate) fn select(states: &[State], hypotheses: &[usize]) -> Vec<State> {
    states.iter().map(|state| state.select(hypotheses)).collect()
}
