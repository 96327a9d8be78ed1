//! A model as a user names it: its directory, and its languages if the model itself does not know them.

use glosser_text::{LanguagePair, TextError};
use glosser_translator::{ModelDirectory, ServedModel, TranslatorError};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use thiserror::Error;

/// A model directory, perhaps with languages in front: `DIR`, `de-en=DIR`, `pt-BR:en=DIR`.
///
/// Everything before the first `=` is the languages, unless it has a `/`: a directory whose name contains `=` is written
/// with a path, as `./DIR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelArgument {
    /// The languages in front of the directory. They have priority over those that the model was trained with.
    pub languages: Option<LanguagePair>,
    /// The model directory.
    pub directory: PathBuf,
}

/// The reason why a text names no model.
#[derive(Debug, Error)]
pub enum ModelArgumentError {
    /// The text before `=` is not two languages.
    #[error("{cause}; a directory whose name contains `=` is written as `./{given}`")]
    Languages {
        /// The whole text.
        given: String,
        /// The fault.
        cause: TextError,
    },
    /// The directory is empty.
    #[error("no model directory is named; write e.g. `de-en=models/de-en`")]
    NoDirectory,
}

/// The reason why a model cannot be served.
#[derive(Debug, Error)]
pub enum LoadError {
    /// It was trained without its languages.
    #[error(
        "{}: the languages of this model are unknown; name them, for example --model de:en={} for German to English",
        .0.display(), quoted(.0)
    )]
    NoLanguages(PathBuf),
    /// It cannot be loaded.
    #[error(transparent)]
    Translator(#[from] TranslatorError),
}

impl ModelArgument {
    /// Loads the model, and the model of the opposite direction if the directory has one.
    pub fn load(&self) -> Result<Vec<ServedModel>, LoadError> {
        let directory = ModelDirectory::new(&self.directory);
        let translator = directory.load()?;
        let card = directory.read_card()?;
        let languages = self.languages.clone().or_else(|| card.languages.clone());
        let languages = languages.ok_or_else(|| LoadError::NoLanguages(self.directory.clone()))?;
        let mut models = vec![ServedModel::new(translator, languages.clone(), card)];
        let reverse = directory.reverse();
        if reverse.holds_a_model() {
            models.push(ServedModel::new(reverse.load()?, languages.reversed(), reverse.read_card()?));
        }
        Ok(models)
    }
}

/// The name of a directory as one word of a shell.
fn quoted(directory: &Path) -> String {
    let name = directory.display().to_string();
    shlex::try_quote(&name).map_or_else(|_| name.clone(), |word| word.into_owned())
}

impl FromStr for ModelArgument {
    type Err = ModelArgumentError;

    fn from_str(given: &str) -> Result<Self, ModelArgumentError> {
        let is_languages = |before: &str| !before.contains(std::path::is_separator);
        let (languages, directory) = match given.split_once('=').filter(|(before, _)| is_languages(before)) {
            None => (None, given),
            Some((languages, directory)) => {
                let languages = languages
                    .parse()
                    .map_err(|cause| ModelArgumentError::Languages { given: given.to_owned(), cause })?;
                (Some(languages), directory)
            }
        };
        if directory.is_empty() {
            return Err(ModelArgumentError::NoDirectory);
        }
        Ok(Self { languages, directory: directory.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_may_stand_before_the_directory() {
        for (given, languages, directory) in [
            ("models/de-en", None, "models/de-en"),
            ("de-en", None, "de-en"),
            ("de-en=models/best", Some("de:en"), "models/best"),
            ("pt-BR:en=m", Some("pt-BR:en"), "m"),
            ("de:en=/srv/a=b", Some("de:en"), "/srv/a=b"),
            ("de:en=a=b", Some("de:en"), "a=b"),
            ("./de-en=m", None, "./de-en=m"),
            ("/srv/a=b", None, "/srv/a=b"),
        ] {
            let argument: ModelArgument = given.parse().expect(given);
            let found = argument.languages.map(|languages| languages.to_string());
            assert_eq!((found.as_deref(), argument.directory.as_path()), (languages, directory.as_ref()), "{given}");
        }
    }

    #[test]
    fn a_suggested_command_quotes_the_directory_for_a_shell() {
        for (directory, suggested) in [("models/de-en", "=models/de-en "), ("my model", "='my model' ")] {
            let message = LoadError::NoLanguages(directory.into()).to_string();
            assert!(message.contains(&format!("--model de:en{suggested}")), "{message}");
        }
    }

    #[test]
    fn other_text_before_an_equals_sign_is_refused_with_both_remedies() {
        for (given, remedies) in [
            ("deutsch-en=m", ["use the code `de`", "`./deutsch-en=m`"]),
            ("pt-BR-en=m", ["`pt-BR:en`", "`./pt-BR-en=m`"]),
            ("run=3", ["write e.g. `de-en`", "`./run=3`"]),
            ("=m", ["write e.g. `de-en`", "`./=m`"]),
            ("", ["no model directory", "`de-en=models/de-en`"]),
            ("de-en=", ["no model directory", "`de-en=models/de-en`"]),
        ] {
            let message = given.parse::<ModelArgument>().expect_err(given).to_string();
            assert!(remedies.iter().all(|remedy| message.contains(remedy)), "{given}: {message}");
        }
    }
}
