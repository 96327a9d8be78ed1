use crate::ModelConfig;
use serde::{Deserialize, Serialize};

/// The format of the model directory that this program writes and reads. Version 1 had no stand-ins, and annotations
/// without the word itself.
pub const FORMAT_VERSION: u64 = 2;

/// `config.json`: all that is known of a model besides its weights and its tokenizer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelCard {
    /// [`FORMAT_VERSION`] of the program that wrote it.
    pub format_version: u64,
    /// Sizes and kinds of the layers.
    pub model: ModelConfig,
    /// Where the weights come from.
    pub provenance: Provenance,
    /// How it translates best, unless its training is not over. (Early models of this version have none.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<FittedSearch>,
}

/// How a model translates best, by the validation pairs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedSearch {
    /// [`SearchOptions::length_penalty`](crate::SearchOptions::length_penalty).
    pub length_penalty: f32,
    /// BLEU of the translations of the validation pairs with it, and else by
    /// [`SearchOptions::STANDARD`](crate::SearchOptions::STANDARD).
    pub dev_bleu: f64,
}

impl FittedSearch {
    /// What is wrong with it.
    pub(crate) fn impossible(&self) -> Option<String> {
        let penalty = self.length_penalty;
        (!(0.0..=100.0).contains(&penalty)).then(|| format!("no search has a `length_penalty` of {penalty}"))
    }
}

/// Where a model's weights come from, for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Version of the program that trained it.
    pub program: String,
    /// The training corpus, by name.
    pub corpus: String,
    /// Pairs trained on.
    pub pairs: usize,
    /// Pairs validated on.
    pub dev_pairs: usize,
    /// The optimiser step of these weights.
    pub step: usize,
    /// How many times the corpus had been read by then.
    pub epochs: f64,
    /// Target tokens trained on by then.
    pub target_tokens: u64,
    /// Cross-entropy per target token on the validation pairs, in nats.
    pub dev_loss: f64,
    /// BLEU of greedy translations of the validation pairs.
    pub dev_bleu: f64,
    /// The effective training configuration.
    pub training: serde_json::Value,
    /// The model that training went on from, where the weights were not new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Box<Origin>>,
}

/// The model that another was made from by training it further.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// Its directory, as it was named.
    pub directory: String,
    /// Where its own weights come from.
    pub provenance: Provenance,
}
