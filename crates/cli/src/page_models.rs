//! The models of a page: their directories and languages, and why some cannot be in one page.

use crate::output::{note, warn};
use anyhow::{Result, bail, ensure};
use glosser_server::{LoadError, ModelArgument};
use glosser_text::{LanguageCode, LanguagePair};
use glosser_translator::ModelDirectory;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// A model directory and the languages of its model.
pub struct Direction {
    /// The directory.
    pub directory: ModelDirectory,
    /// The languages.
    pub languages: LanguagePair,
    /// The directory that was named, if this one is its `reverse`.
    reverse_of: Option<PathBuf>,
}

impl Direction {
    /// The directory as messages name it.
    fn name(&self) -> String {
        let own = self.directory.path().display();
        match &self.reverse_of {
            None => format!("`{own}`"),
            Some(main) => format!("`{own}` (the opposite direction of `{}`)", main.display()),
        }
    }

    /// The directory without links.
    fn place(&self) -> PathBuf {
        let path = self.directory.path();
        fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
    }
}

/// Finds the languages of all models, and the models of the opposite direction.
///
/// # Errors
/// If the languages of a model are unknown or equal, two models are one or have the same languages, or a model has too
/// few bits for a small page.
pub fn directions(models: &[ModelArgument], is_small: bool) -> Result<Vec<Direction>> {
    let mut directions = Vec::new();
    for model in models {
        directions.extend(directions_of(model)?);
    }
    for (number, direction) in directions.iter().enumerate() {
        for other in &directions[..number] {
            check_differ(other, direction)?;
        }
        check_precision(&direction.directory, is_small)?;
    }
    Ok(directions)
}

/// One direction, or both if the directory has them.
fn directions_of(model: &ModelArgument) -> Result<Vec<Direction>> {
    let path = model.directory.display();
    let directory = ModelDirectory::new(&model.directory);
    let stored = directory.read_card()?.languages;
    let languages = model.languages.clone().or_else(|| stored.clone());
    let languages = languages.ok_or_else(|| LoadError::NoLanguages(model.directory.clone()))?;
    ensure!(
        languages.source != languages.target,
        "{path}: source and target language are both `{}`, and a page translates from one language to another; name \
         two languages",
        languages.source
    );
    if let (Some(given), Some(stored)) = (&model.languages, &stored)
        && (given.source.language(), given.target.language()) != (stored.source.language(), stored.target.language())
    {
        warn(&format!(
            "{path}: `{given}` is given, but the model says `{}` to `{}`; the page takes what is given",
            stored.source, stored.target
        ));
    }
    let reverse = Direction {
        directory: directory.reverse(),
        languages: languages.clone().reversed(),
        reverse_of: Some(model.directory.clone()),
    };
    let mut directions = vec![Direction { directory, languages, reverse_of: None }];
    if reverse.directory.holds_a_model() {
        directions.push(reverse);
    }
    Ok(directions)
}

/// Two models of a page have different directories and different languages.
fn check_differ(one: &Direction, other: &Direction) -> Result<()> {
    if one.place() == other.place() {
        let remark = match one.reverse_of.as_ref().or(other.reverse_of.as_ref()) {
            Some(main) => format!(" (a page of `{}` has it, as its opposite direction)", main.display()),
            None => String::new(),
        };
        bail!(
            "{}: this directory is given for two models{remark}; give it only once",
            other.directory.path().display()
        );
    }
    ensure!(
        one.languages != other.languages,
        "two models translate from `{}` to `{}`: {} and {}; give only one of them",
        one.languages.source,
        one.languages.target,
        one.name(),
        other.name()
    );
    Ok(())
}

/// An 8-bit model is taken as it is.
fn check_precision(directory: &ModelDirectory, is_small: bool) -> Result<()> {
    let path = directory.path().display();
    if directory.read_card()?.model.precision.is_f32() {
        return Ok(());
    }
    if is_small {
        bail!(
            "{path}: the model is an 8-bit one already, which --small cannot change; name the model that it was made \
             from, or leave --small out"
        );
    }
    note(&format!(
        "{path}: the model is an 8-bit one and is taken as it is; the model that it was made from may give a smaller \
         page"
    ));
    Ok(())
}

/// The title of a page: what it translates.
pub fn title(directions: &[Direction]) -> String {
    let name = LanguageCode::english_name;
    let languages = directions.iter().map(|direction| &direction.languages);
    let mut names: Vec<String> = languages.clone().flat_map(|pair| [name(&pair.source), name(&pair.target)]).collect();
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    match (&names[..], directions.len()) {
        ([source, target], 1) => format!("{source} to {target}"),
        ([one, other], _) => format!("{one} and {other}"),
        _ => names.join(", "),
    }
}
