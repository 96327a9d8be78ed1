//! The settings of a training run: the defaults for a corpus, a configuration file, and choices of the command line.

mod choices;
pub(crate) mod commented_toml;
pub(crate) mod limits;
pub(crate) mod migration;
pub(crate) mod schedule;
pub(crate) mod table;

use crate::error::SettingsError;
use glosser_attention_decoder::{AttentionConfig, DecoderConfig, Score};
use glosser_encoder::EncoderConfig;
use glosser_kernels::Precision;
use glosser_text::{CorpusSize, ScriptCounts, WordRule, fitted_vocab};
use glosser_translator::{ModelConfig, Tokenizers};
use table::settings_table;

pub use choices::{Budget, LinkSource, Select, WordChoice};
pub use schedule::Schedule;

/// The default of `training.learning_rate`.
pub(crate) const DEFAULT_LEARNING_RATE: f64 = 3e-3;

/// Most pairs that the statistical aligner learns from, because it keeps them in memory. The default for larger
/// corpora is not to learn any links, which would have to be kept in memory, too.
pub(crate) const MOST_ALIGNED: usize = 250_000;

settings_table! {
    /// All settings of a training run. `--config` may change them, and they are saved with the model.
    pub struct Settings {
        /// How sentences become tokens.
        pub tokenizer: TokenizerSettings,
        /// Sizes of the model.
        pub model: ModelSettings,
        /// How the weights are trained.
        pub training: TrainingSettings,
    }
}

settings_table! {
    /// How sentences become tokens.
    pub struct TokenizerSettings {
        /// Tokens of a vocabulary, with the single bytes and the control tokens. The default is larger for a larger
        /// corpus.
        pub vocab: usize,
        /// Whether source and target share one vocabulary.
        pub joint: bool,
        /// Definition of a word of the source: "whitespace", "unicode" (with dictionaries for scripts without spaces),
        /// "subwords", or "auto": "unicode" if most letters are of scripts without spaces, else "whitespace".
        pub source_words: WordChoice,
        /// Definition of a word of the target.
        pub target_words: WordChoice,
    }
}

impl TokenizerSettings {
    /// Returns the rules of source and target for the letters of both. The settings name the sides as the corpus has them
    /// before it is reversed.
    pub(crate) fn word_rules(
        &self,
        (source, target): (ScriptCounts, ScriptCounts),
        is_reversed: bool,
    ) -> (WordRule, WordRule) {
        let (first, second) = (self.source_words, self.target_words);
        let (of_source, of_target) = if is_reversed { (second, first) } else { (first, second) };
        (of_source.rule(source), of_target.rule(target))
    }
}

settings_table! {
    /// Sizes of the model.
    pub struct ModelSettings {
        /// Size of the embedding of a token, which is also the size of a row of the output layer.
        pub embed: usize,
        /// Units of the encoder in each direction.
        pub encoder_hidden: usize,
        /// Bidirectional layers of the encoder.
        pub encoder_layers: usize,
        /// Units of each of the two recurrent layers of the decoder.
        pub decoder_hidden: usize,
        /// Score function of the attention: "dot", "general", "additive" or "mlp".
        pub attention: Score,
        /// Units of the hidden layer of the attention ("additive" and "mlp") and of the aligner.
        pub attention_size: usize,
        /// Encoder-decoders that are trained side by side from different initial weights, and translate together.
        pub ensemble: usize,
    }
}

settings_table! {
    /// How the weights are trained.
    pub struct TrainingSettings {
        /// Seed of all random draws.
        pub seed: u64,
        /// Length of the training: { epochs = N }, { steps = N } or { minutes = M }. A budget in minutes is the time of
        /// everything from reading the corpus to fitting the search; it becomes a number of steps once the first steps have
        /// been timed. The default is fewer epochs for a larger corpus.
        pub budget: Budget,
        /// Size of a batch in tokens of the source or the target, the longer of the two, with padding.
        pub batch_tokens: usize,
        /// Highest learning rate.
        pub learning_rate: f64,
        /// Steps in which the learning rate rises to its highest value.
        pub warmup_steps: usize,
        /// Probability that a unit is dropped (dropout).
        pub dropout: f64,
        /// Probability that the decoder does not see a target word when it predicts the words after it (word dropout,
        /// Sennrich et al. 2016, "Edinburgh Neural Machine Translation Systems for WMT 16", section 2.2).
        pub target_word_dropout: f64,
        /// Share of the probability of the right token that is spread over the vocabulary (label smoothing).
        pub label_smoothing: f64,
        /// Approximate number of target tokens over which a step normalises: the most frequent ones, those of the
        /// batch, and a random sample of the others (sampled softmax, Jean et al. 2015). 0: the whole vocabulary.
        pub sampled_vocabulary: usize,
        /// Share of the pairs in which placeholders replace words, so that the model learns to copy.
        pub placeholders: f64,
        /// Decoupled weight decay (AdamW, Loshchilov and Hutter 2019): each step multiplies every matrix by
        /// 1 - learning rate * weight_decay.
        pub weight_decay: f64,
        /// Largest norm of the gradient; a longer one is scaled down to it.
        pub clip: f64,
        /// Validation metric that chooses the saved weights and the length penalty: "bleu", "chrf" or "loss". "auto" is
        /// BLEU, or chrF2 as long as no validation reaches a BLEU of 5. (With "loss", the rule of "auto" chooses the
        /// length penalty.)
        pub select: Select,
        /// Training stops after this many validations in a row without a better value of that metric or a lower loss.
        pub patience: usize,
        /// Pairs with more tokens than this in source or target are left out.
        pub longest: usize,
        /// Training on links between the words of a pair (guided alignment, Chen et al. 2016).
        pub guided_alignment: GuidedAlignmentSettings,
    }
}

settings_table! {
    /// Training on links between the words of a pair (guided alignment, Chen et al. 2016).
    pub struct GuidedAlignmentSettings {
        /// Where the links come from: "statistical" (a statistical aligner learns them first), "file" or "none". The
        /// default is "none" above 250,000 pairs.
        pub links: LinkSource,
        /// Weight of the aligner's cross-entropy in the loss. 0: the model has no aligner.
        pub aligner_weight: f64,
        /// Weight of the attention's cross-entropy in the loss. 0: the attention is not guided.
        pub attention_weight: f64,
    }
}

impl GuidedAlignmentSettings {
    /// Returns whether the model has an aligner.
    pub fn has_aligner(&self) -> bool {
        self.links != LinkSource::None && self.aligner_weight > 0.0
    }
}

/// Changes of the defaults: the tables of a configuration file, and choices of the command line, which take precedence.
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
    /// `training.guided_alignment.links`.
    pub guided_alignment: Option<LinkSource>,
    /// `tokenizer.source_words` and `tokenizer.target_words`.
    pub words: Option<(WordChoice, WordChoice)>,
}

impl Settings {
    /// Returns the defaults for a corpus of this size, changed by the overrides.
    ///
    /// # Errors
    /// If the configuration has an unknown key, or a value is of the wrong type or out of range.
    pub fn for_corpus(size: CorpusSize, overrides: &Overrides) -> Result<Self, SettingsError> {
        Self::fitted(size).overridden(overrides)
    }

    /// Returns these settings, changed by the overrides.
    pub(crate) fn overridden(&self, overrides: &Overrides) -> Result<Self, SettingsError> {
        let invalid = |cause: toml::de::Error| {
            // The error names the key in a line of its own.
            let problem = cause.to_string().trim_end().replace('\n', " ");
            SettingsError::new(format!("{problem}; `glosser train --print-config` lists the keys"))
        };
        let mut table = toml::Table::try_from(self).map_err(|cause| SettingsError::new(cause.to_string()))?;
        let mut file = overrides.file.clone();
        migration::migrate(&mut file)?;
        merge(&mut table, &file);
        let mut settings: Self = table.try_into().map_err(invalid)?;
        let Self { training, model, tokenizer } = &mut settings;
        (tokenizer.source_words, tokenizer.target_words) =
            overrides.words.unwrap_or((tokenizer.source_words, tokenizer.target_words));
        if let Some(budget) = &overrides.budget {
            training.budget = budget.clone();
        }
        training.seed = overrides.seed.unwrap_or(training.seed);
        model.attention = overrides.attention.unwrap_or(model.attention);
        training.guided_alignment.links = overrides.guided_alignment.unwrap_or(training.guided_alignment.links);
        settings.check()?;
        Ok(settings)
    }

    /// Reads settings that a run of this or an earlier version saved as JSON.
    ///
    /// # Errors
    /// If they are not settings, or a deleted option is switched on.
    pub(crate) fn from_saved(saved: serde_json::Value) -> Result<Self, SettingsError> {
        let invalid = |cause: &dyn std::fmt::Display| SettingsError::new(format!("the saved settings: {cause}"));
        let (mut table, seed) = migration::from_json(saved).map_err(|cause| invalid(&cause))?;
        migration::migrate(&mut table)?;
        migration::add_new_keys(&mut table);
        let mut settings: Self = table.try_into().map_err(|cause: toml::de::Error| invalid(&cause))?;
        settings.training.seed = seed.unwrap_or_default();
        Ok(settings)
    }

    /// Returns the settings as JSON, to be saved with the model.
    pub(crate) fn to_json(&self) -> Result<serde_json::Value, SettingsError> {
        serde_json::to_value(self).map_err(|cause| SettingsError::new(cause.to_string()))
    }

    /// Returns the defaults for a corpus of this size.
    pub(crate) fn fitted(size: CorpusSize) -> Self {
        // A small corpus can be read more often before the validation loss rises (docs/experiments.md).
        let epochs = (450_000 / size.pairs.max(1)).clamp(8, 40);
        let links = if size.pairs <= MOST_ALIGNED { LinkSource::Statistical } else { LinkSource::None };
        Self {
            tokenizer: TokenizerSettings {
                vocab: fitted_vocab(size),
                joint: true,
                source_words: WordChoice::Auto,
                target_words: WordChoice::Auto,
            },
            model: ModelSettings {
                embed: 256,
                encoder_hidden: 128,
                encoder_layers: 1,
                decoder_hidden: 256,
                attention: Score::Additive,
                attention_size: 256,
                ensemble: 2,
            },
            training: TrainingSettings {
                seed: 1,
                budget: Budget::Epochs(epochs),
                batch_tokens: 1200,
                learning_rate: DEFAULT_LEARNING_RATE,
                warmup_steps: 400,
                dropout: 0.3,
                target_word_dropout: 0.1,
                label_smoothing: 0.1,
                sampled_vocabulary: 2500,
                placeholders: 0.15,
                weight_decay: 0.1,
                clip: 1.0,
                select: Select::Auto,
                patience: 6,
                longest: 200,
                guided_alignment: GuidedAlignmentSettings { links, aligner_weight: 1.0, attention_weight: 0.0 },
            },
        }
    }

    /// Returns the model configuration of these settings with trained tokenizers, whose vocabularies may be smaller
    /// than `tokenizer.vocab`.
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
                attention: AttentionConfig::new(model.attention, model.attention_size),
                aligner: self
                    .training
                    .guided_alignment
                    .has_aligner()
                    .then_some(AttentionConfig::new(Score::Additive, model.attention_size)),
            },
            ensemble: model.ensemble,
            precision: Precision::F32,
        }
    }
}

/// Copies every value of `from` into `into`, table by table. Keys that `into` does not have are added, too: the error
/// of deserialising [`Settings`] then names them.
fn merge(into: &mut toml::Table, from: &toml::Table) {
    for (key, value) in from {
        match (into.get_mut(key), value) {
            // A budget is a choice of one key, so it replaces the whole table.
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

    fn settings(file: &str) -> Result<Settings, SettingsError> {
        let size = CorpusSize { pairs: 5000, words: 30_000, distinct_words: 3000 };
        let overrides = Overrides { file: file.parse().expect("TOML"), ..Overrides::default() };
        Settings::for_corpus(size, &overrides)
    }

    #[test]
    fn a_file_changes_the_keys_that_it_names_and_no_others() -> Result<(), SettingsError> {
        let (plain, changed) = (settings("")?, settings("[model]\nembed = 32\n[training.budget]\nsteps = 7")?);
        assert_eq!(changed.model.embed, 32);
        assert_eq!(changed.training.budget, Budget::Steps(7));
        let mut back = changed;
        back.model.embed = plain.model.embed;
        back.training.budget = plain.training.budget.clone();
        assert_eq!(back, plain);
        Ok(())
    }

    #[test]
    fn settings_of_an_earlier_version_are_read_with_any_seed() -> Result<(), SettingsError> {
        let present = Settings { ..settings("[training]\ntarget_word_dropout = 0.2")? };
        let mut saved = serde_json::to_value(&present).expect("JSON");
        let training = saved["training"].as_object_mut().expect("a table");
        training.remove("target_word_dropout");
        training.remove("select");
        training.insert("noise".to_owned(), serde_json::json!({ "bpe_dropout": 0.0, "target_words": 0.2 }));
        training.insert("seed".to_owned(), u64::MAX.into());
        saved["tokenizer"].as_object_mut().expect("a table").remove("source_words");
        let mut read = Settings::from_saved(saved)?;
        assert_eq!(read.training.seed, u64::MAX);
        read.training.seed = present.training.seed;
        assert_eq!(read, present);
        Ok(())
    }

    #[test]
    fn unknown_keys_and_impossible_values_are_errors_that_name_them() {
        for (file, named) in [
            ("[model]\nembedd = 32", "embedd"),
            ("[modle]\nembed = 32", "modle"),
            ("[model]\nembed = 0", "model.embed"),
            ("[model]\nembed = \"large\"", "large"),
            ("[model]\nensemble = 0", "model.ensemble"),
            ("[model]\nmembers = 101", "model.ensemble"),
            ("[model]\nattention = \"cosine\"", "cosine"),
            ("[training]\ndropout = 1.0", "dropout"),
            ("[training]\nplaceholders = -0.1", "training.placeholders"),
            ("[training]\ntarget_word_dropout = 1.0", "training.target_word_dropout"),
            ("[training]\nsampled_vocabulary = 1000001", "training.sampled_vocabulary"),
            ("[training.guided_alignment]\naligner_weight = -1", "training.guided_alignment.aligner_weight"),
            ("[training]\nweight_decay = -0.1", "training.weight_decay"),
            ("[training]\nweight_decay = nan", "training.weight_decay"),
            ("[training]\nselect = \"ter\"", "ter"),
            ("[training.budget]\nsteps = 0", "budget"),
            ("[training.budget]\nhours = 2", "hours"),
            ("[tokenizer]\nvocab = 100", "vocab"),
            ("[tokenizer]\nsource_words = \"letters\"", "letters"),
        ] {
            let message = settings(file).expect_err(file).to_string();
            assert!(message.contains(named), "{file}: {message}");
        }
    }
}
