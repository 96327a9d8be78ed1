//! The files of a model: their names, where they come from, and how they are read with all checks.

use crate::card::{FORMAT_VERSION, OLDEST_FORMAT_VERSION};
use crate::file::read_at_most;
use crate::statistics::Statistics;
use crate::{ModelCard, ModelConfig, Scorer, ShortList, Tokenizers, Translator, TranslatorError, read_weights};
use candle_core::Device;
use glosser_alignment::statistical::StatisticalAligner;
use glosser_text::{TextProfile, Tokenizer, TrainingWords, WordSplitters};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub(crate) const CARD: &str = "config.json";
pub(crate) const WEIGHTS: &str = "model.safetensors";
pub(crate) const JOINT: &str = "tokenizer.json";
pub(crate) const SOURCE: &str = "tokenizer.source.json";
pub(crate) const TARGET: &str = "tokenizer.target.json";
pub(crate) const WORDS: &str = "words.bin";
pub(crate) const PROFILE: &str = "text.json";
pub(crate) const STATISTICS: &str = "statistics.bin";
pub(crate) const SHORT_LIST: &str = "shortlist.bin";
/// All of them.
pub(crate) const NAMES: [&str; 9] = [CARD, WEIGHTS, JOINT, SOURCE, TARGET, WORDS, PROFILE, STATISTICS, SHORT_LIST];

/// The greatest sizes of the files in bytes, far more than training ever writes.
const MAX_CARD: u64 = 1 << 24;
const MAX_TOKENIZER: u64 = 1 << 28;
const MAX_WORDS: u64 = 1 << 28;
const MAX_PROFILE: u64 = 1 << 28;
const MAX_STATISTICS: u64 = 1 << 28;
const MAX_SHORT_LIST: u64 = 1 << 28;
/// Names and shapes of the weights.
const MAX_HEADER: u64 = 1 << 24;
/// A weight has four bytes, or one byte and its part of a scale.
const MAX_BYTES_PER_WEIGHT: u64 = 5;

/// The place where the files of a model are. No other module reads them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ModelFiles<'a> {
    /// A directory.
    Directory(&'a Path),
    /// Memory.
    Memory {
        /// The name of the model in messages, in place of a directory.
        name: &'a str,
        /// The content of each file by its name.
        files: &'a BTreeMap<String, Vec<u8>>,
    },
}

impl<'a> ModelFiles<'a> {
    /// The path of a file in messages; of the model itself, if the name is empty.
    fn path(&self, name: &str) -> PathBuf {
        let model = match self {
            Self::Directory(path) => path,
            Self::Memory { name, .. } => Path::new(name),
        };
        if name.is_empty() { model.to_owned() } else { model.join(name) }
    }

    /// The content of a file of at most `max_bytes` bytes.
    fn read(&self, name: &'static str, max_bytes: u64) -> Result<Cow<'a, [u8]>, TranslatorError> {
        match self {
            Self::Directory(path) => read_in(path, name, max_bytes).map(Cow::Owned),
            // What is in memory already needs no limit.
            Self::Memory { files, .. } => match files.get(name) {
                Some(bytes) => Ok(Cow::Borrowed(bytes)),
                None => Err(TranslatorError::Incomplete { directory: self.path(""), missing: name }),
            },
        }
    }

    /// Whether `config.json` is of a model of any version of this program, readable or not.
    pub fn has_card(&self) -> bool {
        let card = self.read(CARD, MAX_CARD).ok();
        let card = card.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
        card.is_some_and(|card| card.get("format_version").is_some())
    }

    /// Reads `config.json` alone.
    ///
    /// # Errors
    /// If the file is missing, damaged, of another format version, or describes a model that cannot exist.
    pub fn read_card(&self) -> Result<ModelCard, TranslatorError> {
        if let Self::Directory(path) = self
            && !path.is_dir()
        {
            return Err(TranslatorError::NoDirectory(self.path("")));
        }
        let bytes = self.read(CARD, MAX_CARD)?;
        let damaged = |cause: serde_json::Error| self.damaged(CARD, cause.to_string());
        // The version first, because every other key may have another meaning in another version.
        let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(damaged)?;
        match value.get("format_version").and_then(serde_json::Value::as_u64) {
            Some(OLDEST_FORMAT_VERSION..=FORMAT_VERSION) => {}
            Some(found) => {
                let remedy = if found > FORMAT_VERSION {
                    "install the version of glosser that wrote it, or a newer one"
                } else {
                    "train the model again, or use the older program"
                };
                return Err(TranslatorError::Version { file: self.path(CARD), found, remedy });
            }
            None => return Err(self.damaged(CARD, "it names no `format_version`".to_owned())),
        }
        let card: ModelCard = serde_json::from_slice(&bytes).map_err(damaged)?;
        let search_problem = || card.search.and_then(|search| search.problem());
        let links_problem = || card.links.and_then(|links| links.problem());
        match card.model.problem().or_else(search_problem).or_else(links_problem) {
            Some(problem) => Err(self.damaged(CARD, problem)),
            None => Ok(card),
        }
    }

    /// Reads all files that make the model, each with its name.
    pub fn read_all(&self) -> Result<Vec<(&'static str, Vec<u8>)>, TranslatorError> {
        let card = self.read_card()?;
        let mut files = vec![(CARD, self.read(CARD, MAX_CARD)?)];
        files.push((WEIGHTS, self.read_weights(&card.model)?));
        let tokenizers: &[&'static str] = if card.model.joint_vocab { &[JOINT] } else { &[SOURCE, TARGET] };
        for name in tokenizers {
            files.push((name, self.read(name, MAX_TOKENIZER)?));
        }
        files.push((WORDS, self.read(WORDS, MAX_WORDS)?));
        if has_profile(&card) {
            files.push((PROFILE, self.read(PROFILE, MAX_PROFILE)?));
        }
        files.extend(self.read_statistics(&card)?.map(|bytes| (STATISTICS, bytes)));
        files.extend(self.read_short_list(&card)?.map(|bytes| (SHORT_LIST, bytes)));
        Ok(files.into_iter().map(|(name, bytes)| (name, bytes.into_owned())).collect())
    }

    /// The bytes of the statistics, if the model has any.
    pub fn read_statistics(&self, card: &ModelCard) -> Result<Option<Cow<'a, [u8]>>, TranslatorError> {
        card.links.map(|_| self.read(STATISTICS, MAX_STATISTICS)).transpose()
    }

    /// The bytes of the short lists, if the model has any.
    pub fn read_short_list(&self, card: &ModelCard) -> Result<Option<Cow<'a, [u8]>>, TranslatorError> {
        card.short_list.then(|| self.read(SHORT_LIST, MAX_SHORT_LIST)).transpose()
    }

    /// The short lists, if the model has any.
    fn short_list(&self, card: &ModelCard) -> Result<Option<ShortList>, TranslatorError> {
        let ModelConfig { source_vocab, target_vocab, .. } = card.model;
        let list = |bytes: Cow<[u8]>| ShortList::from_bytes(&bytes, source_vocab, target_vocab);
        let list = self.read_short_list(card)?.map(list).transpose();
        list.map_err(|problem| self.damaged(SHORT_LIST, problem))
    }

    /// The statistics, if the model has any. They are parsed when they are first used.
    fn statistics(&self, card: &ModelCard) -> Result<Option<Statistics>, TranslatorError> {
        let bytes = self.read_statistics(card)?.map(Cow::into_owned);
        let of_bytes = |(bytes, exponents)| Statistics::of_bytes(bytes, self.path(STATISTICS), exponents);
        Ok(bytes.zip(card.links).map(of_bytes))
    }

    /// The bytes of the weights. A file longer than the model can be is refused before it is read.
    pub fn read_weights(&self, config: &ModelConfig) -> Result<Cow<'a, [u8]>, TranslatorError> {
        let parameters = config.parameters().map_err(|cause| self.damaged(CARD, first_line(&cause)))?;
        self.read(WEIGHTS, parameters.saturating_mul(MAX_BYTES_PER_WEIGHT).saturating_add(MAX_HEADER))
    }

    /// Loads the whole model and lays out its weights for search.
    ///
    /// # Errors
    /// If a file is missing, damaged or of another version, or a weight has another name or shape than expected.
    pub fn load(&self) -> Result<(ModelCard, Translator), TranslatorError> {
        let (card, scorer) = self.load_scorer()?;
        let translator = Translator::from_scorer(scorer, card.length_penalty())?;
        Ok((card, translator))
    }

    /// Loads the whole model without the layout for search.
    pub fn load_scorer(&self) -> Result<(ModelCard, Scorer), TranslatorError> {
        let card = self.read_card()?;
        let tokenizers = self.tokenizers(&card)?;
        let bytes = self.read_weights(&card.model)?;
        let model = read_weights(&bytes, &card.model, &Device::Cpu).map_err(|cause| self.damaged_weights(&cause))?;
        let (statistics, list) = (self.statistics(&card)?, self.short_list(&card)?);
        Ok((card, Scorer::new(model, tokenizers).with_statistics(statistics).with_short_list(list)))
    }

    /// Reads the statistics and the definition of their words, without the rest of the model.
    pub fn load_statistics(&self) -> Result<(StatisticalAligner, WordSplitters), TranslatorError> {
        let card = self.read_card()?;
        let bytes = self.read_statistics(&card)?.ok_or(TranslatorError::NoStatistics)?;
        let aligner = StatisticalAligner::from_bytes(&bytes);
        let aligner = aligner.map_err(|cause| self.damaged(STATISTICS, cause.to_string()))?;
        Ok((aligner, self.tokenizers(&card)?.words()))
    }

    /// Reads the tokenizers, and what they know of the training text.
    fn tokenizers(&self, card: &ModelCard) -> Result<Tokenizers, TranslatorError> {
        let tokenizers = if card.model.joint_vocab {
            Tokenizers::joint(self.tokenizer(JOINT)?)
        } else {
            Tokenizers::separate(self.tokenizer(SOURCE)?, self.tokenizer(TARGET)?)
        };
        let found = (tokenizers.source().vocab_size(), tokenizers.target().vocab_size());
        let expected = (card.model.source_vocab, card.model.target_vocab);
        if found != expected {
            let problem =
                format!("its vocabularies have {found:?} tokens (source, target) where {CARD} requires {expected:?}");
            return Err(self.damaged(if card.model.joint_vocab { JOINT } else { SOURCE }, problem));
        }
        Ok(tokenizers.with_training_words(self.training_words()?).with_profile(self.profile(card)?))
    }

    fn training_words(&self) -> Result<TrainingWords, TranslatorError> {
        TrainingWords::from_bytes(&self.read(WORDS, MAX_WORDS)?)
            .ok_or_else(|| self.damaged(WORDS, "its values are not in ascending order, four bytes each".to_owned()))
    }

    /// Models of format version 2 have no profile; their text is used as it is.
    fn profile(&self, card: &ModelCard) -> Result<TextProfile, TranslatorError> {
        if !has_profile(card) {
            return Ok(TextProfile::default());
        }
        let bytes = self.read(PROFILE, MAX_PROFILE)?;
        let profile: TextProfile =
            serde_json::from_slice(&bytes).map_err(|cause| self.damaged(PROFILE, cause.to_string()))?;
        if profile.needs_dictionaries() && !cfg!(feature = "dictionaries") {
            return Err(TranslatorError::NoDictionaries(self.path(PROFILE)));
        }
        Ok(profile)
    }

    fn tokenizer(&self, name: &'static str) -> Result<Tokenizer, TranslatorError> {
        let bytes = self.read(name, MAX_TOKENIZER)?;
        Ok(Tokenizer::from_json(&bytes, &self.path(name).display().to_string())?)
    }

    fn damaged(&self, name: &str, problem: String) -> TranslatorError {
        TranslatorError::Damaged { file: self.path(name), problem }
    }

    pub fn damaged_weights(&self, cause: &candle_core::Error) -> TranslatorError {
        self.damaged(WEIGHTS, first_line(cause))
    }
}

fn has_profile(card: &ModelCard) -> bool {
    card.format_version >= FORMAT_VERSION
}

/// Reads a file of a model directory.
fn read_in(directory: &Path, name: &'static str, max_bytes: u64) -> Result<Vec<u8>, TranslatorError> {
    read_at_most(&directory.join(name), max_bytes).map_err(|error| explained(directory, name, error))
}

/// Replaces the error of a missing file by one that names the model directory.
fn explained(directory: &Path, name: &'static str, error: TranslatorError) -> TranslatorError {
    let holds_a_model = || NAMES.iter().any(|name| directory.join(name).exists());
    match error {
        TranslatorError::Io { cause, .. } if cause.kind() == ErrorKind::NotFound && !holds_a_model() => {
            TranslatorError::NoModel { directory: directory.to_owned(), inside: models_inside(directory) }
        }
        TranslatorError::Io { cause, .. } if cause.kind() == ErrorKind::NotFound => {
            TranslatorError::Incomplete { directory: directory.to_owned(), missing: name }
        }
        other => other,
    }
}

/// The sub-directories that are model directories, sorted.
fn models_inside(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut models: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.join(CARD).exists()).collect();
    models.sort();
    models
}

/// The message of an error of tensors without the backtrace that follows it.
fn first_line(cause: &candle_core::Error) -> String {
    cause.to_string().lines().next().unwrap_or_default().to_owned()
}
