//! `config.json`: everything known about a model except its weights and tokenizers.

use crate::ModelConfig;
use serde::{Deserialize, Serialize};

/// The format version of the model directory that this program writes. It also reads version 2, which had no profile of
/// the training text. Version 1 had no placeholders, and its annotations did not contain the embedding.
pub const FORMAT_VERSION: u64 = 3;

/// The oldest format version that this program reads.
pub const OLDEST_FORMAT_VERSION: u64 = 2;

/// The content of `config.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelCard {
    /// [`FORMAT_VERSION`] of the program that wrote it.
    pub format_version: u64,
    /// Sizes and kinds of the layers.
    pub model: ModelConfig,
    /// The training that made the weights.
    pub provenance: Provenance,
    /// The search that was fitted to the model at the end of its training. (Early models of this format version have
    /// none.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<FittedSearch>,
}

/// The search that translates the validation pairs best.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedSearch {
    /// [`SearchOptions::length_penalty`](crate::SearchOptions::length_penalty).
    pub length_penalty: f32,
    /// BLEU on the validation pairs with this length penalty and otherwise
    /// [`SearchOptions::STANDARD`](crate::SearchOptions::STANDARD).
    pub dev_bleu: f64,
}

impl FittedSearch {
    /// The value that no search has, as a message.
    pub(crate) fn problem(&self) -> Option<String> {
        let penalty = self.length_penalty;
        (!(0.0..=100.0).contains(&penalty)).then(|| format!("no search has a `length_penalty` of {penalty}"))
    }
}

/// The origin of a model's weights, for information only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Version of the program that trained it.
    pub program: String,
    /// Name of the training corpus.
    pub corpus: String,
    /// Number of training pairs.
    pub pairs: usize,
    /// Number of validation pairs.
    pub dev_pairs: usize,
    /// The optimiser step of these weights.
    pub step: usize,
    /// The number of times that the corpus had been read by then.
    pub epochs: f64,
    /// The number of target tokens trained on by then.
    pub target_tokens: u64,
    /// Cross-entropy per target token on the validation pairs, in nats.
    pub dev_loss: f64,
    /// BLEU of greedy translations of the validation pairs.
    pub dev_bleu: f64,
    /// The training settings in effect.
    pub training: serde_json::Value,
    /// The parent model, if training continued from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Box<Origin>>,
}

/// The parent of a model that was trained further.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// Its directory, as the user named it.
    pub directory: String,
    /// The origin of its weights.
    pub provenance: Provenance,
}
