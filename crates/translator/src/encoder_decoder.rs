//! What a model is made of: once, or several times side by side.

use crate::model::{Batch, ModelConfig, Weighting};
use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;
use glosser_attention_decoder::{Decoder, Output, PreparedDecoder, PreparedMemory, State, Step};
use glosser_encoder::Encoder;
use glosser_kernels::{Embedding, Linear, Pass, Precision, log_softmax_rows};
use glosser_text::BOS;

/// An encoder and its decoder.
#[derive(Clone, Debug)]
pub struct EncoderDecoder {
    encoder: Encoder,
    decoder: Decoder,
}

impl EncoderDecoder {
    /// With the weights of `vb`: `source_embedding` and `target_embedding`, or one `embedding` for both; `encoder` and
    /// `decoder`.
    pub(crate) fn new(config: &ModelConfig, vb: VarBuilder) -> Result<Self> {
        let embed = config.embed;
        let (source, target) = if config.joint_vocab {
            let joint = Embedding::new(config.source_vocab, embed, vb.pp("embedding"))?;
            (joint.clone(), joint)
        } else {
            (
                Embedding::new(config.source_vocab, embed, vb.pp("source_embedding"))?,
                Embedding::new(config.target_vocab, embed, vb.pp("target_embedding"))?,
            )
        };
        let encoder = Encoder::new(&config.encoder, source, embed, vb.pp("encoder"))?;
        let annotation = encoder.annotation_size();
        Ok(Self { decoder: Decoder::new(&config.decoder, target, embed, annotation, vb.pp("decoder"))?, encoder })
    }

    /// Reads `source` (ids that end in EOS) and goes through `target` (ids that end in EOS), each token predicted
    /// after the given ones before it.
    pub fn forward(&self, source: &Batch, target: &Batch, pass: &mut Pass) -> Result<Output> {
        let annotations = self.encoder.forward(&source.ids, &source.lengths, pass)?;
        self.decoder.forward(&target_in(target)?, &target.lengths, &annotations, pass)
    }

    /// The same in evaluation, with weights of some kind in the place of the attention's; `gold` has the ids of `target`.
    pub(crate) fn score(
        &self,
        source: &Batch,
        target: &Batch,
        gold: &[Vec<u32>],
        weighting: Weighting,
    ) -> Result<Output> {
        let annotations = self.encoder.forward(&source.ids, &source.lengths, &mut Pass::Evaluate)?;
        let (target_in, lengths) = (target_in(target)?, &target.lengths);
        match weighting {
            Weighting::Attention => self.decoder.forward(&target_in, lengths, &annotations, &mut Pass::Evaluate),
            Weighting::Aligner if self.decoder.has_aligner() => {
                let output = self.decoder.forward(&target_in, lengths, &annotations, &mut Pass::Evaluate)?;
                Ok(Output { weights: output.aligner_weights.clone().unwrap_or(output.weights), ..output })
            }
            Weighting::Posterior | Weighting::Aligner => {
                self.decoder.posterior(&target_in, gold, lengths, &annotations)
            }
        }
    }

    /// Readouts to logits.
    pub fn output_layer(&self) -> &Linear {
        self.decoder.output_layer()
    }
}

/// The token before each of a target's.
fn target_in(target: &Batch) -> Result<Tensor> {
    let (batch, len) = target.ids.dims2()?;
    let first = Tensor::full(BOS, (batch, 1), target.ids.device())?;
    Tensor::cat(&[&first, &target.ids.narrow(1, 0, len - 1)?], 1)
}

/// All members of a model, laid out for search, where they take every step together.
#[derive(Debug)]
pub(crate) struct PreparedEnsemble(Vec<(Encoder, PreparedDecoder)>);

/// What one token of every hypothesis leads to: as [`Step`], with weights that are the mean of the members'.
pub(crate) struct StepTogether {
    /// `[hypotheses, vocab]`, of the next token, by the mean of the members' logits.
    pub log_probs: Vec<f32>,
    pub vocab: usize,
    pub weights: Vec<Vec<f32>>,
    /// The states of each member after it.
    pub states: Vec<State>,
}

impl PreparedEnsemble {
    pub fn new(ensemble: &[EncoderDecoder], precision: Precision) -> Result<Self> {
        let prepared =
            |member: &EncoderDecoder| Ok((member.encoder.clone(), PreparedDecoder::new(&member.decoder, precision)?));
        ensemble.iter().map(prepared).collect::<Result<_>>().map(Self)
    }

    /// One hypothesis of each sentence before its first word: the states and the memory of each member.
    pub fn start(&self, batch: &Batch) -> Result<(Vec<State>, Vec<PreparedMemory>)> {
        let start = |(encoder, decoder): &(Encoder, PreparedDecoder)| {
            decoder.start(&encoder.forward(&batch.ids, &batch.lengths, &mut Pass::Evaluate)?)
        };
        let all = self.0.iter().map(start).collect::<Result<Vec<_>>>()?;
        Ok(all.into_iter().unzip())
    }

    /// One token further, as [`PreparedDecoder::step`].
    pub fn step(
        &self,
        previous: &[u32],
        sentences: &[usize],
        states: &[State],
        memories: &[PreparedMemory],
    ) -> Result<StepTogether> {
        let (mut of_logits, mut of_weights, mut after) = (Vec::new(), Vec::<Vec<Vec<f32>>>::new(), Vec::new());
        for (((_, decoder), state), memory) in self.0.iter().zip(states).zip(memories) {
            let Step { logits, weights, state } = decoder.step(previous, sentences, state, memory)?;
            of_logits.push(logits);
            of_weights.push(weights);
            after.push(state);
        }
        let row = |row: usize| mean(of_weights.iter_mut().map(|weights| std::mem::take(&mut weights[row])).collect());
        let weights = (0..previous.len()).map(row).collect();
        let mut log_probs = mean(of_logits);
        let vocab = log_probs.len() / previous.len();
        log_softmax_rows(&mut log_probs, vocab);
        Ok(StepTogether { log_probs, vocab, weights, states: after })
    }
}

/// The states of the given rows, in the given order, of each member.
pub(crate) fn select(states: &[State], rows: &[usize]) -> Vec<State> {
    states.iter().map(|state| state.select(rows)).collect()
}

/// Number by number the mean of what each member says. One member's is as it is, to the last bit.
pub(crate) fn mean(members: Vec<Vec<f32>>) -> Vec<f32> {
    let count = members.len();
    let mut members = members.into_iter();
    let mut mean = members.next().unwrap_or_default();
    for member in members {
        for (sum, number) in mean.iter_mut().zip(member) {
            *sum += number;
        }
    }
    if count > 1 {
        mean.iter_mut().for_each(|sum| *sum /= count as f32);
    }
    mean
}
