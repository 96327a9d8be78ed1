//! `config.json`: everything known about a model except its weights and tokenizers.

use crate::{ModelConfig, SearchOptions};
use glosser_text::LanguagePair;
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
    /// The languages of the training pairs. (`None` if they were not given, and in files of earlier versions.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub languages: Option<LanguagePair>,
    /// The search that was fitted to the model at the end of its training. (Early models of this format version have
    /// none.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<FittedSearch>,
    /// How much the weights of the model count beside its statistics when links are read from both. (`None` if the model
    /// has no statistics.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links: Option<LinkExponents>,
    /// Whether the model has short lists of output words. (Models of earlier versions have none, and small
    /// vocabularies need none.)
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub short_list: bool,
}

impl ModelCard {
    /// The length penalty that was fitted to the model, or the standard one.
    pub(crate) fn length_penalty(&self) -> f32 {
        self.search.map_or(SearchOptions::STANDARD.length_penalty, |search| search.length_penalty)
    }
}

/// A score of the validation pairs, by which weights or a length penalty were chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DevMetric {
    /// BLEU with sacreBLEU's tokeniser `13a`.
    #[default]
    #[serde(rename = "BLEU")]
    Bleu,
    /// BLEU with sacreBLEU's tokeniser `zh`, for Chinese.
    #[serde(rename = "BLEU-zh")]
    BleuZh,
    /// BLEU with sacreBLEU's tokeniser `char`, for other scripts without spaces.
    #[serde(rename = "BLEU-char")]
    BleuChar,
    /// chrF2.
    #[serde(rename = "chrF2")]
    Chrf,
    /// Cross-entropy per target token, in nats.
    #[serde(rename = "loss")]
    Loss,
}

impl DevMetric {
    /// The name that users see.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bleu => "BLEU",
            Self::BleuZh => "BLEU-zh",
            Self::BleuChar => "BLEU-char",
            Self::Chrf => "chrF2",
            Self::Loss => "loss",
        }
    }

    /// Returns the value of this metric among the scores of a validation. chrF2 is `None` in files of earlier versions,
    /// which chose by BLEU.
    pub fn of(self, bleu: f64, chrf: Option<f64>, loss: f64) -> f64 {
        match self {
            Self::Bleu | Self::BleuZh | Self::BleuChar => bleu,
            Self::Chrf => chrf.unwrap_or(0.0),
            Self::Loss => loss,
        }
    }

    /// Returns the name and a value, as "BLEU 34.50".
    pub fn shown(self, value: f64) -> String {
        let decimals = if self == Self::Loss { 3 } else { 2 };
        format!("{} {value:.decimals$}", self.name())
    }

    /// Returns whether it is the default, which is not written to files.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
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
    /// chrF2 of the same translations. (`None` in files of earlier versions.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dev_chrf: Option<f64>,
    /// The metric by which the length penalty was chosen; never the loss.
    #[serde(default, skip_serializing_if = "DevMetric::is_default")]
    pub metric: DevMetric,
}

impl FittedSearch {
    /// The score by which the length penalty was chosen.
    pub fn score(&self) -> f64 {
        self.metric.of(self.dev_bleu, self.dev_chrf, f64::NAN)
    }

    /// The value that no search has, as a message.
    pub(crate) fn problem(&self) -> Option<String> {
        let penalty = self.length_penalty;
        (!(0.0..=100.0).contains(&penalty)).then(|| format!("no search has a `length_penalty` of {penalty}"))
    }
}

/// The exponents of the weights of a model, each for one kind of weights: the statistics are multiplied by the weights
/// raised to this power. 0 ignores the weights. Training fits that of the weights that the model uses: of the aligner, if it
/// has one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkExponents {
    /// For the weights of the aligner.
    pub aligner: f32,
    /// For the posterior.
    pub posterior: f32,
}

impl LinkExponents {
    /// The exponents before the end of a training, and for few validation pairs.
    pub const STANDARD: Self = Self { aligner: 0.5, posterior: 0.3 };

    /// The value that no model has, as a message.
    pub(crate) fn problem(&self) -> Option<String> {
        let found = [self.aligner, self.posterior].into_iter().find(|exponent| !(0.0..=100.0).contains(exponent));
        found.map(|exponent| format!("no model has `links` with an exponent of {exponent}"))
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
    /// BLEU of greedy translations of the validation pairs, with the tokeniser that suits their script.
    pub dev_bleu: f64,
    /// chrF2 of the same translations. (`None` in files of earlier versions.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dev_chrf: Option<f64>,
    /// The metric by which the weights were chosen.
    #[serde(default, skip_serializing_if = "DevMetric::is_default")]
    pub dev_metric: DevMetric,
    /// The training settings in effect.
    pub training: serde_json::Value,
    /// The parent model, if training continued from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Box<Origin>>,
}

impl Provenance {
    /// Returns the score by which the weights were chosen, with its name.
    pub fn score(&self) -> String {
        self.dev_metric.shown(self.dev_metric.of(self.dev_bleu, self.dev_chrf, self.dev_loss))
    }
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
