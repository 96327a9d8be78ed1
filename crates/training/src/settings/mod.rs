//! The settings of a training run: defaults, configuration file, command line.

pub(crate) mod limits;

use crate::guided_alignment::links::MOST_ALIGNED;
use crate::settings::limits::BadSettings;
use crate::{GuidedAlignmentSettings, LinkSource, NoiseSettings};
use anyhow::{Context, Result};
use glosser_attention_decoder::{AttentionConfig, DecoderConfig, Score};
use glosser_encoder::EncoderConfig;
use glosser_kernels::Precision;
use glosser_text::{CorpusSize, fitted_vocab};
use glosser_translator::{ModelConfig, Tokenizers};
use serde::{Deserialize, Serialize};

/// Every choice of a training run, none left open: what `--config` may change and what is saved with the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The sub-words.
    pub tokenizer: TokenizerSettings,
    /// The layers.
    pub model: ModelSettings,
    /// The way there.
    pub training: TrainingSettings,
}

/// How sentences become tokens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenizerSettings {
    /// Tokens of a vocabulary.
    pub vocab: usize,
    /// Whether both sides share one.
    pub joint: bool,
}

/// Sizes of the layers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSettings {
    /// Size of a token's embedding, which is also the output layer's.
    pub embed: usize,
    /// Units of the encoder in each direction.
    pub encoder_hidden: usize,
    /// Bidirectional layers of the encoder.
    pub encoder_layers: usize,
    /// Units of each of the decoder's two layers.
    pub decoder_hidden: usize,
    /// Score function of the attention: `dot`, `general`, `additive` or `mlp`.
    pub attention: Score,
    /// Units of its inner layer.
    pub attention_size: usize,
    /// How many such models are trained side by side, from different weights, and translate together.
    pub members: usize,
}

/// How the weights are found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingSettings {
    /// The one seed.
    pub seed: u64,
    /// How long to train.
    pub budget: Budget,
    /// A batch holds as many pairs as fit this many tokens a side, padding counted.
    pub batch_tokens: usize,
    /// The highest learning rate.
    pub learning_rate: f64,
    /// Steps until it is reached.
    pub warmup_steps: usize,
    /// Probability that a unit is dropped.
    pub dropout: f64,
    /// What happens to the text of a batch.
    pub noise: NoiseSettings,
    /// The links that the aligner learns, or the attention.
    pub guide: GuidedAlignmentSettings,
    /// Share of the gold probability that is spread over the vocabulary.
    pub label_smoothing: f64,
    /// About so many target words the softmax of a step is over: the most frequent, those of the batch, and some others, drawn
    /// anew at each step. 0: over all.
    pub candidates: usize,
    /// Share of the pairs in which stand-ins take the place of words, anew at each step.
    pub stand_ins: f64,
    /// What a step takes from each number of a matrix, as a share of it, over the learning rate (AdamW, Loshchilov and Hutter
    /// 2019).
    pub weight_decay: f64,
    /// Global norm to which gradients are clipped.
    pub clip: f64,
    /// Validations without a higher BLEU or a lower loss before training stops.
    pub patience: usize,
    /// Pairs with more tokens on a side are left out.
    pub longest: usize,
}

/// How long to train.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Budget {
    /// So many times through the corpus.
    Epochs(usize),
    /// So many steps.
    Steps(usize),
    /// About so long: the first steps are timed, then the number of steps is fixed once.
    Minutes(f64),
}

/// What a person changes of the defaults: the tables of a configuration file, then single choices of the command line.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// A configuration in TOML, with any of the tables `tokenizer`, `model` and `training`.
    pub file: toml::Table,
    /// `training.budget`.
    pub budget: Option<Budget>,
    /// `training.seed`.
    pub seed: Option<u64>,
    /// `model.attention`.
    pub attention: Option<Score>,
    /// `training.guide.links`.
    pub guide: Option<LinkSource>,
}

impl Settings {
    /// The defaults for a corpus of some size, changed by the overrides.
    ///
    /// # Errors
    /// [`BadSettings`] if the configuration names an unknown key, or a value is of the wrong kind or out of range.
    pub fn for_corpus(size: CorpusSize, overrides: &Overrides) -> Result<Self> {
        Self::changed(&Self::fitted(size), overrides)
    }

    /// Some defaults, changed by the overrides.
    pub(crate) fn changed(defaults: &Self, overrides: &Overrides) -> Result<Self> {
        let mut table = toml::Table::try_from(defaults).context("default settings as TOML")?;
        merge(&mut table, &overrides.file);
        let mut settings: Self = table.try_into().map_err(|cause: toml::de::Error| {
            // With the key that it is about, which stands on a line of its own.
            let problem = cause.to_string().trim_end().replace('\n', " ");
            BadSettings::new(format!("{problem}; `glosser train --help` names the keys"))
        })?;
        settings.training.budget = overrides.budget.unwrap_or(settings.training.budget);
        settings.training.seed = overrides.seed.unwrap_or(settings.training.seed);
        settings.model.attention = overrides.attention.unwrap_or(settings.model.attention);
        settings.training.guide.links = overrides.guide.unwrap_or(settings.training.guide.links);
        settings.check().map_err(|cause| BadSettings::new(cause.to_string()))?;
        Ok(settings)
    }

    /// The defaults for a corpus of some size.
    pub(crate) fn fitted(size: CorpusSize) -> Self {
        // A small corpus is read more often. With noise a model still learns where it learnt by heart without
        // (docs/experiments.md).
        let epochs = (450_000 / size.pairs.max(1)).clamp(8, 40);
        // What a large corpus costs is memory for its links.
        let links = if size.pairs <= MOST_ALIGNED { LinkSource::Statistical } else { LinkSource::None };
        Self {
            tokenizer: TokenizerSettings { vocab: fitted_vocab(size), joint: true },
            model: ModelSettings {
                embed: 256,
                encoder_hidden: 128,
                encoder_layers: 1,
                decoder_hidden: 256,
                attention: Score::Additive,
                attention_size: 256,
                members: 2,
            },
            training: TrainingSettings {
                seed: 1,
                budget: Budget::Epochs(epochs),
                batch_tokens: 1200,
                learning_rate: 3e-3,
                warmup_steps: 400,
                dropout: 0.3,
                noise: NoiseSettings { bpe_dropout: 0.0, source_words: 0.0, target_words: 0.1 },
                guide: GuidedAlignmentSettings { links, aligner_weight: 1.0, attention_weight: 0.0 },
                label_smoothing: 0.1,
                candidates: 2500,
                stand_ins: 0.15,
                weight_decay: 0.1,
                clip: 1.0,
                patience: 6,
                longest: 200,
            },
        }
    }

    /// The model of these settings over the trained tokenizers, which may have fewer tokens than were asked for.
    pub fn model_config(&self, tokenizers: &Tokenizers) -> ModelConfig {
        let (model, dropout) = (&self.model, self.training.dropout as f32);
        ModelConfig {
            source_vocab: tokenizers.source().vocab_size(),
            target_vocab: tokenizers.target().vocab_size(),
            joint_vocab: tokenizers.is_joint(),
            embed: model.embed,
            encoder: EncoderConfig { hidden: model.encoder_hidden, layers: model.encoder_layers, dropout },
            decoder: DecoderConfig {
                hidden: model.decoder_hidden,
                dropout,
                attention: AttentionConfig { score: model.attention, size: model.attention_size },
                aligner: self
                    .training
                    .guide
                    .has_aligner()
                    .then_some(AttentionConfig { score: Score::Additive, size: model.attention_size }),
            },
            ensemble: model.members,
            precision: Precision::F32,
        }
    }
}

/// Puts every value of `from` into `into`, table by table. Keys that `into` does not have are added too: reading the
/// result as [`Settings`] then names them as unknown.
fn merge(into: &mut toml::Table, from: &toml::Table) {
    for (key, value) in from {
        match (into.get_mut(key), value) {
            // A budget is one choice of three: it replaces the whole table.
            (Some(toml::Value::Table(into)), toml::Value::Table(from)) if key != "budget" => merge(into, from),
            _ => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(file: &str) -> Result<Settings> {
        let size = CorpusSize { pairs: 5000, words: 30_000, distinct_words: 3000 };
        let overrides = Overrides { file: file.parse()?, ..Overrides::default() };
        Settings::for_corpus(size, &overrides)
    }

    #[test]
    fn a_file_changes_what_it_names_and_nothing_else() -> Result<()> {
        let (plain, changed) = (settings("")?, settings("[model]\nembed = 32\n[training.budget]\nsteps = 7")?);
        assert_eq!(changed.model.embed, 32);
        assert_eq!(changed.training.budget, Budget::Steps(7));
        let mut back = changed;
        back.model.embed = plain.model.embed;
        back.training.budget = plain.training.budget;
        assert_eq!(back, plain);
        Ok(())
    }

    #[test]
    fn unknown_keys_and_impossible_values_are_errors_that_name_them() {
        for (file, named) in [
            ("[model]\nembedd = 32", "embedd"),
            ("[modle]\nembed = 32", "modle"),
            ("[model]\nembed = 0", "model.embed"),
            ("[model]\nembed = \"large\"", "large"),
            ("[model]\nmembers = 0", "model.members"),
            ("[model]\nmembers = 101", "model.members"),
            ("[model]\nattention = \"cosine\"", "cosine"),
            ("[training]\ndropout = 1.0", "dropout"),
            ("[training]\nstand_ins = -0.1", "stand_ins"),
            ("[training]\ncandidates = 1000001", "training.candidates"),
            ("[training]\nweight_decay = -0.1", "training.weight_decay"),
            ("[training]\nweight_decay = nan", "training.weight_decay"),
            ("[training.budget]\nsteps = 0", "budget"),
            ("[training.budget]\nhours = 2", "hours"),
            ("[tokenizer]\nvocab = 100", "vocab"),
        ] {
            let message = format!("{:#}", settings(file).expect_err(file));
            assert!(message.contains(named), "{file}: {message}");
        }
    }
}
