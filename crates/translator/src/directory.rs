use crate::card::FORMAT_VERSION;
use crate::file::{read_at_most, replace};
use crate::{ModelCard, ModelConfig, Tokenizers, Translator, TranslatorError, quantize_weights, read_weights};
use candle_core::Device;
use glosser_kernels::Precision;
use glosser_text::{Tokenizer, TrainingWords};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

const CARD: &str = "config.json";
const WEIGHTS: &str = "model.safetensors";
const JOINT: &str = "tokenizer.json";
const SOURCE: &str = "tokenizer.source.json";
const TARGET: &str = "tokenizer.target.json";
const WORDS: &str = "words.bin";
/// The model of the other direction, a directory like this one.
const REVERSE: &str = "reverse";

/// Bytes that `config.json`, a tokenizer and `words.bin` have at most, far more than training ever writes.
const MOST_OF_CARD: u64 = 1 << 24;
const MOST_OF_TOKENIZER: u64 = 1 << 28;
const MOST_OF_WORDS: u64 = 1 << 28;
/// Of the weights without their numbers: names and shapes.
const MOST_OF_HEADER: u64 = 1 << 24;
/// Of a number: four bytes, or one and its part of a scale.
const MOST_OF_NUMBER: u64 = 5;

/// A model on disk: `config.json`, `model.safetensors`, `tokenizer.json` (or `tokenizer.source.json` and
/// `tokenizer.target.json`) and `words.bin`, the words of its training text. The one place that knows their names.
#[derive(Clone, Debug)]
pub struct ModelDirectory {
    path: PathBuf,
}

impl ModelDirectory {
    /// The directory at `path`, which need not exist.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a model, or a part of one, is there.
    pub fn holds_a_model(&self) -> bool {
        [CARD, WEIGHTS, JOINT, SOURCE, TARGET, WORDS].iter().any(|name| self.path.join(name).exists())
    }

    /// Where a model that was trained in both directions has the other one.
    pub fn reverse(&self) -> Self {
        Self { path: self.path.join(REVERSE) }
    }

    /// Where the weights are.
    pub fn weights(&self) -> PathBuf {
        self.path.join(WEIGHTS)
    }

    /// Reads `config.json` alone.
    pub fn read_card(&self) -> Result<ModelCard, TranslatorError> {
        if !self.path.is_dir() {
            return Err(TranslatorError::NoDirectory(self.path.clone()));
        }
        let file = self.path.join(CARD);
        let bytes = self.read(CARD, MOST_OF_CARD)?;
        let damaged =
            |cause: serde_json::Error| TranslatorError::Damaged { file: file.clone(), problem: cause.to_string() };
        // The version first: everything else may have changed its meaning.
        let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(damaged)?;
        match value.get("format_version").and_then(serde_json::Value::as_u64) {
            Some(FORMAT_VERSION) => {}
            Some(found) => {
                let remedy = if found > FORMAT_VERSION {
                    "install the version of glosser that wrote it, or a newer one"
                } else {
                    "train it anew, or use the older program"
                };
                return Err(TranslatorError::Version { file, found, expected: FORMAT_VERSION, remedy });
            }
            None => {
                let problem = "it names no `format_version`".to_owned();
                return Err(TranslatorError::Damaged { file, problem });
            }
        }
        let card: ModelCard = serde_json::from_slice(&bytes).map_err(damaged)?;
        let of_search = || card.search.and_then(|search| search.impossible());
        if let Some(problem) = card.model.impossible().or_else(of_search) {
            return Err(TranslatorError::Damaged { file, problem });
        }
        Ok(card)
    }

    fn read(&self, name: &'static str, most: u64) -> Result<Vec<u8>, TranslatorError> {
        read_at_most(&self.path.join(name), most).map_err(|error| match error {
            TranslatorError::Io { cause, .. } if cause.kind() == ErrorKind::NotFound => {
                TranslatorError::Incomplete { directory: self.path.clone(), missing: name }
            }
            other => other,
        })
    }

    /// The bytes of the weights, if there are not more than the model can have.
    fn read_weights(&self, config: &ModelConfig) -> Result<Vec<u8>, TranslatorError> {
        let parameters = config
            .parameters()
            .map_err(|cause| TranslatorError::Damaged { file: self.path.join(CARD), problem: first_line(&cause) })?;
        self.read(WEIGHTS, parameters.saturating_mul(MOST_OF_NUMBER).saturating_add(MOST_OF_HEADER))
    }

    /// Loads the whole model.
    ///
    /// # Errors
    /// If a file is missing, damaged or of another version, and if any weight's name or shape is not the expected.
    pub fn load(&self) -> Result<Translator, TranslatorError> {
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
                    "its vocabularies have {found:?} tokens (source, target) where {CARD} wants {expected:?}"
                ),
            });
        }
        let training_words = self.words()?;
        let bytes = self.read_weights(&card.model)?;
        let model = read_weights(&bytes, &card.model, &Device::Cpu).map_err(|cause| self.damaged_weights(&cause))?;
        let translator = Translator::new(model, tokenizers.with_training_words(training_words));
        Ok(match card.search {
            Some(search) => translator.with_length_penalty(search.length_penalty),
            None => translator,
        })
    }

    fn words(&self) -> Result<TrainingWords, TranslatorError> {
        TrainingWords::from_bytes(&self.read(WORDS, MOST_OF_WORDS)?).ok_or_else(|| {
            let problem = "its numbers are not in ascending order, four bytes each".to_owned();
            TranslatorError::Damaged { file: self.path.join(WORDS), problem }
        })
    }

    fn damaged_weights(&self, cause: &candle_core::Error) -> TranslatorError {
        TranslatorError::Damaged { file: self.weights(), problem: first_line(cause) }
    }

    fn tokenizer(&self, name: &'static str) -> Result<Tokenizer, TranslatorError> {
        let bytes = self.read(name, MOST_OF_TOKENIZER)?;
        Ok(Tokenizer::from_json(&bytes, &self.path.join(name).display().to_string())?)
    }

    /// Writes a model. Every file is written beside its place, synced, and then all are renamed: a reader finds the
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
        files.push((CARD, self.card_to_json(card)?));
        replace(&self.path, &files)?;
        // The tokenizers of a model of the other kind that was here before.
        let stale: &[&str] = if tokenizers.is_joint() { &[SOURCE, TARGET] } else { &[JOINT] };
        for file in stale.iter().map(|name| self.path.join(name)).filter(|file| file.exists()) {
            fs::remove_file(&file).map_err(|cause| TranslatorError::Io { file, cause })?;
        }
        Ok(())
    }

    /// Puts another card in the place of the one of a model that is there.
    pub fn save_card(&self, card: &ModelCard) -> Result<(), TranslatorError> {
        replace(&self.path, &[(CARD, self.card_to_json(card)?)])
    }

    fn card_to_json(&self, card: &ModelCard) -> Result<Vec<u8>, TranslatorError> {
        serde_json::to_vec_pretty(card)
            .map_err(|cause| TranslatorError::Damaged { file: self.path.join(CARD), problem: cause.to_string() })
    }

    /// Writes the model to another directory, its matrices as 8-bit integers. The files of training are not copied.
    ///
    /// # Errors
    /// If the model cannot be loaded, or is an 8-bit one already.
    pub fn save_quantized(&self, to: &Self) -> Result<(), TranslatorError> {
        let mut card = self.read_card()?;
        if !card.model.precision.is_f32() {
            return Err(TranslatorError::AlreadyQuantized(self.path.clone()));
        }
        let translator = self.load()?;
        let weights =
            quantize_weights(&self.read_weights(&card.model)?).map_err(|cause| self.damaged_weights(&cause))?;
        card.model.precision = Precision::Int8;
        to.save(&card, translator.tokenizers(), &weights)
    }

    /// Removes the temporary files of a process that was killed while it wrote. Only the owner of the directory's lock may
    /// call it.
    pub fn remove_leftovers(&self) {
        let starts = [CARD, WEIGHTS, JOINT, SOURCE, TARGET, WORDS].map(|name| format!(".{name}."));
        let is_left = |name: &str| starts.iter().any(|start| name.starts_with(start));
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_str().is_some_and(is_left)) {
            // A file that cannot be removed disturbs nothing.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Errors of tensors carry a backtrace behind their first line.
fn first_line(cause: &candle_core::Error) -> String {
    cause.to_string().lines().next().unwrap_or_default().to_owned()
}
