//! One encoder with its decoder, for training and forced decoding.

use crate::ModelConfig;
use crate::model::{Batch, Weighting};
use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;
use glosser_attention_decoder::{Decoder, Output};
use glosser_encoder::Encoder;
use glosser_kernels::{Embedding, Linear, Pass, Precision};
use glosser_text::BOS;

/// An encoder and its decoder: a whole translation model, or one of an ensemble.
#[derive(Clone, Debug)]
pub struct EncoderDecoder {
    pub(crate) encoder: Encoder,
    pub(crate) decoder: Decoder,
    /// The precision of the decoder's weights during search.
    pub(crate) precision: Precision,
}

impl EncoderDecoder {
    /// Builds it with the weights of `vb`: `source_embedding` and `target_embedding`, or one `embedding` for both;
    /// `encoder` and `decoder`.
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
        let decoder = Decoder::new(&config.decoder, target, embed, annotation, vb.pp("decoder"))?;
        Ok(Self { encoder, decoder, precision: config.precision })
    }

    /// Reads `source` and predicts every token of `target` from the ones before it (teacher forcing). The sentences of
    /// both end in EOS. The shapes of the result are those of [`Output`].
    pub fn forward(&self, source: &Batch, target: &Batch, pass: &mut Pass) -> Result<Output> {
        let annotations = self.encoder.forward(&source.ids, &source.lengths, pass)?;
        self.decoder.forward(&previous_tokens(target)?, &target.lengths, &annotations, pass)
    }

    /// [`EncoderDecoder::forward`] in evaluation, whose [`Output::weights`] are those of `weighting`; `target_ids` are
    /// the ids of `target` without padding.
    pub(crate) fn score(
        &self,
        source: &Batch,
        target: &Batch,
        target_ids: &[Vec<u32>],
        weighting: Weighting,
    ) -> Result<Output> {
        let annotations = self.encoder.forward(&source.ids, &source.lengths, &mut Pass::Evaluate)?;
        let (previous, lengths) = (previous_tokens(target)?, &target.lengths);
        match weighting {
            Weighting::Attention => self.decoder.forward(&previous, lengths, &annotations, &mut Pass::Evaluate),
            Weighting::Aligner if self.decoder.has_aligner() => {
                let output = self.decoder.forward(&previous, lengths, &annotations, &mut Pass::Evaluate)?;
                Ok(Output { weights: output.aligner_weights.clone().unwrap_or(output.weights), ..output })
            }
            Weighting::Posterior | Weighting::Aligner => {
                self.decoder.posterior(&previous, target_ids, lengths, &annotations)
            }
        }
    }

    /// The layer that maps readouts `[rows, embed]` to logits `[rows, target_vocab]`.
    pub fn output_layer(&self) -> &Linear {
        self.decoder.output_layer()
    }
}

/// The token before each token of the target, BOS first: `[batch, target_len]`.
fn previous_tokens(target: &Batch) -> Result<Tensor> {
    let (batch, len) = target.ids.dims2()?;
    let first = Tensor::full(BOS, (batch, 1), target.ids.device())?;
    Tensor::cat(&[&first, &target.ids.narrow(1, 0, len - 1)?], 1)
}

/// The element-wise mean over an ensemble of equally long rows. The mean of one is itself, to the last bit.
pub(crate) fn mean(ensemble: Vec<Vec<f32>>) -> Vec<f32> {
    let count = ensemble.len();
    let mut rows = ensemble.into_iter();
    let mut mean = rows.next().unwrap_or_default();
    for row in rows {
        for (sum, value) in mean.iter_mut().zip(row) {
            *sum += value;
        }
    }
    if count > 1 {
        mean.iter_mut().for_each(|sum| *sum /= count as f32);
    }
    mean
}
