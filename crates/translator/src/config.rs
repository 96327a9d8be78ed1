//! The configuration of a model: sizes and kinds of its layers.

use glosser_attention_decoder::{DecoderConfig, Score};
use glosser_encoder::EncoderConfig;
use glosser_kernels::Precision;
use serde::{Deserialize, Serialize};

/// Sizes and kinds of all layers. Together with the weights it defines a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// Size of the source vocabulary, control tokens included.
    pub source_vocab: usize,
    /// Size of the target vocabulary, control tokens included.
    pub target_vocab: usize,
    /// Whether source and target share one vocabulary and one embedding.
    pub joint_vocab: bool,
    /// Size of a token's embedding.
    pub embed: usize,
    /// The encoder.
    pub encoder: EncoderConfig,
    /// The decoder.
    pub decoder: DecoderConfig,
    /// Number of encoder-decoders, each with weights of its own. 1 if the file has no such key.
    #[serde(default = "one", alias = "members", skip_serializing_if = "is_one")]
    pub ensemble: usize,
    /// Precision of the weights in the file, and of the decoder's weights during search. `f32` if the file has no such
    /// key.
    #[serde(default = "Precision::default_for_old_files", skip_serializing_if = "Precision::is_f32")]
    pub precision: Precision,
}

impl ModelConfig {
    /// The first value that no model has, as a message. A file from elsewhere may hold any number, and memory must not
    /// be allocated for it.
    pub(crate) fn problem(&self) -> Option<String> {
        const MAX_SIZE: usize = 1 << 24;
        const MAX_LAYERS: usize = 1 << 10;
        const MAX_ENSEMBLE: usize = 1 << 8;
        let sizes = [
            ("source_vocab", self.source_vocab, MAX_SIZE),
            ("target_vocab", self.target_vocab, MAX_SIZE),
            ("embed", self.embed, MAX_SIZE),
            ("encoder.hidden", self.encoder.hidden, MAX_SIZE),
            ("encoder.layers", self.encoder.layers, MAX_LAYERS),
            ("decoder.hidden", self.decoder.hidden, MAX_SIZE),
            ("decoder.attention.size", self.decoder.attention.size, MAX_SIZE),
            ("decoder.aligner.size", self.decoder.aligner.as_ref().map_or(1, |aligner| aligner.size), MAX_SIZE),
            ("ensemble", self.ensemble, MAX_ENSEMBLE),
        ];
        let rates = [("encoder.dropout", self.encoder.dropout), ("decoder.dropout", self.decoder.dropout)];
        let size = sizes.into_iter().find(|(_, size, max)| !(1..=*max).contains(size));
        let rate = rates.into_iter().find(|(_, rate)| !(0.0..1.0).contains(rate));
        let message = |name: &str, found: String| format!("no model has a `{name}` of {found}");
        let mut attentions = std::iter::once(&self.decoder.attention).chain(&self.decoder.aligner);
        if attentions.any(|attention| attention.scaled && attention.score != Score::General) {
            return Some("only an attention with the score `general` can be `scaled`".to_owned());
        }
        size.map(|(name, size, _)| message(name, size.to_string()))
            .or_else(|| rate.map(|(name, rate)| message(name, rate.to_string())))
    }
}

fn one() -> usize {
    1
}

fn is_one(count: &usize) -> bool {
    *count == 1
}
