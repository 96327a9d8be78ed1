//! The standard model and shape, for comparing figures of different programs.

use glosser_attention_decoder::{AttentionConfig, DecoderConfig, Score};
use glosser_encoder::EncoderConfig;
use glosser_kernels::Precision;
use glosser_translator::ModelConfig;

/// Sentences of a batch.
pub const BATCH: usize = 64;
/// Tokens of each source sentence.
pub const SOURCE_LEN: usize = 18;
/// Tokens of each target sentence.
pub const TARGET_LEN: usize = 16;
const VOCAB: usize = 4000;

/// Returns the model, without dropout.
pub fn model() -> ModelConfig {
    ModelConfig {
        source_vocab: VOCAB,
        target_vocab: VOCAB,
        joint_vocab: true,
        embed: 256,
        encoder: EncoderConfig { hidden: 256, layers: 1, dropout: 0.0 },
        decoder: DecoderConfig {
            hidden: 512,
            dropout: 0.0,
            attention: AttentionConfig::new(Score::Additive, 512),
            aligner: None,
        },
        ensemble: 1,
        precision: Precision::F32,
    }
}

/// Returns the token ids of a batch of sentences `[BATCH, len]`, without control tokens. They depend on the seed.
pub fn sentences(len: usize, seed: usize) -> Vec<Vec<u32>> {
    let id = |at: usize| 3 + ((at * 7919 + seed * 104_729) % (VOCAB - 3)) as u32;
    (0..BATCH).map(|row| (0..len).map(|at| id(row * len + at)).collect()).collect()
}
