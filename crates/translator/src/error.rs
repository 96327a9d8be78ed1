//! The error type of this crate. Every message names what was found and the remedy.

use crate::card::{FORMAT_VERSION, OLDEST_FORMAT_VERSION};
use glosser_text::{LanguagePair, PLACEHOLDERS, counted};
use std::path::PathBuf;
use thiserror::Error;

/// An error of a model directory or of a translation.
#[derive(Debug, Error)]
pub enum TranslatorError {
    /// The directory does not exist, or is a file.
    #[error(
        "{}: {}",
        .0.display(),
        match .0.parent().filter(|_| .0.is_file()) {
            Some(parent) if parent.as_os_str().is_empty() => "this is a file; a model is a directory".to_owned(),
            Some(parent) => format!("this is a file; a model is a directory, perhaps --model {}", parent.display()),
            None => format!("no model directory here; `glosser train --model {}` makes one", .0.display()),
        }
    )]
    NoDirectory(PathBuf),
    /// The directory has no file of a model.
    #[error(
        "{}: there is no model in this directory; {}",
        .directory.display(),
        match .inside.first() {
            Some(model) => format!("name the model inside it, for example --model {}", model.display()),
            None => format!("name the directory of a model; `glosser train --model {}` makes one", .directory.display()),
        }
    )]
    NoModel {
        /// The directory.
        directory: PathBuf,
        /// Its sub-directories that are model directories.
        inside: Vec<PathBuf>,
    },
    /// One of the files is missing.
    #[error(
        "{}: the model is incomplete, `{missing}` is missing; copy the whole directory again, or train again",
        .directory.display()
    )]
    Incomplete {
        /// The model directory.
        directory: PathBuf,
        /// The missing file.
        missing: &'static str,
    },
    /// A file cannot be read or written.
    #[error(
        "{}: the file cannot be read or written; check that it exists, may be accessed, and that the disk is not full",
        .file.display()
    )]
    Io {
        /// The file.
        file: PathBuf,
        /// The error of the operating system.
        #[source]
        cause: std::io::Error,
    },
    /// The directory was written by another version.
    #[error(
        "{}: the model has format version {found}, this program reads versions {OLDEST_FORMAT_VERSION} to {FORMAT_VERSION}; \
         {remedy}",
        .file.display()
    )]
    Version {
        /// `config.json`.
        file: PathBuf,
        /// The version that it names.
        found: u64,
        /// The remedy.
        remedy: &'static str,
    },
    /// The content of a file is not valid.
    #[error(
        "{}: {problem}; the file is damaged or not of this model: copy the directory again, or train again",
        .file.display()
    )]
    Damaged {
        /// The file.
        file: PathBuf,
        /// The fault that was found.
        problem: String,
    },
    /// The model needs dictionaries, which are a feature of this crate.
    #[error(
        "{}: the words of this model are found by dictionaries of scripts without spaces, which are left out here; use \
         the program `glosser`, or a page whose engine has dictionaries",
        .0.display()
    )]
    NoDictionaries(PathBuf),
    /// The weights are 8-bit integers already and cannot be quantized again.
    #[error("{}: the model is an 8-bit one already; quantize the model that it was made from", .0.display())]
    AlreadyQuantized(PathBuf),
    /// A model of an ensemble has other tokenizers than the first.
    #[error(
        "{}: its sub-words are not those of {}; models that translate together have the same ones: train them on the same \
         pairs with the same --dev, and with different seeds or settings",
        .other.display(),
        .first.display()
    )]
    OtherTokenizers {
        /// The directory of the first model.
        first: PathBuf,
        /// The directory of the other one.
        other: PathBuf,
    },
    /// A model of an ensemble translates from or into another language than the first. The directories of both, and the
    /// languages of their models.
    #[error(
        "{} translates {}, and {} {}; models that translate together have the same languages",
        .0[0].0.display(), .0[0].1, .0[1].0.display(), .0[1].1
    )]
    OtherLanguages(Box<[(PathBuf, LanguagePair); 2]>),
    /// A model of an ensemble reads another language than the first: it is probably one of the opposite direction.
    #[error(
        "{} was trained on sources with other words than {}, probably in the other language; models that translate \
         together have the same direction",
        .other.display(),
        .first.display()
    )]
    OtherDirection {
        /// The directory of the first model.
        first: PathBuf,
        /// The directory of the other one.
        other: PathBuf,
    },
    /// An ensemble of no model.
    #[error("no model is given; name the directory of at least one")]
    NoModels,
    /// The sentence to explain is blank, or copied whole.
    #[error("the sentence has nothing to translate, so its search has no steps; give a sentence with words")]
    NothingToExplain,
    /// The line to explain has several sentences, which are translated one by one.
    #[error("the line has {sentences} sentences, which are translated one by one; give one sentence, or --split never")]
    SeveralSentences {
        /// The number of sentences.
        sentences: usize,
    },
    /// The sentence to explain is too long for one search, or has too many copied words.
    #[error(
        "the sentence is too long for one search: it would be translated in {pieces} pieces; give a sentence of at \
         most {most} sub-words and {} copied words",
        PLACEHOLDERS
    )]
    SeveralPieces {
        /// The number of pieces that it would be translated in.
        pieces: usize,
        /// The greatest number of sub-words in a piece.
        most: usize,
    },
    /// The given beginning of a translation leaves no room for more.
    #[error(
        "the given beginning has {}, and a translation has at most {most}; give a shorter beginning or a \
         greater maximum length",
        counted(*found, "sub-word")
    )]
    PrefixTooLong {
        /// Sub-words of the beginning.
        found: usize,
        /// The greatest number of sub-words in a translation.
        most: usize,
    },
    /// Links were to be read from statistics that the model does not have.
    #[error(
        "the model has no statistics, from which these links are read; train it with --guided-alignment statistical, or read \
         the links from the weights of its aligner or its attention"
    )]
    NoStatistics,
    /// The alignments of two directions are not of the same pair.
    #[error(transparent)]
    Alignment(#[from] glosser_alignment::MergeError),
    /// A tokenizer cannot be read.
    #[error(transparent)]
    Text(Box<glosser_text::TextError>),
    /// A computation failed.
    #[error(transparent)]
    Tensor(#[from] candle_core::Error),
}

impl TranslatorError {
    /// The message for someone who does not use the command line: `sentence` and `beginning` are the names of these
    /// inputs there.
    pub fn message_for(&self, sentence: &str, beginning: &str) -> String {
        match self {
            Self::SeveralSentences { sentences } => format!("{sentence} has {sentences} sentences; send one of them"),
            Self::SeveralPieces { .. } => format!("{sentence} is too long; send a shorter sentence"),
            Self::PrefixTooLong { .. } => format!("{beginning} is longer than the longest translation"),
            other => other.to_string(),
        }
    }
}

impl From<glosser_text::TextError> for TranslatorError {
    fn from(error: glosser_text::TextError) -> Self {
        Self::Text(Box::new(error))
    }
}
