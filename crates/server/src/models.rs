//! The models of a server, found by their languages.

use crate::error::ApiError;
use crate::model_argument::ModelArgument;
use crate::queue::{Engine, Search};
use glosser_text::{LanguageCode, LanguageIdentifier, LanguagePair, WordSplitters};
use glosser_translator::{LineTranslation, ModelCard, ModelDirectory, SearchOptions, Translator, TranslatorError};
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::PathBuf;
use thiserror::Error;
use utoipa::ToSchema;

/// The number of batches for each thread.
const BATCHES_PER_THREAD: usize = 2;

/// The least number of lines of a batch.
const FEWEST_LINES: usize = 4;

/// A model with its languages.
#[derive(Clone, Debug)]
pub struct ServedModel {
    /// The model.
    pub translator: Translator,
    /// Its definition of a word.
    pub words: WordSplitters,
    /// Its languages.
    pub languages: LanguagePair,
    /// Where the model comes from, for the page.
    pub card: ModelCard,
}

/// All models of a server: each pair of languages has one.
#[derive(Debug)]
pub struct Models {
    models: Vec<ServedModel>,
    beam_size: usize,
    languages: BTreeSet<LanguageCode>,
    /// The source languages, in the order of the identifier.
    sources: Vec<LanguageCode>,
    identifier: LanguageIdentifier,
}

/// Models that cannot be served.
#[derive(Debug, Error)]
pub enum ModelsError {
    /// There is none.
    #[error("there is no model to serve")]
    Empty,
    /// Two of them translate the same languages.
    #[error("two models translate from `{}` to `{}`; give only one of them", .0.source, .0.target)]
    Twice(LanguagePair),
    /// A model that was trained without its languages.
    #[error(
        "{}: the languages of this model are unknown; name them, for example --model de:en={}",
        .0.display(), .0.display()
    )]
    NoLanguages(PathBuf),
    /// A model that cannot be loaded.
    #[error(transparent)]
    Translator(#[from] TranslatorError),
}

/// A language as `/languages` lists it.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ListedLanguage {
    /// Its code.
    #[schema(example = "de")]
    pub code: String,
    /// Its English name.
    #[schema(example = "German")]
    pub name: String,
    /// Codes of the languages that it can be translated to, and its own.
    pub targets: Vec<String>,
}

/// The way from one language to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The index of the model.
    Model(usize),
    /// Both are the same language: the text stays as it is.
    Same,
}

impl ServedModel {
    fn new(translator: Translator, languages: LanguagePair, card: ModelCard) -> Self {
        Self { words: translator.tokenizers().words(), translator, languages, card }
    }

    /// Loads a model, and the model of the opposite direction if the directory has one.
    pub fn load(argument: &ModelArgument) -> Result<Vec<Self>, ModelsError> {
        let directory = ModelDirectory::new(&argument.directory);
        let translator = directory.load()?;
        let card = directory.read_card()?;
        let languages = argument.languages.clone().or_else(|| card.languages.clone());
        let languages = languages.ok_or_else(|| ModelsError::NoLanguages(argument.directory.clone()))?;
        let mut models = vec![Self::new(translator, languages.clone(), card)];
        let reverse = directory.reverse();
        if reverse.holds_a_model() {
            models.push(Self::new(reverse.load()?, languages.reversed(), reverse.read_card()?));
        }
        Ok(models)
    }
}

impl Models {
    /// Models whose pairs of languages differ, with the width of the beam of their search.
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
    pub fn language(&self, code: &str) -> Result<LanguageCode, ApiError> {
        let language = code.parse().ok().filter(|language| self.languages.contains(language));
        language.ok_or_else(|| ApiError::UnknownLanguage(code.to_owned()))
    }

    /// The way from a language to another.
    pub fn way(&self, source: &LanguageCode, target: &LanguageCode) -> Result<Way, ApiError> {
        if source == target {
            return Ok(Way::Same);
        }
        let fits = |model: &ServedModel| (&model.languages.source, &model.languages.target) == (source, target);
        let model = self.models.iter().position(fits).map(Way::Model);
        model.ok_or_else(|| ApiError::NoModel { source_language: source.clone(), target_language: target.clone() })
    }

    /// The source languages that a text may be in, best first, each with a confidence of 0 to 100.
    pub fn detect(&self, text: &str) -> Vec<(LanguageCode, f64)> {
        let found = self.identifier.identify(text).into_iter();
        found.map(|(source, confidence)| (self.sources[source].clone(), (100.0 * confidence).round())).collect()
    }

    /// The default search of a model.
    pub fn search(&self, model: usize) -> Search {
        Search { model, beam_size: self.beam_size, n_best: 1 }
    }

    /// The options of a search.
    pub fn options(&self, search: Search) -> SearchOptions {
        SearchOptions { beam_size: search.beam_size, ..self.models[search.model].translator.search_options() }
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

/// Translates the lines of the queue.
impl Engine for Models {
    type Line = LineTranslation;

    fn translate(&self, search: Search, lines: &[&str]) -> Result<Vec<LineTranslation>, String> {
        let translator = &self.models[search.model].translator;
        let options = self.options(search);
        // With two batches per thread, each thread searches one by itself. Smaller batches are slower than this gains.
        let batches = BATCHES_PER_THREAD * rayon::current_num_threads();
        let batch_size = lines.len().div_ceil(batches).clamp(FEWEST_LINES, options.batch_size);
        let options = SearchOptions { batch_size, ..options };
        let found = translator.translate_sentences(lines, &options, search.n_best);
        found.map_err(|error| error.to_string())
    }
}
