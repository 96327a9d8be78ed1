use candle_core::{Device, Result, Tensor};
use candle_nn::VarBuilder;
use glosser_attention_decoder::{Decoder, DecoderConfig, Output};
use glosser_encoder::{Encoder, EncoderConfig};
use glosser_kernels::{Embedding, Lengths, Linear, Pass, Precision, log_softmax_rows};
use glosser_text::{BOS, EOS, PAD};
use serde::{Deserialize, Serialize};

/// Sizes and kinds of all layers: what makes weights a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// Tokens of the source, control tokens counted.
    pub source_vocab: usize,
    /// Tokens of the target.
    pub target_vocab: usize,
    /// Whether both sides have one vocabulary, and then one embedding.
    pub joint_vocab: bool,
    /// Size of a token's embedding.
    pub embed: usize,
    /// The encoder.
    pub encoder: EncoderConfig,
    /// The decoder.
    pub decoder: DecoderConfig,
    /// What the weights are in the file, and the decoder's while it searches. Files that do not say have `f32`.
    #[serde(default = "Precision::unsaid", skip_serializing_if = "Precision::is_f32")]
    pub precision: Precision,
}

impl ModelConfig {
    /// What no model has: numbers of a file are not to be trusted.
    pub(crate) fn impossible(&self) -> Option<String> {
        const LARGEST: usize = 1 << 24;
        const MOST_LAYERS: usize = 1 << 10;
        let sizes = [
            ("source_vocab", self.source_vocab, LARGEST),
            ("target_vocab", self.target_vocab, LARGEST),
            ("embed", self.embed, LARGEST),
            ("encoder.hidden", self.encoder.hidden, LARGEST),
            ("encoder.layers", self.encoder.layers, MOST_LAYERS),
            ("decoder.hidden", self.decoder.hidden, LARGEST),
            ("decoder.attention.size", self.decoder.attention.size, LARGEST),
            ("decoder.aligner.size", self.decoder.aligner.as_ref().map_or(1, |aligner| aligner.size), LARGEST),
        ];
        let shares = [("encoder.dropout", self.encoder.dropout), ("decoder.dropout", self.decoder.dropout)];
        let size = sizes.into_iter().find(|(_, size, most)| !(1..=*most).contains(size));
        let share = shares.into_iter().find(|(_, share)| !(0.0..1.0).contains(share));
        let no_model = |name: &str, found: String| format!("no model has a `{name}` of {found}");
        size.map(|(name, size, _)| no_model(name, size.to_string()))
            .or_else(|| share.map(|(name, share)| no_model(name, share.to_string())))
    }
}

/// Encoder and decoder.
#[derive(Clone, Debug)]
pub struct Model {
    pub(crate) encoder: Encoder,
    pub(crate) decoder: Decoder,
    pub(crate) precision: Precision,
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
    /// From the ids of at least one sentence, none of them empty.
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

/// What the weights of a given translation say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// What the model attended to before it knew each word.
    Attention,
    /// Where each word came from, now that it is known ([`Decoder::posterior`]): better links, for some times the work.
    Posterior,
    /// The same by the aligner, which a guided model has: the best links. The posterior, if there is none.
    Aligner,
}

/// What the model says of a given target sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct Forced {
    /// log p of each target token after the ones before it, EOS last.
    pub log_probs: Vec<f32>,
    /// For each of them the weights over the source tokens, EOS last, of the kind that was asked for.
    pub weights: Vec<Vec<f32>>,
}

impl Model {
    /// With the weights of `vb`: `source_embedding` and `target_embedding`, or one `embedding` for both; `encoder`
    /// and `decoder`. They are numbers in any case: a search in 8 bits quantises them when it lays them out.
    pub fn new(config: &ModelConfig, vb: VarBuilder) -> Result<Self> {
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
        Ok(Self {
            decoder: Decoder::new(&config.decoder, target, embed, annotation, vb.pp("decoder"))?,
            encoder,
            precision: config.precision,
            device: vb.device().clone(),
        })
    }

    /// Where the weights are.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Reads `source` (ids that end in EOS) and goes through `target` (ids that end in EOS), each token predicted
    /// after the given ones before it.
    pub fn forward(&self, source: &Batch, target: &Batch, pass: &mut Pass) -> Result<Output> {
        let annotations = self.encoder.forward(&source.ids, &source.lengths, pass)?;
        self.decoder.forward(&self.target_in(target)?, &target.lengths, &annotations, pass)
    }

    /// The token before each of a target's.
    fn target_in(&self, target: &Batch) -> Result<Tensor> {
        let (batch, len) = target.ids.dims2()?;
        let first = Tensor::full(BOS, (batch, 1), &self.device)?;
        Tensor::cat(&[&first, &target.ids.narrow(1, 0, len - 1)?], 1)
    }

    /// Readouts to logits.
    pub fn output_layer(&self) -> &Linear {
        self.decoder.output_layer()
    }

    /// The probability of given target sentences, and what is attended to on the way through them (forced decoding).
    pub fn force(&self, source: &Batch, target: &[Vec<u32>], weighting: Weighting) -> Result<Vec<Forced>> {
        let batch = Batch::new(target, &self.device)?;
        let annotations = self.encoder.forward(&source.ids, &source.lengths, &mut Pass::Evaluate)?;
        let (target_in, lengths) = (self.target_in(&batch)?, &batch.lengths);
        let output = match weighting {
            Weighting::Attention => self.decoder.forward(&target_in, lengths, &annotations, &mut Pass::Evaluate)?,
            Weighting::Aligner if self.decoder.has_aligner() => {
                let output = self.decoder.forward(&target_in, lengths, &annotations, &mut Pass::Evaluate)?;
                Output { weights: output.aligner_weights.clone().unwrap_or(output.weights), ..output }
            }
            Weighting::Posterior | Weighting::Aligner => {
                self.decoder.posterior(&target_in, target, lengths, &annotations)?
            }
        };
        let logits = self.output_layer().forward(&output.readout)?;
        let vocab = logits.dim(1)?;
        let mut log_probs = logits.flatten_all()?.to_vec1::<f32>()?;
        log_softmax_rows(&mut log_probs, vocab);
        let weights = output.weights.to_vec3::<f32>()?;
        let mut rows = log_probs.chunks(vocab);
        Ok(target
            .iter()
            .zip(weights)
            .zip(source.lengths.as_slice())
            .map(|((ids, weights), source_len)| Forced {
                log_probs: ids.iter().zip(rows.by_ref()).map(|(id, row)| row[*id as usize]).collect(),
                weights: weights.into_iter().take(ids.len()).map(|row| row[..*source_len].to_vec()).collect(),
            })
            .collect())
    }
}

/// The ids with EOS behind them, as every sentence enters the model.
pub(crate) fn ended(ids: &[u32]) -> Vec<u32> {
    ids.iter().copied().chain([EOS]).collect()
}
