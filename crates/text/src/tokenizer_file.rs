//! `tokenizer.json`: written whole, and checked before it is believed.
//!
//! The library reads any tokenizer, with holes in its ids, with tokens missing, with random merges. A model trained with
//! another one answers in nonsense and not with an error, so everything the rest of the program relies on is checked.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;

use crate::TextError;
use crate::library::{self, Library};
use crate::vocab::{CONTROL, WITHOUT_STAND_INS};

/// The part of the file that the library would trust blindly.
#[derive(Deserialize)]
struct File {
    model: Model,
}

#[derive(Deserialize)]
struct Model {
    vocab: HashMap<String, u32>,
    merges: Vec<(String, String)>,
}

pub(crate) fn write(library: &Library) -> Result<String, TextError> {
    let failed = |cause: tokenizers::Error| TextError::Library { doing: "writing", cause: cause.to_string() };
    with_normalizer(library.clone()).and_then(|library| library.to_string(true)).map_err(failed)
}

/// Reads and checks a file; the normalizer is taken out again.
pub(crate) fn read(bytes: &[u8], name: &str) -> Result<Library, TextError> {
    checked(bytes).map_err(|found| TextError::BadTokenizer { file: name.to_owned(), found })
}

fn checked(bytes: &[u8]) -> Result<Library, String> {
    let file: File = serde_json::from_slice(bytes).map_err(words_of)?;
    check_ids(&file.model.vocab)?;
    let control = control_of(&file.model.vocab);
    check_control(&file.model.vocab, control)?;
    check_bytes(&file.model.vocab)?;
    check_merges(&file.model)?;
    let mut library = Library::from_bytes(bytes).map_err(words_of)?;
    check_parts(&library, control).map_err(words_of)?;
    library.with_normalizer(None::<tokenizers::NormalizerWrapper>).map_err(words_of)?;
    Ok(library)
}

fn words_of(cause: impl ToString) -> String {
    cause.to_string()
}

/// Ids are rows of the embedding, so they are 0, 1, 2 and on.
fn check_ids(vocab: &HashMap<String, u32>) -> Result<(), String> {
    let mut ids: Vec<u32> = vocab.values().copied().collect();
    ids.sort_unstable();
    match ids.iter().enumerate().find(|&(index, &id)| index != id as usize) {
        Some((index, id)) => Err(format!("after token {index} of its vocabulary, in order of ids, comes id {id}")),
        None => Ok(()),
    }
}

/// The control tokens that a vocabulary should have. No merge can spell a stand-in, so an older one has none at all.
fn control_of(vocab: &HashMap<String, u32>) -> &'static [&'static str] {
    let with = CONTROL[WITHOUT_STAND_INS.len()..].iter().any(|token| vocab.contains_key(*token));
    if with { &CONTROL } else { WITHOUT_STAND_INS }
}

fn check_control(vocab: &HashMap<String, u32>, control: &[&str]) -> Result<(), String> {
    for (id, token) in control.iter().enumerate() {
        match vocab.get(*token) {
            Some(&found) if found as usize == id => {}
            Some(found) => return Err(format!("`{token}` has id {found} instead of {id}")),
            None => return Err(format!("`{token}`, which should have id {id}, is missing")),
        }
    }
    Ok(())
}

fn check_bytes(vocab: &HashMap<String, u32>) -> Result<(), String> {
    let known = ByteLevel::alphabet().iter().filter(|c| vocab.contains_key(&c.to_string())).count();
    if known < 256 {
        return Err(format!("it has tokens for {known} of the 256 bytes"));
    }
    Ok(())
}

/// The library panics at a merge whose result has no token.
fn check_merges(model: &Model) -> Result<(), String> {
    let known = |token: &str| model.vocab.contains_key(token);
    let bad = |(a, b): &&(String, String)| {
        let joined = format!("{a}{b}");
        !known(a) || !known(b) || !known(&joined) || CONTROL.contains(&joined.as_str())
    };
    match model.merges.iter().find(bad) {
        Some((a, b)) => Err(format!("it merges `{a}` and `{b}` into something that is no token of its vocabulary")),
        None => Ok(()),
    }
}

/// All parts but the vocabulary must be those that this crate puts in, or the same text would make other ids.
fn check_parts(library: &Library, control: &[&str]) -> Result<(), tokenizers::Error> {
    let mut ours = library::untrained()?;
    ours.add_special_tokens(library::control_tokens(control))?;
    let ours = parts(&with_normalizer(ours)?)?;
    let found = parts(library)?;
    let differing = ours.iter().find(|(part, value)| found.get(*part) != Some(*value));
    match differing {
        Some((part, value)) => {
            Err(format!("its `{part}` is {} instead of {value}", found.get(part).unwrap_or(&Value::Null)).into())
        }
        None => Ok(()),
    }
}

/// The top-level entries of the file, the model without what it learnt.
fn parts(library: &Library) -> Result<serde_json::Map<String, Value>, tokenizers::Error> {
    let mut value = serde_json::to_value(library)?;
    if let Some(model) = value["model"].as_object_mut() {
        model.remove("vocab");
        model.remove("merges");
    }
    match value {
        Value::Object(parts) => Ok(parts),
        _ => Err("it is no JSON object".into()),
    }
}

fn with_normalizer(mut library: Library) -> tokenizers::Result<Library> {
    library.with_normalizer(Some(library::normalizer()))?;
    Ok(library)
}
