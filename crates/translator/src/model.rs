use crate::encoder_decoder::{EncoderDecoder, mean};
use candle_core::{Device, Result, Tensor};
use candle_nn::VarBuilder;
use glosser_attention_decoder::{DecoderConfig, Output};
use glosser_encoder::EncoderConfig;
use glosser_kernels::{Lengths, Precision, log_softmax_rows};
use glosser_text::{EOS, PAD};
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
    /// How often there is all of that, each with weights of its own. Files that do not say have it once.
    #[serde(default = "one", alias = "members", skip_serializing_if = "is_one")]
    pub ensemble: usize,
    /// What the weights are in the file, and the decoder's while it searches. Files that do not say have `f32`.
    #[serde(default = "Precision::default_for_old_files", skip_serializing_if = "Precision::is_f32")]
    pub precision: Precision,
}

impl ModelConfig {
    /// What no model has: numbers of a file are not to be trusted.
    pub(crate) fn impossible(&self) -> Option<String> {
        const LARGEST: usize = 1 << 24;
        const MOST_LAYERS: usize = 1 << 10;
        const LARGEST_ENSEMBLE: usize = 1 << 8;
        let sizes = [
            ("source_vocab", self.source_vocab, LARGEST),
            ("target_vocab", self.target_vocab, LARGEST),
            ("embed", self.embed, LARGEST),
            ("encoder.hidden", self.encoder.hidden, LARGEST),
            ("encoder.layers", self.encoder.layers, MOST_LAYERS),
            ("decoder.hidden", self.decoder.hidden, LARGEST),
            ("decoder.attention.size", self.decoder.attention.size, LARGEST),
            ("decoder.aligner.size", self.decoder.aligner.as_ref().map_or(1, |aligner| aligner.size), LARGEST),
            ("ensemble", self.ensemble, LARGEST_ENSEMBLE),
        ];
        let shares = [("encoder.dropout", self.encoder.dropout), ("decoder.dropout", self.decoder.dropout)];
        let size = sizes.into_iter().find(|(_, size, most)| !(1..=*most).contains(size));
        let share = shares.into_iter().find(|(_, share)| !(0.0..1.0).contains(share));
        let no_model = |name: &str, found: String| format!("no model has a `{name}` of {found}");
        size.map(|(name, size, _)| no_model(name, size.to_string()))
            .or_else(|| share.map(|(name, share)| no_model(name, share.to_string())))
    }
}

fn one() -> usize {
    1
}

fn is_one(count: &usize) -> bool {
    *count == 1
}

/// One encoder with its decoder, or several side by side that translate together: an ensemble.
///
/// Each member predicts the next word from the same words before it, and the model's logits are the mean of theirs; its
/// probabilities are then the geometric mean of theirs, made to sum to one. Its attention is the mean of theirs.
#[derive(Clone, Debug)]
pub struct Model {
    ensemble: Vec<EncoderDecoder>,
    precision: Precision,
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
    /// Where each word came from, now that it is known ([`glosser_attention_decoder::Decoder::posterior`]): better links,
    /// for some times the work.
    Posterior,
    /// The same by the aligner, which a guided model has: the best links. The posterior, if there is none.
    Aligner,
}

/// What the model says of a given target sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetScores {
    /// log p of each target token after the ones before it, EOS last.
    pub log_probs: Vec<f32>,
    /// For each of them the weights over the source tokens, EOS last, of the kind that was asked for.
    pub weights: Vec<Vec<f32>>,
}

impl Model {
    /// With the weights of `vb`: those of the [`EncoderDecoder`], or of each of several behind `members.0`, `members.1` and so on.
    /// They are numbers in any case: a search in 8 bits quantises them when it lays them out.
    pub fn new(config: &ModelConfig, vb: VarBuilder) -> Result<Self> {
        let ensemble = match config.ensemble {
            1 => vec![EncoderDecoder::new(config, vb.clone())?],
            several => {
                let vb = vb.pp("members");
                (0..several).map(|number| EncoderDecoder::new(config, vb.pp(number))).collect::<Result<_>>()?
            }
        };
        Ok(Self { ensemble, precision: config.precision, device: vb.device().clone() })
    }

    /// Its encoder-decoders, at least one.
    pub fn ensemble(&self) -> &[EncoderDecoder] {
        &self.ensemble
    }

    /// What the decoder's weights are while it searches.
    pub(crate) fn precision(&self) -> Precision {
        self.precision
    }

    /// Where the weights are.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The probability of given target sentences, and what is attended to on the way through them (forced decoding).
    pub fn score(&self, source: &Batch, target: &[Vec<u32>], weighting: Weighting) -> Result<Vec<TargetScores>> {
        let batch = Batch::new(target, &self.device)?;
        let outputs = self.ensemble.iter().map(|member| member.score(source, &batch, target, weighting));
        let outputs = outputs.collect::<Result<Vec<_>>>()?;
        let log_probs = self.log_probs(&outputs, &target.concat())?;
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

    /// log p of each token of a batch, from what each member made of it.
    fn log_probs(&self, outputs: &[Output], gold: &[u32]) -> Result<Vec<f32>> {
        let mut log_probs = Vec::with_capacity(gold.len());
        for gold in gold.chunks(LOGITS_AT_ONCE) {
            let logits = |(member, output): (&EncoderDecoder, &Output)| {
                let readout = output.readout.narrow(0, log_probs.len(), gold.len())?;
                member.output_layer().forward(&readout)?.flatten_all()?.to_vec1::<f32>()
            };
            let mut rows = mean(self.ensemble.iter().zip(outputs).map(logits).collect::<Result<_>>()?);
            let vocab = rows.len() / gold.len();
            log_softmax_rows(&mut rows, vocab);
            log_probs.extend(rows.chunks(vocab).zip(gold).map(|(row, id)| row[*id as usize]));
        }
        Ok(log_probs)
    }
}

/// Tokens whose logits are in memory at a time: some 16 MB for 4,000 words.
const LOGITS_AT_ONCE: usize = 1024;

/// The ids with EOS behind them, as every sentence enters the model.
pub(crate) fn ended(ids: &[u32]) -> Vec<u32> {
    ids.iter().copied().chain([EOS]).collect()
}
