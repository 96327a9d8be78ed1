//! The model that training continues from.

use crate::error::{Result, SettingsError, TrainingError};
use crate::parameters::is_of_aligner;
use crate::settings::migration;
use crate::{ModelSettings, Overrides, Parameters, Settings, TokenizerSettings, TrainingSettings};
use candle_core::{Device, Tensor};
use glosser_text::{CorpusSize, Fingerprint, LanguagePair, counted};
use glosser_translator::{ModelCard, ModelConfig, ModelDirectory, Origin, ShortList, Tokenizers, TranslatorError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The highest learning rate as a share of the parent's: a compromise between learning the new pairs and forgetting
/// the old ones. A model of the statements of the bundled corpus (validation BLEU 57.4 on statements, 7.8 on
/// questions) was trained on its 1,689 questions for 120 steps: with the whole rate it had 57.3 on questions and 21.1
/// on statements, with a quarter 43.0 and 41.9, with a fifteenth 19.9 and 53.2. A model with new weights had 6.2 on
/// questions by then.
const RATE_SHARE: f64 = 0.25;

/// Steps of the warm-up. Adam's second moments start at zero, so the first steps must be small; and a time budget is
/// timed during the warm-up. (In those 120 steps a warm-up of a single step did no harm.)
const WARMUP_STEPS: usize = 100;

/// A model to continue from. Its directory is only read.
pub(crate) struct ParentModel {
    directory: PathBuf,
    card: ModelCard,
    pub tokenizers: Tokenizers,
    /// `None` if it has none.
    pub short_list: Option<Arc<ShortList>>,
    weights: HashMap<String, Tensor>,
    /// The fingerprint of the weights.
    pub fingerprint: String,
}

impl ParentModel {
    /// Reads the model in `path`, to train the one in `to` from it.
    ///
    /// # Errors
    /// If both are the same directory, or there is no complete model, or its weights are 8-bit integers.
    pub fn read(path: &Path, to: &ModelDirectory) -> Result<Self> {
        let is_same = path.canonicalize().is_ok_and(|one| to.path().canonicalize().is_ok_and(|other| one == other));
        if is_same {
            let problem = "training does not overwrite the model that it continues from; give another --model";
            return Err(TrainingError::unusable(path.display(), problem));
        }
        let directory = ModelDirectory::new(path);
        let card = directory.read_card()?;
        if !card.model.precision.is_f32() {
            let problem = "an 8-bit model cannot be trained; continue from the model that it was quantized from";
            return Err(TrainingError::unusable(path.display(), problem));
        }
        // Checks the name and the shape of every weight.
        let translator = directory.load()?;
        let (tokenizers, short_list) = (translator.tokenizers().clone(), translator.scorer().short_list().cloned());
        let file = directory.weights();
        let bytes = std::fs::read(&file).map_err(|cause| TranslatorError::Io { file, cause })?;
        let weights = candle_core::safetensors::load_buffer(&bytes, &Device::Cpu)?;
        let mut fingerprint = Fingerprint::default();
        fingerprint.add_bytes(&bytes);
        let fingerprint = fingerprint.to_string();
        Ok(Self { directory: path.to_owned(), card, tokenizers, short_list, weights, fingerprint })
    }

    /// Returns the settings of a training that continues from this model: the model's own, except for the seed, the
    /// budget and the source of links, which are the defaults for the new corpus, and a lower learning rate.
    ///
    /// # Errors
    /// Like [`Settings::for_corpus`], and if an override contradicts the vocabulary or the sizes of the model.
    pub fn settings(&self, size: CorpusSize, overrides: &Overrides) -> Result<Settings, SettingsError> {
        let fitted = Settings::fitted(size);
        let own = self.saved_settings()?;
        let training = with_saved(&fitted.training, own.get("training"))?;
        let ModelConfig { source_vocab, joint_vocab, .. } = self.card.model;
        // The vocabulary can be smaller than the setting that the tokenizer was trained with.
        let tokenizer =
            TokenizerSettings { vocab: source_vocab, joint: joint_vocab, ..Settings::fitted(size).tokenizer };
        let defaults = Settings {
            tokenizer: TokenizerSettings { joint: joint_vocab, ..with_saved(&tokenizer, own.get("tokenizer"))? },
            model: self.model(),
            training: TrainingSettings {
                seed: fitted.training.seed,
                budget: fitted.training.budget,
                learning_rate: self.learning_rate()?,
                warmup_steps: WARMUP_STEPS,
                guided_alignment: fitted.training.guided_alignment,
                ..training
            },
        };
        let settings = defaults.overridden(overrides)?;
        self.require_same("tokenizer", &defaults.tokenizer, &settings.tokenizer)?;
        self.require_same("model", &defaults.model, &settings.model)?;
        Ok(settings)
    }

    /// Returns the default learning rate of a training that continues from this model.
    pub fn learning_rate(&self) -> Result<f64, SettingsError> {
        let fitted = Settings::fitted(CorpusSize { pairs: 0, words: 0, distinct_words: 0 });
        let training = with_saved(&fitted.training, self.saved_settings()?.get("training"))?;
        Ok(RATE_SHARE * training.learning_rate)
    }

    /// Returns the settings that were saved with the model, by this or an earlier version, without the seed.
    fn saved_settings(&self) -> Result<toml::Table, SettingsError> {
        let saved = self.card.provenance.training.clone();
        // A model can be without them, if it was not made by `train`.
        let (mut table, _seed) = migration::from_json(saved).unwrap_or_default();
        migration::rename(&mut table)?;
        Ok(table)
    }

    /// Returns [`AttentionConfig::scaled`](glosser_attention_decoder::AttentionConfig::scaled) of the model.
    pub fn is_scaled(&self) -> bool {
        self.card.model.decoder.attention.scaled
    }

    fn model(&self) -> ModelSettings {
        let model = &self.card.model;
        ModelSettings {
            embed: model.embed,
            encoder_hidden: model.encoder.hidden,
            encoder_layers: model.encoder.layers,
            decoder_hidden: model.decoder.hidden,
            attention: model.decoder.attention.score,
            attention_size: model.decoder.attention.size,
            ensemble: model.ensemble,
        }
    }

    /// Checks that a table of the settings is the model's own.
    fn require_same<T: Serialize>(&self, table: &str, own: &T, wanted: &T) -> Result<(), SettingsError> {
        let (own, wanted) = (to_table(own)?, to_table(wanted)?);
        for (key, own) in &own {
            if let Some(wanted) = wanted.get(key).filter(|wanted| *wanted != own) {
                return Err(SettingsError::new(format!(
                    "{table}.{key} is {wanted}, but {own} in `{}`, which training continues from; leave it out, or train a \
                     new model without --from",
                    self.directory.display()
                )));
            }
        }
        Ok(())
    }

    /// Returns its languages, if they are known.
    pub fn languages(&self) -> Option<LanguagePair> {
        self.card.languages.clone()
    }

    /// Returns the note that the user gets.
    pub fn note(&self) -> String {
        let provenance = &self.card.provenance;
        format!(
            "continuing from `{}`, which was trained for {} on {}; its vocabulary and its sizes are kept",
            self.directory.display(),
            counted(provenance.step, "step"),
            provenance.corpus
        )
    }

    /// Copies the weights into `parameters`, and returns their origin. An aligner keeps its initial weights if the
    /// parent has none.
    pub fn copy_weights(self, parameters: &Parameters) -> Result<Origin> {
        for (name, var) in parameters.named() {
            let Some(weight) = self.weights.get(&name) else {
                if is_of_aligner(&name) {
                    continue;
                }
                return Err(TrainingError::unusable(
                    self.directory.display(),
                    format!("the weight `{name}` is missing"),
                ));
            };
            var.set(weight)?;
        }
        let directory = self.directory.display().to_string();
        let mut origin = Origin { directory, provenance: self.card.provenance };
        forget_after(MOST_ORIGINS, &mut origin);
        Ok(origin)
    }
}

/// Most ancestors of a model in its `config.json`. Each is nested in the next, and a JSON parser limits the depth.
const MOST_ORIGINS: usize = 30;

/// Forgets all but the last `count` origins.
fn forget_after(count: usize, mut origin: &mut Origin) {
    for _ in 1..count {
        let Some(before) = &mut origin.provenance.from else { return };
        origin = before;
    }
    origin.provenance.from = None;
}

/// Returns the defaults, changed by the values that were saved with a model. Keys that this version does not have are
/// ignored: they are not a choice of the user's.
fn with_saved<T: Serialize + DeserializeOwned>(defaults: &T, saved: Option<&toml::Value>) -> Result<T, SettingsError> {
    let mut table = to_table(defaults)?;
    for (key, value) in saved.and_then(toml::Value::as_table).into_iter().flatten() {
        if let Some(known) = table.get_mut(key) {
            known.clone_from(value);
        }
    }
    table.try_into().map_err(|cause: toml::de::Error| {
        SettingsError::new(format!("the settings of the model that training continues from: {}", cause.message()))
    })
}

fn to_table<T: Serialize>(settings: &T) -> Result<toml::Table, SettingsError> {
    toml::Table::try_from(settings).map_err(|cause| SettingsError::new(cause.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use glosser_translator::{DevMetric, Provenance};

    fn origin(step: usize, from: Option<Origin>) -> Origin {
        let provenance = Provenance {
            program: String::new(),
            corpus: String::new(),
            pairs: 0,
            dev_pairs: 0,
            step,
            epochs: 0.0,
            target_tokens: 0,
            dev_loss: 0.0,
            dev_bleu: 0.0,
            dev_chrf: None,
            dev_metric: DevMetric::Bleu,
            training: serde_json::Value::Null,
            from: from.map(Box::new),
        };
        Origin { directory: String::new(), provenance }
    }

    #[test]
    fn a_card_with_the_most_origins_can_be_read() {
        let mut all = (0..200).fold(origin(0, None), |from, step| origin(step, Some(from)));
        forget_after(MOST_ORIGINS, &mut all);
        let text = serde_json::to_string(&[[all.clone()]]).expect("JSON");
        assert_eq!(serde_json::from_str::<[[Origin; 1]; 1]>(&text).expect("not too deep"), [[all.clone()]]);
        let steps: Vec<usize> = std::iter::successors(Some(&all), |origin| origin.provenance.from.as_deref())
            .map(|origin| origin.provenance.step)
            .collect();
        assert_eq!(steps, (170..200).rev().collect::<Vec<_>>(), "the last ones are kept");
    }
}
