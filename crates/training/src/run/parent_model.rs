//! The model that training goes on from.

use crate::parameters::is_of_aligner;
use crate::settings::limits::BadSettings;
use crate::settings::{Settings, TokenizerSettings, TrainingSettings};
use crate::{ModelSettings, Overrides, Parameters};
use anyhow::{Context, Result, bail, ensure};
use candle_core::{Device, Tensor};
use glosser_text::{CorpusSize, Fingerprint};
use glosser_translator::{ModelCard, ModelDirectory, Origin, Tokenizers};
use std::collections::HashMap;
use std::path::Path;

/// The highest learning rate as a share of the one that the model was trained with: between learning the new pairs and
/// forgetting the old. A model of the statements of the bundled corpus (validation BLEU 57.4 on statements, 7.8 on
/// questions) went on from with its 1,689 questions for 120 steps: with the whole rate 57.3 on questions and 21.1 on
/// statements, with a quarter 43.0 and 41.9, with a fifteenth 19.9 and 53.2. New weights had 6.2 on questions by then.
const RATE_SHARE: f64 = 0.25;

/// Steps until it is reached. Adam's second moments begin empty and are of few gradients at first; a time budget has its
/// first steps timed here. (In those 120 steps a warm-up of a single step did no harm.)
const WARMUP_STEPS: usize = 100;

/// A model to go on from: only ever read.
pub(crate) struct ParentModel {
    directory: String,
    card: ModelCard,
    tokenizers: Tokenizers,
    weights: HashMap<String, Tensor>,
    fingerprint: Fingerprint,
}

impl ParentModel {
    /// Reads the model in `path`, from which the one in `to` is made.
    ///
    /// # Errors
    /// If the two are the same place, there is no whole model, or it is an 8-bit one.
    pub fn read(path: &Path, to: &ModelDirectory) -> Result<Self> {
        let shown = path.display().to_string();
        let is_same = path.canonicalize().is_ok_and(|one| to.path().canonicalize().is_ok_and(|other| one == other));
        ensure!(!is_same, "{shown}: a model that training goes on from is not written to; give another --model");
        let directory = ModelDirectory::new(path);
        let card = directory.read_card()?;
        if !card.model.precision.is_f32() {
            bail!("{shown}: an 8-bit model cannot be trained; go on from the model that it was made from");
        }
        // Every name and shape is checked here.
        let tokenizers = directory.load()?.tokenizers().clone();
        let file = directory.weights();
        let bytes = std::fs::read(&file).with_context(|| format!("{}: cannot be read", file.display()))?;
        let weights = candle_core::safetensors::load_buffer(&bytes, &Device::Cpu)?;
        let mut fingerprint = Fingerprint::default();
        fingerprint.add_bytes(&bytes);
        Ok(Self { directory: shown, card, tokenizers, weights, fingerprint })
    }

    /// By which its weights are known again.
    pub fn fingerprint(&self) -> String {
        self.fingerprint.to_string()
    }

    /// The model's own settings, but for those of the way there that depend on the new corpus.
    ///
    /// # Errors
    /// [`BadSettings`] as for any corpus, and if an override would have other sub-words or other layers.
    pub fn settings(&self, size: CorpusSize, overrides: &Overrides) -> Result<Settings> {
        let fitted = Settings::fitted(size);
        let own: toml::Table = serde_json::from_value(self.card.provenance.training.clone()).unwrap_or_default();
        let training = known(&fitted.training, own.get("training"))?;
        let defaults = Settings {
            tokenizer: TokenizerSettings {
                joint: self.card.model.joint_vocab,
                ..known(&self.tokenizer(), own.get("tokenizer"))?
            },
            model: self.model(),
            training: TrainingSettings {
                seed: fitted.training.seed,
                budget: fitted.training.budget,
                learning_rate: RATE_SHARE * training.learning_rate,
                warmup_steps: WARMUP_STEPS,
                guide: fitted.training.guide,
                ..training
            },
        };
        let settings = Settings::changed(&defaults, overrides)?;
        self.unchanged("tokenizer", &defaults.tokenizer, &settings.tokenizer)?;
        self.unchanged("model", &defaults.model, &settings.model)?;
        Ok(settings)
    }

    /// What the sub-words are: fewer, perhaps, than were asked for.
    fn tokenizer(&self) -> TokenizerSettings {
        TokenizerSettings { vocab: self.card.model.source_vocab, joint: self.card.model.joint_vocab }
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
            members: model.ensemble,
        }
    }

    /// That a table of the settings is the model's.
    fn unchanged<T: serde::Serialize>(&self, table: &str, own: &T, wanted: &T) -> Result<()> {
        let (own, wanted) = (toml::Table::try_from(own)?, toml::Table::try_from(wanted)?);
        for (key, own) in &own {
            if let Some(wanted) = wanted.get(key).filter(|wanted| *wanted != own) {
                return Err(BadSettings::new(format!(
                    "{table}.{key} is {wanted}, and {own} in `{}`, which training goes on from; leave it out, or train a \
                     new model without --from",
                    self.directory
                ))
                .into());
            }
        }
        Ok(())
    }

    pub fn tokenizers(&self) -> Tokenizers {
        self.tokenizers.clone()
    }

    /// What is told of it.
    pub fn note(&self) -> String {
        let from = &self.card.provenance;
        format!(
            "going on from `{}`, which was trained for {} steps on {}; its sub-words and sizes are kept",
            self.directory, from.step, from.corpus
        )
    }

    /// Puts the weights in the place of new ones, and says where they come from.
    pub fn give_weights(self, parameters: &Parameters) -> Result<Origin> {
        for (name, var) in parameters.named() {
            // A model that was not guided has no aligner yet.
            let is_new = is_of_aligner(&name) && !self.weights.contains_key(&name);
            if is_new {
                continue;
            }
            let weight = self.weights.get(&name).with_context(|| format!("the weight `{name}` is missing"))?;
            var.set(weight)?;
        }
        let mut origin = Origin { directory: self.directory, provenance: self.card.provenance };
        forget_after(MOST_ORIGINS, &mut origin);
        Ok(origin)
    }
}

/// What `config.json` remembers of the models before a model. Each lies within the next, and a reader of JSON goes only
/// so deep.
const MOST_ORIGINS: usize = 30;

/// Forgets all but the last `count` origins.
fn forget_after(count: usize, mut origin: &mut Origin) {
    for _ in 1..count {
        let Some(before) = &mut origin.provenance.from else { return };
        origin = before;
    }
    origin.provenance.from = None;
}

/// The defaults with the values of a table that was saved with a model. Keys that another version had, and this one
/// does not know, are passed over: nobody has chosen them now.
fn known<T: serde::Serialize + serde::de::DeserializeOwned>(defaults: &T, saved: Option<&toml::Value>) -> Result<T> {
    let mut table = toml::Table::try_from(defaults)?;
    for (key, value) in saved.and_then(toml::Value::as_table).into_iter().flatten() {
        if let Some(known) = table.get_mut(key) {
            known.clone_from(value);
        }
    }
    Ok(table.try_into()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use glosser_translator::Provenance;

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
            training: serde_json::Value::Null,
            from: from.map(Box::new),
        };
        Origin { directory: String::new(), provenance }
    }

    #[test]
    fn a_card_that_remembers_as_much_as_it_may_can_be_read() {
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
