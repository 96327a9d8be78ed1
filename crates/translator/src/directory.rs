//! The model directory: its files are read with all checks, and replaced together.

use crate::card::{FORMAT_VERSION, OLDEST_FORMAT_VERSION};
use crate::file::{read_at_most, replace};
use crate::{
    ModelCard, ModelConfig, Scorer, SearchOptions, Tokenizers, Translator, TranslatorError, quantize_weights,
    read_weights,
};
use candle_core::Device;
use glosser_kernels::Precision;
use glosser_text::{TextProfile, Tokenizer, TrainingWords};
use serde::Serialize;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

const CARD: &str = "config.json";
const WEIGHTS: &str = "model.safetensors";
const JOINT: &str = "tokenizer.json";
const SOURCE: &str = "tokenizer.source.json";
const TARGET: &str = "tokenizer.target.json";
const WORDS: &str = "words.bin";
const PROFILE: &str = "text.json";
/// All of them.
const NAMES: [&str; 7] = [CARD, WEIGHTS, JOINT, SOURCE, TARGET, WORDS, PROFILE];
/// The model of the opposite direction, a model directory of its own.
const REVERSE: &str = "reverse";
/// The files of training, which a model does not need.
const TRAINING: &str = "training";

/// The greatest sizes of the files in bytes, far more than training ever writes.
const MAX_CARD: u64 = 1 << 24;
const MAX_TOKENIZER: u64 = 1 << 28;
const MAX_WORDS: u64 = 1 << 28;
const MAX_PROFILE: u64 = 1 << 28;
/// Names and shapes of the weights.
const MAX_HEADER: u64 = 1 << 24;
/// A weight has four bytes, or one byte and its part of a scale.
const MAX_BYTES_PER_WEIGHT: u64 = 5;

/// A model on disk: `config.json`, `model.safetensors`, `tokenizer.json` (or `tokenizer.source.json` and
/// `tokenizer.target.json`), `words.bin`, the words of its training text, and `text.json`, the profile of that text. No
/// other module knows these names.
#[derive(Clone, Debug)]
pub struct ModelDirectory {
    path: PathBuf,
}

impl ModelDirectory {
    /// The directory at `path`, which need not exist.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it contains a model, or a part of one.
    pub fn holds_a_model(&self) -> bool {
        NAMES.iter().any(|name| self.path.join(name).exists())
    }

    /// The files of a model that exist.
    pub fn present_files(&self) -> Vec<PathBuf> {
        NAMES.iter().map(|name| self.path.join(name)).filter(|file| file.exists()).collect()
    }

    /// Whether `config.json` is of a model of any version of this program, readable or not.
    pub fn has_card(&self) -> bool {
        let card = self.read(CARD, MAX_CARD).ok();
        let card = card.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
        card.is_some_and(|card| card.get("format_version").is_some())
    }

    /// The names of the files in the directory that are not of a model, sorted; hidden ones are left out.
    pub fn other_files(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let is_other = |name: &String| {
            !name.starts_with('.') && !NAMES.contains(&name.as_str()) && ![REVERSE, TRAINING].contains(&name.as_str())
        };
        let mut others: Vec<String> = names.filter(is_other).collect();
        others.sort();
        others
    }

    /// The sub-directories that are model directories, sorted.
    fn models_inside(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let mut models: Vec<PathBuf> =
            entries.map(|entry| entry.path()).filter(|path| path.join(CARD).exists()).collect();
        models.sort();
        models
    }

    /// The paths of the files that a model can have, also those of the opposite direction. They need not exist.
    pub fn files(&self) -> Vec<PathBuf> {
        let directories = [self.path.clone(), self.path.join(REVERSE)];
        directories.iter().flat_map(|directory| NAMES.map(|name| directory.join(name))).collect()
    }

    /// The directory of the opposite direction, if the model was trained in both.
    pub fn reverse(&self) -> Self {
        Self { path: self.path.join(REVERSE) }
    }

    /// The path of the weights.
    pub fn weights(&self) -> PathBuf {
        self.path.join(WEIGHTS)
    }

    /// Reads `config.json` alone.
    ///
    /// # Errors
    /// If the file is missing, damaged, of another format version, or describes a model that cannot exist.
    pub fn read_card(&self) -> Result<ModelCard, TranslatorError> {
        if !self.path.is_dir() {
            return Err(TranslatorError::NoDirectory(self.path.clone()));
        }
        let file = self.path.join(CARD);
        let bytes = self.read(CARD, MAX_CARD)?;
        let damaged =
            |cause: serde_json::Error| TranslatorError::Damaged { file: file.clone(), problem: cause.to_string() };
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
                return Err(TranslatorError::Version { file, found, remedy });
            }
            None => {
                let problem = "it names no `format_version`".to_owned();
                return Err(TranslatorError::Damaged { file, problem });
            }
        }
        let card: ModelCard = serde_json::from_slice(&bytes).map_err(damaged)?;
        let search_problem = || card.search.and_then(|search| search.problem());
        if let Some(problem) = card.model.problem().or_else(search_problem) {
            return Err(TranslatorError::Damaged { file, problem });
        }
        Ok(card)
    }

    fn read(&self, name: &'static str, max_bytes: u64) -> Result<Vec<u8>, TranslatorError> {
        read_at_most(&self.path.join(name), max_bytes).map_err(|error| match error {
            TranslatorError::Io { cause, .. } if cause.kind() == ErrorKind::NotFound && !self.holds_a_model() => {
                TranslatorError::NoModel { directory: self.path.clone(), inside: self.models_inside() }
            }
            TranslatorError::Io { cause, .. } if cause.kind() == ErrorKind::NotFound => {
                TranslatorError::Incomplete { directory: self.path.clone(), missing: name }
            }
            other => other,
        })
    }

    /// The bytes of the weights. A file longer than the model can be is refused before it is read.
    fn read_weights(&self, config: &ModelConfig) -> Result<Vec<u8>, TranslatorError> {
        let parameters = config
            .parameters()
            .map_err(|cause| TranslatorError::Damaged { file: self.path.join(CARD), problem: first_line(&cause) })?;
        self.read(WEIGHTS, parameters.saturating_mul(MAX_BYTES_PER_WEIGHT).saturating_add(MAX_HEADER))
    }

    /// Loads the whole model and lays out its weights for search.
    ///
    /// # Errors
    /// If a file is missing, damaged or of another version, or a weight has another name or shape than expected.
    pub fn load(&self) -> Result<Translator, TranslatorError> {
        let (card, scorer) = self.load_scorer()?;
        let standard = SearchOptions::STANDARD.length_penalty;
        Translator::from_scorer(scorer, card.search.map_or(standard, |search| search.length_penalty))
    }

    /// Loads the whole model without the layout for search.
    pub(crate) fn load_scorer(&self) -> Result<(ModelCard, Scorer), TranslatorError> {
        let card = self.read_card()?;
        let tokenizers = if card.model.joint_vocab {
            Tokenizers::joint(self.tokenizer(JOINT)?)
        } else {
            Tokenizers::separate(self.tokenizer(SOURCE)?, self.tokenizer(TARGET)?)
        };
        let found = (tokenizers.source().vocab_size(), tokenizers.target().vocab_size());
        let expected = (card.model.source_vocab, card.model.target_vocab);
        if found != expected {
            return Err(TranslatorError::Damaged {
                file: self.path.join(if card.model.joint_vocab { JOINT } else { SOURCE }),
                problem: format!(
                    "its vocabularies have {found:?} tokens (source, target) where {CARD} requires {expected:?}"
                ),
            });
        }
        let tokenizers = tokenizers.with_training_words(self.training_words()?).with_profile(self.profile(&card)?);
        let bytes = self.read_weights(&card.model)?;
        let model = read_weights(&bytes, &card.model, &Device::Cpu).map_err(|cause| self.damaged_weights(&cause))?;
        Ok((card, Scorer::new(model, tokenizers)))
    }

    fn training_words(&self) -> Result<TrainingWords, TranslatorError> {
        TrainingWords::from_bytes(&self.read(WORDS, MAX_WORDS)?).ok_or_else(|| {
            let problem = "its values are not in ascending order, four bytes each".to_owned();
            TranslatorError::Damaged { file: self.path.join(WORDS), problem }
        })
    }

    /// Models of format version 2 have no profile; their text is used as it is.
    fn profile(&self, card: &ModelCard) -> Result<TextProfile, TranslatorError> {
        if card.format_version < FORMAT_VERSION {
            return Ok(TextProfile::default());
        }
        serde_json::from_slice(&self.read(PROFILE, MAX_PROFILE)?)
            .map_err(|cause| TranslatorError::Damaged { file: self.path.join(PROFILE), problem: cause.to_string() })
    }

    fn damaged_weights(&self, cause: &candle_core::Error) -> TranslatorError {
        TranslatorError::Damaged { file: self.weights(), problem: first_line(cause) }
    }

    fn tokenizer(&self, name: &'static str) -> Result<Tokenizer, TranslatorError> {
        let bytes = self.read(name, MAX_TOKENIZER)?;
        Ok(Tokenizer::from_json(&bytes, &self.path.join(name).display().to_string())?)
    }

    /// Writes a model. Every file is written beside its place and synced, and then all are renamed: a reader finds the
    /// old model or the new one, and a crash or a full disk loses neither.
    pub fn save(&self, card: &ModelCard, tokenizers: &Tokenizers, weights: &[u8]) -> Result<(), TranslatorError> {
        let mut files = vec![(WEIGHTS, weights.to_vec())];
        if tokenizers.is_joint() {
            files.push((JOINT, tokenizers.source().to_json()?.into_bytes()));
        } else {
            files.push((SOURCE, tokenizers.source().to_json()?.into_bytes()));
            files.push((TARGET, tokenizers.target().to_json()?.into_bytes()));
        }
        files.push((WORDS, tokenizers.training_words().to_bytes()));
        if card.format_version >= FORMAT_VERSION {
            files.push((PROFILE, self.to_json(PROFILE, tokenizers.profile())?));
        }
        files.push((CARD, self.to_json(CARD, card)?));
        replace(&self.path, &files)?;
        // The tokenizers of an earlier model that had the other number of vocabularies.
        let stale: &[&str] = if tokenizers.is_joint() { &[SOURCE, TARGET] } else { &[JOINT] };
        for file in stale.iter().map(|name| self.path.join(name)).filter(|file| file.exists()) {
            fs::remove_file(&file).map_err(|cause| TranslatorError::Io { file, cause })?;
        }
        Ok(())
    }

    /// Replaces `config.json` of an existing model.
    pub fn save_card(&self, card: &ModelCard) -> Result<(), TranslatorError> {
        replace(&self.path, &[(CARD, self.to_json(CARD, card)?)])
    }

    fn to_json(&self, name: &str, content: &impl Serialize) -> Result<Vec<u8>, TranslatorError> {
        serde_json::to_vec_pretty(content)
            .map_err(|cause| TranslatorError::Damaged { file: self.path.join(name), problem: cause.to_string() })
    }

    /// Writes the model to another directory, with its matrices as 8-bit integers. The files of training are not
    /// copied.
    ///
    /// # Errors
    /// If the model cannot be loaded, or is an 8-bit one already.
    pub fn save_quantized(&self, to: &Self) -> Result<(), TranslatorError> {
        let mut card = self.read_card()?;
        if !card.model.precision.is_f32() {
            return Err(TranslatorError::AlreadyQuantized(self.path.clone()));
        }
        let (_, scorer) = self.load_scorer()?;
        let weights =
            quantize_weights(&self.read_weights(&card.model)?).map_err(|cause| self.damaged_weights(&cause))?;
        card.model.precision = Precision::Int8;
        to.save(&card, scorer.tokenizers(), &weights)
    }

    /// Removes the temporary files of a process that was killed while it wrote. Only the owner of the directory's lock
    /// may call it.
    pub fn remove_leftovers(&self) {
        let starts = [CARD, WEIGHTS, JOINT, SOURCE, TARGET, WORDS, PROFILE].map(|name| format!(".{name}."));
        let is_left = |name: &str| starts.iter().any(|start| name.starts_with(start));
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_str().is_some_and(is_left)) {
            // A file that cannot be removed disturbs nothing.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The message of an error of tensors without the backtrace that follows it.
fn first_line(cause: &candle_core::Error) -> String {
    cause.to_string().lines().next().unwrap_or_default().to_owned()
}
