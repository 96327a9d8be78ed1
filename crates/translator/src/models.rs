//! Models found by the languages that they translate, and the way of a text through them.

use crate::{ModelCard, SearchOptions, Translator};
use glosser_text::{LanguageCode, LanguageIdentifier, LanguagePair, WordSplitters};
use serde::Serialize;
use std::collections::BTreeSet;
use thiserror::Error;

/// The confidence below which a text is in none of the languages of the models.
const UNKNOWN_LANGUAGE: f64 = 3.0;

/// The number of letters from which such a confidence is sure.
const ENOUGH_LETTERS: usize = 20;

/// The code that stands for the language that is detected.
const DETECTED: &str = "auto";

/// A model with its languages, for a server or a page.
#[derive(Clone, Debug)]
pub struct ServedModel {
    /// The model.
    pub translator: Translator,
    /// Its definition of a word.
    pub words: WordSplitters,
    /// Its languages.
    pub languages: LanguagePair,
    /// Where the model comes from.
    pub card: ModelCard,
}

/// Models that translate different pairs of languages.
#[derive(Debug)]
pub struct Models {
    models: Vec<ServedModel>,
    beam_size: usize,
    languages: BTreeSet<LanguageCode>,
    /// The source languages, in the order of the identifier; at least one.
    sources: Vec<LanguageCode>,
    identifier: LanguageIdentifier,
}

/// Models that cannot be used together.
#[derive(Debug, Error)]
pub enum ModelsError {
    /// There is none.
    #[error("there is no model")]
    Empty,
    /// Two of them translate the same languages.
    #[error("two models translate from `{}` to `{}`; give only one of them", .0.source, .0.target)]
    Twice(LanguagePair),
}

/// Languages that no model translates.
#[derive(Debug, Error)]
pub enum LanguageError {
    /// A language that no model has.
    #[error("{0} is not supported")]
    Unknown(String),
    /// Two languages without a model.
    #[error(
        "{} ({target_language}) is not available as a target language from {} ({source_language})",
        .target_language.english_name(), .source_language.english_name()
    )]
    NoModel {
        /// The source language.
        source_language: LanguageCode,
        /// The target language.
        target_language: LanguageCode,
    },
}

/// A language as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedLanguage {
    /// Its code.
    pub code: String,
    /// Its English name.
    pub name: String,
    /// Codes of the languages that it can be translated to, and its own.
    pub targets: Vec<String>,
}

/// Where a model comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModelInformation {
    /// The code of the source language.
    pub source: String,
    /// The code of the target language.
    pub target: String,
    /// The name of its training corpus.
    pub corpus: String,
    /// The number of its training pairs.
    pub pairs: usize,
    /// The score of the validation pairs that chose its weights, with its name.
    pub score: String,
}

/// The way from one language to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The index of the model.
    Model(usize),
    /// The text stays as it is: both are the same language.
    Same,
}

/// The way of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct TextWay {
    /// The way.
    pub way: Way,
    /// The language of the text.
    pub source: LanguageCode,
    /// The confidence that it is in this language, 0 to 100; 100 if the language was given.
    pub confidence: f64,
}

impl ServedModel {
    /// A model with its languages and its card.
    pub fn new(translator: Translator, languages: LanguagePair, card: ModelCard) -> Self {
        Self { words: translator.tokenizers().words(), translator, languages, card }
    }

    /// Where it comes from.
    pub fn information(&self) -> ModelInformation {
        let provenance = &self.card.provenance;
        ModelInformation {
            source: self.languages.source.to_string(),
            target: self.languages.target.to_string(),
            corpus: provenance.corpus.clone(),
            pairs: provenance.pairs,
            score: provenance.score(),
        }
    }
}

impl Models {
    /// Models whose pairs of languages differ, with the number of hypotheses in the beam of their search.
    pub fn new(models: Vec<ServedModel>, beam_size: usize) -> Result<Self, ModelsError> {
        if models.is_empty() {
            return Err(ModelsError::Empty);
        }
        for (number, ServedModel { languages, .. }) in models.iter().enumerate() {
            if models[..number].iter().any(|other| other.languages == *languages) {
                return Err(ModelsError::Twice(languages.clone()));
            }
        }
        let of_model = |model: &ServedModel| [model.languages.source.clone(), model.languages.target.clone()];
        let languages = models.iter().flat_map(of_model).collect();
        let (sources, identifier) = source_languages(&models);
        Ok(Self { models, beam_size, languages, sources, identifier })
    }

    /// All models.
    pub fn all(&self) -> &[ServedModel] {
        &self.models
    }

    /// The number of hypotheses in the beam.
    pub fn beam_size(&self) -> usize {
        self.beam_size
    }

    /// The default search of a model.
    pub fn options(&self, model: usize) -> SearchOptions {
        SearchOptions { beam_size: self.beam_size, ..self.models[model].translator.search_options() }
    }

    /// The languages, by code; each is also its own target.
    pub fn languages(&self) -> Vec<ListedLanguage> {
        let targets = |code: &LanguageCode| {
            let of_models = self.models.iter().filter(|model| model.languages.source == *code);
            let targets: BTreeSet<&LanguageCode> =
                of_models.map(|model| &model.languages.target).chain([code]).collect();
            targets.into_iter().map(ToString::to_string).collect()
        };
        let listed = |code: &LanguageCode| ListedLanguage {
            code: code.to_string(),
            name: code.english_name(),
            targets: targets(code),
        };
        self.languages.iter().map(listed).collect()
    }

    /// A language by its code, in any letter case and with `_` or `-`.
    pub fn language(&self, code: &str) -> Result<LanguageCode, LanguageError> {
        let language = code.parse().ok().filter(|language| self.languages.contains(language));
        language.ok_or_else(|| LanguageError::Unknown(code.to_owned()))
    }

    /// A language by its code; `None` for `auto`, which stands for the language that is detected.
    pub fn given_language(&self, code: &str) -> Result<Option<LanguageCode>, LanguageError> {
        if code == DETECTED { Ok(None) } else { self.language(code).map(Some) }
    }

    /// The language of a text by its code; for `auto` the one that is detected.
    pub fn language_of(&self, text: &str, code: &str) -> Result<LanguageCode, LanguageError> {
        Ok(self.given_language(code)?.unwrap_or_else(|| self.detected(text).0))
    }

    /// The way from a language to another.
    pub fn way(&self, source: &LanguageCode, target: &LanguageCode) -> Result<Way, LanguageError> {
        if source == target {
            return Ok(Way::Same);
        }
        let fits = |model: &ServedModel| (&model.languages.source, &model.languages.target) == (source, target);
        let model = self.models.iter().position(fits).map(Way::Model);
        model.ok_or_else(|| LanguageError::NoModel { source_language: source.clone(), target_language: target.clone() })
    }

    /// The way of a text whose language is given, or detected. A text without letters, or in a language that no model
    /// knows, stays as it is.
    pub fn way_of(
        &self,
        text: &str,
        source: Option<&LanguageCode>,
        target: &LanguageCode,
    ) -> Result<TextWay, LanguageError> {
        let (source, confidence) = source.map_or_else(|| self.detected(text), |source| (source.clone(), 100.0));
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let is_known = confidence >= UNKNOWN_LANGUAGE || letters < ENOUGH_LETTERS;
        let way = if letters > 0 && is_known { self.way(&source, target)? } else { Way::Same };
        Ok(TextWay { way, source, confidence })
    }

    /// The source languages that a text may be in, best first, each with a confidence of 0 to 100.
    pub fn detect(&self, text: &str) -> Vec<(LanguageCode, f64)> {
        let found = self.identifier.identify(text).into_iter();
        found.map(|(source, confidence)| (self.sources[source].clone(), (100.0 * confidence).round())).collect()
    }

    /// The source language that a text is most probably in, with its confidence.
    fn detected(&self, text: &str) -> (LanguageCode, f64) {
        self.detect(text).into_iter().next().unwrap_or_else(|| (self.sources[0].clone(), 0.0))
    }
}

/// The source languages, each once, and what identifies them: the first model of each.
fn source_languages(models: &[ServedModel]) -> (Vec<LanguageCode>, LanguageIdentifier) {
    let mut sources: Vec<LanguageCode> = Vec::new();
    let mut profiles = Vec::new();
    for ServedModel { translator, languages, .. } in models {
        if !sources.contains(&languages.source) {
            sources.push(languages.source.clone());
            profiles.push(translator.tokenizers().language_profile());
        }
    }
    (sources, LanguageIdentifier::new(profiles))
}
