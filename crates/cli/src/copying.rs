//! The terms that `glosser translate` copies or translates by a glossary.

use crate::arguments::wrong_usage;
use crate::commands::translate::TranslateArgs;
use anyhow::Result;
use glosser_text::{Terms, open};
use glosser_translator::{Copying, Translator};
use std::path::{Path, PathBuf};

/// Adds the terms of --glossary and --keep to the translator.
pub fn apply(translator: Translator, args: &TranslateArgs) -> Result<Translator> {
    let files = [Some(&args.input), args.glossary.as_ref(), args.keep.as_ref()];
    let is_stdin = |file: &Option<&PathBuf>| file.is_some_and(|file| file == Path::new("-"));
    if files.iter().filter(|file| is_stdin(file)).count() > 1 {
        return Err(wrong_usage(
            "standard input can be read only once; give files for -i, --glossary and --keep".to_owned(),
        ));
    }
    let mut terms = Terms::default();
    if let Some(file) = &args.glossary {
        terms.add_glossary(open(file)?)?;
    }
    if let Some(file) = &args.keep {
        terms.add_kept(open(file)?)?;
    }
    Ok(translator.with_copying(Copying { terms, automatic: !args.no_copy }))
}
