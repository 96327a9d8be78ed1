//! The model over token ids: an ensemble of encoder-decoders, batches, forced decoding.

use crate::ModelConfig;
use crate::encoder_decoder::{EncoderDecoder, mean};
use candle_core::{Device, Result, Tensor};
use candle_nn::VarBuilder;
use glosser_attention_decoder::Output;
use glosser_kernels::{Lengths, log_softmax_rows};
use glosser_text::{EOS, PAD};

/// One encoder-decoder, or an ensemble of several that translate together.
///
/// All of them read the same target prefix. The logits of the model are the mean of theirs, so its probabilities are
/// the normalised geometric mean of theirs; its attention weights are the mean of theirs.
#[derive(Clone, Debug)]
pub struct Model {
    ensemble: Vec<EncoderDecoder>,
    device: Device,
}

/// Token ids of sentences, padded to the longest.
#[derive(Clone, Debug)]
pub struct Batch {
    /// `[batch, longest]`.
    pub ids: Tensor,
    /// Tokens of each.
    pub lengths: Lengths,
}

impl Batch {
    /// Pads the ids of sentences to a tensor `[batch, longest]`.
    ///
    /// # Errors
    /// If there is no sentence, or one has no ids.
    pub fn new<S: AsRef<[u32]>>(sentences: &[S], device: &Device) -> Result<Self> {
        let lengths = Lengths::new(sentences.iter().map(|ids| ids.as_ref().len()).collect())?;
        let longest = lengths.longest();
        let mut padded = Vec::with_capacity(sentences.len() * longest);
        for ids in sentences {
            padded.extend_from_slice(ids.as_ref());
            padded.resize(padded.len() + longest - ids.as_ref().len(), PAD);
        }
        Ok(Self { ids: Tensor::from_vec(padded, (sentences.len(), longest), device)?, lengths })
    }
}

/// The weights that forced decoding returns for each target token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// The attention weights, computed before each token is known.
    Attention,
    /// The posterior p(source position | target token), computed once the token is known
    /// ([`glosser_attention_decoder::Decoder::posterior`]). It gives better links than the attention, and takes several
    /// times as long.
    Posterior,
    /// The weights of the aligner, which a model trained with guided alignment has: the best links. The posterior for
    /// any other model.
    Aligner,
}

impl Weighting {
    /// What one of the weights is called in a picture.
    pub fn weight_name(self) -> &'static str {
        match self {
            Self::Attention => "attention weight",
            Self::Posterior => "posterior weight",
            Self::Aligner => "alignment weight",
        }
    }
}

/// The scores of one given target sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetScores {
    /// log p of each target token given the ones before it, EOS last: `[T]`.
    pub log_probs: Vec<f32>,
    /// Weights over the source tokens, EOS last, for each target token: `[T][S]`.
    pub weights: Vec<Vec<f32>>,
}

impl Model {
    /// Builds the model with the weights of `vb`: those of one [`EncoderDecoder`], or of several under the prefixes
    /// `members.0`, `members.1`, and so on. The weights are `f32` in any case: an 8-bit search quantizes them when it
    /// lays them out.
    pub fn new(config: &ModelConfig, vb: VarBuilder) -> Result<Self> {
        let ensemble = match config.ensemble {
            1 => vec![EncoderDecoder::new(config, vb.clone())?],
            several => {
                let vb = vb.pp("members");
                (0..several).map(|number| EncoderDecoder::new(config, vb.pp(number))).collect::<Result<_>>()?
            }
        };
        Ok(Self { ensemble, device: vb.device().clone() })
    }

    /// Makes an ensemble of all encoder-decoders of this model and of another one with the same vocabularies. Each of them
    /// counts equally; sizes, attention and precision may differ.
    pub fn joined_with(mut self, other: Self) -> Self {
        self.ensemble.extend(other.ensemble);
        self
    }

    /// Its encoder-decoders, at least one.
    pub fn ensemble(&self) -> &[EncoderDecoder] {
        &self.ensemble
    }

    /// The device of the weights.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Scores given target sentences by forced decoding. Every sentence of `source` and `target` ends in EOS; `source`
    /// and `target` have the same number of sentences.
    pub fn score(&self, source: &Batch, target: &[Vec<u32>], weighting: Weighting) -> Result<Vec<TargetScores>> {
        let batch = Batch::new(target, &self.device)?;
        let outputs = self.ensemble.iter().map(|one| one.score(source, &batch, target, weighting));
        let outputs = outputs.collect::<Result<Vec<_>>>()?;
        let log_probs = self.log_probs(&outputs, &target.concat())?;
        // [batch, target_len, source_len], flat.
        let weights = outputs.iter().map(|output| output.weights.flatten_all()?.to_vec1::<f32>());
        let weights = mean(weights.collect::<Result<_>>()?);
        let (target_len, source_len) = (batch.lengths.longest(), source.lengths.longest());
        let mut log_probs = log_probs.into_iter();
        Ok(target
            .iter()
            .zip(weights.chunks(target_len * source_len))
            .zip(source.lengths.as_slice())
            .map(|((ids, weights), tokens)| TargetScores {
                log_probs: log_probs.by_ref().take(ids.len()).collect(),
                weights: weights.chunks(source_len).take(ids.len()).map(|row| row[..*tokens].to_vec()).collect(),
            })
            .collect())
    }

    /// log p of each of the `tokens` of a batch, padding left out, from the readouts `[tokens, embed]` of each
    /// encoder-decoder.
    fn log_probs(&self, outputs: &[Output], tokens: &[u32]) -> Result<Vec<f32>> {
        let mut log_probs = Vec::with_capacity(tokens.len());
        for tokens in tokens.chunks(LOGITS_AT_ONCE) {
            let logits = |(one, output): (&EncoderDecoder, &Output)| {
                let readout = output.readout.narrow(0, log_probs.len(), tokens.len())?;
                one.output_layer().forward(&readout)?.flatten_all()?.to_vec1::<f32>()
            };
            let mut rows = mean(self.ensemble.iter().zip(outputs).map(logits).collect::<Result<_>>()?);
            let vocab = rows.len() / tokens.len();
            log_softmax_rows(&mut rows, vocab);
            log_probs.extend(rows.chunks(vocab).zip(tokens).map(|(row, id)| row[*id as usize]));
        }
        Ok(log_probs)
    }
}

/// Number of tokens whose logits are in memory at the same time: 16 MB for a vocabulary of 4,000.
const LOGITS_AT_ONCE: usize = 1024;

/// The ids followed by EOS: the form in which every sentence enters the model.
pub(crate) fn with_eos(ids: &[u32]) -> Vec<u32> {
    ids.iter().copied().chain([EOS]).collect()
}
