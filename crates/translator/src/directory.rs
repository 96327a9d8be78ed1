//! The model directory: which files it has, and how they are replaced together. `model_files.rs` reads them.

use crate::card::FORMAT_VERSION;
use crate::file::replace;
use crate::model_files::{
    CARD, JOINT, ModelFiles, NAMES, PROFILE, SHORT_LIST, SOURCE, STATISTICS, TARGET, WEIGHTS, WORDS,
};
use crate::{ModelCard, Quantization, Scorer, Tokenizers, Translator, TranslatorError};
use glosser_alignment::statistical::StatisticalAligner;
use glosser_text::WordSplitters;
use serde::Serialize;
use std::fs;
use std::path::{Path, PathBuf};

/// The model of the opposite direction, a model directory of its own.
const REVERSE: &str = "reverse";
/// The files of training, which a model does not need.
const TRAINING: &str = "training";

/// A model on disk: `config.json`, `model.safetensors`, `tokenizer.json` (or `tokenizer.source.json` and
/// `tokenizer.target.json`), `words.bin`, the words of its training text, `text.json`, the profile of that text, and perhaps
/// `statistics.bin`, the statistics that word links are read from, and `shortlist.bin`, the short lists of output words.
#[derive(Clone, Debug)]
pub struct ModelDirectory {
    path: PathBuf,
}

/// The content of the files that a model need not have.
#[derive(Clone, Copy, Debug, Default)]
pub struct OptionalFiles<'a> {
    /// The bytes of a [`StatisticalAligner`]; a model has them if and only if its card has [`ModelCard::links`].
    pub statistics: Option<&'a [u8]>,
    /// The bytes of a [`ShortList`](crate::ShortList); a model has them if and only if its card says so
    /// ([`ModelCard::short_list`]).
    pub short_list: Option<&'a [u8]>,
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
        self.model_files().has_card()
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

    /// The path of the statistics, which a model need not have.
    pub fn statistics(&self) -> PathBuf {
        self.path.join(STATISTICS)
    }

    /// The path of the short lists, which a model need not have.
    pub fn short_list(&self) -> PathBuf {
        self.path.join(SHORT_LIST)
    }

    /// Its files, to be read.
    pub(crate) fn model_files(&self) -> ModelFiles<'_> {
        ModelFiles::Directory(&self.path)
    }

    /// Reads `config.json` alone.
    ///
    /// # Errors
    /// If the file is missing, damaged, of another format version, or describes a model that cannot exist.
    pub fn read_card(&self) -> Result<ModelCard, TranslatorError> {
        self.model_files().read_card()
    }

    /// Reads the files that make the model, each with its name: what [`Translator::from_bytes`] needs. Files of another
    /// model or of a training are left out.
    ///
    /// # Errors
    /// If `config.json` is not valid, or a file is missing or longer than it can be. The others are not checked further.
    pub fn read_files(&self) -> Result<Vec<(&'static str, Vec<u8>)>, TranslatorError> {
        self.model_files().read_all()
    }

    /// Loads the whole model and lays out its weights for search.
    ///
    /// # Errors
    /// If a file is missing, damaged or of another version, or a weight has another name or shape than expected.
    pub fn load(&self) -> Result<Translator, TranslatorError> {
        Ok(self.model_files().load()?.1)
    }

    /// Reads the statistics of the model and the definition of their words, without its weights.
    ///
    /// # Errors
    /// [`TranslatorError::NoStatistics`]; if a file is missing or damaged.
    pub fn load_statistics(&self) -> Result<(StatisticalAligner, WordSplitters), TranslatorError> {
        self.model_files().load_statistics()
    }

    /// Loads the whole model without the layout for search.
    pub(crate) fn load_scorer(&self) -> Result<(ModelCard, Scorer), TranslatorError> {
        self.model_files().load_scorer()
    }

    /// Writes a model. Every file is written beside its place and synced, and then all are renamed: a reader finds the
    /// old model or the new one, and a crash or a full disk loses neither.
    pub fn save(
        &self,
        card: &ModelCard,
        tokenizers: &Tokenizers,
        weights: &[u8],
        optional: OptionalFiles,
    ) -> Result<(), TranslatorError> {
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
        let OptionalFiles { statistics, short_list } = optional;
        let optional = [(STATISTICS, statistics), (SHORT_LIST, short_list)];
        files.extend(optional.iter().filter_map(|(name, bytes)| Some((*name, bytes.as_ref()?.to_vec()))));
        files.push((CARD, self.to_json(CARD, card)?));
        replace(&self.path, &files)?;
        // The tokenizers of an earlier model that had the other number of vocabularies, or its optional files.
        let mut stale = if tokenizers.is_joint() { vec![SOURCE, TARGET] } else { vec![JOINT] };
        stale.extend(optional.iter().filter(|(_, bytes)| bytes.is_none()).map(|(name, _)| *name));
        for file in stale.iter().map(|name| self.path.join(name)).filter(|file| file.exists()) {
            fs::remove_file(&file).map_err(|cause| TranslatorError::Io { file, cause })?;
        }
        Ok(())
    }

    /// Replaces `config.json` of an existing model.
    pub fn save_card(&self, card: &ModelCard) -> Result<(), TranslatorError> {
        replace(&self.path, &[(CARD, self.to_json(CARD, card)?)])
    }

    pub(crate) fn to_json(&self, name: &str, content: &impl Serialize) -> Result<Vec<u8>, TranslatorError> {
        serde_json::to_vec_pretty(content)
            .map_err(|cause| TranslatorError::Damaged { file: self.path.join(name), problem: cause.to_string() })
    }

    /// Writes the model to another directory, with its matrices as 8-bit integers. The files of training are not copied.
    ///
    /// # Errors
    /// If the model cannot be loaded, or is an 8-bit one already.
    pub fn save_quantized(&self, to: &Self, quantization: Quantization) -> Result<(), TranslatorError> {
        let mut card = self.read_card()?;
        if !card.model.precision.is_f32() {
            return Err(TranslatorError::AlreadyQuantized(self.path.clone()));
        }
        let (files, (_, scorer)) = (self.model_files(), self.load_scorer()?);
        let weights = files.read_weights(&card.model)?;
        let weights = quantization.apply(&weights, &mut card.model).map_err(|cause| files.damaged_weights(&cause))?;
        let (statistics, short_list) = (files.read_statistics(&card)?, files.read_short_list(&card)?);
        let optional = OptionalFiles { statistics: statistics.as_deref(), short_list: short_list.as_deref() };
        to.save(&card, scorer.tokenizers(), &weights, optional)
    }

    /// Removes the temporary files of a process that was killed while it wrote. Only the owner of the directory's lock
    /// may call it.
    pub fn remove_leftovers(&self) {
        let starts = NAMES.map(|name| format!(".{name}."));
        let is_left = |name: &str| starts.iter().any(|start| name.starts_with(start));
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_str().is_some_and(is_left)) {
            // A file that cannot be removed disturbs nothing.
            let _ = fs::remove_file(entry.path());
        }
    }
}
