//! Several model directories as one ensemble.

use crate::{ModelCard, ModelDirectory, Scorer, Tokenizers, Translator, TranslatorError};
use std::path::{Path, PathBuf};

/// A model directory that was read.
struct Loaded<'a> {
    directory: &'a Path,
    card: ModelCard,
    scorer: Scorer,
}

impl<'a> Loaded<'a> {
    fn read(directory: &'a Path) -> Result<Self, TranslatorError> {
        let (card, scorer) = ModelDirectory::new(directory).load_scorer()?;
        Ok(Self { directory, card, scorer })
    }
}

/// Reads the models of an ensemble, checks that they fit each other, and lays out their weights for search.
pub(crate) fn load_ensemble(directories: &[PathBuf]) -> Result<Translator, TranslatorError> {
    let models = directories.iter().map(|directory| Loaded::read(directory)).collect::<Result<Vec<Loaded>, _>>()?;
    let [first, others @ ..] = &models[..] else { return Err(TranslatorError::NoModels) };
    others.iter().try_for_each(|other| check(first, other))?;
    let penalties: f32 = models.iter().map(|model| model.card.length_penalty()).sum();
    let length_penalty = penalties / models.len() as f32;
    let scorers = models.into_iter().map(|model| model.scorer);
    let scorer = scorers.reduce(Scorer::joined_with).ok_or(TranslatorError::NoModels)?;
    Translator::from_scorer(scorer, length_penalty)
}

/// Checks that a model can translate together with the first one.
fn check(first: &Loaded, other: &Loaded) -> Result<(), TranslatorError> {
    if let (Some(first_languages), Some(other_languages)) = (&first.card.languages, &other.card.languages)
        && first_languages != other_languages
    {
        let first = (first.directory.to_owned(), first_languages.clone());
        let other = (other.directory.to_owned(), other_languages.clone());
        return Err(TranslatorError::OtherLanguages(Box::new([first, other])));
    }
    let have_languages = first.card.languages.is_some() && other.card.languages.is_some();
    if !have_same_tokens(first.scorer.tokenizers(), other.scorer.tokenizers())? {
        let (first, other) = (first.directory.to_owned(), other.directory.to_owned());
        return Err(TranslatorError::OtherTokenizers { first, other });
    }
    if !have_languages && have_other_words(first.scorer.tokenizers(), other.scorer.tokenizers()) {
        let (first, other) = (first.directory.to_owned(), other.directory.to_owned());
        return Err(TranslatorError::OtherDirection { first, other });
    }
    Ok(())
}

/// The share of the source words of one model that another one of the same direction has at least. Models with the same
/// sub-words were trained on the same pairs, or one goes on from the other and knows its words: they share nearly all.
/// Of a corpus, the two sides share 15 to 30 percent, counting runs of four characters: names and numbers.
const SAME_WORDS: f64 = 0.5;

/// Returns whether the source texts of two models are in different languages: a joint vocabulary is the same for both
/// directions. Models of earlier versions may have no words.
fn have_other_words(one: &Tokenizers, other: &Tokenizers) -> bool {
    one.training_words().overlap(other.training_words()).is_some_and(|share| share < SAME_WORDS)
}

/// Returns whether tokenizers split every text into the same token ids.
fn have_same_tokens(one: &Tokenizers, other: &Tokenizers) -> Result<bool, TranslatorError> {
    let is_same_source = one.source().to_json()? == other.source().to_json()?;
    Ok(is_same_source && one.target().to_json()? == other.target().to_json()?)
}
